// The rules of a style sheet.

#ifndef ANNALS_CLIENT_IMPORT_STYLE_SHEET_H_
#define ANNALS_CLIENT_IMPORT_STYLE_SHEET_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/cpu_deadline.h"

namespace annals::client {

using CssSelectors = std::vector<std::string>;

struct CssRule {
  const CssSelectors& selectors;
  absl::string_view declarations;
  // It stands alone, and not in another rule nor under a condition.
  bool is_plain;
};

// Calls `take` with each rule that is, or may be, for a screen of common width;
// the selectors of a rule inside another one hold those of that one. Stops once
// the time is over. Returns whether the sheet takes in another one, which is
// not read.
bool ReadStyleSheet(absl::string_view sheet, const CpuDeadline& deadline,
                    const std::function<void(const CssRule& rule)>& take);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_STYLE_SHEET_H_
