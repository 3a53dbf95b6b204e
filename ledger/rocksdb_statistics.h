// What RocksDB counts, in the words of the store.

#ifndef ANNALS_LEDGER_ROCKSDB_STATISTICS_H_
#define ANNALS_LEDGER_ROCKSDB_STATISTICS_H_

#include <memory>

#include "ledger/store.h"
#include "rocksdb/db.h"
#include "rocksdb/statistics.h"

namespace annals::ledger {

// Counts and no times, which would cost each read two looks at the clock.
std::shared_ptr<rocksdb::Statistics> MakeRocksDbStatistics();

StoreStatistics ReadRocksDbStatistics(rocksdb::DB* db);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_ROCKSDB_STATISTICS_H_
