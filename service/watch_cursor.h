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

// What a watcher asks for.
struct WatchRange {
  uint64_t start_index = 0;
  // The index behind the last entry; 0 if there is no last one.
  uint64_t end_index = 0;
  bool include_content = false;
};

// Hands out every entry of a range, in order and without gaps. Not thread-safe.
class WatchCursor {
 public:
  // Not owned; must outlive this.
  WatchCursor(ledger::Ledger* ledger, const WatchRange& range)
      : ledger_(ledger), range_(range), next_index_(range.start_index) {}

  // OUT_OF_RANGE with reason ENTRY_NOT_FOUND if the latest checkpoint does not
  // cover the range's end; INVALID_ARGUMENT with reason INVALID_ENTRY_RANGE if
  // the end is before the start.
  absl::Status CheckRange() const;

  // Whether an entry waits. Reads memory only.
  bool HasNext() const {
    return !AtEnd() && next_index_ < ledger_->checkpoint()->checkpoint.size;
  }

  // Whether the range was handed out to its end.
  bool AtEnd() const {
    return range_.end_index != 0 && next_index_ >= range_.end_index;
  }

  // The next entries, as many as a page holds; none if all were handed out.
  // Blocks on storage. A page ends before an entry that can't be read; the page
  // that would begin with it is the error, and the cursor stays there.
  absl::StatusOr<std::vector<v1::WatchEntriesResponse>> NextPage();

 private:
  ledger::Ledger* const ledger_;
  const WatchRange range_;
  uint64_t next_index_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WATCH_CURSOR_H_
