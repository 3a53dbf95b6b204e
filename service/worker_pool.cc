#include "service/worker_pool.h"

#include <limits>
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

void WorkerPool::Post(Task task) { Enqueue(std::move(task), queue_max_); }

void WorkerPool::PostContinuation(Task task) {
  Enqueue(std::move(task), std::numeric_limits<size_t>::max());
}

void WorkerPool::Enqueue(Task task, size_t queue_max) {
  absl::Status refusal;
  {
    MutexLock lock(&mutex_);
    if (draining_) {
      refusal = ShuttingDown();
    } else if (queue_.size() >= queue_max) {
      refusal = QueueFull(queue_max);
    } else {
      queue_.push_back(std::move(task));
      if (idle_threads_ > 0) changed_.Signal();
      return;
    }
  }
  std::move(task)(refusal);
}

std::optional<WorkerPool::Task> WorkerPool::Next() {
  MutexLock lock(&mutex_);
  ++idle_threads_;
  while (queue_.empty() && !draining_) changed_.Wait(&mutex_);
  --idle_threads_;
  if (queue_.empty()) return std::nullopt;
  Task task = std::move(queue_.front());
  queue_.pop_front();
  return task;
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
