// Where a watcher of the ledger stands.

#ifndef ANNALS_SERVICE_WATCH_CURSOR_H_
#define ANNALS_SERVICE_WATCH_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "annals/v1/ledger_service.pb.h"
#include "ledger/ledger.h"

namespace annals {

// What a watcher has read and not yet sent is never more than this.
inline constexpr size_t kWatchPageEntriesMax = 64;
inline constexpr size_t kWatchPageBytesMax = size_t{256} << 10;

// Hands out every entry from an index on, in order and without gaps. Not
// thread-safe.
class WatchCursor {
 public:
  // Not owned; must outlive this.
  WatchCursor(ledger::Ledger* ledger, uint64_t start_index)
      : ledger_(ledger), next_index_(start_index) {}

  // Whether an entry waits. Reads memory only.
  bool HasNext() const {
    return next_index_ < ledger_->checkpoint()->checkpoint.size;
  }

  // The next entries, as many as a page holds; none if all were handed out.
  // Blocks on storage. A page ends before an entry that can't be read; the page
  // that would begin with it is the error, and the cursor stays there.
  absl::StatusOr<std::vector<v1::WatchEntriesResponse>> NextPage();

 private:
  ledger::Ledger* const ledger_;
  uint64_t next_index_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WATCH_CURSOR_H_
