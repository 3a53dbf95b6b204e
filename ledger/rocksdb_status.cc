#include "ledger/rocksdb_status.h"

#include <string>

#include "ledger/store_error.h"

namespace annals::ledger {

// Without `default`, so that a new code is a warning of the compiler.
absl::Status ToStatus(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string cause = status.ToString();
  switch (status.code()) {
    case rocksdb::Status::kOk:
      return absl::OkStatus();
    case rocksdb::Status::kNotFound:
      return absl::NotFoundError(cause);
    case rocksdb::Status::kCorruption:
      return StoreDamaged(cause);
    case rocksdb::Status::kIOError:
      if (status.IsNoSpace()) {
        return StoreFull(cause);
      }
      return StoreError(absl::StatusCode::kUnavailable, "STORE_IO_ERROR",
                        cause);
    case rocksdb::Status::kMergeInProgress:
    case rocksdb::Status::kIncomplete:
    case rocksdb::Status::kShutdownInProgress:
    case rocksdb::Status::kTimedOut:
    case rocksdb::Status::kAborted:
    case rocksdb::Status::kBusy:
    case rocksdb::Status::kExpired:
    case rocksdb::Status::kTryAgain:
      return StoreError(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE",
                        cause);
    case rocksdb::Status::kNotSupported:
    case rocksdb::Status::kInvalidArgument:
    case rocksdb::Status::kCompactionTooLarge:
    case rocksdb::Status::kColumnFamilyDropped:
    case rocksdb::Status::kMaxCode:
      break;
  }
  return StoreError(absl::StatusCode::kInternal, "STORE_MISUSED", cause);
}

}  // namespace annals::ledger
