#include "client/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr mode_t kOwnerFile = 0600;
constexpr mode_t kSharedFile = 0666;
constexpr mode_t kOwnerDirectory = 0700;

absl::Status NotWritable(const std::string& path, int error) {
  const char* cause = std::strerror(error);
  return MakeError(absl::StatusCode::kInvalidArgument, "FILE_NOT_WRITABLE",
                   {absl::StrCat("can't write ", path, ": ", cause),
                    absl::StrCat("无法写入 ", path, "：", cause)});
}

absl::Status NotReadable(const std::string& path, int error) {
  const char* cause = std::strerror(error);
  return MakeError(absl::StatusCode::kInvalidArgument, "FILE_NOT_READABLE",
                   {absl::StrCat("can't read ", path, ": ", cause),
                    absl::StrCat("无法读取 ", path, "：", cause)});
}

absl::Status TooLarge(const std::string& path, size_t bytes_max) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
      {absl::StrCat(path, " is larger than ", bytes_max,
                    " bytes; it can't be what it should be"),
       absl::StrCat(path, " 超过 ", bytes_max, " 字节，不可能是应有的文件")});
}

// Closes it when it goes out of scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

// 0, or the errno of the failed step.
int WriteAndSync(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(fd) == 0 ? 0 : errno;
}

int WriteNewFile(const std::string& path, absl::string_view bytes,
                 mode_t mode) {
  const Descriptor file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
           mode));
  return file.fd() < 0 ? errno : WriteAndSync(file.fd(), bytes);
}

std::string DirectoryOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

int SyncDirectory(const std::string& path) {
  const Descriptor directory(
      open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.fd() < 0) return errno;
  return fsync(directory.fd()) == 0 ? 0 : errno;
}

}  // namespace

absl::Status ReplaceFile(const std::string& path, absl::string_view bytes,
                         FileAccess access) {
  const std::string part = absl::StrCat(path, ".part.", getpid());
  int error = WriteNewFile(
      part, bytes, access == FileAccess::kOwner ? kOwnerFile : kSharedFile);
  if (error == 0 && rename(part.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    unlink(part.c_str());
    return NotWritable(path, error);
  }
  error = SyncDirectory(DirectoryOf(path));
  return error == 0 ? absl::OkStatus() : NotWritable(path, error);
}

// A link, unlike a renaming, fails if the name is taken.
absl::Status CreateFileIfNone(const std::string& path,
                              absl::string_view bytes) {
  const std::string part = absl::StrCat(path, ".part.", getpid());
  int error = WriteNewFile(part, bytes, kOwnerFile);
  if (error == 0 && link(part.c_str(), path.c_str()) != 0 && errno != EEXIST) {
    error = errno;
  }
  unlink(part.c_str());
  if (error == 0) error = SyncDirectory(DirectoryOf(path));
  return error == 0 ? absl::OkStatus() : NotWritable(path, error);
}

absl::StatusOr<std::optional<std::string>> ReadFileIfAny(
    const std::string& path, size_t bytes_max) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0 && errno == ENOENT) return std::nullopt;
  if (file.fd() < 0) return NotReadable(path, errno);
  std::string bytes;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t count = read(file.fd(), buffer, sizeof(buffer));
    if (count == 0) return bytes;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return NotReadable(path, errno);
    bytes.append(buffer, static_cast<size_t>(count));
    if (bytes.size() > bytes_max) return TooLarge(path, bytes_max);
  }
}

absl::Status MakePrivateDirectory(const std::string& path) {
  const std::string parent = DirectoryOf(path);
  struct stat status = {};
  if (parent != path && stat(parent.c_str(), &status) != 0) {
    RETURN_IF_ERROR(MakePrivateDirectory(parent));
  }
  if (mkdir(path.c_str(), kOwnerDirectory) == 0) return absl::OkStatus();
  const int error = errno;
  std::error_code ignored;
  if (error == EEXIST && std::filesystem::is_directory(path, ignored)) {
    return absl::OkStatus();
  }
  return NotWritable(path, error);
}

absl::Status RequirePrivateDirectory(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return NotReadable(path, errno);
  if (!S_ISDIR(status.st_mode)) return NotReadable(path, ENOTDIR);
  const bool is_own = status.st_uid == geteuid() || status.st_uid == 0;
  if (is_own && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "DIRECTORY_NOT_PRIVATE",
      {absl::StrCat("others than you can write into ", path,
                    ", and so change what you trust; chmod 700 it, and make "
                    "sure that it is yours"),
       absl::StrCat("他人可以写入 ", path,
                    "，从而改动您所信任的内容；请确认该目录属于您，并 chmod "
                    "700")});
}

absl::StatusOr<FileLock> FileLock::Acquire(const std::string& path) {
  const int fd =
      open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kOwnerFile);
  if (fd < 0) return NotWritable(path, errno);
  FileLock lock(fd);
  while (flock(fd, LOCK_EX) != 0) {
    if (errno != EINTR) return NotWritable(path, errno);
  }
  return lock;
}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace annals::client
