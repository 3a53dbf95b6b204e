#include "ledger/backup.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/backup_files.h"
#include "ledger/backup_seal.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/mutex.h"
#include "ledger/rocksdb_status.h"
#include "ledger/status_macros.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/utilities/backup_engine.h"

namespace annals::ledger {
namespace {

absl::Status BackupNotFound(uint32_t id) {
  return MakeError(
      absl::StatusCode::kNotFound, "BACKUP_NOT_FOUND",
      {absl::StrCat("there is no backup ", id, "; see annals backup list"),
       absl::StrCat("没有备份 ", id, "；请查看 annals backup list")});
}

absl::Status BackupDirInUse(const std::string& directory) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "BACKUP_DIR_IN_USE",
      {absl::StrCat("another annalsd makes its backups in ", directory,
                    "; give each a directory of its own (--backup_dir)"),
       absl::StrCat("已有另一个 annalsd 在 ", directory,
                    " 中备份；请为每个服务各设一个目录（--backup_dir）")});
}

absl::Status BackupCancelled() {
  return MakeError(
      absl::StatusCode::kCancelled, "BACKUP_CANCELLED",
      {"the backup was cut short because the daemon stops; make it "
       "again when it is back",
       "服务正在停止，备份中止；请在服务恢复后重新备份"});
}

// In RocksDB's words only.
absl::Status EngineFailed(const std::string& directory,
                          const rocksdb::Status& status) {
  return BackupFailed(directory, {status.ToString(), status.ToString()});
}

rocksdb::BackupEngineOptions EngineOptions(const BackupOptions& options,
                                           rocksdb::Env* env) {
  rocksdb::BackupEngineOptions engine(options.directory, env);
  engine.share_table_files = true;
  engine.share_files_with_checksum = true;
  engine.sync = true;
  engine.backup_log_files = true;
  engine.backup_rate_limit = options.bytes_per_second;
  return engine;
}

// An engine that read the descriptions when it was opened, and the files that
// it sees.
template <typename Engine>
struct OpenEngine {
  std::unique_ptr<rocksdb::Env> env;
  std::unique_ptr<Engine> engine;
};

template <typename Engine>
absl::StatusOr<OpenEngine<Engine>> OpenEngineOn(const BackupOptions& options) {
  OpenEngine<Engine> open{MakeBackupEnv(options.directory), nullptr};
  Engine* engine = nullptr;
  const rocksdb::Status status = Engine::Open(
      EngineOptions(options, open.env.get()), rocksdb::Env::Default(), &engine);
  open.engine.reset(engine);
  if (!status.ok()) return EngineFailed(options.directory, status);
  return open;
}

// What reading says, whichever engine reads.
class Reading {
 public:
  Reading(std::string directory, rocksdb::BackupEngineReadOnlyBase* engine)
      : directory_(std::move(directory)), engine_(engine) {}

  std::vector<Backup> List() const {
    std::vector<rocksdb::BackupInfo> infos;
    engine_->GetBackupInfo(&infos);
    std::vector<Backup> backups;
    for (const rocksdb::BackupInfo& info : infos) {
      backups.push_back(
          {info.backup_id, info.size, ParseBackupLabel(info.app_metadata)});
    }
    std::vector<rocksdb::BackupID> damaged;
    engine_->GetCorruptedBackups(&damaged);
    for (const rocksdb::BackupID id : damaged) {
      backups.push_back({id, 0, std::nullopt});
    }
    std::sort(backups.begin(), backups.end(),
              [](const Backup& a, const Backup& b) { return a.id < b.id; });
    return backups;
  }

  absl::Status Verify(uint32_t id) const {
    RETURN_IF_ERROR(RequireLabel(id));
    return Outcome(id,
                   engine_->VerifyBackup(id, /*verify_with_checksum=*/true));
  }

  absl::Status Restore(uint32_t id, const std::string& path) const {
    RETURN_IF_ERROR(RequireLabel(id));
    return Outcome(id, engine_->RestoreDBFromBackup(id, path, path));
  }

 private:
  absl::Status RequireLabel(uint32_t id) const {
    for (const Backup& backup : List()) {
      if (backup.id != id) continue;
      if (backup.label.has_value()) return absl::OkStatus();
      RETURN_IF_ERROR(ReadSealedMeta(directory_, id).status());
      return BackupDamaged(absl::StrCat("backup ", id),
                           {"a file of it is missing or of another size",
                            "缺少文件或文件大小不符"});
    }
    return BackupNotFound(id);
  }

  absl::Status Outcome(uint32_t id, const rocksdb::Status& status) const {
    if (status.ok()) return absl::OkStatus();
    if (status.IsCorruption() || status.IsNotFound() ||
        status.IsPathNotFound()) {
      return BackupDamaged(absl::StrCat("backup ", id),
                           {status.ToString(), status.ToString()});
    }
    return EngineFailed(directory_, status);
  }

  const std::string directory_;
  rocksdb::BackupEngineReadOnlyBase* const engine_;
};

// What an engine knows of the descriptions it read once; what it is to say of
// the disk is asked of a fresh one.
absl::Status VerifyOnDisk(const std::string& directory, uint32_t id) {
  ASSIGN_OR_RETURN(const OpenEngine<rocksdb::BackupEngineReadOnly> fresh,
                   OpenEngineOn<rocksdb::BackupEngineReadOnly>({directory}));
  return Reading(directory, fresh.engine.get()).Verify(id);
}

class RocksDbBackupReader final : public BackupReader {
 public:
  RocksDbBackupReader(const std::string& directory,
                      OpenEngine<rocksdb::BackupEngineReadOnly> open)
      : directory_(directory),
        open_(std::move(open)),
        reading_(directory, open_.engine.get()) {}

