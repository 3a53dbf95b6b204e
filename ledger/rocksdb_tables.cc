#include "ledger/rocksdb_tables.h"

#include <sys/resource.h>

#include <algorithm>

#include "rocksdb/filter_policy.h"
#include "rocksdb/table.h"

namespace annals::ledger {
namespace {

// Finite, so that opening a large store opens few of its files.
constexpr rlim_t kOpenFilesMax = 4096;
constexpr size_t kLogFilesKept = 8;
constexpr double kMemtableFilterShare = 0.05;
constexpr double kBloomBitsPerKey = 10;

// Half of what the process may open is left to others.
int OpenFilesMax() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return int{kOpenFilesMax};
  return static_cast<int>(std::min(kOpenFilesMax, limit.rlim_cur / 2));
}

}  // namespace

rocksdb::DBOptions MakeDbOptions(const RocksDbOptions& options) {
  rocksdb::DBOptions db;
  if (options.env != nullptr) db.env = options.env;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.paranoid_checks = true;
  // The only mode that opens after a torn tail and refuses damage before it;
  // the published mark tells what a log cut short has lost.
  db.wal_recovery_mode =
      rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.track_and_verify_wals_in_manifest = true;
  // Bounds what a start after a crash has to replay.
  db.max_total_wal_size = 2 * options.write_buffer_bytes;
  db.max_background_jobs = options.background_jobs;
  db.max_open_files = OpenFilesMax();
  db.skip_stats_update_on_db_open = true;
  db.keep_log_file_num = kLogFilesKept;
  return db;
}

rocksdb::ColumnFamilyOptions MakeTableOptions(
    Table table, const RocksDbOptions& options,
    const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions blocks;
  blocks.block_cache = cache;
  // In partitions: a filter or an index of a whole file is larger than a shard
  // of the cache, would never stay in it and be read from disk at each lookup.
  blocks.cache_index_and_filter_blocks = true;
  blocks.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  blocks.data_block_index_type =
      rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  blocks.format_version = 5;
  if (table == kIndexes) {
    // Only the indexes are asked for what is not there.
    blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
    blocks.partition_filters = true;
  }

  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
  family.write_buffer_size = table == kContents
                                 ? options.write_buffer_bytes
                                 : options.write_buffer_bytes / 4;
  family.paranoid_file_checks = true;
  if (table == kIndexes) {
    // A new request and a new report are asked for, in vain, several times.
    family.memtable_whole_key_filtering = true;
    family.memtable_prefix_bloom_size_ratio = kMemtableFilterShare;
  }
  // LZ4 would take a tenth of what an append costs, and makes every read
  // dearer; hashes and salts don't compress at all.
  family.compression = rocksdb::kNoCompression;
  return family;
}

}  // namespace annals::ledger
