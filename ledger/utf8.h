// UTF-8 (RFC 3629), strictly: no overlong form, no surrogate, nothing above
// U+10FFFF.

#ifndef ANNALS_LEDGER_UTF8_H_
#define ANNALS_LEDGER_UTF8_H_

#include <optional>

#include "absl/strings/string_view.h"

namespace annals::ledger {

// Takes the first character off `*text` and returns its code point. Nothing,
// and `*text` as it was, if it is empty or does not begin with a character.
std::optional<char32_t> ConsumeUtf8(absl::string_view* text);

bool IsValidUtf8(absl::string_view text);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_UTF8_H_
