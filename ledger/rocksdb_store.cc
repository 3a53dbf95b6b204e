// One column family per table. Leaves and contents come in the ascending order
// of their keys, so in a family of their own their files never overlap and
// compaction moves them without writing them again.
//
//   default   "head" → u64 size · u64 epoch;  "format" → u32
//             "purge" · entry key → nothing: its content was erased, and files
//             that are no longer read may still hold it
//   leaves    entry key → leaf
//   contents  entry key → 32 bytes of salt · content
//   tiles     tile key → hashes
//   indexes   as the ledger says
//
// No blob files: every incremental backup would read all of them again.

#include "ledger/rocksdb_store.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/keys.h"
#include "ledger/mutex.h"
#include "ledger/right_edge.h"
#include "ledger/rocksdb_directory.h"
#include "ledger/rocksdb_open.h"
#include "ledger/rocksdb_statistics.h"
#include "ledger/rocksdb_status.h"
#include "ledger/rocksdb_tables.h"
#include "ledger/status_macros.h"
#include "ledger/store_error.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "rocksdb/write_batch.h"

namespace annals::ledger {
namespace {

constexpr absl::string_view kHeadKey = "head";
constexpr absl::string_view kFormatKey = "format";
constexpr absl::string_view kPurgePrefix = "purge";
constexpr uint32_t kStoreFormat = 1;

// Carries a checksum of each key and value from the batch into the memtable.
constexpr size_t kProtectionBytes = 8;

rocksdb::Slice ToSlice(absl::string_view bytes) {
  return rocksdb::Slice(bytes.data(), bytes.size());
}

// About as many bytes as the batch takes in RocksDB's form.
size_t BatchBytes(const Batch& batch) {
  constexpr size_t kRowBytes = 64;  // Its key and its header.
  size_t bytes = kRowBytes;
  for (const StoredEntry& entry : batch.entries) {
    bytes += entry.leaf.size() + kSaltBytes + entry.content.content.size() +
             2 * kRowBytes;
  }
  for (const StoredTile& tile : batch.tiles) {
    bytes += tile.hashes.size() + kRowBytes;
  }
  for (const IndexRow& row : batch.index_rows) {
    bytes += row.key.size() + row.value.size() + kRowBytes;
  }
  return bytes;
}

class RocksDbStore : public DatabaseStore {
 public:
  explicit RocksDbStore(OpenedRocksDb opened)
      : dropped_tail_(std::move(opened.dropped_tail)),
        db_(std::move(opened.db)),
        tables_(std::move(opened.tables)),
        index_options_(opened.index_options) {
    synced_.sync = true;
    synced_.protection_bytes_per_key = kProtectionBytes;
  }
  ~RocksDbStore() override;

  // Reads the head; checks the format and writes it into a new store that is
  // not only read.
  absl::Status Load(bool read_only);

  absl::StatusOr<StoreHead> Head() override;
  absl::StatusOr<StoreHead> BeginEpoch() override;
  absl::Status AppendBatch(const StoreHead& condition,
                           const Batch& batch) override;
  absl::StatusOr<std::string> ReadLeaf(uint64_t index) override;
  absl::StatusOr<StoredContent> ReadContent(uint64_t index) override;
  absl::Status PurgeErased() override;
  absl::Status Copy(const CopyDatabase& copy) override;
  std::string DroppedTail() const override { return dropped_tail_; }
  absl::StatusOr<std::string> ReadTile(const TileId& id) override;
  absl::StatusOr<std::optional<std::string>> ReadIndex(
      absl::string_view key) override;
  absl::StatusOr<std::vector<std::optional<std::string>>> ReadIndexes(
      const std::vector<std::string>& keys) override;
  absl::StatusOr<std::optional<std::string>> PeekIndex(
      absl::string_view key) override;
  absl::StatusOr<std::vector<IndexRow>> ScanIndex(
      const IndexScan& scan) override;
  absl::Status ClearIndexes() override;
  absl::Status WriteIndexes(const std::vector<IndexRow>& rows) override;
  StoreStatistics Statistics() override {
    return ReadRocksDbStatistics(db_.get());
  }

