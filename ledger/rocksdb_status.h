// RocksDB's outcomes as ours.

#ifndef ANNALS_LEDGER_ROCKSDB_STATUS_H_
#define ANNALS_LEDGER_ROCKSDB_STATUS_H_

#include "absl/status/status.h"
#include "rocksdb/status.h"

namespace annals::ledger {

// Corruption is DATA_LOSS with reason STORE_DAMAGED.
absl::Status ToStatus(const rocksdb::Status& status);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_ROCKSDB_STATUS_H_
