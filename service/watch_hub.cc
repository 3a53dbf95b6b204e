#include "service/watch_hub.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/check.h"
#include "ledger/error.h"
#include "service/grpc_status.h"
#include "service/responder.h"

namespace annals {
namespace {

absl::Status TooManyWatchers(size_t streams_max) {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "TOO_MANY_WATCHERS",
      {absl::StrCat("The server has ", streams_max,
                    " watchers already; try again later, or share a stream."),
       absl::StrCat("服务端已有 ", streams_max,
                    " 个监听者，请稍后重试，或共用一个数据流。")});
}

absl::Status WatchCancelled() {
  return MakeError(absl::StatusCode::kCancelled, "CANCELLED",
                   {"The watcher ended the stream.", "监听者结束了数据流。"});
}

}  // namespace

class WatchStream final
    : public grpc::ServerWriteReactor<v1::WatchEntriesResponse> {
 public:
  WatchStream(WatchHub* hub, grpc::CallbackServerContext* context,
              const WatchRange& range)
      : hub_(hub), context_(context), cursor_(hub->ledger_, range) {}

  // REQUIRES: called once, before anything else.
  void Start(const absl::Status& admission) {
    const absl::Status start =
        admission.ok() ? cursor_.CheckRange() : admission;
    start.ok() ? QueueRead() : End(start);
  }

  // Goes on if it waits and there is something to send.
  void Wake() {
    {
      MutexLock lock(&mutex_);
      if (state_ != State::kWaiting || !cursor_.HasNext()) return;
      state_ = State::kReading;
    }
    QueueRead();
  }

  // Ends the stream with `status`, as soon as it may.
  void RequestEnd(const absl::Status& status) {
    {
      MutexLock lock(&mutex_);
      if (end_.ok()) end_ = status;
      if (state_ != State::kWaiting) return;
      state_ = State::kFinished;
    }
    Finish(ToGrpcStatus(status));
  }

  // Makes a write that the other side does not take fail.
  void Cancel() {
    MutexLock lock(&mutex_);
    // Until Finish is called, the context lives.
    if (state_ != State::kFinished) context_->TryCancel();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return End(WatchCancelled());
    ++sent_;
    SendOrRead();
  }

  void OnCancel() override { RequestEnd(WatchCancelled()); }

  // Destroys this, unless the hub is calling it just now.
  void OnDone() override { hub_->Remove(this); }

 private:
  enum class State { kReading, kWriting, kWaiting, kFinished };

  // REQUIRES for all below: the state is reading or writing, and the caller is
  // who goes on with it.

  void QueueRead() {
    hub_->workers_->PostContinuation([this](const absl::Status& status) {
      status.ok() ? Read() : End(status);
    });
  }

  void Read() {
    page_.clear();
    sent_ = 0;
    if (absl::Status status = RequestedEnd(); !status.ok()) return End(status);
    auto page = cursor_.NextPage();
    if (!page.ok()) return End(page.status());
    page_ = *std::move(page);
    if (!page_.empty()) return SendOrRead();
    if (cursor_.AtEnd()) return End(absl::OkStatus());
    Wait();
  }

  void SendOrRead() {
    absl::Status end;
    const v1::WatchEntriesResponse* next = nullptr;
    {
      MutexLock lock(&mutex_);
      end = end_;
      if (sent_ < page_.size()) next = &page_[sent_];
      state_ = next != nullptr ? State::kWriting : State::kReading;
    }
    if (!end.ok()) return End(end);
    if (next == nullptr) return QueueRead();
    StartWrite(next);
  }

  // The ledger may have grown since the cursor looked: then the wake-up came
  // while this was no waiting stream, and nobody else would come back to it.
  void Wait() {
    absl::Status end;
    {
      MutexLock lock(&mutex_);
      end = end_;
      if (end.ok() && !cursor_.HasNext()) {
        state_ = State::kWaiting;
        return;
      }
    }
    if (!end.ok()) return End(end);
    QueueRead();
  }

  absl::Status RequestedEnd() {
    MutexLock lock(&mutex_);
    return end_;
  }

  void End(const absl::Status& status) {
    LogServerFault(status);
    {
      MutexLock lock(&mutex_);
      state_ = State::kFinished;
    }
    Finish(ToGrpcStatus(status));
  }

  WatchHub* const hub_;  // Not owned; outlives every stream.
  grpc::CallbackServerContext* const context_;  // Lives until OnDone.
  Mutex mutex_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kReading;
  // Why the stream is to end; OK while it is not.
  absl::Status end_ ABSL_GUARDED_BY(mutex_);
  // Below: of who goes on with the stream. A waiting stream's cursor is read by
  // who wakes it, under the mutex.
  WatchCursor cursor_;
  std::vector<v1::WatchEntriesResponse> page_;
  size_t sent_ = 0;
};

WatchHub::WatchHub(ledger::Ledger* ledger, WorkerPool* workers,
                   size_t streams_max)
    : ledger_(ledger), workers_(workers), streams_max_(streams_max) {
  listener_ = ledger_->AddListener([this](uint64_t) { OnGrowth(); });
}

WatchHub::~WatchHub() {
  ledger_->RemoveListener(listener_);
  MutexLock lock(&mutex_);
  ANNALS_CHECK(streams_.empty());
}

grpc::ServerWriteReactor<v1::WatchEntriesResponse>* WatchHub::Watch(
    grpc::CallbackServerContext* context, const absl::Status& admission,
    const WatchRange& range) {
  auto stream = std::make_shared<WatchStream>(this, context, range);
  const absl::Status admitted = Admit(stream);
  stream->Start(admission.ok() ? admitted : admission);
  return stream.get();
}

absl::Status WatchHub::Admit(const std::shared_ptr<WatchStream>& stream) {
  MutexLock lock(&mutex_);
  streams_.emplace(stream.get(), stream);
  if (stopped_) return ShuttingDown();
  if (streams_.size() > streams_max_) return TooManyWatchers(streams_max_);
  return absl::OkStatus();
}

void WatchHub::Remove(WatchStream* stream) {
  std::shared_ptr<WatchStream> last;
  MutexLock lock(&mutex_);
  const auto found = streams_.find(stream);
  last = std::move(found->second);
  streams_.erase(found);
}

std::vector<std::shared_ptr<WatchStream>> WatchHub::Streams() {
  std::vector<std::shared_ptr<WatchStream>> streams;
  MutexLock lock(&mutex_);
  streams.reserve(streams_.size());
  for (const auto& [key, stream] : streams_) streams.push_back(stream);
  return streams;
}

// On the sequencer's thread, so it only queues.
void WatchHub::OnGrowth() {
  if (wake_is_queued_.exchange(true)) return;
  workers_->PostContinuation([this](const absl::Status& status) {
    wake_is_queued_ = false;
    if (!status.ok()) return;
    for (const auto& stream : Streams()) stream->Wake();
  });
}

void WatchHub::Stop() {
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
  }
  for (const auto& stream : Streams()) stream->RequestEnd(ShuttingDown());
}

void WatchHub::CancelAll() {
  for (const auto& stream : Streams()) stream->Cancel();
}

}  // namespace annals
