// Codes of agencies that do not exist.

#ifndef ANNALS_TESTS_SUPPORT_AGENCY_CODE_H_
#define ANNALS_TESTS_SUPPORT_AGENCY_CODE_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "service/report/names.h"

namespace annals {

// The unified social credit code of organ number `n` of 洛阳市西工区: check
// characters by GB 11714 and GB 32100.
inline std::string MakeAgencyCode(int n) {
  const std::string organ = absl::StrFormat("%08d", 17000000 + n);
  constexpr int kWeights[] = {3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (int i = 0; i < 8; ++i) sum += kWeights[i] * (organ[i] - '0');
  const int check = 11 - sum % 11;
  const std::string first17 =
      absl::StrCat("11410303", organ,
                   check == 10 ? "X" : absl::StrCat(check == 11 ? 0 : check));
  return first17 + report::AgencyCodeCheckCharacter(first17);
}

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_AGENCY_CODE_H_
