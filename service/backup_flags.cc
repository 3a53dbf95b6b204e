#include "service/backup_flags.h"

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"
#include "service/backup_keeper.h"
#include "service/console.h"
#include "service/flag_range.h"
#include "service/restore.h"

ABSL_FLAG(std::string, backup_dir, "",
          "The directory for backups (BackupService, annals backup), best on "
          "another disk. Keys are not in them. Empty: none are made.");
ABSL_FLAG(int64_t, backup_bytes_per_second, 0,
          "How many bytes a second a backup writes at most; 0 for no limit.");
ABSL_FLAG(absl::Duration, backup_interval, absl::ZeroDuration(),
          "Between two backups that the daemon makes by itself; 0 for none.");
ABSL_FLAG(int64_t, backup_keep, 0,
          "How many of the newest backups stay after one that the daemon made "
          "by itself; 0 for all.");
ABSL_FLAG(std::string, restore, "",
          "Do not serve: restore a backup of this directory into --data_dir, "
          "where the ledger's signing key must be, and nothing of a ledger. "
          "With --expect_checkpoint. Ends with 0 if all is well.");
ABSL_FLAG(std::string, expect_checkpoint, "",
          "The file of the latest checkpoint that is known (annals checkpoint, "
          "a witness, a client): a backup that does not extend it is refused.");
ABSL_FLAG(int64_t, restore_backup, 0,
          "The number of the backup to restore; 0 for the newest.");

namespace annals {
namespace {

absl::Status InvalidFlags(ErrorText text) {
  return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FLAG",
                   std::move(text));
}

std::string Described(const ledger::Checkpoint& checkpoint) {
  return absl::StrCat(
      checkpoint.size, ", root ",
      absl::BytesToHexString(ledger::HashBytes(checkpoint.root)));
}

}  // namespace

absl::Status CheckBackupFlags() {
  RETURN_IF_ERROR(CheckRanges(
      {{"backup_bytes_per_second", absl::GetFlag(FLAGS_backup_bytes_per_second),
        0, int64_t{1} << 40},
       {"backup_interval (ms)",
        absl::ToInt64Milliseconds(absl::GetFlag(FLAGS_backup_interval)), 0,
        int64_t{366} * 24 * 3600 * 1000},
       {"backup_keep", absl::GetFlag(FLAGS_backup_keep), 0, 1'000'000},
       {"restore_backup", absl::GetFlag(FLAGS_restore_backup), 0,
        UINT32_MAX}}));
  const bool restores = IsRestore();
  const bool expects = !absl::GetFlag(FLAGS_expect_checkpoint).empty();
  if (restores != expects ||
      (!restores && absl::GetFlag(FLAGS_restore_backup) != 0)) {
    return InvalidFlags(
        {"--restore and --expect_checkpoint go together, and --restore_backup "
         "only with them: without a known checkpoint nobody can say if the "
         "backup is the latest of this ledger.",
         "--restore 与 --expect_checkpoint 须同时给出，--restore_backup "
         "只能与它们合用：没有已知的检查点，就无法判断备份是否完整、"
         "是否属于本账本。"});
  }
  if (absl::GetFlag(FLAGS_backup_dir).empty() &&
      (absl::GetFlag(FLAGS_backup_interval) != absl::ZeroDuration() ||
       absl::GetFlag(FLAGS_backup_keep) != 0)) {
    return InvalidFlags(
        {"--backup_interval and --backup_keep need --backup_dir.",
         "--backup_interval 和 --backup_keep 须与 --backup_dir 合用。"});
  }
  return absl::OkStatus();
}

void SetBackups(DaemonOptions* options) {
  options->backup.directory = absl::GetFlag(FLAGS_backup_dir);
  options->backup.bytes_per_second =
      static_cast<uint64_t>(absl::GetFlag(FLAGS_backup_bytes_per_second));
  options->backup_schedule.interval = absl::GetFlag(FLAGS_backup_interval);
  options->backup_schedule.keep =
      static_cast<uint32_t>(absl::GetFlag(FLAGS_backup_keep));
}

bool IsRestore() { return !absl::GetFlag(FLAGS_restore).empty(); }

absl::Status RunRestore(const DaemonOptions& options, int threads) {
  RestoreOptions restore;
  restore.backup_dir = absl::GetFlag(FLAGS_restore);
  restore.expected_checkpoint = absl::GetFlag(FLAGS_expect_checkpoint);
  restore.backup_id =
      static_cast<uint32_t>(absl::GetFlag(FLAGS_restore_backup));
  restore.data_dir = options.data_dir;
  restore.keys = options.keys;
  restore.store = options.store;
  restore.check.threads = threads;
  restore.check.progress = ShowProgress;
  ASSIGN_OR_RETURN(const RestoredLedger restored, RestoreBackup(restore));
  const std::string name = BackupName(restored.backup_id);
  const std::string size = absl::StrCat(restored.entries);
  const std::string expected = Described(restored.expected);
  std::printf(
      "restored %s: %s entries, each checked; they extend the expected "
      "checkpoint (entries: %s)\n"
      "已恢复 %s：%s 个条目，均已检查；它延续了所给的检查点（条目数：%s）\n"
      "now start annalsd --data_dir=%s; what was recorded after the backup is "
      "not in it\n"
      "现在请启动 annalsd --data_dir=%s；备份之后记录的内容不在其中\n",
      name.c_str(), size.c_str(), expected.c_str(), name.c_str(), size.c_str(),
      expected.c_str(), options.data_dir.c_str(), options.data_dir.c_str());
  return absl::OkStatus();
}

}  // namespace annals
