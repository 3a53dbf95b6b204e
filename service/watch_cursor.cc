#include "service/watch_cursor.h"

#include <utility>

namespace annals {

absl::StatusOr<std::vector<v1::WatchEntriesResponse>> WatchCursor::NextPage() {
  const uint64_t size = ledger_->checkpoint()->checkpoint.size;
  std::vector<v1::WatchEntriesResponse> page;
  size_t bytes = 0;
  uint64_t index = next_index_;
  for (; index < size && page.size() < kWatchPageEntriesMax &&
         bytes < kWatchPageBytesMax;
       ++index) {
    absl::StatusOr<ledger::LedgerEntryBytes> entry =
        ledger_->ReadEntry(index, /*with_content=*/false);
    if (!entry.ok()) {
      if (page.empty()) return entry.status();
      break;  // The next page begins with it.
    }
    bytes += entry->leaf.size();
    v1::WatchEntriesResponse& response = page.emplace_back();
    response.set_index(index);
    response.set_leaf(std::move(entry->leaf));
    response.set_tree_size(size);
  }
  next_index_ = index;
  return page;
}

}  // namespace annals
