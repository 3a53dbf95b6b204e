#include "ledger/rocksdb_statistics.h"

#include <string>

namespace annals::ledger {
namespace {

uint64_t Sum(rocksdb::DB* db, const std::string& property) {
  uint64_t value = 0;
  return db->GetAggregatedIntProperty(property, &value) ? value : 0;
}

// Of the database as a whole, asked at one of its tables.
uint64_t Whole(rocksdb::DB* db, const std::string& property) {
  uint64_t value = 0;
  return db->GetIntProperty(property, &value) ? value : 0;
}

}  // namespace

std::shared_ptr<rocksdb::Statistics> MakeRocksDbStatistics() {
  auto statistics = rocksdb::CreateDBStatistics();
  statistics->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);
  return statistics;
}

StoreStatistics ReadRocksDbStatistics(rocksdb::DB* db) {
  using Properties = rocksdb::DB::Properties;
  StoreStatistics result;
  result.table_bytes = Sum(db, Properties::kTotalSstFilesSize);
  result.memtable_bytes = Sum(db, Properties::kSizeAllMemTables);
  // The tables share the cache.
  result.cache_bytes = Whole(db, Properties::kBlockCacheUsage);
  result.compactions = Whole(db, Properties::kNumRunningCompactions);
  result.compaction_pending_bytes =
      Sum(db, Properties::kEstimatePendingCompactionBytes);
  result.is_write_stopped = Whole(db, Properties::kIsWriteStopped) != 0;
  result.background_errors = Whole(db, Properties::kBackgroundErrors);
  const rocksdb::Statistics* const counted =
      db->GetDBOptions().statistics.get();
  if (counted == nullptr) return result;
  const auto count = [counted](uint32_t ticker) {
    return counted->getTickerCount(ticker);
  };
  result.cache_hits = count(rocksdb::BLOCK_CACHE_HIT);
  result.cache_misses = count(rocksdb::BLOCK_CACHE_MISS);
  result.compaction_read_bytes = count(rocksdb::COMPACT_READ_BYTES);
  result.compaction_written_bytes = count(rocksdb::COMPACT_WRITE_BYTES);
  result.log_syncs = count(rocksdb::WAL_FILE_SYNCED);
  result.write_stalls = absl::Microseconds(count(rocksdb::STALL_MICROS));
  return result;
}

}  // namespace annals::ledger
