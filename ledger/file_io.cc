#include "ledger/file_io.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/system_error.h"

namespace annals::ledger {
namespace {

constexpr size_t kReadBytes = size_t{64} << 10;

absl::Status NotFound(const std::string& path) {
  return MakeError(absl::StatusCode::kNotFound, "FILE_NOT_FOUND",
                   {absl::StrCat("there is no file ", path),
                    absl::StrCat("文件 ", path, " 不存在")});
}

absl::Status NotReadable(const std::string& path, int error) {
  const ErrorText cause = SystemErrorText(error);
  return MakeError(absl::StatusCode::kInvalidArgument, "FILE_NOT_READABLE",
                   {absl::StrCat("can't read ", path, ": ", cause.en,
                                 "; check the path, its owner and the disk"),
                    absl::StrCat("无法读取 ", path, "：", cause.zh,
                                 "；请检查路径、属主和磁盘")});
}

absl::Status NotRegular(const std::string& path) {
  return MakeError(absl::StatusCode::kInvalidArgument, "FILE_NOT_READABLE",
                   {absl::StrCat("can't read ", path,
                                 ": it is no regular file; remove what stands "
                                 "in its place"),
                    absl::StrCat("无法读取 ", path,
                                 "：它不是普通文件；请移除占用其位置的东西")});
}

absl::Status NotWritable(const std::string& path, int error) {
  const ErrorText cause = SystemErrorText(error);
  return MakeError(absl::StatusCode::kInvalidArgument, "FILE_NOT_WRITABLE",
                   {absl::StrCat("can't write ", path, ": ", cause.en,
                                 "; check the path, its owner and the disk"),
                    absl::StrCat("无法写入 ", path, "：", cause.zh,
                                 "；请检查路径、属主和磁盘")});
}

absl::Status OpenFailed(const std::string& path, int error) {
  const bool is_absent = error == ENOENT || error == ENOTDIR;
  return is_absent ? NotFound(path) : NotReadable(path, error);
}

absl::Status OkUnless(int error, const std::string& path) {
  return error == 0 ? absl::OkStatus() : NotWritable(path, error);
}

absl::Status TooLarge(const std::string& path, size_t bytes_max) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, kFileTooLargeReason,
      {absl::StrCat(path, " is larger than ", bytes_max,
                    " bytes; check that it is the right file"),
       absl::StrCat(path, " 超过 ", bytes_max, " 字节；请核对是否为该文件")});
}

absl::Status Locked(const std::string& path) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, kFileLockedReason,
      {absl::StrCat("another process holds ", path, "; stop it first"),
       absl::StrCat("另一个进程正占用 ", path, "；请先停止它")});
}

// A file that nobody else writes to, removed unless it is given a name.
class Draft {
 public:
  // One beside `path`. What a process left that was killed is never taken up.
  Draft(const std::string& path, mode_t mode) : file_(-1) {
    static std::atomic<uint64_t> next_number = 0;
    do {
      Open(absl::StrCat(path, ".part.", getpid(), ".", next_number++), mode,
           O_EXCL);
    } while (error_ == EEXIST);
  }
  // At `path` itself, in the place of what is there.
  static Draft At(const std::string& path, mode_t mode) {
    return Draft(path, mode, O_TRUNC | O_NOFOLLOW);
  }
  ~Draft() {
    if (file_.is_open()) unlink(path_.c_str());
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  int Append(absl::string_view bytes) {
    if (error_ == 0) error_ = WriteAll(file_, bytes);
    return error_;
  }

  int Complete(Durability durability) {
    if (error_ == 0 && durability == Durability::kSynced) error_ = Sync(file_);
    return error_;
  }

  // In place of what has that name.
  int RenameTo(const std::string& path) {
    if (rename(path_.c_str(), path.c_str()) != 0) return errno;
    file_ = FileDescriptor(-1);
    return 0;
  }

  // EEXIST if anything has that name.
  int LinkTo(const std::string& path) const {
    return link(path_.c_str(), path.c_str()) == 0 ? 0 : errno;
  }

 private:
  Draft(const std::string& path, mode_t mode, int flags) : file_(-1) {
    Open(path, mode, flags);
  }

  void Open(std::string path, mode_t mode, int flags) {
    path_ = std::move(path);
    file_ = FileDescriptor(
        open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode));
    error_ = file_.is_open() ? 0 : errno;
  }

