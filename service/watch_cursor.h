// Where a watcher of the ledger stands.

#ifndef ANNALS_SERVICE_WATCH_CURSOR_H_
#define ANNALS_SERVICE_WATCH_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "annals/v1/ledger_service.pb.h"
#include "ledger/ledger.h"
#include "service/watch_filter.h"

namespace annals {

// What a watcher has read and not yet sent is never more than this.
inline constexpr size_t kWatchPageEntriesMax = 64;
inline constexpr size_t kWatchPageBytesMax = size_t{256} << 10;
// What a watcher with a filter looks at in one turn.
inline constexpr uint64_t kWatchPageLooksMax = 512;

// What a watcher asks for.
struct WatchRange {
  uint64_t start_index = 0;
  // The index behind the last entry; 0 if there is no last one.
  uint64_t end_index = 0;
  bool include_content = false;
};

// Hands out every entry of a range that is wanted, in order and without gaps.
// Not thread-safe.
class WatchCursor {
 public:
  // The ledger is not owned and must outlive this. Without a selector every
  // entry is wanted, and no leaf is decoded.
  WatchCursor(ledger::Ledger* ledger, const WatchRange& range,
              std::optional<EntrySelector> selector = std::nullopt)
      : ledger_(ledger),
        range_(range),
        selector_(std::move(selector)),
        next_index_(range.start_index) {}

  // OUT_OF_RANGE with reason ENTRY_NOT_FOUND if the latest checkpoint does not
  // cover the range's end; INVALID_ARGUMENT with reason INVALID_ENTRY_RANGE if
  // the end is before the start.
  absl::Status CheckRange() const;

  // The index behind the last entry that was looked at.
  uint64_t next_index() const { return next_index_; }

  // Whether an entry waits to be looked at. Reads memory only.
  bool HasNext() const {
    return !AtEnd() && next_index_ < ledger_->checkpoint()->checkpoint.size;
  }

  // Whether the range was handed out to its end.
  bool AtEnd() const {
    return range_.end_index != 0 && next_index_ >= range_.end_index;
  }

  // The next entries, as many as a page holds; none if all were handed out, and
  // if none of those that it looked at is wanted. Blocks on storage. A page
  // ends before an entry that can't be read; the page that would begin with it
  // is the error, and the cursor stays there. As EntrySelector::BeginPage.
  absl::StatusOr<std::vector<v1::WatchEntriesResponse>> NextPage();

 private:
  absl::StatusOr<std::optional<ledger::LedgerEntryBytes>> ReadIfWanted(
      uint64_t index);

  ledger::Ledger* const ledger_;
  const WatchRange range_;
  std::optional<EntrySelector> selector_;
  uint64_t next_index_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WATCH_CURSOR_H_
