#include "ledger/store_check.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/checkpoint.h"
#include "ledger/index_check.h"
#include "ledger/right_edge.h"
#include "ledger/status_macros.h"
#include "ledger/store_fault.h"
#include "ledger/tile_check.h"
#include "ledger/unreadable_rows.h"

namespace annals::ledger {
namespace {

// Tiles that a thread checks before the results are put in order.
constexpr uint64_t kTilesPerThread = 16;

// What one bottom tile's entries gave.
struct TileEntriesResult {
  std::vector<ErrorText> faults;
  // The hash of every leaf that could be read; zero for the others.
  std::vector<Hash> leaf_hashes;
  std::vector<std::optional<LeafFacts>> facts;
  std::vector<std::optional<ChainLink>> links;
  // The entries whose content is gone, which a later entry may explain.
  std::vector<uint64_t> missing_contents;
  UnreadableRows unreadable_leaves;
  UnreadableRows unreadable_contents;
};

// A leaf that could be read.
struct ReadLeafFacts {
  uint64_t index = 0;
  absl::string_view leaf;
  const LeafFacts& facts;
};

void CheckContent(const ReadLeafFacts& entry, const StoreCheckParts& parts,
                  TileEntriesResult* result) {
  const uint64_t index = entry.index;
  const LeafFacts& facts = entry.facts;
  const absl::StatusOr<StoredContent> content = parts.store->ReadContent(index);
  if (absl::IsNotFound(content.status())) {
    result->missing_contents.push_back(index);
    return;
  }
  if (!content.ok()) {
    result->unreadable_contents.Add(index, content.status());
    return;
  }
  if (!facts.content_hash.has_value()) {
    if (content->content.empty()) return;
    result->faults.push_back(
        EntryFault(index, "it has a content that its leaf does not commit to",
                   "存有叶未承诺的内容"));
    return;
  }
  const Hash hash = ContentHash(content->salt, content->content);
  if (hash == *facts.content_hash) {
    if (parts.check_content == nullptr) return;
    const absl::Status status =
        parts.check_content(index, entry.leaf, content->content);
    if (status.ok()) return;
    result->faults.push_back(
        EntryFault(index, status.message(), ErrorTextZh(status)));
    return;
  }
  result->faults.push_back(
      EntryFault(index,
                 absl::StrCat("content hash: expected ",
                              Hex(*facts.content_hash), ", found ", Hex(hash)),
                 absl::StrCat("内容摘要：应为 ", Hex(*facts.content_hash),
                              "，实为 ", Hex(hash))));
}

void CheckEntry(uint64_t index, const StoreCheckParts& parts,
                TileEntriesResult* result) {
  result->leaf_hashes.emplace_back();
  result->facts.emplace_back();
  result->links.emplace_back();
  const absl::StatusOr<std::string> leaf = parts.store->ReadLeaf(index);
  if (!leaf.ok()) {
    result->unreadable_leaves.Add(index, leaf.status());
    return;
  }
  result->leaf_hashes.back() = LeafHash(*leaf);
  absl::StatusOr<LeafFacts> facts = parts.decoder->Decode(index, *leaf);
  if (!facts.ok()) {
    result->faults.push_back(EntryFault(
        index,
        absl::StrCat("its leaf is none: ", facts.status().message(),
                     ", leaf hash ", Hex(result->leaf_hashes.back())),
        absl::StrCat("叶无法解析：", ErrorTextZh(facts.status()), "叶哈希 ",
                     Hex(result->leaf_hashes.back()))));
    return;
  }
  CheckContent({index, *leaf, *facts}, parts, result);
  if (parts.read_link != nullptr) {
    result->links.back() = parts.read_link(index, *leaf);
  }
  result->facts.back() = *std::move(facts);
}

// Calls `work(i)` for every i below `count` on `threads` threads.
template <typename Work>
void ForEach(uint64_t count, int threads, Work work) {
  std::atomic<uint64_t> next = 0;
  std::vector<std::thread> pool;
  for (int i = 0; i < threads; ++i) {
    pool.emplace_back([&next, &work, count] {
      for (uint64_t n = next++; n < count; n = next++) work(n);
    });
  }
  for (std::thread& thread : pool) thread.join();
}

class StoreCheck {
 public:
  StoreCheck(const StoreCheckParts& parts, const StoreCheckOptions& options)
      : parts_(parts),
        options_(options),
        faults_(options.faults_max),
        index_(parts.store, parts.decoder) {}

