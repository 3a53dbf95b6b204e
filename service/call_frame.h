// What every unary handler does around its one domain call: identify the
// caller, queue the work, finish the call exactly once.

#ifndef ANNALS_SERVICE_CALL_FRAME_H_
#define ANNALS_SERVICE_CALL_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "ledger/check.h"
#include "ledger/clock.h"
#include "service/answer_delivery.h"
#include "service/authorizer.h"
#include "service/call_admission.h"
#include "service/call_gate.h"
#include "service/identity.h"
#include "service/identity_source.h"
#include "service/limit_counters.h"
#include "service/raw_message.h"
#include "service/recorded_call.h"
#include "service/refusal_hold.h"
#include "service/responder.h"
#include "service/worker_pool.h"

namespace annals {

// The answer to a call whose caller is gone or has stopped waiting.
absl::Status CallCancelled();
// Logs an exception that came out of a handler. Nothing of ours throws; memory
// may run out.
void LogException(const std::exception& exception);

// What calls work with. None is owned; all must outlive every call.
struct CallParts {
  CallGate* gate = nullptr;
  WorkerPool* workers = nullptr;
  const IdentitySource* identities = nullptr;
  const CallAdmission* admission = nullptr;
  const Authorizer* authorizer = nullptr;
  LimitCounters* counters = nullptr;
  ledger::Clock* clock = nullptr;
  CallRecorder* recorder = nullptr;
  AnswerDeliveries* deliveries = nullptr;
  RefusalHold* refusals = nullptr;
};

// Thread-safe.
class CallFrame {
 public:
  // `limits`: of a request.
  CallFrame(const CallParts& parts, const MessageLimits& limits)
      : gate_(parts.gate),
        workers_(parts.workers),
        identities_(parts.identities),
        admission_(parts.admission),
        authorizer_(parts.authorizer),
        recorder_(parts.recorder),
        deliveries_(parts.deliveries),
        refusals_(parts.refusals),
        limits_(limits) {}

  // As CallAdmission::Admit, of a stream; for handlers that have workers of
  // their own.
  Admission AdmitStream(const grpc::CallbackServerContext& context,
                        RecordedCall* record) const {
    return admission_->Admit(
        context, CallKind::kStream, 0,
        [record](const CallerIdentity& caller) { record->SetCaller(caller); });
  }

  // For handlers that begin their calls themselves.
  CallRecorder* recorder() const { return recorder_; }
  const MessageLimits& limits() const { return limits_; }

  // How much the caller sees of what it asks for; for handlers that have
  // workers of their own. Blocks on storage.
  absl::StatusOr<View> ViewFor(const grpc::CallbackServerContext& context,
                               const google::protobuf::Message& request) const {
    const absl::StatusOr<CallerIdentity> caller =
        identities_->Identify(context);
    if (!caller.ok()) return caller.status();
    return authorizer_->ViewFor(*caller, request);
  }

  // Answers with `answer(request)` at once; for what blocks on nothing, nor is
  // about any agency.
  // `answer` gives an absl::StatusOr of a message or of its bytes.
  template <typename Request, typename Answer>
  grpc::ServerUnaryReactor* RunInline(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response,
                                      Answer answer) {
    OpenCall call = Open<Request>(context, request, response);
    if (!call.responder.has_value()) return call.reactor;
    Responder responder = *std::move(call.responder);
    responder.AnswersRead();
    const RawRequest raw(*request);
    Describe<Request>(raw, &responder);
    const auto allowed =
        Authorizer::CheckRole(call.caller, *Request::descriptor());
    ANNALS_CHECK(allowed.has_value());
    if (!allowed->ok()) {
      std::move(responder).Finish(*allowed);
      return call.reactor;
    }
    const absl::StatusOr<Request> parsed = raw.Parse<Request>(limits_);
    if (parsed.ok()) {
      std::move(responder).Finish(answer(*parsed));
    } else {
      std::move(responder).Finish(parsed.status());
    }
    return call.reactor;
  }

  // Answers with `peek(request)` at once, if the caller sees all and it has an
  // answer (a SharedBytes that is not null); else as RunView. `peek` blocks on
  // nothing.
  template <typename Request, typename Peek, typename Answer>
  grpc::ServerUnaryReactor* RunPeek(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response, Peek peek,
                                    Answer answer) {
    OpenCall call = Open<Request>(context, request, response);
    if (!call.responder.has_value()) return call.reactor;
    SharedBytes peeked;
    if (Authorizer::CheckRole(call.caller, *Request::descriptor()) ==
        absl::OkStatus()) {
      const RawRequest raw(*request);
      const absl::StatusOr<Request> parsed = raw.Parse<Request>(limits_);
      if (parsed.ok()) peeked = peek(*parsed);
      if (peeked != nullptr) Describe<Request>(raw, &*call.responder);
    }
    if (peeked == nullptr) {
      return WorkOn<Request>(std::move(call), context, request,
                             Viewing<Request>(std::move(answer)));
    }
    call.responder->AnswersRead();
    std::move(*call.responder)
        .Finish(absl::StatusOr<SharedBytes>(std::move(peeked)));
    return call.reactor;
  }

