// Files read whole, and replaced whole or not at all; the directories that they
// are in; and locks among processes.
//
// All name the path and the system's cause in their errors:
//   NOT_FOUND, FILE_NOT_FOUND;
//   INVALID_ARGUMENT, FILE_NOT_READABLE or FILE_NOT_WRITABLE;
//   INVALID_ARGUMENT, FILE_TOO_LARGE: longer than the limit;
//   FAILED_PRECONDITION, FILE_LOCKED or DIRECTORY_NOT_PRIVATE.

#ifndef ANNALS_LEDGER_FILE_IO_H_
#define ANNALS_LEDGER_FILE_IO_H_

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/file_descriptor.h"

namespace annals::ledger {

inline constexpr char kFileLockedReason[] = "FILE_LOCKED";
inline constexpr char kFileTooLargeReason[] = "FILE_TOO_LARGE";

// Rights of what is made anew, from which the umask takes away.
inline constexpr mode_t kOwnerFileMode = 0600;
inline constexpr mode_t kPublicFileMode = 0644;
inline constexpr mode_t kUmaskFileMode = 0666;
inline constexpr mode_t kOwnerDirectoryMode = 0700;
inline constexpr mode_t kPublicDirectoryMode = 0755;

// Whether bytes and names are on the disk when a call returns, or when the
// system sees fit.
enum class Durability { kSynced, kLeftToTheSystem };

// The bytes of a regular file; anything else in its place, such as a pipe on
// which nobody writes, is FILE_NOT_READABLE. FILE_NOT_FOUND, FILE_NOT_READABLE,
// FILE_TOO_LARGE.
absl::StatusOr<std::string> ReadFileBytes(const std::string& path,
                                          size_t bytes_max);

// The same of anything that can be read, for paths that a person gives.
absl::StatusOr<std::string> ReadFileOrPipe(const std::string& path,
                                           size_t bytes_max);

// As ReadFileBytes; nullopt if there is no file.
absl::StatusOr<std::optional<std::string>> ReadFileIfAny(
    const std::string& path, size_t bytes_max);

// Reads many small files, those of one directory one after the other: keeps the
// directory open, so that its path is looked up once, and the buffer. Not
// thread-safe.
class FilesReader {
 public:
  // As ReadFileBytes. What it returns lasts until the next call.
  absl::StatusOr<absl::string_view> Read(const std::string& path,
                                         size_t bytes_max);

 private:
  absl::Status OpenDirectory(const std::string& path);

  std::string directory_path_;
  FileDescriptor directory_{-1};
  std::string buffer_;
};

// Makes `parts`, one after the other, the content of the file, by way of a file
// beside it that no other writer uses. FILE_NOT_WRITABLE; the old content then
// stands, unless only the sync of the directory failed.
absl::Status ReplaceFile(const std::string& path,
                         std::initializer_list<absl::string_view> parts,
                         mode_t mode,
                         Durability durability = Durability::kSynced);

// The same, with bytes that `produce` hands over piece by piece: for files that
// memory should not hold. An error of `produce` is passed on, and the file is
// left as it was.
using WriteBytes = std::function<absl::Status(absl::string_view)>;
absl::Status ReplaceFileBy(
    const std::string& path,
    const std::function<absl::Status(const WriteBytes& write)>& produce,
    mode_t mode, Durability durability = Durability::kSynced);

// As ReplaceFile, by way of the file `draft_path` of the same file system,
// which the caller alone writes: what a killed process leaves has a known name,
// and is replaced by the next call. FILE_NOT_WRITABLE.
absl::Status ReplaceFileThrough(const std::string& draft_path,
                                const std::string& path,
                                std::initializer_list<absl::string_view> parts,
                                mode_t mode,
                                Durability durability = Durability::kSynced);

// Makes a new file, whole or not at all and synced; leaves one that is there as
// it is. FILE_NOT_WRITABLE.
absl::Status CreateFileIfNone(const std::string& path, absl::string_view bytes,
                              mode_t mode);

// Gives the file `from` the name `to`, synced. FILE_NOT_WRITABLE.
absl::Status RenameFile(const std::string& from, const std::string& to);

// OK if there is none. FILE_NOT_WRITABLE.
absl::Status RemoveFile(const std::string& path);

// Makes the directory, but none above it. OK if it is there.
// FILE_NOT_WRITABLE.
absl::Status MakeDirectory(const std::string& path, mode_t mode,
                           Durability durability = Durability::kSynced);

// As MakeDirectory, with those above it.
absl::Status MakeDirectories(const std::string& path, mode_t mode,
                             Durability durability = Durability::kSynced);

// OK if nobody but the owner, who is this user or root, may write into the
// directory. DIRECTORY_NOT_PRIVATE, FILE_NOT_READABLE.
absl::Status RequirePrivateDirectory(const std::string& path);

// An exclusive lock among processes (flock), held until it is destroyed or the
// process ends, however it does.
class FileLock {
 public:
  // Waits for it. The file is made if there is none, and stays.
  // FILE_NOT_WRITABLE.
  static absl::StatusOr<FileLock> Acquire(const std::string& path);

  // As Acquire, but FILE_LOCKED if another holds it.
  static absl::StatusOr<FileLock> TryAcquire(const std::string& path);

  // As TryAcquire, on a directory that is there, so that it needs no file.
  static absl::StatusOr<FileLock> TryAcquireDirectory(const std::string& path);

  // The locked file or directory, still the lock's own.
  const FileDescriptor& file() const { return file_; }

 private:
  enum class IfHeld { kWait, kFail };
  explicit FileLock(FileDescriptor file) : file_(std::move(file)) {}
  static absl::StatusOr<FileLock> Lock(const std::string& path, int flags,
                                       IfHeld if_held);

  FileDescriptor file_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_FILE_IO_H_
