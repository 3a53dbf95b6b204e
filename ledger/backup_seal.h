// The seal of a backup: the hash of its description, written when the backup is
// complete. RocksDB believes what the description (`meta/N`) says, and one
// flipped bit in it can end the process; so it is given none whose seal does
// not fit.
//
//   seals/N   "annals-backup-seal-1\n" · hex(SHA-256(meta/N)) '\n'

#ifndef ANNALS_LEDGER_BACKUP_SEAL_H_
#define ANNALS_LEDGER_BACKUP_SEAL_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/error.h"

namespace annals::ledger {

// The directory of the descriptions, in that of the backups.
std::string BackupMetaDirectory(const std::string& directory);

// Seals the description as it is now. BACKUP_FAILED.
absl::Status SealBackup(const std::string& directory, uint32_t id);

// Before the backup goes, so that what is left of it can't seem whole.
// BACKUP_FAILED.
absl::Status UnsealBackup(const std::string& directory, uint32_t id);

// The description. DATA_LOSS with reason BACKUP_DAMAGED, naming the file, if
// its seal is missing or does not fit, or if either can't be read.
absl::StatusOr<std::string> ReadSealedMeta(const std::string& directory,
                                           uint32_t id);

// DATA_LOSS with reason BACKUP_DAMAGED: do not rely on `what`.
absl::Status BackupDamaged(absl::string_view what, const ErrorText& cause);

// UNAVAILABLE with reason BACKUP_FAILED.
absl::Status BackupFailed(const std::string& directory, const ErrorText& cause);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_BACKUP_SEAL_H_
