#include "ledger/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

constexpr mode_t kLockMode = 0600;

absl::Status IoFailed(absl::string_view action, const std::string& path,
                      int error) {
  const std::string cause = std::generic_category().message(error);
  return MakeError(absl::StatusCode::kUnavailable, "FILE_IO_FAILED",
                   {absl::StrCat("can't ", action, " ", path, ": ", cause,
                                 "; check the path, its owner and the disk"),
                    absl::StrCat("无法读写 ", path, "：", cause,
                                 "；请检查路径、属主和磁盘")});
}

std::string ParentOf(const std::string& path) {
  const size_t end = path.find_last_not_of('/');
  const size_t slash = path.rfind('/', end);
  if (slash == std::string::npos || end == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status SyncDirectory(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return IoFailed("open", path, errno);
  const absl::Cleanup closer = [fd] { close(fd); };
  return fsync(fd) == 0 ? absl::OkStatus() : IoFailed("sync", path, errno);
}

absl::Status WriteAndSync(int fd, const std::string& path,
                          absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return IoFailed("write", path, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(fd) == 0 ? absl::OkStatus() : IoFailed("sync", path, errno);
}

}  // namespace

absl::Status ReplaceFile(const std::string& path, absl::string_view bytes,
                         mode_t mode) {
  const std::string draft = path + ".new";
  const int fd =
      open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return IoFailed("create", draft, errno);
  const absl::Cleanup closer = [fd] { close(fd); };
  RETURN_IF_ERROR(WriteAndSync(fd, draft, bytes));
  if (rename(draft.c_str(), path.c_str()) != 0) {
    return IoFailed("rename", draft, errno);
  }
  return SyncDirectory(ParentOf(path));
}

absl::StatusOr<std::optional<std::string>> ReadFileIfAny(
    const std::string& path, size_t bytes_max) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return std::nullopt;
  if (fd < 0) return IoFailed("open", path, errno);
  const absl::Cleanup closer = [fd] { close(fd); };
  // One byte more than may be there.
  std::string bytes(bytes_max + 1, '\0');
  size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = read(fd, &bytes[size], bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return IoFailed("read", path, errno);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > bytes_max) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
        {absl::StrCat(path, " is larger than ", bytes_max,
                      " bytes; check that it is the right file"),
         absl::StrCat(path, " 超过 ", bytes_max, " 字节；请核对是否为该文件")});
  }
  bytes.resize(size);
  return bytes;
}

absl::Status CreateDirectory(const std::string& path, mode_t mode) {
  if (mkdir(path.c_str(), mode) == 0) return SyncDirectory(ParentOf(path));
  const int error = errno;
  struct stat info = {};
  if (error == EEXIST && stat(path.c_str(), &info) == 0 &&
      S_ISDIR(info.st_mode)) {
    return absl::OkStatus();
  }
  return IoFailed("create", path, error);
}

absl::StatusOr<std::unique_ptr<FileLock>> FileLock::Take(
    const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kLockMode);
  if (fd < 0) return IoFailed("open", path, errno);
  std::unique_ptr<FileLock> lock(new FileLock(fd));
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return IoFailed("lock", path, errno);
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "FILE_LOCKED",
      {absl::StrCat("another process holds ", path, "; stop it first"),
       absl::StrCat("另一个进程正占用 ", path, "；请先停止它")});
}

FileLock::~FileLock() { close(fd_); }

}  // namespace annals::ledger
