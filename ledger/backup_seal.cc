#include "ledger/backup_seal.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/file_io.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

constexpr absl::string_view kMagic = "annals-backup-seal-1\n";
// Some 100 bytes for each file of the database.
constexpr size_t kMetaBytesMax = size_t{256} << 20;
constexpr size_t kSealBytesMax = 4096;

std::string MetaPath(const std::string& directory, uint32_t id) {
  return absl::StrCat(BackupMetaDirectory(directory), "/", id);
}

std::string SealDirectory(const std::string& directory) {
  return directory + "/seals";
}

std::string SealPath(const std::string& directory, uint32_t id) {
  return absl::StrCat(SealDirectory(directory), "/", id);
}

std::string SealOf(absl::string_view meta) {
  return absl::StrCat(kMagic, absl::BytesToHexString(HashBytes(Sha256(meta))),
                      "\n");
}

// A backup directory is used as a whole, whichever of its files fails.
absl::Status Failed(const std::string& directory, const absl::Status& cause) {
  if (cause.ok()) return cause;
  return BackupFailed(directory,
                      {std::string(cause.message()), ErrorTextZh(cause)});
}

absl::Status Unreadable(uint32_t id, const absl::Status& cause) {
  return BackupDamaged(absl::StrCat("backup ", id),
                       {std::string(cause.message()), ErrorTextZh(cause)});
}

absl::Status NoSeal(uint32_t id, const std::string& path) {
  return BackupDamaged(absl::StrCat("backup ", id),
                       {absl::StrCat("it has no seal ", path,
                                     ", as when its making was cut short"),
                        absl::StrCat("没有封记 ", path, "，例如备份中途停止")});
}

absl::Status SealDiffers(uint32_t id, const std::string& meta,
                         const std::string& seal) {
  return BackupDamaged(
      absl::StrCat("backup ", id),
      {absl::StrCat("its description ", meta, " does not fit its seal ", seal),
       absl::StrCat("其描述文件 ", meta, " 与封记 ", seal, " 不符")});
}

}  // namespace

absl::Status BackupDamaged(absl::string_view what, const ErrorText& cause) {
  return MakeError(
      absl::StatusCode::kDataLoss, "BACKUP_DAMAGED",
      {absl::StrCat(what, " is damaged: ", cause.en,
                    "; do not rely on it, make a new backup, and check the "
                    "disk that it lies on"),
       absl::StrCat(what, " 已损坏：", cause.zh,
                    "；请勿依赖它，请另做备份，并检查其所在磁盘")});
}

absl::Status BackupFailed(const std::string& directory,
                          const ErrorText& cause) {
  return MakeError(absl::StatusCode::kUnavailable, "BACKUP_FAILED",
                   {absl::StrCat("the backup directory ", directory,
                                 " can't be used: ", cause.en,
                                 "; check the disk and its permissions"),
                    absl::StrCat("无法使用备份目录 ", directory, "：", cause.zh,
                                 "；请检查磁盘和权限")});
}

std::string BackupMetaDirectory(const std::string& directory) {
  return directory + "/meta";
}

absl::Status SealBackup(const std::string& directory, uint32_t id) {
  const absl::StatusOr<std::string> meta =
      ReadFileBytes(MetaPath(directory, id), kMetaBytesMax);
  RETURN_IF_ERROR(Failed(directory, meta.status()));
  RETURN_IF_ERROR(Failed(
      directory, MakeDirectory(SealDirectory(directory), kOwnerDirectoryMode)));
  return Failed(directory, ReplaceFile(SealPath(directory, id), {SealOf(*meta)},
                                       kOwnerFileMode));
}

absl::Status UnsealBackup(const std::string& directory, uint32_t id) {
  return Failed(directory, RemoveFile(SealPath(directory, id)));
}

absl::StatusOr<std::string> ReadSealedMeta(const std::string& directory,
                                           uint32_t id) {
  const std::string seal_path = SealPath(directory, id);
  const auto seal = ReadFileIfAny(seal_path, kSealBytesMax);
  if (!seal.ok()) return Unreadable(id, seal.status());
  if (!seal->has_value()) return NoSeal(id, seal_path);
  const std::string meta_path = MetaPath(directory, id);
  absl::StatusOr<std::string> meta = ReadFileBytes(meta_path, kMetaBytesMax);
  if (!meta.ok()) return Unreadable(id, meta.status());
  if (**seal != SealOf(*meta)) return SealDiffers(id, meta_path, seal_path);
  return meta;
}

}  // namespace annals::ledger
