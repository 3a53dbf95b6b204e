// Files that must be there, whole, after a crash: written to a temporary file,
// synced, renamed, and the directory synced.

#ifndef ANNALS_CLIENT_DURABLE_FILE_H_
#define ANNALS_CLIENT_DURABLE_FILE_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::client {

// Who may read a new file.
enum class FileAccess { kOwner, kByUmask };

// Replaces the file, or makes it, whole or not at all. INVALID_ARGUMENT
// (FILE_NOT_WRITABLE), naming the cause, if it can't be; a file that was there
// is then unchanged.
absl::Status ReplaceFile(const std::string& path, absl::string_view bytes,
                         FileAccess access);

// Makes a new file for its owner alone, whole or not at all; leaves one that is
// there as it is. Errors as of ReplaceFile.
absl::Status CreateFileIfNone(const std::string& path, absl::string_view bytes);

// The bytes of a file; nullopt if there is none. INVALID_ARGUMENT
// (FILE_NOT_READABLE, FILE_TOO_LARGE) if it can't be read or is larger than
// `bytes_max`.
absl::StatusOr<std::optional<std::string>> ReadFileIfAny(
    const std::string& path, size_t bytes_max);

// Makes a directory and those above it, mode 0700. OK if it is there.
absl::Status MakePrivateDirectory(const std::string& path);

// OK if nobody but the owner, who is this user or root, may write into the
// directory; FAILED_PRECONDITION (DIRECTORY_NOT_PRIVATE) otherwise.
absl::Status RequirePrivateDirectory(const std::string& path);

// An exclusive lock among processes (flock), held until it is destroyed.
class FileLock {
 public:
  // Waits for it. The lock file is made if there is none, and stays.
  static absl::StatusOr<FileLock> Acquire(const std::string& path);

  ~FileLock();
  FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_DURABLE_FILE_H_