  absl::StatusOr<StoreCheckResult> Run() {
    ASSIGN_OR_RETURN(const StoreHead head, parts_.store->Head());
    size_ = head.size;
    ReadMark();
    NoteRoot();
    const uint64_t tiles = (size_ + kTileWidth - 1) / kTileWidth;
    const uint64_t step =
        kTilesPerThread * static_cast<uint64_t>(options_.threads);
    for (uint64_t first = 0; first < tiles; first += step) {
      CheckTiles(first, std::min(first + step, tiles));
      if (options_.progress != nullptr) {
        options_.progress(frontier_.size(), size_);
      }
    }
    faults_.AddAll(unreadable_leaves_.Faults("leaf", "leaves", "叶"));
    faults_.AddAll(unreadable_contents_.Faults("content", "contents", "内容"));
    CheckErasures();
    CheckUpperTiles();
    CheckRoot();
    StoreCheckResult result;
    RETURN_IF_ERROR(CheckIndexes(&result.index_rows));
    result.entries = size_;
    result.erased = std::move(gone_);
    result.unreadable =
        unreadable_leaves_.count() + unreadable_contents_.count();
    result.faults = std::move(faults_);
    return result;
  }

 private:
  void ReadMark() {
    const auto note = parts_.mark->Read();
    if (!note.ok()) {
      mark_faults_.push_back(
          UnreadableText("published mark", "发布标记", note.status()));
      return;
    }
    if (!note->has_value()) {
      mark_faults_.push_back(
          Restore("published mark: it is missing", "发布标记缺失"));
      return;
    }
    const auto checkpoint = OpenCheckpoint(**note, *parts_.verifier);
    if (!checkpoint.ok()) {
      mark_faults_.push_back(Restore(
          absl::StrCat("published mark: ", checkpoint.status().message()),
          absl::StrCat("发布标记的签名无效：",
                       ErrorTextZh(checkpoint.status()))));
      return;
    }
    published_ = *checkpoint;
    if (absl::Status other = parts_.mark->OtherSlot(); !other.ok()) {
      mark_faults_.push_back(OtherSlotFault(other, *published_, size_));
    }
    if (published_->size > size_) {
      mark_faults_.push_back(
          Restore(absl::StrCat("the store holds ", size_, " entries, ",
                               published_->size, " were published"),
                  absl::StrCat("存储中有 ", size_, " 个条目，已发布 ",
                               published_->size, " 个")));
    }
  }

  // Bottom tiles [begin, end): the entries in parallel, then in order what
  // depends on the order, then the index rows in parallel.
  void CheckTiles(uint64_t begin, uint64_t end) {
    std::vector<TileEntriesResult> results(end - begin);
    ForEach(results.size(), options_.threads,
            [this, begin, &results](uint64_t n) {
              CheckBottomTile(begin + n, &results[n]);
            });
    std::vector<std::vector<EntryRows>> rows(results.size());
    for (size_t n = 0; n < results.size(); ++n) {
      Apply((begin + n) * kTileWidth, &results[n], &rows[n]);
      faults_.AddAll(std::move(results[n].faults));
    }
    std::vector<RowFaults> found(rows.size());
    ForEach(rows.size(), options_.threads, [this, &rows, &found](uint64_t n) {
      found[n] = index_.CompareRows(rows[n]);
    });
    for (RowFaults& of_tile : found) {
      row_faults_.missing += of_tile.missing;
      std::move(of_tile.faults.begin(), of_tile.faults.end(),
                std::back_inserter(row_faults_.faults));
    }
  }

