#include "service/watch_cursor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/request.h"

namespace annals {
namespace {

absl::Status EndNotReached(uint64_t end_index, uint64_t size) {
  absl::Status status = MakeError(
      absl::StatusCode::kOutOfRange, "ENTRY_NOT_FOUND",
      {absl::StrCat("The entries before ", end_index,
                    " were asked for; the ledger has ", size,
                    " so far. Ask for an end_index of at most ", size,
                    ", or for none."),
       absl::StrCat("请求的是 ", end_index, " 之前的条目，账本目前只有 ", size,
                    " 个条目；请使用不超过 ", size,
                    " 的 end_index，或不指定。")});
  AddErrorMetadata("treeSize", absl::StrCat(size), &status);
  return status;
}

v1::WatchEntriesResponse MakeResponse(ledger::LedgerEntryBytes entry,
                                      uint64_t tree_size) {
  v1::WatchEntriesResponse response;
  response.set_index(entry.index);
  response.set_leaf(std::move(entry.leaf));
  response.set_tree_size(tree_size);
  if (entry.content.has_value()) {
    response.set_salt(ledger::HashBytes(entry.content->salt));
    response.set_content(std::move(entry.content->content));
  }
  if (entry.erased_by.has_value()) response.set_erased_by(*entry.erased_by);
  return response;
}

}  // namespace

absl::Status WatchCursor::CheckRange() const {
  if (range_.end_index == 0) return absl::OkStatus();
  if (range_.end_index < range_.start_index) {
    return InvalidField(
        "INVALID_ENTRY_RANGE", "end_index",
        absl::StrCat("is ", range_.end_index, ", before the start_index ",
                     range_.start_index),
        absl::StrCat("为 ", range_.end_index, "，小于 start_index ",
                     range_.start_index));
  }
  const uint64_t size = ledger_->checkpoint()->checkpoint.size;
  if (range_.end_index > size) return EndNotReached(range_.end_index, size);
  return absl::OkStatus();
}

// nullopt if it is not wanted. The content is read of wanted entries only.
absl::StatusOr<std::optional<ledger::LedgerEntryBytes>>
WatchCursor::ReadIfWanted(uint64_t index) {
  if (selector_.has_value()) {
    ASSIGN_OR_RETURN(ledger::LedgerEntryBytes entry,
                     ledger_->ReadEntry(index, /*with_content=*/false));
    ASSIGN_OR_RETURN(const bool is_wanted, selector_->Wants(index, entry.leaf));
    if (!is_wanted) return std::nullopt;
    if (!range_.include_content) return entry;
  }
  ASSIGN_OR_RETURN(ledger::LedgerEntryBytes entry,
                   ledger_->ReadEntry(index, range_.include_content));
  return entry;
}

absl::StatusOr<std::vector<v1::WatchEntriesResponse>> WatchCursor::NextPage() {
  const uint64_t size = ledger_->checkpoint()->checkpoint.size;
  uint64_t end =
      range_.end_index == 0 ? size : std::min(range_.end_index, size);
  if (selector_.has_value()) {
    RETURN_IF_ERROR(selector_->BeginPage());
    if (next_index_ < end) {
      end = std::min(end, next_index_ + kWatchPageLooksMax);
    }
  }
  std::vector<v1::WatchEntriesResponse> page;
  size_t bytes = 0;
  uint64_t index = next_index_;
  for (; index < end && page.size() < kWatchPageEntriesMax &&
         bytes < kWatchPageBytesMax;
       ++index) {
    absl::StatusOr<std::optional<ledger::LedgerEntryBytes>> entry =
        ReadIfWanted(index);
    if (!entry.ok()) {
      if (index == next_index_) return entry.status();
      break;  // The next page begins with it.
    }
    if (!entry->has_value()) continue;
    bytes += (*entry)->leaf.size();
    if ((*entry)->content.has_value()) {
      bytes += (*entry)->content->content.size();
    }
    page.push_back(MakeResponse(*std::move(*entry), size));
  }
  next_index_ = index;
  return page;
}

}  // namespace annals
