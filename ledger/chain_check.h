// Numbered records that each name the one before: that none of a chain is left
// out, repeated or based on another. Knows nothing of what they record.

#ifndef ANNALS_LEDGER_CHAIN_CHECK_H_
#define ANNALS_LEDGER_CHAIN_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "ledger/error.h"

namespace annals::ledger {

struct ChainLink {
  std::string chain;
  uint64_t number = 0;  // From 1.
  std::string id;
  // The id of the one before; empty of the first.
  std::string base;
};

// Not thread-safe.
class ChainCheck {
 public:
  // The next link, of the entry `index`: what is wrong with it, if anything is.
  std::optional<ErrorText> Add(uint64_t index, const ChainLink& link);

 private:
  struct Last {
    uint64_t number = 0;
    std::string id;
  };
  absl::flat_hash_map<std::string, Last> last_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_CHAIN_CHECK_H_
