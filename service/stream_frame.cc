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

  // REQUIRES: Start, End or Refuse is called once, before anything else.

  // `request` lives until the stream is done.
  void Start(uint64_t lane, const grpc::ByteBuffer* request) {
    frame_->parts_.workers->Post(
        [this, request](const absl::Status& status) {
          if (!status.ok()) return End(status);
          const absl::Status opened = Open(RawRequest(*request));
          // It may be long, and the stream too.
          Forget(request);
          opened.ok() ? Produce() : End(opened);
        },
        lane);
  }

  void Refuse(const Refusal& refusal) {
    call_.StopClock();
    frame_->parts_.refusals->Run(
        refusal, [this, status = refusal.status] { End(status); });
  }

  void Hold(CallGate::Pass pass) { pass_ = std::move(pass); }

  // What a stream that is let in holds until it is finished.
  void Hold(StreamPlace place) { place_ = std::move(place); }

  // REQUIRES: the caller is who goes on with the stream.
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
    place_.reset();
    pass_.reset();
    Finish(ToGrpcStatus(status));
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
    // What the connection proved may have ended since the last message.
    const auto caller = frame_->parts_.identities->Identify(*context_);
    if (!caller.ok()) return End(caller.status());
    absl::StatusOr<std::optional<std::string>> next = Next();
    if (!next.ok() || !next->has_value()) return End(next.status());
    call_.AddResponseBytes((*next)->size());
    message_ =
        ToByteBuffer(std::make_shared<const std::string>(**std::move(next)));
    write_.Begin(frame_->parts_.clock->Now());
    StartWrite(&message_);
  }

  StreamFrame* const frame_;  // Not owned; outlives every stream.
  grpc::CallbackServerContext* const context_;  // Lives until OnDone.
  RecordedCall call_;
  StreamFrame::OpenRaw open_;
  std::optional<CallGate::Pass> pass_;
  std::optional<StreamPlace> place_;
  std::unique_ptr<MessageSource> source_;
  grpc::ByteBuffer message_;
  WriteTimer write_;
  Mutex mutex_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

StreamFrame::StreamFrame(const CallParts& parts, const StreamLimits& limits)
    : parts_(parts), limits_(limits), slots_(limits.slots, &TooManyStreams) {}

StreamFrame::~StreamFrame() = default;

StreamFrame::Reactor* StreamFrame::RunRaw(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          RecordedCall call,
                                          Admission admission, OpenRaw open) {
  const size_t bytes = request->Length();
  call.AddRequestBytes(bytes);
  const auto stream = std::make_shared<PulledStream>(
      this, context, std::move(call), std::move(open));
  streams_.Keep(stream);
  absl::StatusOr<CallGate::Pass> pass = parts_.gate->Enter();
  absl::Status end = pass.status();
  if (pass.ok()) stream->Hold(*std::move(pass));
  if (end.ok() && admission.caller.ok()) {
    end = RequireSize(bytes, limits_.message);
  }
  if (!end.ok()) {
    stream->End(end);
    return stream.get();
  }
  const uint64_t lane = admission.lane;
  absl::StatusOr<StreamPlace> place = TakePlace(std::move(admission), &slots_);
  if (place.ok()) {
    stream->Hold(*std::move(place));
    stream->Start(lane, request);
  } else {
    Forget(request);
    stream->Refuse({lane, place.status(), bytes});
  }
  return stream.get();
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
