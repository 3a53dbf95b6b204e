#include "ledger/file_descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace annals::ledger {

FileDescriptor::~FileDescriptor() {
  if (is_open()) close(fd_);
}

int WriteAll(const FileDescriptor& file, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

int ReadUpTo(const FileDescriptor& file, char* bytes, size_t bytes_max,
             size_t* size) {
  *size = 0;
  while (*size < bytes_max) {
    const ssize_t got = read(file.get(), bytes + *size, bytes_max - *size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) break;
    *size += static_cast<size_t>(got);
  }
  return 0;
}

int Sync(const FileDescriptor& file) {
  while (fsync(file.get()) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

int SyncDirectory(const std::string& path) {
  const FileDescriptor directory(
      open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory.is_open() ? Sync(directory) : errno;
}

std::string DirectoryOf(const std::string& path) {
  const size_t end = path.find_last_not_of('/');
  const size_t slash = path.rfind('/', end);
  if (end == std::string::npos || slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace annals::ledger