  void CheckBottomTile(uint64_t tile_index, TileEntriesResult* result) const {
    const uint64_t begin = tile_index * kTileWidth;
    const uint64_t end = std::min(begin + kTileWidth, size_);
    for (uint64_t index = begin; index < end; ++index) {
      CheckEntry(index, parts_, result);
    }
    AssumeUnreadableLeaves({0, tile_index}, result);
    CheckTile({0, tile_index}, result->leaf_hashes, parts_.store,
              &result->faults);
  }

  // The tile's word is taken for the hash of a leaf that can't be read: that
  // one fault is not to be found again in the tile and in the root.
  void AssumeUnreadableLeaves(const TileId& id,
                              TileEntriesResult* result) const {
    if (result->unreadable_leaves.empty()) return;
    const absl::StatusOr<std::string> tile = parts_.store->ReadTile(id);
    if (!tile.ok()) return;
    for (const uint64_t index : result->unreadable_leaves.indexes()) {
      const size_t place = index % kTileWidth;
      if ((place + 1) * kHashBytes > tile->size()) continue;
      result->leaf_hashes[place] = HashFromBytes(
          absl::string_view(*tile).substr(place * kHashBytes, kHashBytes));
    }
  }

  void Apply(uint64_t first, TileEntriesResult* result,
             std::vector<EntryRows>* rows) {
    missing_contents_.insert(result->missing_contents.begin(),
                             result->missing_contents.end());
    unreadable_leaves_.AddAll(result->unreadable_leaves);
    unreadable_contents_.AddAll(result->unreadable_contents);
    for (size_t i = 0; i < result->leaf_hashes.size(); ++i) {
      const uint64_t index = first + i;
      frontier_.Append(
          result->leaf_hashes[i],
          [this](const NodeId& id, const Hash& hash) { AddNode(id, hash); });
      NoteRoot();
      if (!result->facts[i].has_value()) {
        ++leaves_without_facts_;
        continue;
      }
      const LeafFacts& facts = *result->facts[i];
      if (facts.recorded_at <= last_recorded_at_) {
        result->faults.push_back(EntryFault(
            index, "its time is not later than that of the entry before",
            "其记录时间不晚于前一条目"));
      }
      last_recorded_at_ = facts.recorded_at;
      CheckLink(index, *result, i);
      if (facts.erases.has_value()) erased_.push_back({*facts.erases, index});
      rows->push_back(index_.RowsOf(index, facts));
    }
  }

  // A link after a leaf that can't be read may be that one's next.
  void CheckLink(uint64_t index, TileEntriesResult& result, size_t i) {
    if (!result.links[i].has_value() || leaves_without_facts_ > 0) return;
    auto fault = chains_.Add(index, *result.links[i]);
    if (fault.has_value()) result.faults.push_back(*std::move(fault));
  }

  // A content that is gone must have been erased by an entry, and one that was
  // erased must be gone. What can't be read is reported as that alone: whether
  // it is gone can't be told.
  void CheckErasures() {
    for (const ErasedEntry& erased : erased_) {
      if (missing_contents_.erase(erased.index) > 0) {
        gone_.push_back(erased);
        continue;
      }
      if (unreadable_contents_.Has(erased.index)) continue;
      faults_.Add(
          {absl::StrCat("entry ", erased.index, ": entry ", erased.erased_by,
                        " erased its content, and it is still there, or was "
                        "erased twice: do not use the data directory, find out "
                        "who put it back"),
           absl::StrCat(
               "条目 ", erased.index, "：其内容已由条目 ", erased.erased_by,
               " 删除，但仍在存储中，或被删除两次：请勿使用该数据目录，"
               "并查明何以恢复")});
    }
    for (uint64_t index : missing_contents_) {
      faults_.Add(
          unreadable_leaves_.empty()
              ? EntryFault(index,
                           "its content is missing, and no entry erased it",
                           "正文缺失，且没有条目记录其已被删除")
              : EntryFault(index,
                           "its content is missing, and no entry that can be "
                           "read erased it",
                           "正文缺失，且可读取的条目都没有记录其已被删除"));
    }
  }

