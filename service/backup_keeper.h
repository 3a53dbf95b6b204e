// Makes, verifies and prunes backups on a thread of its own, one task at a
// time. Knows no gRPC.

#ifndef ANNALS_SERVICE_BACKUP_KEEPER_H_
#define ANNALS_SERVICE_BACKUP_KEEPER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/backup.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "ledger/rocksdb_store.h"

namespace annals {

// None is owned; all must outlive the keeper.
struct BackupParts {
  ledger::Ledger* ledger = nullptr;
  ledger::DatabaseStore* store = nullptr;
  ledger::Clock* clock = nullptr;
};

struct BackupSchedule {
  // Between two backups that nobody asks for; zero for none.
  absl::Duration interval = absl::ZeroDuration();
  // After such a one: how many stay; 0 for all.
  uint32_t keep = 0;
};

// What may hold a content that was erased.
struct BackupHolders {
  // By descending id.
  std::vector<uint32_t> ids;
  // A backup is being made.
  bool under_way = false;
};

// Thread-safe. Nothing but the destructor blocks.
class BackupKeeper {
 public:
  // The backup that was made or verified; those that were deleted, newest
  // first.
  using Result = absl::StatusOr<std::vector<ledger::Backup>>;
  using Callback = absl::AnyInvocable<void(Result) &&>;

  // FAILED_PRECONDITION with reason BACKUP_DIR_FOREIGN if the directory holds
  // backups of another ledger.
  static absl::StatusOr<std::unique_ptr<BackupKeeper>> Start(
      std::unique_ptr<ledger::BackupDirectory> directory,
      const BackupParts& parts, const BackupSchedule& schedule);

  // As Stop, and waits for the task under way; only a backup ends at once.
  ~BackupKeeper();

  // Each calls `done` exactly once, on the keeper's thread or at once:
  // RESOURCE_EXHAUSTED, BACKUP_UNDER_WAY, while another task is under way;
  // UNAVAILABLE, SHUTTING_DOWN, after Stop; else as of ledger/backup.h. A
  // request id that comes again while its backup is made, or while it exists,
  // gets that backup.
  void Create(const std::string& request_id, Callback done);
  void Verify(uint32_t id, Callback done);
  void Prune(uint32_t keep, Callback done);

  // By ascending id.
  std::vector<ledger::Backup> List();
  bool is_creating();

  // Which backups may hold the content of the entry `index`, erased by now.
  BackupHolders MayHold(uint64_t index);

  // Ends a backup that is being made, answers whoever waits, and begins nothing
  // more.
  void Stop();

 private:
  enum class Kind { kCreate, kVerify, kPrune };
  struct Task {
    Kind kind = Kind::kCreate;
    std::string request_id;  // Of kCreate.
    uint32_t number = 0;     // What to verify, or how many to keep.
    std::vector<Callback> waiting;
  };

  BackupKeeper(std::unique_ptr<ledger::BackupDirectory> directory,
               const BackupParts& parts, const BackupSchedule& schedule);
  void Begin(Task task);
  // The backup that this request made; nullopt if there is none.
  std::optional<Result> FindMade(const std::string& request_id) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Run();
  // Waits for a task, or for the time of a backup that nobody asked for; false
  // when there will be none.
  bool WaitForTask() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RunTask(Kind kind, const std::string& request_id, uint32_t number);
  Result Do(Kind kind, const std::string& request_id, uint32_t number);
  Result DoCreate(const std::string& request_id);
  Result DoVerify(uint32_t id);
  Result DoPrune(uint32_t keep);
  void ScheduleNext(bool succeeded) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::unique_ptr<ledger::BackupDirectory> directory_;
  const BackupParts parts_;
  const BackupSchedule schedule_;
  Mutex mutex_;
  CondVar changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<Task> task_ ABSL_GUARDED_BY(mutex_);
  // As of the last task: the directory answers nobody while one is under way.
  std::vector<ledger::Backup> backups_ ABSL_GUARDED_BY(mutex_);
  // No backup holds more entries: those that were there at the start, and, by
  // id, those that were made since.
  const uint64_t entries_at_start_;
  std::map<uint32_t, uint64_t> entries_max_ ABSL_GUARDED_BY(mutex_);
  absl::Time due_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  std::thread thread_;  // Last: it uses the others.
};

// What the makers of backups say in `backups/{number}`.
std::string BackupName(uint32_t id);
// INVALID_ARGUMENT with reason INVALID_NAME.
absl::StatusOr<uint32_t> ParseBackupName(absl::string_view name);

}  // namespace annals

#endif  // ANNALS_SERVICE_BACKUP_KEEPER_H_
