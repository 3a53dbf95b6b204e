// System calls on files, repeated as they must be: results are values of errno,
// 0 if all went well.

#ifndef ANNALS_LEDGER_FILE_DESCRIPTOR_H_
#define ANNALS_LEDGER_FILE_DESCRIPTOR_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace annals::ledger {

// Closes what it holds, if it is open.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  bool is_open() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_;
};

int WriteAll(const FileDescriptor& file, absl::string_view bytes);

// Reads on until `bytes_max` bytes are read or the file ends; `*size` is how
// many they are.
int ReadUpTo(const FileDescriptor& file, char* bytes, size_t bytes_max,
             size_t* size);

// What was written is on the disk when it returns.
int Sync(const FileDescriptor& file);

// The names in the directory are on the disk when it returns.
int SyncDirectory(const std::string& path);

// The path without its last part; "." if it has one part only.
std::string DirectoryOf(const std::string& path);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_FILE_DESCRIPTOR_H_
