// The check of a stopped ledger's data directory.

#ifndef ANNALS_SERVICE_FSCK_H_
#define ANNALS_SERVICE_FSCK_H_

#include <string>

#include "absl/status/statusor.h"
#include "ledger/store_check.h"

namespace annals {

struct FsckOptions {
  std::string data_dir;
  ledger::StoreCheckOptions check;
};

// Takes the directory's lock and changes nothing. As DataDir::Open, and
// FAILED_PRECONDITION with reason NO_LEDGER if the directory holds none.
absl::StatusOr<ledger::StoreCheckResult> CheckDataDir(
    const FsckOptions& options);

// On standard output, in both languages.
void PrintResult(const ledger::StoreCheckResult& result);

}  // namespace annals

#endif  // ANNALS_SERVICE_FSCK_H_
