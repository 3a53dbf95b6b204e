// Backups of a database store, in a directory of their own. A backup copies
// only the files that no earlier one in the directory holds. Signing keys and
// the published mark are not in it: the mark is made anew from the backup's
// label.
//
// Errors: DATA_LOSS with reason BACKUP_DAMAGED; NOT_FOUND, BACKUP_NOT_FOUND;
// UNAVAILABLE, BACKUP_FAILED, when the system refuses, and why.

#ifndef ANNALS_LEDGER_BACKUP_H_
#define ANNALS_LEDGER_BACKUP_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/backup_label.h"
#include "ledger/rocksdb_store.h"

namespace annals::ledger {

struct Backup {
  uint32_t id = 0;
  // All its files, those that it shares included.
  uint64_t bytes = 0;
  // nullopt if the backup is damaged: its description does not fit its seal
  // (backup_seal.h), or it lacks a file, or has one of another size.
  std::optional<BackupLabel> label;
};

// Thread-safe; one call at a time is under way, the others wait for it.
class BackupReader {
 public:
  // Looks at a directory that nobody writes to, and changes nothing in it.
  static absl::StatusOr<std::unique_ptr<BackupReader>> Open(
      const std::string& directory);

  virtual ~BackupReader() = default;

  // By ascending id.
  virtual std::vector<Backup> List() = 0;

  // Reads the description and every file from the disk, and compares them with
  // the checksums that were taken when they were written.
  virtual absl::Status Verify(uint32_t id) = 0;

  // Writes the database into `path`, which must be empty or not be there, and
  // compares the checksums on the way. After an error it may still be written
  // to until this is destroyed.
  virtual absl::Status Restore(uint32_t id, const std::string& path) = 0;
};

struct BackupOptions {
  // Created if it is not there. Of one ledger and one process at a time.
  std::string directory;
  // At most so many are written a second; 0 for no limit.
  uint64_t bytes_per_second = 0;
};

class BackupDirectory : public BackupReader {
 public:
  // FAILED_PRECONDITION with reason BACKUP_DIR_IN_USE if another process has it
  // open.
  static absl::StatusOr<std::unique_ptr<BackupDirectory>> Open(
      const BackupOptions& options);

  // Copies the store while it is read and written. CANCELLED after Cancel. What
  // is left of one that failed is removed, at the latest by the next one.
  virtual absl::StatusOr<Backup> Create(DatabaseStore* store,
                                        const BackupLabel& label) = 0;

  // Deletes a backup, and files that no other one shares.
  virtual absl::Status Delete(uint32_t id) = 0;

  // Ends a Create that is under way, and refuses others, for good. Never
  // blocks.
  virtual void Cancel() = 0;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_BACKUP_H_
