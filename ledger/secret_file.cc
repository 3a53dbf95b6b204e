#include "ledger/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/file_descriptor.h"
#include "ledger/status_macros.h"
#include "ledger/system_error.h"
#include "openssl/crypto.h"

namespace annals::ledger {
namespace {

absl::Status FileError(absl::string_view path, int error_number) {
  const ErrorText cause = SystemErrorText(error_number);
  return MakeError(absl::ErrnoToStatusCode(error_number), "KEY_FILE_IO_FAILED",
                   {absl::StrCat("key file ", path, ": ", cause.en,
                                 "; check the path, its owner and the disk"),
                    absl::StrCat("密钥文件 ", path, "：", cause.zh,
                                 "；请检查路径、属主和磁盘")});
}

absl::Status KeyFileMissing(absl::string_view path) {
  return MakeError(
      absl::StatusCode::kNotFound, "KEY_FILE_MISSING",
      {absl::StrCat("there is no key file ", path,
                    "; name the right path or restore the key"),
       absl::StrCat("没有密钥文件 ", path, "；请给出正确路径或恢复密钥")});
}

absl::Status KeyFileExists(absl::string_view path) {
  return MakeError(
      absl::StatusCode::kAlreadyExists, "KEY_FILE_EXISTS",
      {absl::StrCat("key file ", path,
                    " exists and is never overwritten; use it, or move it "
                    "away first"),
       absl::StrCat("密钥文件 ", path,
                    " 已存在，不会被覆盖；请使用它，或先将其移走")});
}

absl::Status KeyFileExposed(absl::string_view path) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "KEY_FILE_EXPOSED",
      {absl::StrCat("key file ", path,
                    " is open to others than its owner; run chmod 600 on it, "
                    "and replace the key if others may have read it"),
       absl::StrCat("密钥文件 ", path,
                    " 对属主以外的人开放；请执行 chmod 600，"
                    "若可能已被他人读取则应更换密钥")});
}

absl::Status NotAKeyFile(const std::string& path) {
  return MakeError(
      absl::StatusCode::kDataLoss, "KEY_FILE_DAMAGED",
      {absl::StrCat(path,
                    " is no regular file, or too large for a key; name the "
                    "right one or restore it from a copy"),
       absl::StrCat(path,
                    " 不是普通文件，或大小超过密钥文件；"
                    "请给出正确的文件或从副本恢复")});
}

// To open what is no regular file must not wait for its other end.
constexpr int kReadFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;

// A regular file that only its owner can use.
absl::Status CheckKeyFile(const std::string& path, const FileDescriptor& file) {
  struct stat info;
  if (fstat(file.get(), &info) != 0) return FileError(path, errno);
  if (!S_ISREG(info.st_mode)) return NotAKeyFile(path);
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) return KeyFileExposed(path);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSecretFile(const std::string& path) {
  const FileDescriptor file(open(path.c_str(), kReadFlags));
  if (!file.is_open()) {
    return errno == ENOENT ? KeyFileMissing(path) : FileError(path, errno);
  }
  return CheckKeyFile(path, file);
}

// The capacity never moves: no copy is left behind in freed memory.
absl::Status ReadSecretFile(const std::string& path, std::string* text) {
  const FileDescriptor file(open(path.c_str(), kReadFlags));
  if (!file.is_open()) {
    return errno == ENOENT ? KeyFileMissing(path) : FileError(path, errno);
  }
  RETURN_IF_ERROR(CheckKeyFile(path, file));
  text->resize(kSecretFileBytesMax);
  size_t size = 0;
  const int error = ReadUpTo(file, text->data(), text->size(), &size);
  if (error != 0) return FileError(path, error);
  if (size == kSecretFileBytesMax) return NotAKeyFile(path);
  text->resize(size);
  return absl::OkStatus();
}

// A file half written is taken away again, so that a second try can succeed.
absl::Status WriteNewSecretFile(const std::string& path,
                                absl::string_view bytes) {
  const FileDescriptor file(open(path.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                 S_IRUSR | S_IWUSR));
  if (!file.is_open()) {
    return errno == EEXIST ? KeyFileExists(path) : FileError(path, errno);
  }
  absl::Cleanup remove = [&path] { unlink(path.c_str()); };
  // The umask may have taken bits away.
  if (fchmod(file.get(), S_IRUSR | S_IWUSR) != 0) return FileError(path, errno);
  int error = WriteAll(file, bytes);
  if (error == 0) error = Sync(file);
  if (error == 0) error = SyncDirectory(DirectoryOf(path));
  if (error != 0) return FileError(path, error);
  std::move(remove).Cancel();
  return absl::OkStatus();
}

void CleanseSecret(std::string* secret) {
  OPENSSL_cleanse(secret->data(), secret->size());
  secret->clear();
}

}  // namespace annals::ledger
