#include "ledger/rocksdb_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ledger/clock.h"
#include "ledger/file_io.h"

namespace annals::ledger {
namespace {

constexpr uint64_t kFileBytesMax = uint64_t{16} << 20;

std::string Formatted(const char* format, va_list arguments) {
  std::array<char, 512> shorter;
  va_list copy;
  va_copy(copy, arguments);
  const int size = std::vsnprintf(shorter.data(), shorter.size(), format, copy);
  va_end(copy);
  if (size < 0) return "";
  const size_t length = static_cast<size_t>(size);
  if (length < shorter.size()) return std::string(shorter.data(), length);
  std::string longer(length + 1, '\0');
  std::vsnprintf(longer.data(), longer.size(), format, arguments);
  longer.resize(length);
  return longer;
}

}  // namespace

StoreLogger::StoreLogger(const std::string& directory)
    : rocksdb::Logger(rocksdb::INFO_LEVEL), directory_(directory) {
  if (directory_.empty()) return;
  // What fails here fails again, and is told, when RocksDB opens its files.
  MakeDirectory(directory_, kPublicDirectoryMode, Durability::kLeftToTheSystem)
      .IgnoreError();
  MutexLock lock(&mutex_);
  BeginFile();
}

void StoreLogger::BeginFile() {
  const std::string path = directory_ + "/LOG";
  const int64_t now = absl::ToUnixMicros(Clock::System()->Now());
  std::rename(path.c_str(), absl::StrCat(path, ".old.", now).c_str());
  file_ = FileDescriptor(open(path.c_str(),
                              O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                              kPublicFileMode));
  file_bytes_ = 0;
}

void StoreLogger::Logv(const char* format, va_list arguments) {
  const std::string message = Formatted(format, arguments);
  MutexLock lock(&mutex_);
  Write(message);
  if (damage_.empty() && absl::StrContains(message, ": dropping ")) {
    damage_ = message;
  }
}

void StoreLogger::Write(const std::string& message) {
  if (directory_.empty()) return;
  std::string line = absl::StrCat(
      absl::FormatTime("%Y/%m/%d-%H:%M:%E6S", Clock::System()->Now(),
                       absl::LocalTimeZone()),
      " ", gettid(), " ", message);
  if (line.back() != '\n') line.push_back('\n');
  if (file_bytes_ + line.size() > kFileBytesMax) BeginFile();
  if (!file_.is_open()) return;
  file_bytes_ += line.size();
  static_cast<void>(WriteAll(file_, line));
}

std::string StoreLogger::damage() {
  MutexLock lock(&mutex_);
  return damage_;
}

}  // namespace annals::ledger
