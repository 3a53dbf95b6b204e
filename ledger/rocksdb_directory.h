// What RocksDB does not say of the directory of a database.

#ifndef ANNALS_LEDGER_ROCKSDB_DIRECTORY_H_
#define ANNALS_LEDGER_ROCKSDB_DIRECTORY_H_

#include <string>

#include "absl/status/status.h"
#include "rocksdb/status.h"

namespace annals::ledger {

// To be asked before a database is opened that may also be created. DATA_LOSS
// with reason STORE_DAMAGED if CURRENT is missing beside tables or logs, where
// RocksDB would begin an empty database and remove them as obsolete; or if it
// names no file that is there.
absl::Status CheckDatabaseDirectory(const std::string& path);

// Of a Corruption: its text, and which tables can't be opened. Of a damaged
// footer RocksDB names another file, or none.
std::string NameDamagedTables(const std::string& path,
                              const rocksdb::Status& corruption);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_ROCKSDB_DIRECTORY_H_
