// What every handler of a server stream does that is asked for as fast as its
// reader takes it: identify the caller, produce message after message on the
// worker pool, write one at a time, finish the call exactly once.
//
// At any time exactly one of three goes on with a stream: the thread that
// started it, a worker, or gRPC while it writes. So no lock is needed to hand a
// stream on, Finish is called once, and a slow reader holds one message.

#ifndef ANNALS_SERVICE_STREAM_FRAME_H_
#define ANNALS_SERVICE_STREAM_FRAME_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "ledger/mutex.h"
#include "service/call_frame.h"
#include "service/raw_message.h"
#include "service/recorded_call.h"
#include "service/stream_place.h"
#include "service/stream_registry.h"
#include "service/stream_slots.h"

namespace annals {

// Produces the messages of one stream. Used by one thread at a time; may block
// on storage.
class MessageSource {
 public:
  virtual ~MessageSource() = default;
  // The bytes of the next message; nullopt at the end. It should take no longer
  // than some tens of milliseconds, because a cancelled stream ends only
  // between two messages.
  virtual absl::StatusOr<std::optional<std::string>> Next() = 0;
};

// CANCELLED: the reader has gone.
absl::Status StreamCancelled();

struct StreamLimits {
  StreamSlotLimits slots;
  MessageLimits message;
};

class PulledStream;

// Thread-safe.
class StreamFrame {
 public:
  using Source = absl::StatusOr<std::unique_ptr<MessageSource>>;
  using Reactor = grpc::ServerWriteReactor<grpc::ByteBuffer>;

  StreamFrame(const CallParts& parts, const StreamLimits& limits);
  // REQUIRES: every stream is done.
  ~StreamFrame();

  // Streams what `open(request, caller)`, called on a worker's thread if the
  // caller may ask for it, gives: a Source.
  // RESOURCE_EXHAUSTED with reason TOO_MANY_STREAMS or TOO_MANY_CALLER_STREAMS
  // if there are too many; with the error as of IdentitySource::Identify as
  // soon as that gives one, at the next message.
  template <typename Request, typename Open>
  Reactor* Run(grpc::CallbackServerContext* context,
               const grpc::ByteBuffer* request, Open open) {
    static const size_t method = RecordedMethodOf(*Request::descriptor());
    static const RequestFacts facts = RequestFacts::Of(*Request::descriptor());
    RecordedCall call(parts_.recorder, method, context);
    Admission admission = parts_.admission->Admit(
        *context, CallKind::kStream, 0,
        [&call](const CallerIdentity& caller) { call.SetCaller(caller); });
    CallerIdentity caller;
    if (admission.caller.ok()) {
      caller = std::move(admission.caller->identity);
      call.Describe(facts, RawRequest(*request).bytes());
    }
    return RunRaw(context, request, std::move(call), std::move(admission),
                  [this, caller = std::move(caller),
                   open = std::move(open)](const RawRequest& raw) -> Source {
                    const absl::StatusOr<Request> parsed =
                        raw.Parse<Request>(limits_.message);
                    if (!parsed.ok()) return parsed.status();
                    const absl::Status allowed =
                        parts_.authorizer->Check(caller, *parsed);
                    if (!allowed.ok()) return allowed;
                    return open(*parsed, caller);
                  });
  }

  // Every stream is done.
  bool IsIdle() { return streams_.IsEmpty(); }

  // Cancels the streams that are left of a drain: those whose reader does not
  // read.
  void CancelAll();

  // Cancels the streams whose reader has taken nothing since `time`.
  void CancelStalled(absl::Time time);

 private:
  friend class PulledStream;
  using OpenRaw = absl::AnyInvocable<Source(const RawRequest&) &&>;

  Reactor* RunRaw(grpc::CallbackServerContext* context,
                  const grpc::ByteBuffer* request, RecordedCall call,
                  Admission admission, OpenRaw open);
  const CallParts parts_;
  const StreamLimits limits_;
  StreamSlots slots_;
  StreamRegistry<PulledStream> streams_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_STREAM_FRAME_H_
