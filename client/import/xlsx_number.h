// Numbers as an Excel cell stores them, in decimal.

#ifndef ANNALS_CLIENT_IMPORT_XLSX_NUMBER_H_
#define ANNALS_CLIENT_IMPORT_XLSX_NUMBER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace annals::client {

// The digits of a stored number as a person entered it: `3.5E1` and `35.0` are
// 35. Excel keeps 15 significant digits but may store 17, from its binary form:
// `7730.2799999999997` is 7730.28. No float is used. Nothing if it is no
// number, or far from any that a report prints.
std::optional<std::string> DecimalOfXlsxNumber(absl::string_view stored);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_XLSX_NUMBER_H_
