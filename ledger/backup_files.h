// The files of a backup directory as RocksDB's backup engine gets to see them.

#ifndef ANNALS_LEDGER_BACKUP_FILES_H_
#define ANNALS_LEDGER_BACKUP_FILES_H_

#include <memory>
#include <string>

#include "rocksdb/env.h"

namespace annals::ledger {

// As they are, but for the descriptions of backups: one whose seal does not fit
// (backup_seal.h) is Corruption, and what is read of the others is what was
// compared with the seal.
std::unique_ptr<rocksdb::Env> MakeBackupEnv(const std::string& directory);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_BACKUP_FILES_H_
