// The store on RocksDB.

#ifndef ANNALS_LEDGER_ROCKSDB_STORE_H_
#define ANNALS_LEDGER_ROCKSDB_STORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ledger/store.h"

namespace rocksdb {
class DB;
class Env;
}  // namespace rocksdb

namespace annals::ledger {

// A store in a database that can be copied while it is written (backup.h).
class DatabaseStore : public Store {
 public:
  using CopyDatabase = std::function<absl::Status(rocksdb::DB*)>;

  // Calls `copy`, and passes its outcome on. Erased contents are not purged
  // meanwhile: PurgeErased is UNAVAILABLE with reason BACKUP_UNDER_WAY if there
  // are any. For one thread at a time.
  virtual absl::Status Copy(const CopyDatabase& copy) = 0;

  // The torn end of the write-ahead log that was dropped when the store was
  // opened (RocksDbOptions::holds_all_published), as RocksDB names it; empty if
  // none was.
  virtual std::string DroppedTail() const { return ""; }
};

struct RocksDbOptions {
  size_t block_cache_bytes = size_t{256} << 20;
  size_t write_buffer_bytes = size_t{64} << 20;
  int background_jobs = 2;
  // Nothing in the directory is changed, what a crash left in the write-ahead
  // log is replayed in memory only, and every write is refused.
  bool read_only = false;
  // Asked if the write-ahead log is damaged and what is whole of it, up to the
  // damage, ends with so many entries: whether these are all that was ever
  // published. What is damaged is then a write that a power cut tore, of which
  // nobody was told, and is dropped. Null: damage is refused.
  std::function<bool(uint64_t entries)> holds_all_published;
  // Where the files are; null: in the system's own. Not owned; must outlive the
  // store.
  rocksdb::Env* env = nullptr;
};

// Opens or creates the database in the directory `path`. A write-ahead log that
// is damaged, other than at its end as `holds_all_published` says, and any
// damaged file that RocksDB finds, is DATA_LOSS with reason STORE_DAMAGED,
// naming the file and what to do; nothing is repaired. FAILED_PRECONDITION with
// reason STORE_LOCKED if another process has it open.
absl::StatusOr<std::unique_ptr<DatabaseStore>> OpenRocksDbStore(
    const std::string& path, const RocksDbOptions& options);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_ROCKSDB_STORE_H_