 private:
  // nullopt if there is no such key.
  absl::StatusOr<std::optional<std::string>> Get(
      Table table, absl::string_view key,
      const rocksdb::ReadOptions& options = rocksdb::ReadOptions());
  // What a read came to; of damage, which file has it.
  absl::Status FromRead(const rocksdb::Status& status) const;
  // Lends a row of `table` without a copy.
  absl::Status PinEntryRow(Table table, uint64_t index,
                           rocksdb::PinnableSlice* row);
  // The entry keys whose contents are still to be purged.
  absl::StatusOr<std::vector<std::string>> PendingPurges();
  // Rewrites what holds the row, and deletes what held it.
  absl::Status RewriteContents(const std::vector<std::string>& keys);
  absl::Status Put(Table table, absl::string_view key, absl::string_view value,
                   rocksdb::WriteBatch* batch);
  absl::Status Write(rocksdb::WriteBatch* batch);
  absl::Status PutHead(const StoreHead& head, rocksdb::WriteBatch* batch);

  const std::string dropped_tail_;
  const std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> tables_;  // By Table; of db_.
  const rocksdb::ColumnFamilyOptions index_options_;
  rocksdb::WriteOptions synced_;
  std::atomic<bool> write_failed_ = false;
  Mutex purge_mutex_;  // One at a time; held before no other.
  bool being_copied_ ABSL_GUARDED_BY(purge_mutex_) = false;
  Mutex mutex_;
  StoreHead head_ ABSL_GUARDED_BY(mutex_);
};

RocksDbStore::~RocksDbStore() {
  if (!write_failed_) ToStatus(db_->Flush({}, tables_)).IgnoreError();
  for (rocksdb::ColumnFamilyHandle* table : tables_) {
    ToStatus(db_->DestroyColumnFamilyHandle(table)).IgnoreError();
  }
  ToStatus(db_->Close()).IgnoreError();
}

absl::Status RocksDbStore::Load(bool read_only) {
  ASSIGN_OR_RETURN(const std::optional<std::string> format,
                   Get(kMeta, kFormatKey));
  std::string expected_format;
  AppendU32(kStoreFormat, &expected_format);
  if (!format.has_value()) {
    if (read_only) return absl::OkStatus();
    rocksdb::WriteBatch batch;
    RETURN_IF_ERROR(Put(kMeta, kFormatKey, expected_format, &batch));
    return Write(&batch);
  }
  if (*format != expected_format) return StoreFormatUnknown();
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                   Get(kMeta, kHeadKey));
  if (!bytes.has_value()) return absl::OkStatus();
  absl::string_view rest = *bytes;
  StoreHead head;
  if (!ConsumeU64(&rest, &head.size) || !ConsumeU64(&rest, &head.epoch) ||
      !rest.empty()) {
    return StoreDamaged(
        ErrorText{"the head row has a wrong length", "首行长度不合"});
  }
  MutexLock lock(&mutex_);
  head_ = head;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> RocksDbStore::Get(
    Table table, absl::string_view key, const rocksdb::ReadOptions& options) {
  std::string value;
  const rocksdb::Status got =
      db_->Get(options, tables_[table], ToSlice(key), &value);
  if (got.IsIncomplete()) return absl::UnavailableError("not in memory");
  const absl::Status status = FromRead(got);
  if (absl::IsNotFound(status)) return std::nullopt;
  RETURN_IF_ERROR(status);
  return value;
}

absl::Status RocksDbStore::FromRead(const rocksdb::Status& status) const {
  if (!status.IsCorruption()) return ToStatus(status);
  return StoreDamaged(NameDamagedTables(db_->GetName(), status));
}

absl::Status RocksDbStore::PinEntryRow(Table table, uint64_t index,
                                       rocksdb::PinnableSlice* row) {
  const absl::Status status = FromRead(
      db_->Get(rocksdb::ReadOptions(), tables_[table], EntryKey(index), row));
  if (!absl::IsNotFound(status)) return status;
  MutexLock lock(&mutex_);
  if (index >= head_.size) {
    return absl::OutOfRangeError(absl::StrCat("no entry ", index));
  }
  if (table == kContents) {
    return absl::NotFoundError(absl::StrCat("no content of entry ", index));
  }
  return StoreDamaged(ErrorText{
      absl::StrCat("no row ", index, " in table ", kTableNames[table]),
      absl::StrCat("表 ", kTableNames[table], " 缺少第 ", index, " 行")});
}

absl::Status RocksDbStore::Put(Table table, absl::string_view key,
                               absl::string_view value,
                               rocksdb::WriteBatch* batch) {
  return ToStatus(batch->Put(tables_[table], ToSlice(key), ToSlice(value)));
}

absl::Status RocksDbStore::Write(rocksdb::WriteBatch* batch) {
  absl::Status status = ToStatus(db_->Write(synced_, batch));
  if (status.ok()) return status;
  write_failed_ = true;
  return status;
}

absl::Status RocksDbStore::PutHead(const StoreHead& head,
                                   rocksdb::WriteBatch* batch) {
  std::string value;
  AppendU64(head.size, &value);
  AppendU64(head.epoch, &value);
  return Put(kMeta, kHeadKey, value, batch);
}

absl::StatusOr<StoreHead> RocksDbStore::Head() {
  MutexLock lock(&mutex_);
  return head_;
}

absl::StatusOr<StoreHead> RocksDbStore::BeginEpoch() {
  ASSIGN_OR_RETURN(StoreHead head, Head());
  ++head.epoch;
  rocksdb::WriteBatch batch;
  RETURN_IF_ERROR(PutHead(head, &batch));
  RETURN_IF_ERROR(Write(&batch));
  MutexLock lock(&mutex_);
  head_ = head;
  return head;
}

absl::Status RocksDbStore::AppendBatch(const StoreHead& condition,
                                       const Batch& batch) {
  if (write_failed_) {
    return StoreError(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE",
                      "an earlier write failed");
  }
  ASSIGN_OR_RETURN(StoreHead head, Head());
  if (head != condition) return StoreMoved(head, condition);
  rocksdb::WriteBatch rows(BatchBytes(batch));
  std::string content;
  for (const StoredEntry& entry : batch.entries) {
    const std::string key = EntryKey(head.size++);
    RETURN_IF_ERROR(Put(kLeaves, key, entry.leaf, &rows));
    const Salt& salt = entry.content.salt;
    content.assign(salt.begin(), salt.end());
    content += entry.content.content;
    RETURN_IF_ERROR(Put(kContents, key, content, &rows));
  }
  for (const StoredTile& tile : batch.tiles) {
    RETURN_IF_ERROR(Put(kTiles, TileKey(tile.id), tile.hashes, &rows));
  }
  for (const IndexRow& row : batch.index_rows) {
    RETURN_IF_ERROR(Put(kIndexes, row.key, row.value, &rows));
  }
  // After the batch's own contents, which may be among them.
  for (uint64_t index : batch.erased_contents) {
    const std::string key = EntryKey(index);
    RETURN_IF_ERROR(ToStatus(rows.Delete(tables_[kContents], key)));
    RETURN_IF_ERROR(Put(kMeta, absl::StrCat(kPurgePrefix, key), "", &rows));
  }
  RETURN_IF_ERROR(PutHead(head, &rows));
  RETURN_IF_ERROR(Write(&rows));
  MutexLock lock(&mutex_);
  head_ = head;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> RocksDbStore::PendingPurges() {
  const std::string end = PrefixEnd(std::string(kPurgePrefix));
  const rocksdb::Slice upper = end;
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> rows(
      db_->NewIterator(options, tables_[kMeta]));
  std::vector<std::string> keys;
  for (rows->Seek(ToSlice(kPurgePrefix)); rows->Valid(); rows->Next()) {
    keys.push_back(rows->key().ToString().substr(kPurgePrefix.size()));
  }
  RETURN_IF_ERROR(ToStatus(rows->status()));
  return keys;
}

// An erased content may lie in the log, in memtables and in tables. Flushing
// every family ends the log that holds it; the tables that cover its key are
// rewritten down to the last level, where nothing is kept for a deletion to
// hide. RocksDB deletes what this makes obsolete on its own threads, which
// pausing them waits for. Of a log that was obsolete before it was opened, as a
// crash amid a flush leaves one, it takes no note; when deletions are enabled,
// which they are, it looks for such files.
absl::Status RocksDbStore::RewriteContents(
    const std::vector<std::string>& keys) {
  RETURN_IF_ERROR(ToStatus(db_->Flush({}, tables_)));
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction =
      rocksdb::BottommostLevelCompaction::kForceOptimized;
  for (const std::string& key : keys) {
    const rocksdb::Slice row = key;
    RETURN_IF_ERROR(
        ToStatus(db_->CompactRange(options, tables_[kContents], &row, &row)));
  }
  RETURN_IF_ERROR(ToStatus(db_->PauseBackgroundWork()));
  RETURN_IF_ERROR(ToStatus(db_->ContinueBackgroundWork()));
  RETURN_IF_ERROR(ToStatus(db_->DisableFileDeletions()));
  return ToStatus(db_->EnableFileDeletions(/*force=*/false));
}

absl::Status RocksDbStore::PurgeErased() {
  MutexLock purge(&purge_mutex_);
  ASSIGN_OR_RETURN(const std::vector<std::string> keys, PendingPurges());
  if (keys.empty()) return absl::OkStatus();
  if (being_copied_) return StoreBeingCopied();
  RETURN_IF_ERROR(RewriteContents(keys));
  rocksdb::WriteBatch done;
  for (const std::string& key : keys) {
    RETURN_IF_ERROR(
        ToStatus(done.Delete(tables_[kMeta], absl::StrCat(kPurgePrefix, key))));
  }
  return Write(&done);
}

// While it copies RocksDB deletes no file, so a purge could not either.
absl::Status RocksDbStore::Copy(const CopyDatabase& copy) {
  {
    MutexLock purge(&purge_mutex_);
    being_copied_ = true;
  }
  const absl::Status status = copy(db_.get());
  MutexLock purge(&purge_mutex_);
  being_copied_ = false;
  return status;
}

absl::StatusOr<std::string> RocksDbStore::ReadLeaf(uint64_t index) {
  rocksdb::PinnableSlice row;
  RETURN_IF_ERROR(PinEntryRow(kLeaves, index, &row));
  return row.ToString();
}

absl::StatusOr<StoredContent> RocksDbStore::ReadContent(uint64_t index) {
  rocksdb::PinnableSlice row;
  RETURN_IF_ERROR(PinEntryRow(kContents, index, &row));
  StoredContent content;
  if (row.size() < content.salt.size()) {
    return StoreDamaged(
        ErrorText{absl::StrCat("content ", index, " is too short"),
                  absl::StrCat("条目 ", index, " 的内容过短")});
  }
  std::copy_n(row.data(), kSaltBytes, content.salt.begin());
  content.content.assign(row.data() + kSaltBytes, row.size() - kSaltBytes);
  return content;
}

absl::StatusOr<std::string> RocksDbStore::ReadTile(const TileId& id) {
  ASSIGN_OR_RETURN(std::optional<std::string> tile, Get(kTiles, TileKey(id)));
  if (!tile.has_value()) return absl::NotFoundError("no such tile");
  const bool growing = !tile->empty() && tile->size() % kHashBytes == 0 &&
                       tile->size() < kTileWidth * kHashBytes;
  if (!growing && tile->size() != kFullTileBytes) {
    return TileDamaged(id, ErrorText{"impossible length", "长度不合"});
  }
  return *std::move(tile);
}

absl::StatusOr<std::optional<std::string>> RocksDbStore::ReadIndex(
    absl::string_view key) {
  return Get(kIndexes, key);
}

absl::StatusOr<std::vector<std::optional<std::string>>>
RocksDbStore::ReadIndexes(const std::vector<std::string>& keys) {
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_->MultiGet(rocksdb::ReadOptions(), tables_[kIndexes], keys.size(),
                slices.data(), values.data(), statuses.data());
  std::vector<std::optional<std::string>> rows(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    RETURN_IF_ERROR(FromRead(statuses[i]));
    rows[i] = values[i].ToString();
  }
  return rows;
}

absl::StatusOr<std::optional<std::string>> RocksDbStore::PeekIndex(
    absl::string_view key) {
  rocksdb::ReadOptions options;
  options.read_tier = rocksdb::kBlockCacheTier;
  return Get(kIndexes, key, options);
}

absl::StatusOr<std::vector<IndexRow>> RocksDbStore::ScanIndex(
    const IndexScan& scan) {
  if (scan.limit == 0) return absl::InvalidArgumentError("a scan of 0 rows");
  const std::string end = PrefixEnd(scan.prefix);
  const rocksdb::Slice lower = scan.prefix;
  const rocksdb::Slice upper = end;
  rocksdb::ReadOptions options;
  options.iterate_lower_bound = &lower;
  if (!end.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> rows(
      db_->NewIterator(options, tables_[kIndexes]));
  if (scan.after_key.empty()) {
    scan.descending ? rows->SeekToLast() : rows->SeekToFirst();
  } else {
    scan.descending ? rows->SeekForPrev(scan.after_key)
                    : rows->Seek(scan.after_key);
    if (rows->Valid() && rows->key() == scan.after_key) {
      scan.descending ? rows->Prev() : rows->Next();
    }
  }
  std::vector<IndexRow> found;
  while (found.size() < scan.limit && rows->Valid()) {
    found.push_back({rows->key().ToString(), rows->value().ToString()});
    scan.descending ? rows->Prev() : rows->Next();
  }
  RETURN_IF_ERROR(FromRead(rows->status()));
  return found;
}

absl::Status RocksDbStore::ClearIndexes() {
  // Dropping the family needs none of its files to be readable.
  RETURN_IF_ERROR(ToStatus(db_->DropColumnFamily(tables_[kIndexes])));
  rocksdb::ColumnFamilyHandle* fresh = nullptr;
  RETURN_IF_ERROR(ToStatus(
      db_->CreateColumnFamily(index_options_, kTableNames[kIndexes], &fresh)));
  std::swap(tables_[kIndexes], fresh);
  return ToStatus(db_->DestroyColumnFamilyHandle(fresh));
}

absl::Status RocksDbStore::WriteIndexes(const std::vector<IndexRow>& rows) {
  rocksdb::WriteBatch batch;
  for (const IndexRow& row : rows) {
    RETURN_IF_ERROR(Put(kIndexes, row.key, row.value, &batch));
  }
  return Write(&batch);
}

absl::StatusOr<std::unique_ptr<DatabaseStore>> OpenStore(
    const std::string& path, const RocksDbOptions& options,
    DamagedLog damaged_log) {
  ASSIGN_OR_RETURN(OpenedRocksDb opened,
                   OpenRocksDb(path, options, damaged_log));
  auto store = std::make_unique<RocksDbStore>(std::move(opened));
  RETURN_IF_ERROR(store->Load(options.read_only));
  return store;
}

}  // namespace

// A power cut can leave the log's last write with its length and without some
// of its blocks, which RocksDB takes for damage. So one looks, changing
// nothing, at what stands before the damage. If something published is missing
// there, it is damage.
absl::StatusOr<std::unique_ptr<DatabaseStore>> OpenRocksDbStore(
    const std::string& path, const RocksDbOptions& options) {
  auto store = OpenStore(path, options, DamagedLog::kRefuse);
  if (!absl::IsDataLoss(store.status()) ||
      options.holds_all_published == nullptr) {
    return store;
  }
  RocksDbOptions looking = options;
  looking.read_only = true;
  auto whole = OpenStore(path, looking, DamagedLog::kReadUpToTheDamage);
  if (!whole.ok() || (*whole)->DroppedTail().empty()) return store;
  ASSIGN_OR_RETURN(const StoreHead head, (*whole)->Head());
  if (!options.holds_all_published(head.size)) return store;
  if (options.read_only) return whole;
  whole->reset();
  return OpenStore(path, options, DamagedLog::kReadUpToTheDamage);
}

}  // namespace annals::ledger
