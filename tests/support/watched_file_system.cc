#include "tests/support/watched_file_system.h"

#include <cerrno>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "rocksdb/file_system.h"
#include "rocksdb/system_clock.h"

namespace annals {
namespace {

using rocksdb::FileOptions;
using rocksdb::FSDirectory;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// `act` under the eyes of the watcher.
template <typename Act>
IOStatus Watch(FileWatcher* watcher, const FileEvent& event, Act act) {
  IOStatus status;
  const int error = watcher->Run(event, [&status, &act] {
    status = act();
    return status.ok() ? 0 : EIO;
  });
  if (error != 0 && status.ok()) {
    return IOStatus::IOError(event.path, "the watcher refused");
  }
  return status;
}

class WatchedFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  WatchedFile(std::unique_ptr<FSWritableFile> file, std::string path,
              uint64_t size, FileWatcher* watcher)
      : FSWritableFileOwnerWrapper(std::move(file)),
        path_(std::move(path)),
        size_(size),
        watcher_(watcher) {}

  IOStatus Append(const Slice& bytes, const IOOptions& options,
                  IODebugContext* debug) override {
    const FileEvent event{
        FileAction::kWrite, path_, "", size_, {bytes.data(), bytes.size()}};
    const IOStatus status = Watch(watcher_, event, [&] {
      return FSWritableFileWrapper::Append(bytes, options, debug);
    });
    if (status.ok()) size_ += bytes.size();
    return status;
  }
  IOStatus Append(const Slice& bytes, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(bytes, options, debug);
  }
  IOStatus PositionedAppend(const Slice&, uint64_t, const IOOptions&,
                            IODebugContext*) override {
    return IOStatus::NotSupported("PositionedAppend");
  }
  IOStatus PositionedAppend(const Slice&, uint64_t, const IOOptions&,
                            const rocksdb::DataVerificationInfo&,
                            IODebugContext*) override {
    return IOStatus::NotSupported("PositionedAppend");
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options,
                    IODebugContext* debug) override {
    const FileEvent event{FileAction::kTruncate, path_, "", size, {}};
    const IOStatus status = Watch(watcher_, event, [&] {
      return FSWritableFileWrapper::Truncate(size, options, debug);
    });
    if (status.ok()) size_ = size;
    return status;
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return Watch(watcher_, {FileAction::kSync, path_},
                 [&] { return FSWritableFileWrapper::Sync(options, debug); });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Watch(watcher_, {FileAction::kSync, path_},
                 [&] { return FSWritableFileWrapper::Fsync(options, debug); });
  }

  // Hints, which promise nothing.
  IOStatus RangeSync(uint64_t, uint64_t, const IOOptions&,
                     IODebugContext*) override {
    return IOStatus::OK();
  }
  void PrepareWrite(size_t, size_t, const IOOptions&,
                    IODebugContext*) override {}
  IOStatus Allocate(uint64_t, uint64_t, const IOOptions&,
                    IODebugContext*) override {
    return IOStatus::OK();
  }

 private:
  const std::string path_;
  uint64_t size_;
  FileWatcher* const watcher_;
};

class WatchedDirectory : public rocksdb::FSDirectoryWrapper {
 public:
  WatchedDirectory(std::unique_ptr<FSDirectory> directory, std::string path,
                   FileWatcher* watcher)
      : FSDirectoryWrapper(std::move(directory)),
        path_(std::move(path)),
        watcher_(watcher) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Watch(watcher_, {FileAction::kSyncDirectory, path_},
                 [&] { return FSDirectoryWrapper::Fsync(options, debug); });
  }
  // RocksDB says why it asks, so that file systems that need no sync can do
  // without. Here every sync is one.
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, debug);
  }

 private:
  const std::string path_;
  FileWatcher* const watcher_;
};

bool IsTrace(const std::string& path) {
  return absl::StartsWith(path.substr(path.rfind('/') + 1), "LOG");
}

// "a//b/" as "a/b".
std::string Plain(const std::string& path) {
  std::string plain;
  for (const char c : path) {
    if (c != '/' || plain.empty() || plain.back() != '/') plain.push_back(c);
  }
  if (plain.size() > 1 && plain.back() == '/') plain.pop_back();
  return plain;
}

class WatchedFileSystem : public rocksdb::FileSystemWrapper {
 public:
  WatchedFileSystem(const std::shared_ptr<FileSystem>& target,
                    FileWatcher* watcher)
      : FileSystemWrapper(target), watcher_(watcher) {}

