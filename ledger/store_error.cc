#include "ledger/store_error.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals::ledger {

absl::Status StoreError(absl::StatusCode code, absl::string_view reason,
                        absl::string_view cause) {
  return MakeError(
      code, reason,
      {absl::StrCat("the store failed: ", cause,
                    "; check the disk and the store's log file"),
       absl::StrCat("存储出错：", cause, "；请检查磁盘和存储的日志文件")});
}

absl::Status StoreFull(absl::string_view cause) {
  return MakeError(
      absl::StatusCode::kUnavailable, "STORE_FULL",
      {absl::StrCat("the disk of the store is full: ", cause,
                    "; nothing that was acknowledged is lost; make room, and "
                    "delete no file of the store"),
       absl::StrCat("存储所在磁盘空间不足：", cause,
                    "；已确认的内容没有丢失；请腾出空间，"
                    "切勿删除存储中的文件")});
}

absl::Status StoreDamaged(const ErrorText& cause) {
  return MakeError(
      absl::StatusCode::kDataLoss, "STORE_DAMAGED",
      {absl::StrCat("the store is damaged: ", cause.en,
                    "; nothing was repaired; restore the store from a backup"),
       absl::StrCat("存储已损坏：", cause.zh,
                    "；未作任何修复；请从备份恢复存储")});
}

absl::Status StoreDamaged(absl::string_view cause) {
  return StoreDamaged(ErrorText{std::string(cause), std::string(cause)});
}

absl::Status TileDamaged(const TileId& id, const ErrorText& cause) {
  const std::string name = absl::StrCat(id.tile_level, "/", id.tile_index);
  return MakeError(
      absl::StatusCode::kDataLoss, "TILE_DAMAGED",
      {absl::StrCat("tile ", name, " of the tree is missing or damaged (",
                    cause.en,
                    "); do not use this store, restore it from a backup"),
       absl::StrCat("哈希树的分块 ", name, " 缺失或损坏（", cause.zh,
                    "）；请勿使用该存储，请从备份恢复")});
}

absl::Status StoreMoved(const StoreHead& head, const StoreHead& condition) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STORE_MOVED",
      {absl::StrCat("the store is at size ", head.size, ", epoch ", head.epoch,
                    ", not ", condition.size, ", ", condition.epoch,
                    "; another process has taken it over"),
       absl::StrCat("存储的条目数为 ", head.size, "、任期为 ", head.epoch,
                    "，而非 ", condition.size, "、", condition.epoch,
                    "；已由其他进程接管")});
}

absl::Status StoreLocked(const std::string& path, absl::string_view cause) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STORE_LOCKED",
      {absl::StrCat("another process has the store ", path,
                    " open; stop it first (", cause, ")"),
       absl::StrCat("存储 ", path, " 已被其他进程打开；请先停止该进程（", cause,
                    "）")});
}

absl::Status StoreBeingCopied() {
  return MakeError(
      absl::StatusCode::kUnavailable, "BACKUP_UNDER_WAY",
      {"a backup of the store is being made, which keeps files with "
       "erased contents from being deleted; they are when it ends",
       "正在备份存储，含有已删除内容的文件暂时无法清除；"
       "备份结束后即清除"});
}

absl::Status StoreFormatUnknown() {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "STORE_FORMAT_UNKNOWN",
                   {"the store was written by another version of this program; "
                    "use that version",
                    "该存储由本程序的其他版本写入；请使用相应版本"});
}

}  // namespace annals::ledger
