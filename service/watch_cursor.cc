#include "service/watch_cursor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/leaf_codec.h"
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

v1::WatchEntriesResponse WatchCursor::MakeResponse(Seen seen,
                                                   uint64_t tree_size) const {
  ledger::LedgerEntryBytes& entry = seen.entry;
  v1::WatchEntriesResponse response;
  response.set_index(entry.index);
  response.set_leaf(std::move(entry.leaf));
  response.set_tree_size(tree_size);
  if (entry.content.has_value()) {
    response.set_salt(ledger::HashBytes(entry.content->salt));
    response.set_content(std::move(entry.content->content));
  }
  if (entry.erased_by.has_value()) response.set_erased_by(*entry.erased_by);
  if (seen.withdrawn_by.has_value()) {
    response.set_withdrawn_by(*seen.withdrawn_by);
  }
  response.set_published_only(view_ == View::kPublished);
  return response;
}

absl::StatusOr<EntrySight> WatchCursor::SightOf(
    const ledger::LedgerEntryBytes& entry) {
  if (view_ == View::kAll) return EntrySight{true, std::nullopt};
  ASSIGN_OR_RETURN(const v1::LedgerEntry decoded,
                   DecodeLeaf(entry.index, entry.leaf));
  return publications_->SightOf(decoded);
}

// nullopt if it is not wanted, or hidden. The content is read of those only
// that are sent.
absl::StatusOr<std::optional<WatchCursor::Seen>> WatchCursor::ReadIfWanted(
    uint64_t index) {
  Seen seen;
  bool with_content = range_.include_content;
  if (LooksAtLeaves()) {
    ASSIGN_OR_RETURN(seen.entry,
                     ledger_->ReadEntry(index, /*with_content=*/false));
    if (selector_.has_value()) {
      ASSIGN_OR_RETURN(const bool is_wanted,
                       selector_->Wants(index, seen.entry.leaf));
      if (!is_wanted) return std::nullopt;
    }
    ASSIGN_OR_RETURN(const EntrySight sight, SightOf(seen.entry));
    if (!sight.is_published) return std::nullopt;
    seen.withdrawn_by = sight.withdrawn_by;
    with_content &= !sight.withdrawn_by.has_value();
    if (!with_content) return seen;
  }
  ASSIGN_OR_RETURN(seen.entry, ledger_->ReadEntry(index, with_content));
  return seen;
}

absl::StatusOr<std::vector<v1::WatchEntriesResponse>> WatchCursor::NextPage() {
  const uint64_t size = ledger_->checkpoint()->checkpoint.size;
  uint64_t end =
      range_.end_index == 0 ? size : std::min(range_.end_index, size);
  if (selector_.has_value()) RETURN_IF_ERROR(selector_->BeginPage());
  if (LooksAtLeaves() && next_index_ < end) {
    end = std::min(end, next_index_ + kWatchPageLooksMax);
  }
  std::vector<v1::WatchEntriesResponse> page;
  size_t bytes = 0;
  uint64_t index = next_index_;
  for (; index < end && page.size() < kWatchPageEntriesMax &&
         bytes < kWatchPageBytesMax;
       ++index) {
    absl::StatusOr<std::optional<Seen>> seen = ReadIfWanted(index);
    if (!seen.ok()) {
      if (index == next_index_) return seen.status();
      break;  // The next page begins with it.
    }
    if (!seen->has_value()) continue;
    const ledger::LedgerEntryBytes& entry = (*seen)->entry;
    bytes += entry.leaf.size();
    if (entry.content.has_value()) bytes += entry.content->content.size();
    page.push_back(MakeResponse(*std::move(*seen), size));
  }
  next_index_ = index;
  return page;
}

}  // namespace annals
