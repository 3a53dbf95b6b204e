// Erasure: the content of a revision or a document that must be withheld
// (保密审查动态调整) is removed by an event on record. Knows no gRPC.

#ifndef ANNALS_SERVICE_ERASURE_H_
#define ANNALS_SERVICE_ERASURE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/erasure_service.pb.h"
#include "ledger/ledger.h"
#include "service/answer_cache.h"
#include "service/backup_keeper.h"
#include "service/identity.h"
#include "service/report_history.h"
#include "service/worker_pool.h"

namespace annals {

// The static directory that the daemon publishes to, if it does.
struct PublishedDirectory {
  // Whether contents are put there.
  bool has_contents = false;
  // Waits, not for long, until the directory is at least as far as `size`
  // entries; false if it is not.
  std::function<bool(uint64_t size)> wait;
};

// What erasing works with. None is owned; all must outlive it.
struct EraserParts {
  ledger::Ledger* ledger = nullptr;
  AnswerCache* answers = nullptr;
  WorkerPool* workers = nullptr;
  PublishedDirectory published;
  BackupKeeper* backups = nullptr;  // May be null.
};

// Thread-safe. Blocks on storage, so it is called on a worker's thread.
class Eraser {
 public:
  using EraseCallback =
      absl::AnyInvocable<void(absl::StatusOr<v1::EraseContentResponse>) &&>;

  explicit Eraser(EraserParts parts)
      : parts_(std::move(parts)), history_(parts_.ledger) {}

  // Calls `done` exactly once, on any thread: when the erasure is recorded
  // under a signed checkpoint and the storage was rewritten, or that failed,
  // which the answer says. The errors are those of ErasureService, and
  // INVALID_ARGUMENT that names a field.
  void Erase(const CallerIdentity& caller, v1::EraseContentRequest request,
             EraseCallback done);

 private:
  struct Task;
  struct Target;

  absl::StatusOr<Target> Find(const std::string& name) const;
  // Whether it was recorded before, and then answers.
  bool AnswerRecorded(Task* task);
  void Append(std::unique_ptr<Task> task, const Target& target);
  void Settle(std::unique_ptr<Task> task,
              absl::StatusOr<ledger::AppendResult> result);
  // Removes what the event on record has made unreadable.
  absl::StatusOr<v1::EraseContentResponse> Complete(uint64_t index);
  // Names the daemon's own backups that may hold it.
  void AddBackups(v1::EraseContentResponse* response) const;
  absl::Status AddAlike(v1::EraseContentResponse* response) const;

  const EraserParts parts_;
  const ReportHistory history_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_ERASURE_H_