  std::vector<Backup> List() override { return reading_.List(); }
  absl::Status Verify(uint32_t id) override {
    return VerifyOnDisk(directory_, id);
  }
  absl::Status Restore(uint32_t id, const std::string& path) override {
    return reading_.Restore(id, path);
  }

 private:
  const std::string directory_;
  const OpenEngine<rocksdb::BackupEngineReadOnly> open_;
  const Reading reading_;
};

class RocksDbBackupDirectory final : public BackupDirectory {
 public:
  RocksDbBackupDirectory(const std::string& directory, FileLock lock,
                         OpenEngine<rocksdb::BackupEngine> open)
      : directory_(directory),
        lock_(std::move(lock)),
        open_(std::move(open)),
        engine_(*open_.engine),
        reading_(directory, &engine_) {}

  std::vector<Backup> List() override { return reading_.List(); }
  absl::Status Verify(uint32_t id) override {
    MutexLock lock(&mutex_);
    return VerifyOnDisk(directory_, id);
  }
  absl::Status Restore(uint32_t id, const std::string& path) override {
    return reading_.Restore(id, path);
  }

  absl::StatusOr<Backup> Create(DatabaseStore* store,
                                const BackupLabel& label) override {
    MutexLock lock(&mutex_);
    rocksdb::BackupID id = 0;
    RETURN_IF_ERROR(Copy(store, label, &id));
    if (const absl::Status sealed = SealWhole(id); !sealed.ok()) {
      DeleteLocked(id).IgnoreError();
      return sealed;
    }
    for (const Backup& backup : List()) {
      if (backup.id == id) return backup;
    }
    return BackupNotFound(id);
  }

  absl::Status Delete(uint32_t id) override {
    MutexLock lock(&mutex_);
    return DeleteLocked(id);
  }

  void Cancel() override {
    cancelled_ = true;
    engine_.StopBackup();
  }

 private:
  absl::Status Copy(DatabaseStore* store, const BackupLabel& label,
                    rocksdb::BackupID* id)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    rocksdb::CreateBackupOptions options;
    // Otherwise each backup would copy the whole write-ahead log.
    options.flush_before_backup = true;
    return store->Copy([&](rocksdb::DB* db) {
      const rocksdb::Status status = engine_.CreateNewBackupWithMetadata(
          options, db, FormatBackupLabel(label), id);
      if (status.ok()) return absl::OkStatus();
      if (cancelled_) return BackupCancelled();
      engine_.GarbageCollect().PermitUncheckedError();
      if (status.IsCorruption()) return ToStatus(status);
      return EngineFailed(directory_, status);
    });
  }

  // A file that earlier backups hold is not copied again, and may have rotted.
  absl::Status SealWhole(uint32_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    RETURN_IF_ERROR(SealBackup(directory_, id));
    const absl::Status whole = VerifyOnDisk(directory_, id);
    if (!absl::IsDataLoss(whole)) return whole;
    return MakeError(
        absl::StatusCode::kDataLoss, "BACKUP_DAMAGED",
        {absl::StrCat("no backup was made, because a file that it would share "
                      "with earlier ones in ",
                      directory_, " is damaged: ", whole.message(),
                      ". Begin an empty --backup_dir, keep the old one until "
                      "then, and check its disk"),
         absl::StrCat("未能备份：", directory_,
                      " 中与先前备份共用的文件已损坏：", ErrorTextZh(whole),
                      "。请换用空的 --backup_dir，在此之前保留原目录，"
                      "并检查其磁盘")});
  }

  absl::Status DeleteLocked(uint32_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    RETURN_IF_ERROR(UnsealBackup(directory_, id));
    const rocksdb::Status status = engine_.DeleteBackup(id);
    if (status.ok()) return absl::OkStatus();
    if (status.IsNotFound()) return BackupNotFound(id);
    return EngineFailed(directory_, status);
  }

  const std::string directory_;
  const FileLock lock_;
  const OpenEngine<rocksdb::BackupEngine> open_;
  rocksdb::BackupEngine& engine_;
  const Reading reading_;
  Mutex mutex_;  // The directory is changed, or read anew.
  std::atomic<bool> cancelled_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BackupReader>> BackupReader::Open(
    const std::string& directory) {
  ASSIGN_OR_RETURN(OpenEngine<rocksdb::BackupEngineReadOnly> open,
                   OpenEngineOn<rocksdb::BackupEngineReadOnly>({directory}));
  return std::make_unique<RocksDbBackupReader>(directory, std::move(open));
}

absl::StatusOr<std::unique_ptr<BackupDirectory>> BackupDirectory::Open(
    const BackupOptions& options) {
  const std::string& directory = options.directory;
  RETURN_IF_ERROR(MakeDirectory(directory, kOwnerDirectoryMode));
  absl::StatusOr<FileLock> lock = FileLock::TryAcquire(directory + "/lock");
  if (ErrorReason(lock.status()) == kFileLockedReason) {
    return BackupDirInUse(directory);
  }
  RETURN_IF_ERROR(lock.status());
  ASSIGN_OR_RETURN(OpenEngine<rocksdb::BackupEngine> open,
                   OpenEngineOn<rocksdb::BackupEngine>(options));
  // What a backup that was cut short left may hold what is erased by now. But
  // beside a damaged one it may be what that one can be mended with.
  std::vector<rocksdb::BackupID> damaged;
  open.engine->GetCorruptedBackups(&damaged);
  if (damaged.empty()) open.engine->GarbageCollect().PermitUncheckedError();
  return std::make_unique<RocksDbBackupDirectory>(directory, *std::move(lock),
                                                  std::move(open));
}

}  // namespace annals::ledger
