#include "service/reflection_handlers.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/grpc_status.h"
#include "service/reflection_answer.h"
#include "service/stream_frame.h"

namespace annals {
namespace {

constexpr char kMethod[] =
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

absl::Status Stalled() {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "STREAM_STALLED",
      {"Nothing was asked for so long that the stream was ended; open another "
       "when there is something to ask.",
       "长时间没有提问，数据流已被结束；需要时请另开一个。"});
}

}  // namespace

// gRPC, while it reads or writes, or a worker goes on with a stream; whoever
// looks after streams may end it at any time, so nothing is begun and nothing
// recorded but under the lock.
class ReflectionStream final
    : public grpc::ServerBidiReactor<ReflectionHandlers::Request,
                                     ReflectionHandlers::Response>,
      public std::enable_shared_from_this<ReflectionStream> {
 public:
  ReflectionStream(ReflectionHandlers* handlers,
                   grpc::CallbackServerContext* context)
      : handlers_(*handlers),
        context_(*context),
        call_(handlers->parts_.recorder, RecordedMethod(kMethod), context),
        answers_(handlers->services_),
        moved_at_(handlers->parts_.clock->Now()) {}

  // REQUIRES: called once, while nobody else knows of the stream.
  absl::Status Admit() {
    const absl::Status admitted = TakePlace();
    if (!admitted.ok()) call_.StopClock();
    return admitted;
  }

  // REQUIRES: called once, after Admit, with what it gave. Whoever looks after
  // streams may have ended it meanwhile.
  void Start(const absl::Status& admitted) {
    if (admitted.ok()) return Read();
    handlers_.parts_.refusals->Run(
        {lane_, admitted},
        [self = shared_from_this(), admitted] { self->End(admitted); });
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      return End(context_.IsCancelled() ? StreamCancelled() : absl::OkStatus());
    }
    {
      MutexLock lock(&mutex_);
      if (has_ended_) return;
      call_.AddRequestBytes(request_.ByteSizeLong());
    }
    // Whoever ends the stream meanwhile does not wait for the worker.
    handlers_.parts_.workers->Post(
        [self = shared_from_this()](const absl::Status& status) {
          status.ok() ? self->Write() : self->End(status);
        },
        lane_);
  }

  void OnWriteDone(bool ok) override { ok ? Read() : End(StreamCancelled()); }

  // Destroys this, unless somebody is calling it just now.
  void OnDone() override { handlers_.streams_.Remove(this); }

  // True if nothing has moved since `time`.
  bool EndIfStalled(absl::Time time) {
    {
      MutexLock lock(&mutex_);
      if (has_ended_ || moved_at_ > time) return false;
    }
    End(Stalled());
    return true;
  }

  void End(const absl::Status& status) {
    {
      MutexLock lock(&mutex_);
      if (std::exchange(has_ended_, true)) return;
    }
    call_.End(status);
    place_.reset();
    Finish(ToGrpcStatus(status));
  }

 private:
  absl::Status TakePlace() {
    const CallParts& parts = handlers_.parts_;
    const auto entered = parts.gate->Enter();
    if (!entered.ok()) return entered.status();
    Admission admission = parts.admission->Admit(
        context_, CallKind::kStream, 0,
        [this](const CallerIdentity& caller) { call_.SetCaller(caller); });
    lane_ = admission.lane;
    ASSIGN_OR_RETURN(
        place_, annals::TakePlace(std::move(admission), &handlers_.slots_));
    return absl::OkStatus();
  }

  void Read() {
    MutexLock lock(&mutex_);
    if (has_ended_) return;
    moved_at_ = handlers_.parts_.clock->Now();
    StartRead(&request_);
  }

  void Write() {
    response_ = answers_.Answer(request_);
    if (const absl::Status status = Identify(); !status.ok()) {
      return End(status);
    }
    MutexLock lock(&mutex_);
    if (has_ended_) return;
    call_.AddResponseBytes(response_.ByteSizeLong());
    moved_at_ = handlers_.parts_.clock->Now();
    StartWrite(&response_);
  }

  // What the connection proved may have ended since the last request.
  absl::Status Identify() {
    MutexLock lock(&mutex_);
    // Until it has ended, the context lives.
    if (has_ended_) return absl::OkStatus();
    return handlers_.parts_.identities->Identify(context_).status();
  }

  ReflectionHandlers& handlers_;
  grpc::CallbackServerContext& context_;  // Lives until OnDone.
  RecordedCall call_;
  ReflectionAnswers answers_;
  uint64_t lane_ = 0;
  std::optional<StreamPlace> place_;
  ReflectionHandlers::Request request_;
  ReflectionHandlers::Response response_;
  Mutex mutex_;
  absl::Time moved_at_ ABSL_GUARDED_BY(mutex_);
  bool has_ended_ ABSL_GUARDED_BY(mutex_) = false;
};

ReflectionHandlers::ReflectionHandlers(const CallParts& parts,
                                       const StreamSlotLimits& limits,
                                       std::vector<std::string> services)
    : parts_(parts),
      services_(std::move(services)),
      slots_(limits, &TooManyStreams) {}

ReflectionHandlers::~ReflectionHandlers() = default;

grpc::ServerBidiReactor<ReflectionHandlers::Request,
                        ReflectionHandlers::Response>*
ReflectionHandlers::ServerReflectionInfo(grpc::CallbackServerContext* context) {
  const auto stream = std::make_shared<ReflectionStream>(this, context);
  const absl::Status admitted = stream->Admit();
  streams_.Keep(stream);
  stream->Start(admitted);
  return stream.get();
}

void ReflectionHandlers::Stop() {
  for (const auto& stream : streams_.All()) stream->End(ShuttingDown());
}

void ReflectionHandlers::EndStalled(absl::Time time) {
  for (const auto& stream : streams_.All()) {
    if (stream->EndIfStalled(time)) {
      parts_.counters->Count(Limit::kStreamStall);
    }
  }
}

}  // namespace annals
