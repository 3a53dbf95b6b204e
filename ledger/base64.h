// Base64 (RFC 4648, section 4) in its one canonical form.

#ifndef ANNALS_LEDGER_BASE64_H_
#define ANNALS_LEDGER_BASE64_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace annals::ledger {

std::string EncodeBase64(absl::string_view bytes);

// The bytes whose encoding is exactly `text`; nothing if it is that of none:
// white space, missing padding or stray bits in the last character.
std::optional<std::string> DecodeBase64(absl::string_view text);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_BASE64_H_