  // The nodes in the bottom rows of the upper tile levels.
  void AddNode(const NodeId& id, const Hash& hash) {
    if (id.level == 0 || id.level % kTileHeight != 0) return;
    const auto level = static_cast<size_t>(id.level / kTileHeight);
    if (upper_.size() < level) upper_.resize(level);
    upper_[level - 1].push_back(hash);
  }

  void NoteRoot() {
    if (published_.has_value() && frontier_.size() == published_->size) {
      root_at_mark_ = frontier_.Root();
    }
  }

  void CheckUpperTiles() {
    std::vector<ErrorText> faults;
    for (size_t level = 0; level < upper_.size(); ++level) {
      const std::vector<Hash>& nodes = upper_[level];
      for (size_t begin = 0; begin < nodes.size(); begin += kTileWidth) {
        const size_t end = std::min<size_t>(begin + kTileWidth, nodes.size());
        CheckTile({static_cast<int>(level) + 1, begin / kTileWidth},
                  {nodes.begin() + static_cast<ptrdiff_t>(begin),
                   nodes.begin() + static_cast<ptrdiff_t>(end)},
                  parts_.store, &faults);
      }
    }
    faults_.AddAll(std::move(faults));
  }

  void CheckRoot() {
    faults_.AddAll(std::move(mark_faults_));
    if (!root_at_mark_.has_value() || *root_at_mark_ == published_->root)
      return;
    faults_.Add(Restore(
        absl::StrCat("root of the first ", published_->size,
                     " entries: the signed mark says ", Hex(published_->root),
                     ", the entries give ", Hex(*root_at_mark_)),
        absl::StrCat("前 ", published_->size, " 个条目的根哈希：签名标记为 ",
                     Hex(published_->root), "，按条目为 ",
                     Hex(*root_at_mark_))));
  }

  // Every entry after a lost one has another place in its stream, so that no
  // row can be judged until all leaves tell theirs.
  absl::Status CheckIndexes(uint64_t* stored_rows) {
    if (leaves_without_facts_ > 0) {
      faults_.Add(
          {absl::StrCat("indexes: not checked, because ", leaves_without_facts_,
                        leaves_without_facts_ == 1 ? " leaf" : " leaves",
                        " can't be read: restore what can't be read first, "
                        "then check again"),
           absl::StrCat("索引：有 ", leaves_without_facts_,
                        " 个叶无法读取，故未核对："
                        "请先恢复这些叶，再行检查")});
      return absl::OkStatus();
    }
    faults_.AddAll(std::move(row_faults_.faults));
    std::vector<ErrorText> of_index;
    RETURN_IF_ERROR(
        index_.Finish(size_, row_faults_.missing, &of_index, stored_rows));
    faults_.AddAll(std::move(of_index));
    return absl::OkStatus();
  }

  const StoreCheckParts parts_;
  const StoreCheckOptions& options_;
  StoreFaults faults_;
  uint64_t size_ = 0;
  std::optional<Checkpoint> published_;
  std::vector<ErrorText> mark_faults_;
  Frontier frontier_;
  std::optional<Hash> root_at_mark_;
  absl::Time last_recorded_at_ = absl::InfinitePast();
  ChainCheck chains_;
  std::vector<ErasedEntry> erased_;
  // Those of them whose content is not there.
  std::vector<ErasedEntry> gone_;
  UnreadableRows unreadable_leaves_;
  UnreadableRows unreadable_contents_;
  std::set<uint64_t> missing_contents_;
  // By tile level from 1: 32 bytes for each 256 entries.
  std::vector<std::vector<Hash>> upper_;
  IndexCheck index_;
  RowFaults row_faults_;
  uint64_t leaves_without_facts_ = 0;
};

}  // namespace

absl::StatusOr<StoreCheckResult> CheckStore(const StoreCheckParts& parts,
                                            const StoreCheckOptions& options) {
  return StoreCheck(parts, options).Run();
}

}  // namespace annals::ledger
