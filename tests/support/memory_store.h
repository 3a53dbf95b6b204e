// The store in memory: the simplest thing that keeps the contract.

#ifndef ANNALS_TESTS_SUPPORT_MEMORY_STORE_H_
#define ANNALS_TESTS_SUPPORT_MEMORY_STORE_H_

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/mutex.h"
#include "ledger/published_mark.h"
#include "ledger/right_edge.h"
#include "ledger/status_macros.h"
#include "ledger/store.h"
#include "ledger/store_error.h"

namespace annals::ledger {

class MemoryStore : public Store {
 public:
  absl::StatusOr<StoreHead> Head() override {
    MutexLock lock(&mutex_);
    return head_;
  }

  absl::StatusOr<StoreHead> BeginEpoch() override {
    MutexLock lock(&mutex_);
    ++head_.epoch;
    return head_;
  }

  absl::Status AppendBatch(const StoreHead& condition,
                           const Batch& batch) override {
    MutexLock lock(&mutex_);
    if (condition != head_) return StoreMoved(head_, condition);
    for (const StoredEntry& entry : batch.entries) entries_.push_back(entry);
    head_.size = entries_.size();
    for (uint64_t index : batch.erased_contents) {
      erased_.insert(index);
    }
    for (const StoredTile& tile : batch.tiles) {
      tiles_[{tile.id.tile_level, tile.id.tile_index}] = tile.hashes;
    }
    for (const IndexRow& row : batch.index_rows) rows_[row.key] = row.value;
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> ReadLeaf(uint64_t index) override {
    MutexLock lock(&mutex_);
    if (index >= entries_.size()) return NoEntry(index);
    return entries_[index].leaf;
  }

  absl::StatusOr<StoredContent> ReadContent(uint64_t index) override {
    MutexLock lock(&mutex_);
    if (index >= entries_.size()) return NoEntry(index);
    if (erased_.contains(index)) return absl::NotFoundError("no content");
    return entries_[index].content;
  }

  absl::Status PurgeErased() override { return absl::OkStatus(); }

  absl::StatusOr<std::string> ReadTile(const TileId& id) override {
    MutexLock lock(&mutex_);
    const auto found = tiles_.find({id.tile_level, id.tile_index});
    if (found == tiles_.end()) return absl::NotFoundError("no such tile");
    const std::string& tile = found->second;
    const bool growing = !tile.empty() && tile.size() % kHashBytes == 0 &&
                         tile.size() < kTileWidth * kHashBytes;
    if (!growing && tile.size() != kFullTileBytes) {
      return TileDamaged(id, ErrorText{"impossible length", "长度不合"});
    }
    return tile;
  }

  absl::StatusOr<std::optional<std::string>> ReadIndex(
      absl::string_view key) override {
    MutexLock lock(&mutex_);
    const auto found = rows_.find(std::string(key));
    if (found == rows_.end()) return std::nullopt;
    return found->second;
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> ReadIndexes(
      const std::vector<std::string>& keys) override {
    std::vector<std::optional<std::string>> rows;
    for (const std::string& key : keys) {
      ASSIGN_OR_RETURN(rows.emplace_back(), ReadIndex(key));
    }
    return rows;
  }

  absl::StatusOr<std::optional<std::string>> PeekIndex(
      absl::string_view key) override {
    return ReadIndex(key);
  }

  absl::StatusOr<std::vector<IndexRow>> ScanIndex(
      const IndexScan& scan) override {
    if (scan.limit == 0) return absl::InvalidArgumentError("a scan of 0 rows");
    MutexLock lock(&mutex_);
    std::vector<IndexRow> all;
    for (const auto& [key, value] : rows_) {
      if (absl::StartsWith(key, scan.prefix)) all.push_back({key, value});
    }
    if (scan.descending) std::reverse(all.begin(), all.end());
    std::vector<IndexRow> found;
    for (IndexRow& row : all) {
      const bool behind =
          scan.descending ? row.key < scan.after_key : row.key > scan.after_key;
      if (!scan.after_key.empty() && !behind) continue;
      if (found.size() < scan.limit) found.push_back(std::move(row));
    }
    return found;
  }

  absl::Status ClearIndexes() override {
    MutexLock lock(&mutex_);
    rows_.clear();
    return absl::OkStatus();
  }

  absl::Status WriteIndexes(const std::vector<IndexRow>& rows) override {
    MutexLock lock(&mutex_);
    for (const IndexRow& row : rows) rows_[row.key] = row.value;
    return absl::OkStatus();
  }

  // For tests of damage.
  void LoseContent(uint64_t index) {
    MutexLock lock(&mutex_);
    erased_.insert(index);
  }
  void PutContentBack(uint64_t index) {
    MutexLock lock(&mutex_);
    erased_.erase(index);
  }
  void EraseTile(const TileId& id) {
    MutexLock lock(&mutex_);
    tiles_.erase({id.tile_level, id.tile_index});
  }

  std::map<std::string, std::string> index_rows() {
    MutexLock lock(&mutex_);
    return rows_;
  }

 private:
  static absl::Status NoEntry(uint64_t index) {
    return absl::OutOfRangeError(absl::StrCat("no entry ", index));
  }

  Mutex mutex_;
  StoreHead head_ ABSL_GUARDED_BY(mutex_);
  std::vector<StoredEntry> entries_ ABSL_GUARDED_BY(mutex_);
  std::set<uint64_t> erased_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<int, uint64_t>, std::string> tiles_
      ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> rows_ ABSL_GUARDED_BY(mutex_);
};

class MemoryMark : public PublishedMark {
 public:
  absl::StatusOr<std::optional<std::string>> Read() override { return note_; }

  absl::Status Write(absl::string_view note) override {
    note_ = std::string(note);
    return absl::OkStatus();
  }

  void Erase() { note_ = std::nullopt; }

 private:
  std::optional<std::string> note_;
};

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_MEMORY_STORE_H_
