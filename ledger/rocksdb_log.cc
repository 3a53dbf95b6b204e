#include "ledger/rocksdb_log.h"

#include <array>
#include <cstdio>
#include <utility>

#include "absl/strings/match.h"

namespace annals::ledger {

DamageLogger::DamageLogger(std::shared_ptr<rocksdb::Logger> log)
    : rocksdb::Logger(rocksdb::INFO_LEVEL), log_(std::move(log)) {}

void DamageLogger::Logv(const char* format, va_list arguments) {
  std::array<char, 1024> line;
  va_list copy;
  va_copy(copy, arguments);
  std::vsnprintf(line.data(), line.size(), format, copy);
  va_end(copy);
  if (!silent_ && log_ != nullptr) log_->Logv(format, arguments);
  if (!absl::StrContains(line.data(), ": dropping ")) return;
  MutexLock lock(&mutex_);
  if (damage_.empty()) damage_ = line.data();
}

std::string DamageLogger::damage() {
  MutexLock lock(&mutex_);
  return damage_;
}

}  // namespace annals::ledger
