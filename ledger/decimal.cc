#include "ledger/decimal.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace annals::ledger {

std::optional<uint64_t> ParseDecimal(absl::string_view text) {
  const bool digits =
      !text.empty() &&
      std::all_of(text.begin(), text.end(), [](unsigned char character) {
        return absl::ascii_isdigit(character);
      });
  const bool leading_zero = text.size() > 1 && text.front() == '0';
  uint64_t number = 0;
  if (!digits || leading_zero || !absl::SimpleAtoi(text, &number)) {
    return std::nullopt;
  }
  return number;
}

}  // namespace annals::ledger