  const char* Name() const override { return "WatchedFileSystem"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<FSWritableFile>* result,
                           IODebugContext* debug) override {
    const std::string plain = Plain(path);
    std::unique_ptr<FSWritableFile> file;
    const IOStatus status = Watch(watcher_, {FileAction::kCreate, plain}, [&] {
      return target_->NewWritableFile(path, options, &file, debug);
    });
    if (!status.ok()) return status;
    *result =
        std::make_unique<WatchedFile>(std::move(file), plain, 0, watcher_);
    return status;
  }
  IOStatus ReopenWritableFile(const std::string&, const FileOptions&,
                              std::unique_ptr<FSWritableFile>*,
                              IODebugContext*) override {
    return IOStatus::NotSupported("ReopenWritableFile");
  }
  IOStatus ReuseWritableFile(const std::string&, const std::string&,
                             const FileOptions&,
                             std::unique_ptr<FSWritableFile>*,
                             IODebugContext*) override {
    return IOStatus::NotSupported("ReuseWritableFile");
  }
  IOStatus NewRandomRWFile(const std::string&, const FileOptions&,
                           std::unique_ptr<rocksdb::FSRandomRWFile>*,
                           IODebugContext*) override {
    return IOStatus::NotSupported("NewRandomRWFile");
  }
  IOStatus NewMemoryMappedFileBuffer(
      const std::string&,
      std::unique_ptr<rocksdb::MemoryMappedFileBuffer>*) override {
    return IOStatus::NotSupported("NewMemoryMappedFileBuffer");
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<FSDirectory>* result,
                        IODebugContext* debug) override {
    std::unique_ptr<FSDirectory> directory;
    const IOStatus status =
        target_->NewDirectory(path, options, &directory, debug);
    if (!status.ok()) return status;
    *result = std::make_unique<WatchedDirectory>(std::move(directory),
                                                 Plain(path), watcher_);
    return status;
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override {
    return Watch(watcher_, {FileAction::kRemove, Plain(path)},
                 [&] { return target_->DeleteFile(path, options, debug); });
  }
  IOStatus Truncate(const std::string& path, size_t size,
                    const IOOptions& options, IODebugContext* debug) override {
    return Watch(watcher_, {FileAction::kTruncate, Plain(path), "", size, {}},
                 [&] { return target_->Truncate(path, size, options, debug); });
  }
  IOStatus RenameFile(const std::string& from, const std::string& to,
                      const IOOptions& options,
                      IODebugContext* debug) override {
    if (IsTrace(from)) return target_->RenameFile(from, to, options, debug);
    return Watch(watcher_, {FileAction::kRename, Plain(from), Plain(to)},
                 [&] { return target_->RenameFile(from, to, options, debug); });
  }
  IOStatus LinkFile(const std::string& from, const std::string& to,
                    const IOOptions& options, IODebugContext* debug) override {
    return Watch(watcher_, {FileAction::kLink, Plain(from), Plain(to)},
                 [&] { return target_->LinkFile(from, to, options, debug); });
  }
  IOStatus CreateDir(const std::string& path, const IOOptions& options,
                     IODebugContext* debug) override {
    return Watch(watcher_, {FileAction::kMakeDirectory, Plain(path)},
                 [&] { return target_->CreateDir(path, options, debug); });
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions& options,
                              IODebugContext* debug) override {
    if (target_->FileExists(path, options, debug).ok()) return IOStatus::OK();
    return CreateDir(path, options, debug);
  }

 private:
  FileWatcher* const watcher_;
};

// After an error RocksDB's threads sleep for a second, for which a test has no
// time.
class SleeplessClock : public rocksdb::SystemClockWrapper {
 public:
  using SystemClockWrapper::SystemClockWrapper;
  const char* Name() const override { return "SleeplessClock"; }
  void SleepForMicroseconds(int) override { std::this_thread::yield(); }
};

class WatchedEnv : public rocksdb::EnvWrapper {
 public:
  explicit WatchedEnv(std::unique_ptr<rocksdb::Env> target)
      : EnvWrapper(std::move(target)) {
    system_clock_ = std::make_shared<SleeplessClock>(system_clock_);
  }
};

}  // namespace

std::unique_ptr<rocksdb::Env> NewWatchedEnv(FileWatcher* watcher) {
  return std::make_unique<WatchedEnv>(
      rocksdb::NewCompositeEnv(std::make_shared<WatchedFileSystem>(
          rocksdb::FileSystem::Default(), watcher)));
}

}  // namespace annals
