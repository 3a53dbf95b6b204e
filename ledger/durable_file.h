// Files that are replaced whole or not at all, and survive a power cut; and a
// lock that one process holds.

#ifndef ANNALS_LEDGER_DURABLE_FILE_H_
#define ANNALS_LEDGER_DURABLE_FILE_H_

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::ledger {

// Makes `bytes` the content of the file `path` by way of a new file beside it,
// `path`.new: written, synced, renamed, its directory synced. UNAVAILABLE with
// reason FILE_IO_FAILED if the system refuses; either content may then stand
// there. Not for two callers on one path at a time.
absl::Status ReplaceFile(const std::string& path, absl::string_view bytes,
                         mode_t mode);

// The bytes of the file `path`; nothing if there is none. UNAVAILABLE with
// reason FILE_IO_FAILED if it can't be read; INVALID_ARGUMENT with reason
// FILE_TOO_LARGE if it has more than `bytes_max`.
absl::StatusOr<std::optional<std::string>> ReadFileIfAny(
    const std::string& path, size_t bytes_max);

// Creates the directory, with its entry synced, unless it is there.
absl::Status CreateDirectory(const std::string& path, mode_t mode);

// Holds an exclusive lock on a file as long as it lives. The system releases it
// also if the process is killed.
class FileLock {
 public:
  // FAILED_PRECONDITION with reason FILE_LOCKED if another holds it.
  static absl::StatusOr<std::unique_ptr<FileLock>> Take(
      const std::string& path);

  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  const int fd_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_DURABLE_FILE_H_
