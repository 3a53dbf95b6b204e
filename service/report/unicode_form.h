// Texts in one of several forms that mean the same.

#ifndef ANNALS_SERVICE_REPORT_UNICODE_FORM_H_
#define ANNALS_SERVICE_REPORT_UNICODE_FORM_H_

#include <string>

#include "absl/strings/string_view.h"

namespace annals::report {

// In NFKC, in which characters that are shown alike are one (Unicode, annex
// 15). Empty if the text is not UTF-8.
std::string Nfkc(absl::string_view text);

// The same without the difference of large and small letters, to compare by
// (NFKC_Casefold, without leaving out what is not seen).
std::string FoldCase(absl::string_view text);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_UNICODE_FORM_H_
