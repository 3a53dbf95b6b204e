// Opens the database behind the store, or says what is wrong with it.

#ifndef ANNALS_LEDGER_ROCKSDB_OPEN_H_
#define ANNALS_LEDGER_ROCKSDB_OPEN_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/rocksdb_store.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"

namespace annals::ledger {

struct OpenedRocksDb {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> tables;  // By Table; of db.
  rocksdb::ColumnFamilyOptions index_options;
  // What RocksDB dropped of the write-ahead log, in its words.
  std::string dropped_tail;
};

// What is done with a write-ahead log that is damaged: the database is refused,
// unless only its end is missing; or opened with what stands before the damage.
enum class DamagedLog { kRefuse, kReadUpToTheDamage };

// Errors as of OpenRocksDbStore; `holds_all_published` is not asked.
absl::StatusOr<OpenedRocksDb> OpenRocksDb(const std::string& path,
                                          const RocksDbOptions& options,
                                          DamagedLog damaged_log);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_ROCKSDB_OPEN_H_
