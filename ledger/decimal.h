// Decimal numbers in the one form that the C2SP formats allow.

#ifndef ANNALS_LEDGER_DECIMAL_H_
#define ANNALS_LEDGER_DECIMAL_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace annals::ledger {

// The number that `text` writes in ASCII digits without sign, space or leading
// zero; nothing if it writes none, or one of more than 64 bits.
std::optional<uint64_t> ParseDecimal(absl::string_view text);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_DECIMAL_H_
