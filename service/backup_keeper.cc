#include "service/backup_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/checkpoint.h"
#include "ledger/error.h"
#include "ledger/note.h"
#include "ledger/status_macros.h"
#include "service/worker_pool.h"
#include "spdlog/spdlog.h"

namespace annals {
namespace {

// After a backup that nobody asked for has failed.
constexpr absl::Duration kRetryAfter = absl::Minutes(10);

absl::Status BackupUnderWay() {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "BACKUP_UNDER_WAY",
      {"A backup is being made, verified or deleted; one at a time. Try again "
       "when it is done.",
       "正在创建、核验或删除备份，一次只能进行一项；请待其完成后重试。"});
}

absl::Status BackupDirForeign(const std::string& origin,
                              const std::string& own) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "BACKUP_DIR_FOREIGN",
      {absl::StrCat("--backup_dir holds backups of the ledger ", origin,
                    ", and this is ", own,
                    "; give each ledger a directory of its own."),
       absl::StrCat("--backup_dir 中是账本 ", origin, " 的备份，而本账本是 ",
                    own, "；请为每个账本各设一个目录。")});
}

// A label was made by us and is whole.
absl::StatusOr<ledger::Checkpoint> CheckpointOf(
    const ledger::BackupLabel& label) {
  ASSIGN_OR_RETURN(const ledger::ParsedNote note,
                   ledger::ParseNote(label.note));
  return ledger::ParseCheckpointText(note.text);
}

}  // namespace

std::string BackupName(uint32_t id) { return absl::StrCat("backups/", id); }

absl::StatusOr<uint32_t> ParseBackupName(absl::string_view name) {
  absl::string_view number = name;
  uint32_t id = 0;
  if (!absl::ConsumePrefix(&number, "backups/") ||
      !absl::SimpleAtoi(number, &id) || BackupName(id) != name) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "INVALID_NAME",
        {absl::StrCat("'", name, "' is no backup; write backups/NUMBER."),
         absl::StrCat("“", name, "”不是备份名称；请写 backups/编号。")});
  }
  return id;
}

absl::StatusOr<std::unique_ptr<BackupKeeper>> BackupKeeper::Start(
    std::unique_ptr<ledger::BackupDirectory> directory,
    const BackupParts& parts, const BackupSchedule& schedule) {
  const std::string own = parts.ledger->checkpoint()->checkpoint.origin;
  for (const ledger::Backup& backup : directory->List()) {
    if (!backup.label.has_value()) {
      // It is passed over; the others serve.
      spdlog::error("{}", std::string(directory->Verify(backup.id).message()));
      continue;
    }
    ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint,
                     CheckpointOf(*backup.label));
    if (checkpoint.origin != own) {
      return BackupDirForeign(checkpoint.origin, own);
    }
  }
  return std::unique_ptr<BackupKeeper>(
      new BackupKeeper(std::move(directory), parts, schedule));
}

BackupKeeper::BackupKeeper(std::unique_ptr<ledger::BackupDirectory> directory,
                           const BackupParts& parts,
                           const BackupSchedule& schedule)
    : directory_(std::move(directory)),
      parts_(parts),
      schedule_(schedule),
      backups_(directory_->List()),
      entries_at_start_(parts.ledger->checkpoint()->checkpoint.size) {
  {
    MutexLock lock(&mutex_);
    ScheduleNext(/*succeeded=*/true);
  }
  thread_ = std::thread([this] { Run(); });
}

BackupKeeper::~BackupKeeper() {
  Stop();
  thread_.join();
}

void BackupKeeper::Stop() {
  std::vector<Callback> waiting;
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
    if (task_.has_value()) waiting = std::move(task_->waiting);
    if (task_.has_value()) task_->waiting.clear();
    changed_.SignalAll();
  }
  directory_->Cancel();
  for (Callback& done : waiting) std::move(done)(ShuttingDown());
}

void BackupKeeper::Create(const std::string& request_id, Callback done) {
  Task task{Kind::kCreate, request_id, 0, {}};
  task.waiting.push_back(std::move(done));
  Begin(std::move(task));
}

