#include "tests/support/watched_calls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/mutex.h"

// The system's own.
extern "C" {
int __real_open(const char* path, int flags, ...);
int __real_close(int fd);
ssize_t __real_write(int fd, const void* bytes, size_t size);
ssize_t __real_pwrite(int fd, const void* bytes, size_t size, off_t offset);
int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_rename(const char* from, const char* to);
int __real_link(const char* from, const char* to);
int __real_unlink(const char* path);
int __real_mkdir(const char* path, mode_t mode);
}

namespace annals {
namespace {

struct OpenFile {
  std::string path;
  bool is_directory = false;
};

struct Watch {
  Mutex mutex;
  std::string root ABSL_GUARDED_BY(mutex);
  FileWatcher* watcher ABSL_GUARDED_BY(mutex) = nullptr;
  std::map<int, OpenFile> files ABSL_GUARDED_BY(mutex);
};

Watch& TheWatch() {
  static auto* const watch = new Watch;
  return *watch;
}

// Null if nobody watches what is at `path`.
FileWatcher* WatcherOf(absl::string_view path) {
  Watch& watch = TheWatch();
  MutexLock lock(&watch.mutex);
  const bool is_below = path == watch.root ||
                        absl::StartsWith(path, absl::StrCat(watch.root, "/"));
  return is_below ? watch.watcher : nullptr;
}

FileWatcher* WatcherOf(int fd, OpenFile* file) {
  Watch& watch = TheWatch();
  MutexLock lock(&watch.mutex);
  const auto found = watch.files.find(fd);
  if (found == watch.files.end()) return nullptr;
  *file = found->second;
  return watch.watcher;
}

void Remember(int fd, OpenFile file) {
  Watch& watch = TheWatch();
  MutexLock lock(&watch.mutex);
  watch.files[fd] = std::move(file);
}

void Forget(int fd) {
  Watch& watch = TheWatch();
  MutexLock lock(&watch.mutex);
  watch.files.erase(fd);
}

// `call` returns −1 and sets errno if it fails; so does this.
template <typename Call>
auto Run(FileWatcher* watcher, const FileEvent& event, Call call) {
  decltype(call()) result = 0;
  const int error = watcher->Run(event, [&result, &call] {
    result = call();
    return result < 0 ? errno : 0;
  });
  if (error == 0) return result;
  errno = error;
  return decltype(result){-1};
}

bool Exists(const char* path) {
  struct stat info = {};
  return stat(path, &info) == 0;
}

int Open(const char* path, int flags, mode_t mode) {
  FileWatcher* const watcher = WatcherOf(path);
  if (watcher == nullptr) return __real_open(path, flags, mode);
  const auto call = [path, flags, mode] {
    return __real_open(path, flags, mode);
  };
  const bool is_made = (flags & O_CREAT) != 0 && !Exists(path);
  const bool is_emptied = (flags & O_TRUNC) != 0;
  const int fd = is_made || is_emptied
                     ? Run(watcher, {FileAction::kCreate, path}, call)
                     : call();
  if (fd >= 0) Remember(fd, {path, (flags & O_DIRECTORY) != 0});
  return fd;
}

template <typename Call>
int Sync(int fd, Call call) {
  OpenFile file;
  FileWatcher* const watcher = WatcherOf(fd, &file);
  if (watcher == nullptr) return call();
  const FileAction action =
      file.is_directory ? FileAction::kSyncDirectory : FileAction::kSync;
  return Run(watcher, {action, file.path}, call);
}

}  // namespace

WatchedCalls::WatchedCalls(std::string root, FileWatcher* watcher) {
  Watch& watch = TheWatch();
  MutexLock lock(&watch.mutex);
  watch.root = std::move(root);
  watch.watcher = watcher;
}

WatchedCalls::~WatchedCalls() {
  Watch& watch = TheWatch();
  MutexLock lock(&watch.mutex);
  watch.watcher = nullptr;
  watch.files.clear();
}

}  // namespace annals

using annals::FileAction;
using annals::FileWatcher;
using annals::OpenFile;

extern "C" {

int __wrap_open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
  }
  return annals::Open(path, flags, mode);
}

int __wrap_close(int fd) {
  annals::Forget(fd);
  return __real_close(fd);
}

ssize_t __wrap_write(int fd, const void* bytes, size_t size) {
  OpenFile file;
  FileWatcher* const watcher = annals::WatcherOf(fd, &file);
  if (watcher == nullptr) return __real_write(fd, bytes, size);
  const auto offset = static_cast<uint64_t>(lseek(fd, 0, SEEK_CUR));
  return annals::Run(watcher,
                     {FileAction::kWrite,
                      file.path,
                      "",
                      offset,
                      {static_cast<const char*>(bytes), size}},
                     [=] { return __real_write(fd, bytes, size); });
}

ssize_t __wrap_pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  OpenFile file;
  FileWatcher* const watcher = annals::WatcherOf(fd, &file);
  if (watcher == nullptr) return __real_pwrite(fd, bytes, size, offset);
  return annals::Run(watcher,
                     {FileAction::kWrite,
                      file.path,
                      "",
                      static_cast<uint64_t>(offset),
                      {static_cast<const char*>(bytes), size}},
                     [=] { return __real_pwrite(fd, bytes, size, offset); });
}

int __wrap_fsync(int fd) {
  return annals::Sync(fd, [fd] { return __real_fsync(fd); });
}

int __wrap_fdatasync(int fd) {
  return annals::Sync(fd, [fd] { return __real_fdatasync(fd); });
}

int __wrap_rename(const char* from, const char* to) {
  FileWatcher* const watcher = annals::WatcherOf(to);
  if (watcher == nullptr) return __real_rename(from, to);
  return annals::Run(watcher, {FileAction::kRename, from, to},
                     [=] { return __real_rename(from, to); });
}

int __wrap_link(const char* from, const char* to) {
  FileWatcher* const watcher = annals::WatcherOf(to);
  if (watcher == nullptr) return __real_link(from, to);
  return annals::Run(watcher, {FileAction::kLink, from, to},
                     [=] { return __real_link(from, to); });
}

int __wrap_unlink(const char* path) {
  FileWatcher* const watcher = annals::WatcherOf(path);
  if (watcher == nullptr) return __real_unlink(path);
  return annals::Run(watcher, {FileAction::kRemove, path},
                     [path] { return __real_unlink(path); });
}

int __wrap_mkdir(const char* path, mode_t mode) {
  FileWatcher* const watcher = annals::WatcherOf(path);
  if (watcher == nullptr || annals::Exists(path))
    return __real_mkdir(path, mode);
  return annals::Run(watcher, {FileAction::kMakeDirectory, path},
                     [=] { return __real_mkdir(path, mode); });
}

}  // extern "C"
