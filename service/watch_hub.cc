#include "service/watch_hub.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/check.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/grpc_status.h"
#include "service/raw_message.h"
#include "service/responder.h"
#include "service/write_timer.h"

namespace annals {
namespace {

// How often it is looked which heartbeats are due.
constexpr absl::Duration kTick = absl::Milliseconds(200);
// A stream whose filter lets nothing through tells its progress so often.
constexpr absl::Duration kProgressInterval = absl::Seconds(1);

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

absl::Status SeesLessNow() {
  return MakeError(
      absl::StatusCode::kPermissionDenied, "AGENCY_NOT_ALLOWED",
      {"The agency is no longer below the certificate's, so no more than what "
       "is published may be seen of it; begin a new stream for that.",
       "该机关不再属于此证书的下级机关，只能看到其已公开的内容；"
       "如需继续请重新发起。"});
}

WatchCursor MakeCursor(const WatchOrder& order, const WatchHub::Parts& parts) {
  if (order.filter.IsEmpty()) {
    return {parts.ledger, order.range, std::nullopt, parts.publications};
  }
  return {parts.ledger, order.range,
          EntrySelector(order.filter, parts.ledger, parts.clock),
          parts.publications};
}

}  // namespace

absl::StatusOr<WatchOrder> ReadWatchOrder(
    const v1::WatchEntriesRequest& request) {
  WatchOrder order;
  ASSIGN_OR_RETURN(order.filter, ReadWatchFilter(request));
  order.range = {request.start_index(), request.end_index(),
                 request.include_content()};
  order.heartbeat = absl::Seconds(request.heartbeat_seconds());
  return order;
}

class WatchStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  WatchStream(WatchHub* hub, grpc::CallbackServerContext* context,
              RecordedCall call, WatchOrder order)
      : hub_(hub),
        context_(context),
        heartbeat_(order.heartbeat),
        authorize_(std::move(order.authorize)),
        pass_(std::move(order.pass)),
        cursor_(MakeCursor(order, hub->parts_)),
        call_(std::move(call)) {
    if (HasHeartbeats()) last_sent_ = hub->parts_.clock->Now();
  }

  bool HasHeartbeats() const { return heartbeat_ > absl::ZeroDuration(); }

  // REQUIRES: called before Start.
  void Hold(StreamSlots::Slot slot) { slot_ = std::move(slot); }

