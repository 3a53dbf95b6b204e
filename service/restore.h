// Restores a backup into a data directory, if it extends a checkpoint that is
// known from elsewhere.

#ifndef ANNALS_SERVICE_RESTORE_H_
#define ANNALS_SERVICE_RESTORE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "ledger/checkpoint.h"
#include "ledger/rocksdb_store.h"
#include "ledger/store_check.h"
#include "service/data_dir.h"

namespace annals {

struct RestoreOptions {
  std::string backup_dir;
  uint32_t backup_id = 0;  // 0: the newest that is whole.
  // The file of a signed checkpoint.
  std::string expected_checkpoint;
  std::string data_dir;
  KeySources keys;
  ledger::RocksDbOptions store;
  ledger::StoreCheckOptions check;
};

struct RestoredLedger {
  uint32_t backup_id = 0;
  uint64_t entries = 0;
  ledger::Checkpoint expected;
};

// Restores database and mark, and checks every leaf, content, tile and index
// row of them. Does so in a directory apart, from which they are moved when all
// is well. Until the last step, and after a refusal, --data_dir is none that a
// daemon serves. Errors as of DataDir::OpenToRestore and ledger/backup.h, and
//   INVALID_ARGUMENT, CHECKPOINT_MALFORMED;
//   FAILED_PRECONDITION, CHECKPOINT_FOREIGN: the ledger's keys did not sign the
//     expected checkpoint, or not the backup's;
//   FAILED_PRECONDITION, BACKUP_BEHIND_CHECKPOINT: it has fewer entries;
//   DATA_LOSS, BACKUP_DIVERGED: its entries give another root at that size;
//   DATA_LOSS, BACKUP_DAMAGED: the check found faults.
absl::StatusOr<RestoredLedger> RestoreBackup(const RestoreOptions& options);

}  // namespace annals

#endif  // ANNALS_SERVICE_RESTORE_H_
