// The daemon's flags of backups and of restoring one.

#ifndef ANNALS_SERVICE_BACKUP_FLAGS_H_
#define ANNALS_SERVICE_BACKUP_FLAGS_H_

#include "absl/status/status.h"
#include "service/daemon.h"

namespace annals {

// INVALID_ARGUMENT with reason INVALID_FLAG if one is out of its range, or they
// do not fit together.
absl::Status CheckBackupFlags();

// REQUIRES: CheckBackupFlags() is OK.
void SetBackups(DaemonOptions* options);

// Whether the daemon is to restore a backup and not to serve.
bool IsRestore();

// Restores with the data directory, keys and store of `options`, and says what
// came of it: OK, or why nothing was restored.
absl::Status RunRestore(const DaemonOptions& options, int threads);

}  // namespace annals

#endif  // ANNALS_SERVICE_BACKUP_FLAGS_H_