  // REQUIRES: called once, before anything else.
  void Start(Refusal refusal) {
    if (refusal.status.ok()) refusal.status = cursor_.CheckRange();
    if (refusal.status.ok()) return QueueRead();
    call_.StopClock();
    hub_->parts_.refusals->Run(
        refusal, [this, status = refusal.status] { End(status); });
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

  // Goes on if it waits and a heartbeat is due.
  void Tick(absl::Time now) {
    {
      MutexLock lock(&mutex_);
      if (state_ != State::kWaiting || !IsHeartbeatDue(now)) return;
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
    FinishWith(status);
  }

  // Makes a write that the other side does not take fail.
  void Cancel() {
    MutexLock lock(&mutex_);
    // Until Finish is called, the context lives.
    if (state_ != State::kFinished) context_->TryCancel();
  }

  // The same if a write has been under way since `time`. True if it did.
  bool CancelIfStalled(absl::Time time) {
    if (!write_.HasStalled(time)) return false;
    Cancel();
    return true;
  }

  void OnWriteDone(bool ok) override {
    write_.End();
    if (!ok) return End(WatchCancelled());
    call_.AddResponseBytes(message_.Length());
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
    hub_->parts_.workers->PostContinuation([this](const absl::Status& status) {
      status.ok() ? Read() : End(status);
    });
  }

  absl::Status Authorize() {
    if (authorize_ == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(const View view, authorize_());
    if (!is_begun_) cursor_.SetView(view);
    is_begun_ = true;
    const bool sees_less =
        cursor_.view() == View::kAll && view == View::kPublished;
    return sees_less ? SeesLessNow() : absl::OkStatus();
  }

  void Read() {
    page_.clear();
    sent_ = 0;
    if (absl::Status status = RequestedEnd(); !status.ok()) return End(status);
    if (absl::Status status = Authorize(); !status.ok()) return End(status);
    auto page = cursor_.NextPage();
    if (!page.ok()) return End(page.status());
    page_ = *std::move(page);
    if (page_.empty() && cursor_.AtEnd()) {
      if (told_end_ || cursor_.view() == View::kAll) {
        return End(absl::OkStatus());
      }
      page_.push_back(MakeHeartbeat());
      told_end_ = true;
      return SendOrRead();
    }
    if (HasHeartbeats()) AddHeartbeatIfDue();
    page_.empty() ? Wait() : SendOrRead();
  }

  // To an empty page. What is sent is a sign of life as well.
  void AddHeartbeatIfDue() {
    const absl::Time now = hub_->parts_.clock->Now();
    if (page_.empty()) {
      if (!IsHeartbeatDue(now)) return;
      page_.push_back(MakeHeartbeat());
    } else {
      told_index_.reset();
    }
    last_sent_ = now;
  }

  // One that catches up says so at once; one that looks at entries and finds
  // none that are wanted says from time to time how far it is.
  bool IsHeartbeatDue(absl::Time now) const {
    if (!HasHeartbeats()) return false;
    if (!told_index_.has_value() && !cursor_.HasNext()) return true;
    const absl::Duration interval =
        told_index_ == cursor_.next_index()
            ? heartbeat_
            : std::min(heartbeat_, kProgressInterval);
    // The clock may go back.
    return now >= last_sent_ + interval || now < last_sent_;
  }

  // The checkpoint is read after the page, so it covers all that was looked at;
  // unless the stream begins beyond it, and waits.
  v1::WatchEntriesResponse MakeHeartbeat() {
    const auto latest = hub_->parts_.ledger->checkpoint();
    told_index_ = cursor_.next_index();
    v1::WatchEntriesResponse response;
    response.set_tree_size(latest->checkpoint.size);
    response.set_published_only(cursor_.view() == View::kPublished);
    v1::Heartbeat* heartbeat = response.mutable_heartbeat();
    heartbeat->set_next_index(cursor_.next_index());
    v1::Checkpoint* checkpoint = heartbeat->mutable_checkpoint();
    checkpoint->set_note(latest->note);
    checkpoint->set_tree_size(latest->checkpoint.size);
    checkpoint->set_root_hash(ledger::HashBytes(latest->checkpoint.root));
    return response;
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
    message_ = ToByteBuffer(
        std::make_shared<const std::string>(next->SerializeAsString()));
    write_.Begin(hub_->parts_.clock->Now());
    StartWrite(&message_);
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
    FinishWith(status);
  }

  // REQUIRES: the caller has made the state finished.
  void FinishWith(const absl::Status& status) {
    call_.End(status);
    // What is left to send takes no room; and once the last stream is done,
    // limiter and slots may be gone.
    pass_.reset();
    slot_.reset();
    Finish(ToGrpcStatus(status));
  }

  WatchHub* const hub_;  // Not owned; outlives every stream.
  grpc::CallbackServerContext* const context_;  // Lives until OnDone.
  const absl::Duration heartbeat_;
  const std::function<absl::StatusOr<View>()> authorize_;
  // Of a stream that was let in, until it is finished.
  std::optional<CallerLimiter::Pass> pass_;
  std::optional<StreamSlots::Slot> slot_;
  WriteTimer write_;
  Mutex mutex_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kReading;
  // Why the stream is to end; OK while it is not.
  absl::Status end_ ABSL_GUARDED_BY(mutex_);
  // Below: of who goes on with the stream. Those of a waiting stream are read
  // by who wakes it, under the mutex.
  WatchCursor cursor_;
  RecordedCall call_;
  // Whether it is known how much may be seen.
  bool is_begun_ = false;
  // When something was last sent; and what the last heartbeat told, if no entry
  // was sent since.
  absl::Time last_sent_;
  std::optional<uint64_t> told_index_;
  // Whether the heartbeat was sent with which a range ends that leaves entries
  // out.
  bool told_end_ = false;
  std::vector<v1::WatchEntriesResponse> page_;
  size_t sent_ = 0;
  grpc::ByteBuffer message_;  // What is written.
};

WatchHub::WatchHub(const Parts& parts, const StreamSlotLimits& limits)
    : parts_(parts), slots_(limits, &TooManyWatchers) {
  listener_ = parts_.ledger->AddListener([this](uint64_t) { OnGrowth(); });
  ticker_ = std::thread([this] { RunTicks(); });
}

WatchHub::~WatchHub() {
  {
    MutexLock lock(&mutex_);
    ended_ = true;
    ticks_changed_.SignalAll();
  }
  ticker_.join();
  parts_.ledger->RemoveListener(listener_);
  MutexLock lock(&mutex_);
  ANNALS_CHECK(streams_.empty());
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchHub::Watch(
    grpc::CallbackServerContext* context, RecordedCall call,
    absl::StatusOr<WatchOrder> order, uint64_t lane, size_t request_bytes) {
  absl::Status admission = order.status();
  std::optional<StreamSlots::Slot> slot;
  if (admission.ok()) {
    absl::StatusOr<StreamSlots::Slot> taken = slots_.Take(lane);
    admission = taken.status();
    if (taken.ok()) slot = *std::move(taken);
  }
  // One that is refused has no heartbeats either.
  auto stream = std::make_shared<WatchStream>(
      this, context, std::move(call),
      slot.has_value() ? *std::move(order) : WatchOrder());
  if (slot.has_value()) stream->Hold(*std::move(slot));
  const absl::Status kept = Keep(stream);
  stream->Start({lane, admission.ok() ? kept : admission, request_bytes});
  return stream.get();
}

absl::Status WatchHub::Keep(const std::shared_ptr<WatchStream>& stream) {
  MutexLock lock(&mutex_);
  streams_.emplace(stream.get(), stream);
  if (stream->HasHeartbeats() && ++heartbeat_streams_ == 1) {
    ticks_changed_.SignalAll();
  }
  return stopped_ ? ShuttingDown() : absl::OkStatus();
}

void WatchHub::Remove(WatchStream* stream) {
  std::shared_ptr<WatchStream> last;
  MutexLock lock(&mutex_);
  const auto found = streams_.find(stream);
  last = std::move(found->second);
  streams_.erase(found);
  if (last->HasHeartbeats()) --heartbeat_streams_;
}

bool WatchHub::WaitForTick() {
  MutexLock lock(&mutex_);
  while (!ended_ && heartbeat_streams_ == 0) ticks_changed_.Wait(&mutex_);
  if (!ended_) ticks_changed_.WaitFor(&mutex_, kTick);
  return !ended_;
}

void WatchHub::RunTicks() {
  while (WaitForTick()) {
    const absl::Time now = parts_.clock->Now();
    for (const auto& stream : Streams()) stream->Tick(now);
  }
}

bool WatchHub::IsIdle() {
  MutexLock lock(&mutex_);
  return streams_.empty();
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
  parts_.workers->PostContinuation([this](const absl::Status& status) {
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

void WatchHub::CancelStalled(absl::Time time) {
  for (const auto& stream : Streams()) {
    if (!stream->CancelIfStalled(time)) continue;
    parts_.counters->Count(Limit::kStreamStall);
  }
}

}  // namespace annals
