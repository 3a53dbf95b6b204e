// Threads for what must not run on gRPC's: gRPC 1.51 runs the callbacks of all
// calls on max(2, cores / 2) threads, and two that wait stop every other call.

#ifndef ANNALS_SERVICE_WORKER_POOL_H_
#define ANNALS_SERVICE_WORKER_POOL_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "ledger/mutex.h"

namespace annals {

struct WorkerPoolOptions {
  int threads = 2;
  // Tasks that wait; more are refused.
  size_t queue_max = 4096;
};

// Thread-safe.
class WorkerPool {
 public:
  // Called exactly once: with OK on a worker's thread; or, if it is refused, at
  // once on the thread that posts it, with why.
  using Task = absl::AnyInvocable<void(const absl::Status&) &&>;

  explicit WorkerPool(const WorkerPoolOptions& options);
  // Drains.
  ~WorkerPool();

  // Refused with RESOURCE_EXHAUSTED, QUEUE_FULL, or UNAVAILABLE, SHUTTING_DOWN.
  void Post(Task task);

  // For the continuation of a task that was taken: never refused because the
  // queue is full. Its caller limits how many there are.
  void PostContinuation(Task task);

  // Tasks that wait.
  size_t QueueLength() const;
  size_t queue_max() const { return queue_max_; }

  // Refuses new tasks, runs those that wait, and joins the threads.
  void Drain();

 private:
  void Run();
  void Enqueue(Task task, size_t queue_max);
  // The next task; nothing when the queue is empty and the pool drains.
  std::optional<Task> Next();

  const size_t queue_max_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<Task> queue_ ABSL_GUARDED_BY(mutex_);
  int idle_threads_ ABSL_GUARDED_BY(mutex_) = 0;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
};

// The answer to whoever comes when the daemon drains.
absl::Status ShuttingDown();

}  // namespace annals

#endif  // ANNALS_SERVICE_WORKER_POOL_H_
