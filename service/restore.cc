#include "service/restore.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/backup.h"
#include "ledger/error.h"
#include "ledger/file_io.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/published_mark.h"
#include "ledger/right_edge.h"
#include "ledger/status_macros.h"
#include "ledger/store_verifier.h"
#include "service/leaf_codec.h"
#include "service/path_overlap.h"

namespace annals {
namespace {

absl::Status CheckpointMalformed(const std::string& path,
                                 const absl::Status& cause) {
  const std::string zh = ErrorTextZh(cause);
  return MakeError(
      absl::StatusCode::kInvalidArgument, "CHECKPOINT_MALFORMED",
      {absl::StrCat(path, " is no signed checkpoint: ", cause.message(),
                    "; give what annals checkpoint printed."),
       absl::StrCat(path, " 不是签名检查点：",
                    zh.empty() ? std::string(cause.message()) : zh,
                    "；请给出 annals checkpoint 的输出。")});
}

absl::Status CheckpointForeign(const ErrorText& what,
                               const ledger::NoteVerifier& verifier) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "CHECKPOINT_FOREIGN",
      {absl::StrCat(what.en, " is not signed by this ledger's key ",
                    verifier.ToString(),
                    ". Check the key and the file; if the key was changed "
                    "since, name the earlier one with --previous_vkey."),
       absl::StrCat(what.zh, "并非由本账本的密钥 ", verifier.ToString(),
                    " 签名。请核对密钥和文件；若此后更换过密钥，请用 "
                    "--previous_vkey 给出先前的公钥。")});
}

std::string Described(const ledger::Checkpoint& checkpoint) {
  return absl::StrCat(
      checkpoint.size, " entries, root ",
      absl::BytesToHexString(ledger::HashBytes(checkpoint.root)));
}

std::string DescribedZh(const ledger::Checkpoint& checkpoint) {
  return absl::StrCat(
      checkpoint.size, " 个条目，根哈希 ",
      absl::BytesToHexString(ledger::HashBytes(checkpoint.root)));
}

absl::Status Behind(const std::string& name, const ledger::Checkpoint& held,
                    const ledger::Checkpoint& expected) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "BACKUP_BEHIND_CHECKPOINT",
      {absl::StrCat(name, " lacks entries that were published: it holds ",
                    Described(held), "; the expected checkpoint has ",
                    Described(expected),
                    ". Restore a newer backup. Served from this one, the "
                    "ledger would fork for all who saw the later checkpoint."),
       absl::StrCat(name, " 缺少已发布的条目：它有 ", DescribedZh(held),
                    "；所给检查点有 ", DescribedZh(expected),
                    "。请恢复更新的备份。若以此备份提供服务，"
                    "对于见过后一检查点的各方，账本就分叉了。")});
}

absl::Status Diverged(const std::string& name, const ledger::Checkpoint& held,
                      const ledger::Checkpoint& expected) {
  return MakeError(
      absl::StatusCode::kDataLoss, "BACKUP_DIVERGED",
      {absl::StrCat(name, " is of another history: its first entries give ",
                    Described(held), "; the expected checkpoint has ",
                    Described(expected),
                    ". Do not use it, and find out who signed both."),
       absl::StrCat(name, " 属于另一段历史：其前若干条目为 ", DescribedZh(held),
                    "；所给检查点为 ", DescribedZh(expected),
                    "。请勿使用，并查明两者由谁签名。")});
}

absl::Status Faulty(const std::string& name,
                    const ledger::StoreFaults& faults) {
  const ErrorText& first = faults.kept().front();
  return MakeError(
      absl::StatusCode::kDataLoss, "BACKUP_DAMAGED",
      {absl::StrCat(name, " has ", faults.count(), " faults; the first: ",
                    first.en, ". Restore another backup."),
       absl::StrCat(name, " 有 ", faults.count(), " 处问题；第一处：", first.zh,
                    "。请恢复其他备份。")});
}

absl::Status NoBackup(const RestoreOptions& options) {
  const std::string number = absl::StrCat(options.backup_id);
  return MakeError(
      absl::StatusCode::kNotFound, "BACKUP_NOT_FOUND",
      options.backup_id == 0
          ? ErrorText{absl::StrCat(options.backup_dir,
                                   " holds no backup that is whole."),
                      absl::StrCat(options.backup_dir, " 中没有完好的备份。")}
          : ErrorText{absl::StrCat(options.backup_dir, " holds no backup ",
                                   number, " that is whole."),
                      absl::StrCat(options.backup_dir, " 中没有完好的备份 ",
                                   number, "。")});
}