  std::string path_;
  FileDescriptor file_;
  int error_ = 0;
};

absl::Status PutInPlace(Draft* draft, const std::string& path,
                        Durability durability) {
  int error = draft->Complete(durability);
  if (error == 0) error = draft->RenameTo(path);
  if (error == 0 && durability == Durability::kSynced) {
    error = SyncDirectory(DirectoryOf(path));
  }
  return OkUnless(error, path);
}

// The bytes that are left of a file; they stand in `buffer`. A short read is
// the end, so that a small file costs one read and no look at its size.
absl::StatusOr<absl::string_view> ReadToEnd(const FileDescriptor& file,
                                            const std::string& path,
                                            size_t bytes_max,
                                            std::string* buffer) {
  size_t filled = 0;
  for (;;) {
    if (buffer->size() < filled + kReadBytes) {
      buffer->resize(std::max(2 * buffer->size(), filled + kReadBytes));
    }
    const size_t wanted = buffer->size() - filled;
    size_t got = 0;
    const int error = ReadUpTo(file, buffer->data() + filled, wanted, &got);
    if (error != 0) return NotReadable(path, error);
    filled += got;
    if (filled > bytes_max) return TooLarge(path, bytes_max);
    if (got < wanted) return absl::string_view(*buffer).substr(0, filled);
  }
}

bool IsDirectory(const std::string& path) {
  struct stat info = {};
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

int TryMakeDirectory(const std::string& path, mode_t mode,
                     Durability durability) {
  if (mkdir(path.c_str(), mode) == 0) {
    return durability == Durability::kSynced ? SyncDirectory(DirectoryOf(path))
                                             : 0;
  }
  const int error = errno;
  return error == EEXIST && IsDirectory(path) ? 0 : error;
}

}  // namespace

