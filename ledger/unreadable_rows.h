// What of a store could not be read while it was checked.

#ifndef ANNALS_LEDGER_UNREADABLE_ROWS_H_
#define ANNALS_LEDGER_UNREADABLE_ROWS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/error.h"

namespace annals::ledger {

// `en`: `cause`. What the store says when it can't read something names what to
// do.
ErrorText UnreadableText(absl::string_view en, absl::string_view zh,
                         const absl::Status& cause);

// The leaves, or the contents, of some entries, by the cause: one damaged block
// of the store holds many. Not thread-safe.
class UnreadableRows {
 public:
  // The entries in ascending order.
  void Add(uint64_t index, const absl::Status& cause);
  // Those of entries after all that were added.
  void AddAll(const UnreadableRows& later);

  bool empty() const { return by_cause_.empty(); }
  uint64_t count() const;
  bool Has(uint64_t index) const;
  std::vector<uint64_t> indexes() const;

  // A fault for each cause. `one` and `many`: what it is of an entry, and of
  // several.
  std::vector<ErrorText> Faults(absl::string_view one, absl::string_view many,
                                absl::string_view zh) const;

 private:
  struct OfCause {
    absl::Status cause;
    std::vector<uint64_t> indexes;
  };
  std::map<std::string, OfCause> by_cause_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_UNREADABLE_ROWS_H_
