// Texts in one of several forms that mean the same.

#ifndef ANNALS_SERVICE_REPORT_UNICODE_FORM_H_
#define ANNALS_SERVICE_REPORT_UNICODE_FORM_H_

#include <string>

#include "absl/strings/string_view.h"

namespace annals::report {

// In NFKC, in which characters that are shown alike are one (Unicode, annex
// 15). Empty if the text is not UTF-8.
std::string Nfkc(absl::string_view text);

// The same as people's names are compared: without the difference of large and
// small letters (NFKC_Casefold, without leaving out what is not seen), and with
// one middle dot, apostrophe, hyphen and 〇 for those that keyboards put in
// their place.
std::string FoldName(absl::string_view name);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_UNICODE_FORM_H_
