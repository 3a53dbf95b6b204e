// The tables of the store on RocksDB, and how RocksDB is set up for each.

#ifndef ANNALS_LEDGER_ROCKSDB_TABLES_H_
#define ANNALS_LEDGER_ROCKSDB_TABLES_H_

#include <array>
#include <cstddef>
#include <memory>

#include "ledger/rocksdb_store.h"
#include "rocksdb/cache.h"
#include "rocksdb/options.h"

namespace annals::ledger {

enum Table : size_t { kMeta, kLeaves, kContents, kTiles, kIndexes };
inline constexpr std::array<const char*, 5> kTableNames = {
    "default", "leaves", "contents", "tiles", "indexes"};

rocksdb::DBOptions MakeDbOptions(const RocksDbOptions& options);

// The tables share the cache.
rocksdb::ColumnFamilyOptions MakeTableOptions(
    Table table, const RocksDbOptions& options,
    const std::shared_ptr<rocksdb::Cache>& cache);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_ROCKSDB_TABLES_H_