void BackupKeeper::Verify(uint32_t id, Callback done) {
  Task task{Kind::kVerify, "", id, {}};
  task.waiting.push_back(std::move(done));
  Begin(std::move(task));
}

void BackupKeeper::Prune(uint32_t keep, Callback done) {
  Task task{Kind::kPrune, "", keep, {}};
  task.waiting.push_back(std::move(done));
  Begin(std::move(task));
}

std::optional<BackupKeeper::Result> BackupKeeper::FindMade(
    const std::string& request_id) const {
  if (request_id.empty()) return std::nullopt;
  for (const ledger::Backup& backup : backups_) {
    if (backup.label.has_value() && backup.label->request_id == request_id) {
      return Result({backup});
    }
  }
  return std::nullopt;
}

void BackupKeeper::Begin(Task task) {
  std::optional<Result> answer;
  {
    MutexLock lock(&mutex_);
    answer = FindMade(task.request_id);
    if (!answer.has_value() && stopped_) answer = ShuttingDown();
    if (!answer.has_value() && task_.has_value()) {
      if (task.request_id.empty() || task_->request_id != task.request_id) {
        answer = BackupUnderWay();
      } else {
        task_->waiting.push_back(std::move(task.waiting.front()));
      }
    } else if (!answer.has_value()) {
      task_ = std::move(task);
      changed_.SignalAll();
    }
  }
  if (answer.has_value()) {
    std::move(task.waiting.front())(*std::move(answer));
  }
}

std::vector<ledger::Backup> BackupKeeper::List() {
  MutexLock lock(&mutex_);
  return backups_;
}

bool BackupKeeper::is_creating() {
  MutexLock lock(&mutex_);
  return task_.has_value() && task_->kind == Kind::kCreate;
}

// A backup holds what its checkpoint covers, and at most what was stored when
// it was complete; if that is not known, what was stored when the next one was
// begun. A damaged one may hold it as well.
BackupHolders BackupKeeper::MayHold(uint64_t index) {
  MutexLock lock(&mutex_);
  BackupHolders holders;
  holders.under_way = task_.has_value() && task_->kind == Kind::kCreate;
  uint64_t entries_max = entries_at_start_;
  for (auto backup = backups_.rbegin(); backup != backups_.rend(); ++backup) {
    const auto known = entries_max_.find(backup->id);
    if (index < (known == entries_max_.end() ? entries_max : known->second)) {
      holders.ids.push_back(backup->id);
    }
    if (backup->label.has_value()) entries_max = backup->label->entries;
  }
  return holders;
}

bool BackupKeeper::WaitForTask() {
  while (!stopped_ && !task_.has_value()) {
    if (due_ == absl::InfiniteFuture()) {
      changed_.Wait(&mutex_);
      continue;
    }
    const absl::Duration left = due_ - parts_.clock->Now();
    if (left > absl::ZeroDuration()) {
      changed_.WaitFor(&mutex_, left);
    } else {
      task_ = Task{};
    }
  }
  return !stopped_;
}

void BackupKeeper::Run() {
  for (;;) {
    Kind kind = Kind::kCreate;
    std::string request_id;
    uint32_t number = 0;
    {
      MutexLock lock(&mutex_);
      if (!WaitForTask()) return;
      kind = task_->kind;
      request_id = task_->request_id;
      number = task_->number;
    }
    RunTask(kind, request_id, number);
  }
}

void BackupKeeper::RunTask(Kind kind, const std::string& request_id,
                           uint32_t number) {
  const Result result = Do(kind, request_id, number);
  std::vector<ledger::Backup> backups = directory_->List();
  std::vector<Callback> waiting;
  {
    MutexLock lock(&mutex_);
    backups_ = std::move(backups);
    waiting = std::move(task_->waiting);
    task_.reset();
    if (kind == Kind::kCreate) ScheduleNext(result.ok());
  }
  for (Callback& done : waiting) std::move(done)(result);
}

