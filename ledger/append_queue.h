// The appends that wait for the sequencer. Bounded in number and bytes.

#ifndef ANNALS_LEDGER_APPEND_QUEUE_H_
#define ANNALS_LEDGER_APPEND_QUEUE_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "ledger/hash.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"

namespace annals::ledger {

// An append with what is computed before it gets its place.
struct PendingAppend {
  AppendRequest request;
  AppendCallback callback;
  Salt salt = {};
  Hash request_hash = {};
  std::optional<Hash> content_hash;
};

// Thread-safe.
class AppendQueue {
 public:
  explicit AppendQueue(const LedgerOptions& options) : options_(options) {}

  // Takes `append` over, or returns an error and leaves it with the caller:
  // RESOURCE_EXHAUSTED with reason QUEUE_FULL, or the status of Close.
  absl::Status Push(PendingAppend* append);

  // Waits for appends and takes the next batch; empty once the queue is closed
  // and has none left.
  std::vector<PendingAppend> PopBatch();

  // Refuses all further appends with `status`, an error. What is queued stays.
  // The first call counts.
  void Close(absl::Status status);

  // As Close, and what is queued is to be refused as well.
  void Abandon(absl::Status status);

  // OK, or the status of Close or Abandon, whichever came first.
  absl::Status status() const;
  bool abandoned() const;

  // Appends that wait.
  size_t length() const;

 private:
  bool BatchIsFull() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::vector<PendingAppend> TakeBatch() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const LedgerOptions options_;

  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<PendingAppend> queue_ ABSL_GUARDED_BY(mutex_);
  size_t queued_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status closed_ ABSL_GUARDED_BY(mutex_);
  bool abandoned_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_APPEND_QUEUE_H_
