// RocksDB's own log, for people: `LOG` in the database's directory, and
// `LOG.old.N` from before, of which RocksDB keeps the newest.

#ifndef ANNALS_LEDGER_ROCKSDB_LOG_H_
#define ANNALS_LEDGER_ROCKSDB_LOG_H_

#include <cstdarg>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "ledger/file_descriptor.h"
#include "ledger/mutex.h"
#include "rocksdb/env.h"

namespace annals::ledger {

// Drops what can't be written: on a full disk RocksDB's own logger fails an
// assertion of RocksDB. Keeps the first line that tells of damage: the status
// that RocksDB returns for a damaged write-ahead log names no file.
// Thread-safe.
class StoreLogger : public rocksdb::Logger {
 public:
  // Logs nowhere: for a store that is only read.
  StoreLogger() : StoreLogger(std::string()) {}
  // Begins a new LOG in the directory, which is made if it is not there.
  explicit StoreLogger(const std::string& directory);

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;

  // Empty if there was none.
  std::string damage();

 private:
  void BeginFile() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Write(const std::string& message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string directory_;  // Empty: no file.
  Mutex mutex_;
  FileDescriptor file_ ABSL_GUARDED_BY(mutex_){-1};
  uint64_t file_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string damage_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_ROCKSDB_LOG_H_