  // Answers with `answer(request, view)` on a worker's thread.
  template <typename Request, typename Answer>
  grpc::ServerUnaryReactor* RunView(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response, Answer answer) {
    return WorkOn<Request>(Open<Request>(context, request, response), context,
                           request, Viewing<Request>(std::move(answer)));
  }

  // Answers with `answer(request)` on a worker's thread, if the caller sees
  // all.
  template <typename Request, typename Answer>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request,
                                grpc::ByteBuffer* response, Answer answer) {
    return RunAsync<Request>(context, request, response,
                             Answering<Request>(std::move(answer)));
  }

  // Calls `start(caller, request, responder)` on a worker's thread, if the
  // caller sees all; whoever holds the responder at the end finishes the call.
  template <typename Request, typename Start>
  grpc::ServerUnaryReactor* RunAsync(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response, Start start) {
    return WorkOn<Request>(Open<Request>(context, request, response), context,
                           request, Parsing<Request>(std::move(start)));
  }

  // The same with the request as bytes, a RawRequest.
  template <typename Request, typename Start>
  grpc::ServerUnaryReactor* RunRaw(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response, Start start) {
    return WorkOn<Request>(
        Open<Request>(context, request, response), context, request,
        [this, start = std::move(start)](const CallerIdentity& caller,
                                         const RawRequest& raw,
                                         Responder responder) mutable {
          const absl::Status status = authorizer_->CheckBytes(
              caller, *Request::descriptor(), raw.bytes());
          if (!status.ok()) return std::move(responder).Finish(status);
          start(caller, raw, std::move(responder));
        });
  }

 private:
  // A call whose caller was let in; without a responder it was not, and is
  // finished.
  struct OpenCall {
    grpc::ServerUnaryReactor* reactor = nullptr;
    std::optional<Responder> responder;
    CallerIdentity caller;
    uint64_t lane = 0;
  };
  OpenCall Open(RecordedCall record, grpc::CallbackServerContext* context,
                const grpc::ByteBuffer* request,
                grpc::ByteBuffer* response) const;

  template <typename Request>
  OpenCall Open(grpc::CallbackServerContext* context,
                const grpc::ByteBuffer* request,
                grpc::ByteBuffer* response) const {
    static const size_t method = RecordedMethodOf(*Request::descriptor());
    return Open(RecordedCall(recorder_, method, context), context, request,
                response);
  }

  template <typename Request>
  static void Describe(const RawRequest& raw, Responder* responder) {
    static const RequestFacts facts = RequestFacts::Of(*Request::descriptor());
    responder->call()->Describe(facts, raw.bytes());
  }

  template <typename Request, typename Answer>
  static auto Answering(Answer answer) {
    return [answer = std::move(answer)](const CallerIdentity&,
                                        const Request& asked,
                                        Responder responder) mutable {
      responder.AnswersRead();
      std::move(responder).Finish(answer(asked));
    };
  }

  template <typename Request, typename Answer>
  auto Viewing(Answer answer) const {
    return [this, answer = std::move(answer)](const CallerIdentity& caller,
                                              const RawRequest& raw,
                                              Responder responder) mutable {
      const absl::StatusOr<Request> parsed = raw.Parse<Request>(limits_);
      if (!parsed.ok()) return std::move(responder).Finish(parsed.status());
      const absl::StatusOr<View> view = authorizer_->ViewFor(caller, *parsed);
      if (!view.ok()) return std::move(responder).Finish(view.status());
      responder.AnswersRead();
      std::move(responder).Finish(answer(*parsed, *view));
    };
  }

  template <typename Request, typename Start>
  auto Parsing(Start start) const {
    return [this, start = std::move(start)](const CallerIdentity& caller,
                                            const RawRequest& raw,
                                            Responder responder) mutable {
      const absl::StatusOr<Request> parsed = raw.Parse<Request>(limits_);
      absl::Status status = parsed.status();
      if (status.ok()) status = authorizer_->Check(caller, *parsed);
      if (!status.ok()) return std::move(responder).Finish(status);
      start(caller, *parsed, std::move(responder));
    };
  }

  template <typename Request, typename Start>
  grpc::ServerUnaryReactor* WorkOn(OpenCall call,
                                   grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   Start start) const {
    if (!call.responder.has_value()) return call.reactor;
    workers_->Post(
        [context, request, start = std::move(start),
         caller = std::move(call.caller),
         responder =
             *std::move(call.responder)](const absl::Status& status) mutable {
          if (!status.ok()) return std::move(responder).Finish(status);
          if (context->IsCancelled()) {
            return std::move(responder).Finish(CallCancelled());
          }
          try {
            const RawRequest raw(*request);
            Describe<Request>(raw, &responder);
            start(caller, raw, std::move(responder));
          } catch (const std::exception& exception) {
            // The responder, dropped on the way here, has finished the call.
            LogException(exception);
          }
        },
        call.lane);
    return call.reactor;
  }

  CallGate* const gate_;
  WorkerPool* const workers_;
  const IdentitySource* const identities_;
  const CallAdmission* const admission_;
  const Authorizer* const authorizer_;
  CallRecorder* const recorder_;
  AnswerDeliveries* const deliveries_;
  RefusalHold* const refusals_;
  const MessageLimits limits_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_CALL_FRAME_H_