// A checkpoint, and the one of the ledger's keys that signed it.
struct SignedBy {
  ledger::Checkpoint checkpoint;
  ledger::NoteVerifier key;
};

std::optional<SignedBy> Open(const std::string& note, const DataDir& dir) {
  for (const ledger::NoteVerifier& key : dir.AllVerifiers()) {
    auto checkpoint = ledger::OpenCheckpoint(note, key);
    if (checkpoint.ok()) return SignedBy{*std::move(checkpoint), key};
  }
  return std::nullopt;
}

// The text of a note that nobody has verified yet.
absl::StatusOr<ledger::Checkpoint> ParseUnverified(const std::string& note) {
  ASSIGN_OR_RETURN(const ledger::ParsedNote parsed, ledger::ParseNote(note));
  return ledger::ParseCheckpointText(parsed.text);
}

// An older one is a person's choice.
absl::Status NewestDamaged(uint32_t id, const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kDataLoss, "BACKUP_DAMAGED",
      {absl::StrCat("backups/", id,
                    ", the newest, is damaged. Try a copy of the backup "
                    "directory, or name an older one with --restore_backup (",
                    cause.message(), ")"),
       absl::StrCat("最新的 backups/", id,
                    " 已损坏。请改用备份目录的另一份副本，或用 "
                    "--restore_backup 指定较早的备份（",
                    ErrorTextZh(cause), "）")});
}

absl::StatusOr<ledger::Backup> Choose(const RestoreOptions& options,
                                      ledger::BackupReader* reader) {
  std::optional<ledger::Backup> chosen;
  std::vector<ledger::Backup> backups = reader->List();
  if (options.backup_id == 0 && !backups.empty() &&
      !backups.back().label.has_value()) {
    const uint32_t newest = backups.back().id;
    return NewestDamaged(newest, reader->Verify(newest));
  }
  for (ledger::Backup& backup : backups) {
    if (!backup.label.has_value()) {
      if (backup.id == options.backup_id) return reader->Verify(backup.id);
      continue;
    }
    if (options.backup_id == 0 || backup.id == options.backup_id) {
      chosen = std::move(backup);
    }
  }
  if (!chosen.has_value()) return NoBackup(options);
  return *std::move(chosen);
}

absl::Status RemoveAll(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (!error) return absl::OkStatus();
  return MakeError(absl::StatusCode::kUnavailable, "DATA_DIR_UNUSABLE",
                   {absl::StrCat("Can't remove ", path, ": ", error.message(),
                                 ". Check its permissions."),
                    absl::StrCat("无法删除 ", path, "：", error.message(),
                                 "。请检查权限。")});
}

class Restorer {
 public:
  Restorer(const RestoreOptions& options, DataDir* dir)
      : options_(options),
        dir_(*dir),
        database_(dir->restoring_path() + "/db"),
        mark_(dir->restoring_path() + "/published_checkpoint") {}

  // What a restore has left that was cut short, or this one, when it is
  // refused. The directory apart stays, so that nobody begins an empty ledger
  // with the key that stands beside it.
  absl::Status RemoveLeftovers() {
    std::error_code error;
    if (std::filesystem::exists(dir_.moving_path(), error)) {
      RETURN_IF_ERROR(RemoveAll(dir_.database_path()));
      RETURN_IF_ERROR(RemoveAll(dir_.mark_path()));
      RETURN_IF_ERROR(RemoveAll(dir_.moving_path()));
    }
    RETURN_IF_ERROR(RemoveAll(database_));
    return RemoveAll(mark_);
  }

