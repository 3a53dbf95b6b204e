#include "ledger/append_queue.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ledger/error.h"

namespace annals::ledger {
namespace {

size_t ContentBytes(const PendingAppend& append) {
  const std::optional<std::string>& content = append.request.content;
  return content.has_value() ? content->size() : 0;
}

absl::Status QueueFull(size_t entries, size_t bytes) {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
      {absl::StrCat(entries, " appends of ", bytes,
                    " bytes are waiting already; nothing was recorded, try "
                    "again later"),
       absl::StrCat("已有 ", entries, " 个请求（", bytes,
                    " 字节）在排队；未作任何记录，请稍后重试")});
}

}  // namespace

absl::Status AppendQueue::Push(PendingAppend* append) {
  const size_t bytes = ContentBytes(*append);
  MutexLock lock(&mutex_);
  if (!closed_.ok()) return closed_;
  // An empty queue takes a content of any size.
  if (queue_.size() >= options_.queue_entries_max ||
      (!queue_.empty() && queued_bytes_ + bytes > options_.queue_bytes_max)) {
    return QueueFull(queue_.size(), queued_bytes_);
  }
  queued_bytes_ += bytes;
  queue_.push_back(std::move(*append));
  if (queue_.size() == 1 || BatchIsFull()) changed_.SignalAll();
  return absl::OkStatus();
}

bool AppendQueue::BatchIsFull() const {
  return queue_.size() >= options_.batch_entries_max ||
         queued_bytes_ >= options_.batch_bytes_max;
}

std::vector<PendingAppend> AppendQueue::PopBatch() {
  MutexLock lock(&mutex_);
  while (queue_.empty() && closed_.ok()) changed_.Wait(&mutex_);
  if (options_.batch_wait > absl::ZeroDuration()) {
    while (!queue_.empty() && !BatchIsFull() && closed_.ok()) {
      if (changed_.WaitFor(&mutex_, options_.batch_wait)) break;
    }
  }
  return TakeBatch();
}

std::vector<PendingAppend> AppendQueue::TakeBatch() {
  std::vector<PendingAppend> batch;
  size_t batch_bytes = 0;
  while (!queue_.empty() && batch.size() < options_.batch_entries_max) {
    const size_t bytes = ContentBytes(queue_.front());
    if (!batch.empty() && batch_bytes + bytes > options_.batch_bytes_max) break;
    batch_bytes += bytes;
    queued_bytes_ -= bytes;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void AppendQueue::Close(absl::Status status) {
  MutexLock lock(&mutex_);
  if (closed_.ok()) closed_ = std::move(status);
  changed_.SignalAll();
}

void AppendQueue::Abandon(absl::Status status) {
  MutexLock lock(&mutex_);
  if (closed_.ok()) closed_ = std::move(status);
  abandoned_ = true;
  changed_.SignalAll();
}

size_t AppendQueue::length() const {
  MutexLock lock(&mutex_);
  return queue_.size();
}

bool AppendQueue::abandoned() const {
  MutexLock lock(&mutex_);
  return abandoned_;
}

absl::Status AppendQueue::status() const {
  MutexLock lock(&mutex_);
  return closed_;
}

}  // namespace annals::ledger
