#include "ledger/rocksdb_open.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/rocksdb_directory.h"
#include "ledger/rocksdb_log.h"
#include "ledger/rocksdb_statistics.h"
#include "ledger/rocksdb_status.h"
#include "ledger/rocksdb_tables.h"
#include "ledger/status_macros.h"
#include "ledger/store_error.h"

namespace annals::ledger {
namespace {

// Only who opens to read meets it; the daemon makes the table again.
absl::Status IndexesMissing(const std::string& path) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "INDEXES_MISSING",
      {absl::StrCat(path,
                    " has no indexes: while they were rebuilt the daemon "
                    "was stopped. Start annalsd, which rebuilds them "
                    "from the leaves, and check again."),
       absl::StrCat(path,
                    " 没有索引：重建索引时 annalsd 被中断。请启动 "
                    "annalsd，由其根据叶重建索引，然后再检查。")});
}

absl::Status OpenFailed(const std::string& path, const rocksdb::Status& status,
                        const std::string& damage) {
  const std::string cause = status.ToString();
  if (status.IsIOError() && absl::StrContains(cause, "LOCK")) {
    return StoreLocked(path, cause);
  }
  if (absl::StrContains(cause, "Column family not found: indexes")) {
    return IndexesMissing(path);
  }
  if (!status.IsCorruption()) return ToStatus(status);
  return StoreDamaged(absl::StrCat(path, ": ", NameDamagedTables(path, status),
                                   damage.empty() ? "" : "; ", damage));
}

}  // namespace

absl::StatusOr<OpenedRocksDb> OpenRocksDb(const std::string& path,
                                          const RocksDbOptions& options,
                                          DamagedLog damaged_log) {
  RETURN_IF_ERROR(CheckDatabaseDirectory(path));
  rocksdb::DBOptions db_options = MakeDbOptions(options);
  db_options.statistics = MakeRocksDbStatistics();
  if (damaged_log == DamagedLog::kReadUpToTheDamage) {
    db_options.wal_recovery_mode =
        rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  }
  const std::shared_ptr<rocksdb::Cache> cache =
      rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (size_t table = 0; table < kTableNames.size(); ++table) {
    families.emplace_back(
        kTableNames[table],
        MakeTableOptions(static_cast<Table>(table), options, cache));
  }
  const auto logger = options.read_only ? std::make_shared<StoreLogger>()
                                        : std::make_shared<StoreLogger>(path);
  db_options.info_log = logger;

  OpenedRocksDb opened;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      options.read_only
          ? rocksdb::DB::OpenForReadOnly(db_options, path, families,
                                         &opened.tables, &db)
          : rocksdb::DB::Open(db_options, path, families, &opened.tables, &db);
  if (!status.ok()) return OpenFailed(path, status, logger->damage());
  opened.db.reset(db);
  opened.index_options = families[kIndexes].options;
  opened.dropped_tail = logger->damage();
  return opened;
}

}  // namespace annals::ledger
