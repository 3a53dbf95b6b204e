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
#include "service/publication.h"
#include "service/view.h"
#include "service/watch_filter.h"

namespace annals {

// What a watcher has read and not yet sent is never more than this.
inline constexpr size_t kWatchPageEntriesMax = 64;
inline constexpr size_t kWatchPageBytesMax = size_t{256} << 10;
// What a watcher looks at in one turn that does not get every entry.
inline constexpr uint64_t kWatchPageLooksMax = 512;

// What a watcher asks for.
struct WatchRange {
  uint64_t start_index = 0;
  // The index behind the last entry; 0 if there is no last one.
  uint64_t end_index = 0;
  bool include_content = false;
};

// Hands out every entry of a range that is wanted and may be seen, in order and
// without gaps.
// Not thread-safe.
class WatchCursor {
 public:
  // Neither is owned; both must outlive this. Without a selector every entry is
  // wanted, and no leaf is decoded. `publications` may be null if the view
  // stays kAll.
  WatchCursor(ledger::Ledger* ledger, const WatchRange& range,
              std::optional<EntrySelector> selector = std::nullopt,
              const Publications* publications = nullptr)
      : ledger_(ledger),
        range_(range),
        selector_(std::move(selector)),
        publications_(publications),
        next_index_(range.start_index) {}

  // What the watcher sees from the next page on.
  void SetView(View view) { view_ = view; }
  View view() const { return view_; }

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
  struct Seen {
    ledger::LedgerEntryBytes entry;
    std::optional<uint64_t> withdrawn_by;
  };

  bool LooksAtLeaves() const {
    return selector_.has_value() || view_ == View::kPublished;
  }
  absl::StatusOr<EntrySight> SightOf(const ledger::LedgerEntryBytes& entry);
  absl::StatusOr<std::optional<Seen>> ReadIfWanted(uint64_t index);
  v1::WatchEntriesResponse MakeResponse(Seen seen, uint64_t tree_size) const;

  ledger::Ledger* const ledger_;
  const WatchRange range_;
  std::optional<EntrySelector> selector_;
  const Publications* const publications_;
  View view_ = View::kAll;
  uint64_t next_index_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WATCH_CURSOR_H_
