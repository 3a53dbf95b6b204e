// RocksDB's own log.

#ifndef ANNALS_LEDGER_ROCKSDB_LOG_H_
#define ANNALS_LEDGER_ROCKSDB_LOG_H_

#include <atomic>
#include <cstdarg>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "ledger/mutex.h"
#include "rocksdb/env.h"

namespace annals::ledger {

// Also keeps the first line that tells of damage: the status that RocksDB
// returns for a damaged write-ahead log names no file. Thread-safe.
class DamageLogger : public rocksdb::Logger {
 public:
  // Writes to `log`; null for a store that is only read, which keeps no log.
  explicit DamageLogger(std::shared_ptr<rocksdb::Logger> log);

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;

  // On a full disk another line would fail an assertion of RocksDB's log.
  void Silence() { silent_ = true; }

  // Empty if there was none.
  std::string damage();

 private:
  const std::shared_ptr<rocksdb::Logger> log_;
  std::atomic<bool> silent_ = false;
  Mutex mutex_;
  std::string damage_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_ROCKSDB_LOG_H_
