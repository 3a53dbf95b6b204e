#include "ledger/backup_files.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/backup_seal.h"
#include "rocksdb/file_system.h"
#include "rocksdb/io_status.h"

namespace annals::ledger {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOStatus;

// Bytes that were read already, as a file.
class BytesFile final : public rocksdb::FSSequentialFile {
 public:
  explicit BytesFile(std::string bytes) : bytes_(std::move(bytes)) {}

  IOStatus Read(size_t n, const rocksdb::IOOptions&, rocksdb::Slice* result,
                char* scratch, IODebugContext*) override {
    const size_t size = std::min(n, bytes_.size() - at_);
    std::copy_n(bytes_.data() + at_, size, scratch);
    *result = rocksdb::Slice(scratch, size);
    at_ += size;
    return IOStatus::OK();
  }

  IOStatus Skip(uint64_t n) override {
    at_ += std::min<uint64_t>(n, bytes_.size() - at_);
    return IOStatus::OK();
  }

 private:
  const std::string bytes_;
  size_t at_ = 0;
};

class BackupFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit BackupFileSystem(const std::string& directory)
      : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()),
        directory_(directory),
        meta_prefix_(BackupMetaDirectory(directory) + "/") {}

  const char* Name() const override { return "AnnalsBackupFileSystem"; }

  IOStatus NewSequentialFile(const std::string& path,
                             const rocksdb::FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* file,
                             IODebugContext* debug) override {
    absl::string_view name = path;
    uint32_t id = 0;
    if (!absl::ConsumePrefix(&name, meta_prefix_) ||
        !absl::SimpleAtoi(name, &id) || absl::StrCat(id) != name) {
      return target()->NewSequentialFile(path, options, file, debug);
    }
    absl::StatusOr<std::string> meta = ReadSealedMeta(directory_, id);
    if (!meta.ok()) {
      return IOStatus::Corruption(std::string(meta.status().message()));
    }
    *file = std::make_unique<BytesFile>(*std::move(meta));
    return IOStatus::OK();
  }

 private:
  const std::string directory_;
  const std::string meta_prefix_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> MakeBackupEnv(const std::string& directory) {
  return rocksdb::NewCompositeEnv(
      std::make_shared<BackupFileSystem>(directory));
}

}  // namespace annals::ledger
