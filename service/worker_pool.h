// Threads for what must not run on gRPC's: gRPC 1.51 runs the callbacks of all
// calls on max(2, cores / 2) threads, and two that wait stop every other call.

#ifndef ANNALS_SERVICE_WORKER_POOL_H_
#define ANNALS_SERVICE_WORKER_POOL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "ledger/mutex.h"
#include "service/fair_queue.h"

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
  using Task = FairQueue::Task;

  explicit WorkerPool(const WorkerPoolOptions& options);
  // Drains.
  ~WorkerPool();

  // Tasks of different lanes take turns; a caller has one. Refused with
  // RESOURCE_EXHAUSTED, QUEUE_FULL, or UNAVAILABLE, SHUTTING_DOWN.
  void Post(Task task, uint64_t lane = 0);

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
  // Something was pushed.
  void Wake() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The next task; nothing when the queue is empty and the pool drains.
  std::optional<Task> Next();

  const size_t queue_max_;
  mutable Mutex mutex_;
  CondVar changed_;
  FairQueue queue_ ABSL_GUARDED_BY(mutex_);
  int idle_threads_ ABSL_GUARDED_BY(mutex_) = 0;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
};

// The answer to whoever comes when the daemon drains.
absl::Status ShuttingDown();

}  // namespace annals

#endif  // ANNALS_SERVICE_WORKER_POOL_H_
