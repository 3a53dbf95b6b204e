// Files in, files out.

#ifndef ANNALS_CLIENT_FILES_H_
#define ANNALS_CLIENT_FILES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/session.h"

namespace annals::client {

// No report comes near it: the server takes 1 MiB of text.
inline constexpr size_t kInputBytesMax = 16 << 20;

// The bytes of a file; of standard input if `path` is "-". NOT_FOUND
// (FILE_NOT_FOUND) if there is none; INVALID_ARGUMENT if it can't be read
// (FILE_NOT_READABLE) or is larger than `bytes_max` (FILE_TOO_LARGE).
absl::StatusOr<std::string> ReadInput(const std::string& path,
                                      size_t bytes_max = kInputBytesMax);

struct FoundFile {
  std::string path;
  // OK; or, of a directory that can't be read, why: its files are not known;
  // or that it is no file, such as a pipe.
  absl::Status status;
};

// The files of a directory and of those in it, by their names, without hidden
// ones, and among them the directories that can't be read and what is no
// regular file. A usage error if `directory` itself can't be read.
absl::StatusOr<std::vector<FoundFile>> FilesIn(const std::string& directory);

// Writes a file, replacing it whole or not at all; to the session's standard
// output if `path` is "-". INVALID_ARGUMENT (FILE_NOT_WRITABLE) if it can't be.
absl::Status WriteOutput(const std::string& path, absl::string_view bytes,
                         Session* session);

// The same with bytes that `produce` hands to `write` piece by piece, for what
// memory should not hold. An error of `produce` is passed on, and a file is
// left as it was.
using WritePiece = std::function<absl::Status(absl::string_view)>;
absl::Status WriteOutputBy(
    const std::string& path,
    const std::function<absl::Status(const WritePiece& write)>& produce,
    Session* session);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_FILES_H_
