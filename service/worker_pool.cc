#include "service/worker_pool.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"

namespace annals {
namespace {

absl::Status QueueFull(size_t queue_max) {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
      {absl::StrCat("The server has ", queue_max,
                    " requests waiting already; try again a little later."),
       absl::StrCat("服务端已有 ", queue_max, " 个请求在排队，请稍后重试。")});
}

}  // namespace

WorkerPool::WorkerPool(const WorkerPoolOptions& options)
    : queue_max_(options.queue_max) {
  MutexLock lock(&mutex_);
  for (int i = 0; i < options.threads; ++i) {
    threads_.emplace_back([this] { Run(); });
  }
}

WorkerPool::~WorkerPool() { Drain(); }

void WorkerPool::Post(Task task, uint64_t lane) {
  absl::Status refusal;
  {
    MutexLock lock(&mutex_);
    if (draining_) {
      refusal = ShuttingDown();
    } else if (queue_.size() >= queue_max_) {
      refusal = QueueFull(queue_max_);
    } else {
      queue_.Push(lane, std::move(task));
      return Wake();
    }
  }
  std::move(task)(refusal);
}

void WorkerPool::PostContinuation(Task task) {
  {
    MutexLock lock(&mutex_);
    if (!draining_) {
      queue_.PushContinuation(std::move(task));
      return Wake();
    }
  }
  std::move(task)(ShuttingDown());
}

void WorkerPool::Wake() {
  if (idle_threads_ > 0) changed_.Signal();
}

std::optional<WorkerPool::Task> WorkerPool::Next() {
  MutexLock lock(&mutex_);
  ++idle_threads_;
  while (queue_.size() == 0 && !draining_) changed_.Wait(&mutex_);
  --idle_threads_;
  if (queue_.size() == 0) return std::nullopt;
  return queue_.Pop();
}

size_t WorkerPool::QueueLength() const {
  MutexLock lock(&mutex_);
  return queue_.size();
}

void WorkerPool::Run() {
  while (std::optional<Task> task = Next()) {
    (*std::move(task))(absl::OkStatus());
  }
}

void WorkerPool::Drain() {
  std::vector<std::thread> threads;
  {
    MutexLock lock(&mutex_);
    draining_ = true;
    changed_.SignalAll();
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

absl::Status ShuttingDown() {
  return MakeError(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                   {"The server is shutting down; try again once it is back.",
                    "服务端正在关闭，请在其恢复后重试。"});
}

}  // namespace annals
