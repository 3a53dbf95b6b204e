#include "service/stream_frame.h"

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "service/grpc_status.h"
#include "service/responder.h"
#include "service/write_timer.h"

namespace annals {
namespace {

absl::Status ThrownAway() {
  return absl::InternalError("The server could not make the answer.");
}

}  // namespace

absl::Status StreamCancelled() {
  return MakeError(absl::StatusCode::kCancelled, "CANCELLED",
                   {"The reader ended the stream.", "读取方结束了数据流。"});
}

class PulledStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  PulledStream(StreamFrame* frame, grpc::CallbackServerContext* context,
               RecordedCall call, StreamFrame::OpenRaw open)
      : frame_(frame),
        context_(context),
        call_(std::move(call)),
        open_(std::move(open)) {}

  // REQUIRES: called once, before anything else. `request` lives until the
  // stream is done.
  void Start(absl::StatusOr<CallGate::Pass> pass, const absl::Status& admission,
             uint64_t lane, const grpc::ByteBuffer* request) {
    if (!pass.ok()) return End(pass.status());
    pass_ = *std::move(pass);
    if (!admission.ok()) {
      return frame_->parts_.refusals->Run(
          admission, [this, admission] { End(admission); });
    }
    frame_->parts_.workers->Post(
        [this, request](const absl::Status& status) {
          if (!status.ok()) return End(status);
          const absl::Status opened = Open(RawRequest(*request));
          opened.ok() ? Produce() : End(opened);
        },
        lane);
  }

  // What a stream that is let in holds until it is finished. REQUIRES: called
  // before Start.
  void Hold(CallerLimiter::Pass pass, StreamSlots::Slot slot) {
    caller_pass_ = std::move(pass);
    slot_ = std::move(slot);
  }

  // Makes a write that the other side does not take fail.
  void Cancel() {
    MutexLock lock(&mutex_);
    // Until Finish is called, the context lives.
    if (!finished_) context_->TryCancel();
  }

  // The same if a write has been under way since `time`. True if it did.
  bool CancelIfStalled(absl::Time time) {
    if (!write_.HasStalled(time)) return false;
    Cancel();
    return true;
  }

  void OnWriteDone(bool ok) override {
    write_.End();
    if (!ok) return End(StreamCancelled());
    frame_->parts_.workers->PostContinuation(
        [this](const absl::Status& status) {
          status.ok() ? Produce() : End(status);
        });
  }

  // Destroys this, unless the frame is calling it just now.
  void OnDone() override { frame_->streams_.Remove(this); }

 private:
  // REQUIRES for all below: the caller is who goes on with the stream.

  absl::Status Open(const RawRequest& request) {
    try {
      StreamFrame::Source source = std::move(open_)(request);
      if (!source.ok()) return source.status();
      source_ = *std::move(source);
      return absl::OkStatus();
    } catch (const std::exception& exception) {
      LogException(exception);
      return ThrownAway();
    }
  }

  absl::StatusOr<std::optional<std::string>> Next() {
    try {
      return source_->Next();
    } catch (const std::exception& exception) {
      LogException(exception);
      return ThrownAway();
    }
  }

  void Produce() {
    if (context_->IsCancelled()) return End(StreamCancelled());
    absl::StatusOr<std::optional<std::string>> next = Next();
    if (!next.ok() || !next->has_value()) return End(next.status());
    call_.AddResponseBytes((*next)->size());
    message_ =
        ToByteBuffer(std::make_shared<const std::string>(**std::move(next)));
    write_.Begin(frame_->parts_.clock->Now());
    StartWrite(&message_);
  }

  void End(const absl::Status& status) {
    LogServerFault(status);
    source_.reset();
    call_.End(status);
    {
      MutexLock lock(&mutex_);
      finished_ = true;
    }
    // Before Finish: a drain waits for calls that are not finished, and after
    // the last of them limiter and slots may be gone. What is left to send
    // takes no room.
    caller_pass_.reset();
    slot_.reset();
    pass_.reset();
    Finish(ToGrpcStatus(status));
  }

  StreamFrame* const frame_;  // Not owned; outlives every stream.
  grpc::CallbackServerContext* const context_;  // Lives until OnDone.
  RecordedCall call_;
  StreamFrame::OpenRaw open_;
  std::optional<CallGate::Pass> pass_;
  std::optional<CallerLimiter::Pass> caller_pass_;
  std::optional<StreamSlots::Slot> slot_;
  std::unique_ptr<MessageSource> source_;
  grpc::ByteBuffer message_;
  WriteTimer write_;
  Mutex mutex_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

StreamFrame::StreamFrame(const CallParts& parts, const StreamLimits& limits)
    : parts_(parts), limits_(limits), slots_(limits.slots, &TooManyStreams) {}

StreamFrame::~StreamFrame() = default;

StreamFrame::Reactor* StreamFrame::RunRaw(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    RecordedCall call, absl::StatusOr<AdmittedCaller> admitted, OpenRaw open) {
  call.AddRequestBytes(request->Length());
  auto stream = std::make_shared<PulledStream>(this, context, std::move(call),
                                               std::move(open));
  absl::StatusOr<StreamSlots::Slot> slot = TakeSlot(admitted, *request);
  const absl::Status admission = slot.status();
  const uint64_t lane = admitted.ok() ? admitted->lane : 0;
  if (slot.ok()) stream->Hold(std::move(admitted->pass), *std::move(slot));
  streams_.Keep(stream);
  stream->Start(parts_.gate->Enter(), admission, lane, request);
  return stream.get();
}

absl::StatusOr<StreamSlots::Slot> StreamFrame::TakeSlot(
    const absl::StatusOr<AdmittedCaller>& admitted,
    const grpc::ByteBuffer& request) {
  if (!admitted.ok()) return admitted.status();
  const absl::Status fits = RequireSize(request.Length(), limits_.message);
  if (!fits.ok()) return fits;
  return slots_.Take(admitted->lane);
}

void StreamFrame::CancelAll() {
  for (const auto& stream : streams_.All()) stream->Cancel();
}

void StreamFrame::CancelStalled(absl::Time time) {
  for (const auto& stream : streams_.All()) {
    if (stream->CancelIfStalled(time)) {
      parts_.counters->Count(Limit::kStreamStall);
    }
  }
}

}  // namespace annals