absl::Status FilesReader::OpenDirectory(const std::string& path) {
  if (directory_.is_open() && path == directory_path_) return absl::OkStatus();
  directory_ =
      FileDescriptor(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  directory_path_ = path;
  return directory_.is_open() ? absl::OkStatus() : OpenFailed(path, errno);
}

absl::StatusOr<absl::string_view> FilesReader::Read(const std::string& path,
                                                    size_t bytes_max) {
  RETURN_IF_ERROR(OpenDirectory(DirectoryOf(path)));
  const size_t slash = path.rfind('/');
  const char* const name =
      path.c_str() + (slash == std::string::npos ? 0 : slash + 1);
  // A pipe would let the call wait for ever.
  const FileDescriptor file(
      openat(directory_.get(), name, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) return OpenFailed(path, errno);
  struct stat info = {};
  if (fstat(file.get(), &info) != 0) return NotReadable(path, errno);
  if (!S_ISREG(info.st_mode)) return NotRegular(path);
  return ReadToEnd(file, path, bytes_max, &buffer_);
}

absl::StatusOr<std::string> ReadFileBytes(const std::string& path,
                                          size_t bytes_max) {
  FilesReader reader;
  ASSIGN_OR_RETURN(const absl::string_view bytes, reader.Read(path, bytes_max));
  return std::string(bytes);
}

absl::StatusOr<std::string> ReadFileOrPipe(const std::string& path,
                                           size_t bytes_max) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return OpenFailed(path, errno);
  std::string buffer;
  ASSIGN_OR_RETURN(const absl::string_view bytes,
                   ReadToEnd(file, path, bytes_max, &buffer));
  return std::string(bytes);
}

absl::StatusOr<std::optional<std::string>> ReadFileIfAny(
    const std::string& path, size_t bytes_max) {
  auto bytes = ReadFileBytes(path, bytes_max);
  if (absl::IsNotFound(bytes.status())) return std::nullopt;
  RETURN_IF_ERROR(bytes.status());
  return *std::move(bytes);
}

absl::Status ReplaceFile(const std::string& path,
                         std::initializer_list<absl::string_view> parts,
                         mode_t mode, Durability durability) {
  return ReplaceFileBy(
      path,
      [&parts](const WriteBytes& write) {
        for (absl::string_view part : parts) RETURN_IF_ERROR(write(part));
        return absl::OkStatus();
      },
      mode, durability);
}

absl::Status ReplaceFileBy(
    const std::string& path,
    const std::function<absl::Status(const WriteBytes& write)>& produce,
    mode_t mode, Durability durability) {
  Draft draft(path, mode);
  RETURN_IF_ERROR(produce([&draft, &path](absl::string_view bytes) {
    return OkUnless(draft.Append(bytes), path);
  }));
  return PutInPlace(&draft, path, durability);
}

absl::Status ReplaceFileThrough(const std::string& draft_path,
                                const std::string& path,
                                std::initializer_list<absl::string_view> parts,
                                mode_t mode, Durability durability) {
  Draft draft = Draft::At(draft_path, mode);
  for (absl::string_view part : parts) draft.Append(part);
  return PutInPlace(&draft, path, durability);
}

// A link, unlike a renaming, fails if the name is taken.
absl::Status CreateFileIfNone(const std::string& path, absl::string_view bytes,
                              mode_t mode) {
  Draft draft(path, mode);
  draft.Append(bytes);
  int error = draft.Complete(Durability::kSynced);
  if (error == 0) error = draft.LinkTo(path);
  if (error == 0 || error == EEXIST) error = SyncDirectory(DirectoryOf(path));
  return OkUnless(error, path);
}

absl::Status RenameFile(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return NotWritable(to, errno);
  return OkUnless(SyncDirectory(DirectoryOf(to)), to);
}

absl::Status RemoveFile(const std::string& path) {
  const bool is_gone = unlink(path.c_str()) == 0 || errno == ENOENT;
  return OkUnless(is_gone ? 0 : errno, path);
}

absl::Status MakeDirectory(const std::string& path, mode_t mode,
                           Durability durability) {
  return OkUnless(TryMakeDirectory(path, mode, durability), path);
}

absl::Status MakeDirectories(const std::string& path, mode_t mode,
                             Durability durability) {
  const int error = TryMakeDirectory(path, mode, durability);
  const std::string above = DirectoryOf(path);
  if (error != ENOENT || above == path) return OkUnless(error, path);
  RETURN_IF_ERROR(MakeDirectories(above, mode, durability));
  return MakeDirectory(path, mode, durability);
}

absl::Status RequirePrivateDirectory(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) return NotReadable(path, errno);
  if (!S_ISDIR(info.st_mode)) return NotReadable(path, ENOTDIR);
  const bool is_own = info.st_uid == geteuid() || info.st_uid == 0;
  if (is_own && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0) {
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
  return Lock(path, O_RDWR | O_CREAT | O_NOFOLLOW, IfHeld::kWait);
}

absl::StatusOr<FileLock> FileLock::TryAcquire(const std::string& path) {
  return Lock(path, O_RDWR | O_CREAT | O_NOFOLLOW, IfHeld::kFail);
}

absl::StatusOr<FileLock> FileLock::TryAcquireDirectory(
    const std::string& path) {
  return Lock(path, O_RDONLY | O_DIRECTORY, IfHeld::kFail);
}

absl::StatusOr<FileLock> FileLock::Lock(const std::string& path, int flags,
                                        IfHeld if_held) {
  FileDescriptor file(open(path.c_str(), flags | O_CLOEXEC, kOwnerFileMode));
  if (!file.is_open()) return NotWritable(path, errno);
  const int operation = LOCK_EX | (if_held == IfHeld::kFail ? LOCK_NB : 0);
  while (flock(file.get(), operation) != 0) {
    if (errno == EWOULDBLOCK) return Locked(path);
    if (errno != EINTR) return NotWritable(path, errno);
  }
  return FileLock(std::move(file));
}

}  // namespace annals::ledger
