// A number with what it counts, in English.

#ifndef ANNALS_CLIENT_COUNTED_H_
#define ANNALS_CLIENT_COUNTED_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace annals::client {

// "1 entry", "2 entries".
template <typename Number>
std::string Counted(Number count, absl::string_view one,
                    absl::string_view many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COUNTED_H_
