// Files read whole, and replaced whole or not at all.

#ifndef ANNALS_LEDGER_FILE_IO_H_
#define ANNALS_LEDGER_FILE_IO_H_

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::ledger {

// The bytes of a file. NOT_FOUND with reason FILE_NOT_FOUND;
// FAILED_PRECONDITION with reason FILE_TOO_LARGE if it is longer than
// `bytes_max`; UNAVAILABLE with reason FILE_UNUSABLE if the system refuses.
absl::StatusOr<std::string> ReadFileBytes(const std::string& path,
                                          size_t bytes_max);

// Reads many small files, those of one directory one after the other: keeps the
// directory open, so that its path is looked up once, and the buffer. Not
// thread-safe.
class FilesReader {
 public:
  FilesReader() = default;
  ~FilesReader();
  FilesReader(const FilesReader&) = delete;
  FilesReader& operator=(const FilesReader&) = delete;

  // As ReadFileBytes. What it returns lasts until the next call.
  absl::StatusOr<absl::string_view> Read(const std::string& path,
                                         size_t bytes_max);

 private:
  absl::Status OpenDirectory(absl::string_view directory);

  std::string directory_;
  int directory_fd_ = -1;
  std::string buffer_;
};

// Writes `parts` one after the other to a file beside `path` and renames it.
// `durable`: the bytes and the name are on the disk when it returns.
// UNAVAILABLE with reason FILE_UNUSABLE if the system refuses.
absl::Status ReplaceFile(const std::string& path,
                         std::initializer_list<absl::string_view> parts,
                         bool durable);

// The same, with bytes that `produce` hands over piece by piece: for files that
// memory should not hold. An error of `produce` is passed on, and the file is
// left as it was.
using WriteBytes = std::function<absl::Status(absl::string_view)>;
absl::Status ReplaceFileBy(
    const std::string& path,
    const std::function<absl::Status(const WriteBytes& write)>& produce,
    bool durable);

// Makes the directory and those above it.
absl::Status MakeDirectories(const std::string& path);

// The part of a path before its last slash; "." if there is none.
std::string DirectoryOf(const std::string& path);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_FILE_IO_H_