void BackupKeeper::ScheduleNext(bool succeeded) {
  if (schedule_.interval <= absl::ZeroDuration()) return;
  const absl::Time now = parts_.clock->Now();
  if (!succeeded) {
    due_ = now + std::min(schedule_.interval, kRetryAfter);
    return;
  }
  absl::Time last = now - schedule_.interval;
  for (const ledger::Backup& backup : backups_) {
    if (backup.label.has_value()) last = backup.label->created_at;
  }
  // After the clock was set back, too.
  due_ = std::min(last, now) + schedule_.interval;
}

BackupKeeper::Result BackupKeeper::Do(Kind kind, const std::string& request_id,
                                      uint32_t number) {
  switch (kind) {
    case Kind::kCreate: {
      Result made = DoCreate(request_id);
      if (made.ok() && request_id.empty() && schedule_.keep > 0) {
        const Result pruned = DoPrune(schedule_.keep);
        if (!pruned.ok()) {
          spdlog::error("old backups were not deleted: {}",
                        std::string(pruned.status().message()));
        }
      }
      return made;
    }
    case Kind::kVerify:
      return DoVerify(number);
    case Kind::kPrune:
      return DoPrune(number);
  }
  return Result(std::vector<ledger::Backup>());
}

BackupKeeper::Result BackupKeeper::DoCreate(const std::string& request_id) {
  ledger::BackupLabel label;
  label.created_at = parts_.clock->Now();
  label.request_id = request_id;
  // Before the copy, so that no copy is behind its checkpoint. A store ahead of
  // it is as after a crash, and Ledger::Open goes on from there.
  label.note = parts_.ledger->checkpoint()->note;
  ASSIGN_OR_RETURN(const ledger::StoreHead before, parts_.store->Head());
  label.entries = before.size;
  const absl::StatusOr<ledger::Backup> made =
      directory_->Create(parts_.store, label);
  if (absl::IsCancelled(made.status())) return ShuttingDown();
  // What was erased meanwhile had to wait.
  const absl::Status purged = parts_.ledger->PurgeErased();
  if (!purged.ok()) {
    spdlog::error("files of the store may still hold erased contents: {}",
                  std::string(purged.message()));
  }
  if (!made.ok()) {
    spdlog::error("a backup failed: {}", std::string(made.status().message()));
    return made.status();
  }
  spdlog::info("{} is complete: {} bytes", BackupName(made->id), made->bytes);
  ASSIGN_OR_RETURN(const ledger::StoreHead after, parts_.store->Head());
  MutexLock lock(&mutex_);
  entries_max_[made->id] = after.size;
  return Result({*made});
}

BackupKeeper::Result BackupKeeper::DoVerify(uint32_t id) {
  const absl::Status status = directory_->Verify(id);
  if (!status.ok()) {
    if (absl::IsDataLoss(status)) {
      spdlog::error("{}", std::string(status.message()));
    }
    return status;
  }
  for (const ledger::Backup& backup : directory_->List()) {
    if (backup.id == id) return Result({backup});
  }
  return Result(std::vector<ledger::Backup>());
}

// The newest that is kept is read first: that it is whole is why others may go.
// Not all, which would read the files they share once for each. Damaged ones go
// as well, unless there is no whole one.
BackupKeeper::Result BackupKeeper::DoPrune(uint32_t keep) {
  std::vector<ledger::Backup> backups = directory_->List();
  std::reverse(backups.begin(), backups.end());
  std::vector<ledger::Backup> rest;
  uint32_t kept = 0;
  for (const ledger::Backup& backup : backups) {
    const bool is_kept = kept < keep && backup.label.has_value() &&
                         (kept > 0 || directory_->Verify(backup.id).ok());
    is_kept ? void(++kept) : rest.push_back(backup);
  }
  if (kept == 0) return Result(std::vector<ledger::Backup>());
  for (const ledger::Backup& backup : rest) {
    RETURN_IF_ERROR(directory_->Delete(backup.id));
  }
  return rest;
}

}  // namespace annals