  absl::StatusOr<RestoredLedger> Restore(const std::string& expected_note) {
    const std::optional<SignedBy> expected = Open(expected_note, dir_);
    if (!expected.has_value()) {
      return CheckpointForeign({"The expected checkpoint", "所给检查点"},
                               dir_.verifier());
    }
    ASSIGN_OR_RETURN(const auto reader,
                     ledger::BackupReader::Open(options_.backup_dir));
    ASSIGN_OR_RETURN(const ledger::Backup backup,
                     Choose(options_, reader.get()));
    name_ = absl::StrCat("backups/", backup.id);
    const std::optional<SignedBy> label = Open(backup.label->note, dir_);
    if (!label.has_value()) {
      return CheckpointForeign({absl::StrCat("The checkpoint of ", name_),
                                absl::StrCat(name_, " 的检查点")},
                               dir_.verifier());
    }
    key_ = label->key;
    RETURN_IF_ERROR(reader->Restore(backup.id, database_));
    RETURN_IF_ERROR(ledger::PublishedMarkFile(mark_).Write(backup.label->note));
    ASSIGN_OR_RETURN(const uint64_t entries,
                     Check(*key_, expected->checkpoint));
    return RestoredLedger{backup.id, entries, expected->checkpoint};
  }

  // REQUIRES: Restore succeeded.
  absl::Status Finish() {
    // Whatever has these names from now on is ours, and no ledger that somebody
    // put back.
    RETURN_IF_ERROR(ledger::CreateFileIfNone(dir_.moving_path(), "",
                                             ledger::kOwnerFileMode));
    RETURN_IF_ERROR(ledger::RenameFile(database_, dir_.database_path()));
    RETURN_IF_ERROR(ledger::RenameFile(mark_, dir_.mark_path()));
    RETURN_IF_ERROR(RemoveAll(dir_.restored_path()));
    RETURN_IF_ERROR(dir_.CompleteRestore(*key_));
    return RemoveAll(dir_.restored_path());
  }

 private:
  // All that the store holds, and that it extends `expected`: the number of
  // entries.
  absl::StatusOr<uint64_t> Check(const ledger::NoteVerifier& key,
                                 const ledger::Checkpoint& expected) {
    ledger::RocksDbOptions store_options = options_.store;
    store_options.read_only = true;
    ASSIGN_OR_RETURN(const auto store,
                     ledger::OpenRocksDbStore(database_, store_options));
    ledger::PublishedMarkFile mark(mark_);
    const LeafCodec codec;
    ASSIGN_OR_RETURN(
        const ledger::StoreCheckResult checked,
        ledger::CheckStore({store.get(), &mark, &key, &codec}, options_.check));
    if (checked.faults.count() > 0) return Faulty(name_, checked.faults);
    ledger::Checkpoint held = expected;
    held.size = std::min(checked.entries, expected.size);
    ASSIGN_OR_RETURN(held.root, RootAt(held.size, store.get()));
    if (held.size < expected.size) return Behind(name_, held, expected);
    if (held.root != expected.root) return Diverged(name_, held, expected);
    return checked.entries;
  }

  static absl::StatusOr<ledger::Hash> RootAt(uint64_t size,
                                             ledger::Store* store) {
    const uint64_t in_full_tiles =
        size / ledger::kTileWidth * ledger::kTileWidth;
    ASSIGN_OR_RETURN(ledger::RightEdge edge,
                     ledger::RightEdge::Read(in_full_tiles, store));
    RETURN_IF_ERROR(ledger::VerifyStoredLeaves(size, store, &edge));
    return edge.Root();
  }

  const RestoreOptions& options_;
  DataDir& dir_;
  const std::string database_;
  const std::string mark_;
  std::string name_;
  std::optional<ledger::NoteVerifier> key_;  // That signed the backup's label.
};

}  // namespace

absl::StatusOr<RestoredLedger> RestoreBackup(const RestoreOptions& options) {
  RETURN_IF_ERROR(RequireDirectoryApart(options.data_dir,
                                        {"--restore", options.backup_dir}));
  ASSIGN_OR_RETURN(const std::string note,
                   ledger::ReadFileOrPipe(options.expected_checkpoint,
                                          ledger::kNoteBytesMax));
  const auto unverified = ParseUnverified(note);
  if (!unverified.ok()) {
    return CheckpointMalformed(options.expected_checkpoint,
                               unverified.status());
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<DataDir> dir,
                   DataDir::OpenToRestore(options.data_dir, unverified->origin,
                                          options.keys));
  Restorer restorer(options, dir.get());
  RETURN_IF_ERROR(restorer.RemoveLeftovers());
  absl::StatusOr<RestoredLedger> restored = restorer.Restore(note);
  if (restored.ok()) {
    RETURN_IF_ERROR(restorer.Finish());
  } else {
    RETURN_IF_ERROR(restorer.RemoveLeftovers());
  }
  return restored;
}

}  // namespace annals
