#include "ledger/backup.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/rocksdb_status.h"
#include "ledger/status_macros.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/utilities/backup_engine.h"

namespace annals::ledger {
namespace {

absl::Status BackupDamaged(absl::string_view what, const std::string& cause) {
  return MakeError(
      absl::StatusCode::kDataLoss, "BACKUP_DAMAGED",
      {absl::StrCat(what, " is damaged: ", cause,
                    "; do not rely on it, make a new backup, and check the "
                    "disk that it lies on"),
       absl::StrCat(what, " 已损坏：", cause,
                    "；请勿依赖它，请另做备份，并检查其所在磁盘")});
}

absl::Status BackupNotFound(uint32_t id) {
  return MakeError(
      absl::StatusCode::kNotFound, "BACKUP_NOT_FOUND",
      {absl::StrCat("there is no backup ", id, "; see annals backup list"),
       absl::StrCat("没有备份 ", id, "；请查看 annals backup list")});
}

absl::Status BackupFailed(const std::string& directory,
                          const std::string& cause) {
  return MakeError(absl::StatusCode::kUnavailable, "BACKUP_FAILED",
                   {absl::StrCat("the backup directory ", directory,
                                 " can't be used: ", cause,
                                 "; check the disk and its permissions"),
                    absl::StrCat("无法使用备份目录 ", directory, "：", cause,
                                 "；请检查磁盘和权限")});
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

rocksdb::BackupEngineOptions EngineOptions(const BackupOptions& options) {
  rocksdb::BackupEngineOptions engine(options.directory);
  engine.share_table_files = true;
  engine.share_files_with_checksum = true;
  engine.sync = true;
  engine.backup_log_files = true;
  engine.backup_rate_limit = options.bytes_per_second;
  return engine;
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
      return BackupDamaged(absl::StrCat("backup ", id),
                           "its description or a file of it");
    }
    return BackupNotFound(id);
  }

  absl::Status Outcome(uint32_t id, const rocksdb::Status& status) const {
    if (status.ok()) return absl::OkStatus();
    if (status.IsCorruption() || status.IsNotFound() ||
        status.IsPathNotFound()) {
      return BackupDamaged(absl::StrCat("backup ", id), status.ToString());
    }
    return BackupFailed(directory_, status.ToString());
  }

  const std::string directory_;
  rocksdb::BackupEngineReadOnlyBase* const engine_;
};

class RocksDbBackupReader final : public BackupReader {
 public:
  RocksDbBackupReader(const std::string& directory,
                      std::unique_ptr<rocksdb::BackupEngineReadOnly> engine)
      : engine_(std::move(engine)), reading_(directory, engine_.get()) {}

  std::vector<Backup> List() override { return reading_.List(); }
  absl::Status Verify(uint32_t id) override { return reading_.Verify(id); }
  absl::Status Restore(uint32_t id, const std::string& path) override {
    return reading_.Restore(id, path);
  }

 private:
  const std::unique_ptr<rocksdb::BackupEngineReadOnly> engine_;
  const Reading reading_;
};

class RocksDbBackupDirectory final : public BackupDirectory {
 public:
  RocksDbBackupDirectory(const std::string& directory, FileLock lock,
                         std::unique_ptr<rocksdb::BackupEngine> engine)
      : directory_(directory),
        lock_(std::move(lock)),
        engine_(std::move(engine)),
        reading_(directory, engine_.get()) {}

  std::vector<Backup> List() override { return reading_.List(); }
  absl::Status Verify(uint32_t id) override { return reading_.Verify(id); }
  absl::Status Restore(uint32_t id, const std::string& path) override {
    return reading_.Restore(id, path);
  }

  absl::StatusOr<Backup> Create(DatabaseStore* store,
                                const BackupLabel& label) override {
    rocksdb::CreateBackupOptions options;
    // Otherwise each backup would copy the whole write-ahead log.
    options.flush_before_backup = true;
    rocksdb::BackupID id = 0;
    const absl::Status copied = store->Copy([&](rocksdb::DB* db) {
      const rocksdb::Status status = engine_->CreateNewBackupWithMetadata(
          options, db, FormatBackupLabel(label), &id);
      if (status.ok()) return absl::OkStatus();
      if (cancelled_) return BackupCancelled();
      engine_->GarbageCollect().PermitUncheckedError();
      if (status.IsCorruption()) return ToStatus(status);
      return BackupFailed(directory_, status.ToString());
    });
    RETURN_IF_ERROR(copied);
    RETURN_IF_ERROR(RequireWhole(id));
    for (const Backup& backup : List()) {
      if (backup.id == id) return backup;
    }
    return BackupNotFound(id);
  }

  absl::Status Delete(uint32_t id) override {
    const rocksdb::Status status = engine_->DeleteBackup(id);
    if (status.ok()) return absl::OkStatus();
    if (status.IsNotFound()) return BackupNotFound(id);
    return BackupFailed(directory_, status.ToString());
  }

  void Cancel() override {
    cancelled_ = true;
    engine_->StopBackup();
  }

 private:
  // A file that earlier backups hold is not copied again, and may have rotted.
  absl::Status RequireWhole(uint32_t id) {
    const absl::Status whole = Verify(id);
    if (whole.ok()) return whole;
    engine_->DeleteBackup(id).PermitUncheckedError();
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

  const std::string directory_;
  const FileLock lock_;
  const std::unique_ptr<rocksdb::BackupEngine> engine_;
  const Reading reading_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BackupReader>> BackupReader::Open(
    const std::string& directory) {
  rocksdb::BackupEngineReadOnly* engine = nullptr;
  const rocksdb::Status status = rocksdb::BackupEngineReadOnly::Open(
      EngineOptions({directory}), rocksdb::Env::Default(), &engine);
  if (!status.ok()) return BackupFailed(directory, status.ToString());
  return std::make_unique<RocksDbBackupReader>(
      directory, std::unique_ptr<rocksdb::BackupEngineReadOnly>(engine));
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
  rocksdb::BackupEngine* engine = nullptr;
  const rocksdb::Status status = rocksdb::BackupEngine::Open(
      EngineOptions(options), rocksdb::Env::Default(), &engine);
  if (!status.ok()) return BackupFailed(directory, status.ToString());
  // What a backup that was cut short left may hold what is erased by now.
  engine->GarbageCollect().PermitUncheckedError();
  return std::make_unique<RocksDbBackupDirectory>(
      directory, *std::move(lock),
      std::unique_ptr<rocksdb::BackupEngine>(engine));
}

}  // namespace annals::ledger
