#include "ledger/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

constexpr size_t kReadBytes = size_t{64} << 10;
constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;

absl::Status Unusable(absl::string_view what, const std::string& path,
                      int error) {
  return MakeError(
      absl::StatusCode::kUnavailable, "FILE_UNUSABLE",
      {absl::StrCat("can't ", what, " ", path, ": ", std::strerror(error),
                    "; check its owner, its rights and its disk"),
       absl::StrCat("无法使用 ", path, "（", what, "）：", std::strerror(error),
                    "；请检查其属主、权限和磁盘")});
}

absl::Status NotFound(const std::string& path) {
  return MakeError(absl::StatusCode::kNotFound, "FILE_NOT_FOUND",
                   {absl::StrCat("there is no file ", path),
                    absl::StrCat("文件 ", path, " 不存在")});
}

absl::Status TooLarge(const std::string& path, size_t bytes_max) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "FILE_TOO_LARGE",
                   {absl::StrCat(path, " is longer than the ", bytes_max,
                                 " bytes that it may have"),
                    absl::StrCat(path, " 超过上限 ", bytes_max, " 字节")});
}

// Closes the descriptor when it goes out of scope.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

absl::Status WriteAll(int fd, const std::string& path,
                      absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Unusable("write", path, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status WriteNewFile(
    const std::string& path,
    const std::function<absl::Status(const WriteBytes& write)>& produce,
    bool durable) {
  const File file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode));
  if (file.fd() < 0) return Unusable("create", path, errno);
  RETURN_IF_ERROR(produce([&file, &path](absl::string_view bytes) {
    return WriteAll(file.fd(), path, bytes);
  }));
  if (durable && fsync(file.fd()) != 0) return Unusable("sync", path, errno);
  return absl::OkStatus();
}

absl::Status SyncDirectory(const std::string& path) {
  const File file(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.fd() < 0) return Unusable("open", path, errno);
  if (fsync(file.fd()) != 0) return Unusable("sync", path, errno);
  return absl::OkStatus();
}

}  // namespace

FilesReader::~FilesReader() {
  if (directory_fd_ >= 0) close(directory_fd_);
}

absl::Status FilesReader::OpenDirectory(absl::string_view directory) {
  if (directory_fd_ >= 0 && directory == directory_) return absl::OkStatus();
  if (directory_fd_ >= 0) close(directory_fd_);
  directory_ = std::string(directory);
  directory_fd_ = open(directory_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory_fd_ >= 0) return absl::OkStatus();
  if (errno == ENOENT || errno == ENOTDIR) return NotFound(directory_);
  return Unusable("open", directory_, errno);
}

// A short read of a regular file is its end, so that a small file costs one
// read and no look at its size.
absl::StatusOr<absl::string_view> FilesReader::Read(const std::string& path,
                                                    size_t bytes_max) {
  const std::string directory = DirectoryOf(path);
  RETURN_IF_ERROR(OpenDirectory(directory));
  const size_t slash = path.rfind('/');
  const char* const name =
      path.c_str() + (slash == std::string::npos ? 0 : slash + 1);
  const File file(openat(directory_fd_, name, O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return NotFound(path);
    return Unusable("open", path, errno);
  }
  size_t filled = 0;
  for (;;) {
    if (buffer_.size() < filled + kReadBytes) {
      buffer_.resize(std::max(2 * buffer_.size(), filled + kReadBytes));
    }
    const size_t wanted = buffer_.size() - filled;
    const ssize_t count = read(file.fd(), buffer_.data() + filled, wanted);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Unusable("read", path, errno);
    filled += static_cast<size_t>(count);
    if (filled > bytes_max) return TooLarge(path, bytes_max);
    if (static_cast<size_t>(count) < wanted) break;
  }
  return absl::string_view(buffer_).substr(0, filled);
}

absl::StatusOr<std::string> ReadFileBytes(const std::string& path,
                                          size_t bytes_max) {
  FilesReader reader;
  ASSIGN_OR_RETURN(const absl::string_view bytes, reader.Read(path, bytes_max));
  return std::string(bytes);
}

absl::Status ReplaceFile(const std::string& path,
                         std::initializer_list<absl::string_view> parts,
                         bool durable) {
  return ReplaceFileBy(
      path,
      [&parts](const WriteBytes& write) {
        for (absl::string_view part : parts) RETURN_IF_ERROR(write(part));
        return absl::OkStatus();
      },
      durable);
}

absl::Status ReplaceFileBy(
    const std::string& path,
    const std::function<absl::Status(const WriteBytes& write)>& produce,
    bool durable) {
  const std::string temporary = path + ".part";
  if (absl::Status status = WriteNewFile(temporary, produce, durable);
      !status.ok()) {
    unlink(temporary.c_str());
    return status;
  }
  if (rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    unlink(temporary.c_str());
    return Unusable("replace", path, error);
  }
  return durable ? SyncDirectory(DirectoryOf(path)) : absl::OkStatus();
}

absl::Status MakeDirectories(const std::string& path) {
  if (mkdir(path.c_str(), kDirectoryMode) == 0 || errno == EEXIST) {
    return absl::OkStatus();
  }
  if (errno != ENOENT) return Unusable("create", path, errno);
  const std::string above = DirectoryOf(path);
  if (above == path || above == ".") return Unusable("create", path, ENOENT);
  RETURN_IF_ERROR(MakeDirectories(above));
  if (mkdir(path.c_str(), kDirectoryMode) == 0 || errno == EEXIST) {
    return absl::OkStatus();
  }
  return Unusable("create", path, errno);
}

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace annals::ledger
