// What every unary handler does around its one domain call: identify the
// caller, queue the work, finish the call exactly once.

#ifndef ANNALS_SERVICE_CALL_FRAME_H_
#define ANNALS_SERVICE_CALL_FRAME_H_

#include <cstddef>
#include <exception>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "ledger/check.h"
#include "service/authorizer.h"
#include "service/call_gate.h"
#include "service/grpc_status.h"
#include "service/identity.h"
#include "service/identity_source.h"
#include "service/raw_message.h"
#include "service/recorded_call.h"
#include "service/responder.h"
#include "service/worker_pool.h"

namespace annals {

// The answer to a call whose caller is gone or has stopped waiting.
absl::Status CallCancelled();
// Logs an exception that came out of a handler. Nothing of ours throws; memory
// may run out.
void LogException(const std::exception& exception);

// RESOURCE_EXHAUSTED with reason MESSAGE_TOO_LARGE.
absl::Status MessageTooLarge(size_t size, size_t bytes_max);

// What calls work with. None is owned; all must outlive every call.
struct CallParts {
  CallGate* gate = nullptr;
  WorkerPool* workers = nullptr;
  const IdentitySource* identities = nullptr;
  const Authorizer* authorizer = nullptr;
  CallRecorder* recorder = nullptr;
};

// Thread-safe.
class CallFrame {
 public:
  // `message_bytes_max`: the longest request.
  CallFrame(const CallParts& parts, size_t message_bytes_max)
      : gate_(parts.gate),
        workers_(parts.workers),
        identities_(parts.identities),
        authorizer_(parts.authorizer),
        recorder_(parts.recorder),
        message_bytes_max_(message_bytes_max) {}

  // Who calls; for handlers that need no worker.
  absl::StatusOr<CallerIdentity> Identify(
      const grpc::CallbackServerContext& context) const {
    return identities_->Identify(context);
  }

  // For handlers that begin their calls themselves.
  CallRecorder* recorder() const { return recorder_; }

  // Whether the caller may ask for that; for handlers that have workers of
  // their own. Blocks on storage.
  absl::Status Authorize(const grpc::CallbackServerContext& context,
                         const google::protobuf::Message& request) const {
    const absl::StatusOr<CallerIdentity> caller = Identify(context);
    return caller.ok() ? authorizer_->Check(*caller, request) : caller.status();
  }

  // Answers with `answer(request)` at once; for what blocks on nothing, nor is
  // about any agency.
  // `answer` gives an absl::StatusOr of a message or of its bytes.
  template <typename Request, typename Answer>
  grpc::ServerUnaryReactor* RunInline(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response,
                                      Answer answer) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    Responder responder = Begin<Request>(*context, *request, response, reactor);
    const absl::StatusOr<CallerIdentity> caller =
        Admit(*context, *request, &responder);
    if (!caller.ok()) {
      std::move(responder).Finish(caller.status());
      return reactor;
    }
    const RawRequest raw(*request);
    Describe<Request>(raw, &responder);
    const auto allowed = Authorizer::CheckRole(*caller, *Request::descriptor());
    ANNALS_CHECK(allowed.has_value());
    if (!allowed->ok()) {
      std::move(responder).Finish(*allowed);
      return reactor;
    }
    const absl::StatusOr<Request> parsed = raw.Parse<Request>();
    if (parsed.ok()) {
      std::move(responder).Finish(answer(*parsed));
    } else {
      std::move(responder).Finish(parsed.status());
    }
    return reactor;
  }

  // Answers with `peek(request)` at once, if it has an answer (a SharedBytes
  // that is not null); else with `answer(request)` on a worker's thread. `peek`
  // blocks on nothing.
  template <typename Request, typename Peek, typename Answer>
  grpc::ServerUnaryReactor* RunPeek(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response, Peek peek,
                                    Answer answer) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    Responder responder = Begin<Request>(*context, *request, response, reactor);
    absl::StatusOr<CallerIdentity> caller =
        Admit(*context, *request, &responder);
    if (!caller.ok()) {
      std::move(responder).Finish(caller.status());
      return reactor;
    }
    SharedBytes peeked;
    if (Authorizer::CheckRole(*caller, *Request::descriptor()) ==
        absl::OkStatus()) {
      const RawRequest raw(*request);
      const absl::StatusOr<Request> parsed = raw.Parse<Request>();
      if (parsed.ok()) peeked = peek(*parsed);
      if (peeked != nullptr) Describe<Request>(raw, &responder);
    }
    if (peeked != nullptr) {
      std::move(responder).Finish(
          absl::StatusOr<SharedBytes>(std::move(peeked)));
      return reactor;
    }
    Queue<Request>(
        context, request, *std::move(caller), std::move(responder),
        Parsed<Request>([answer = std::move(answer)](
                            const CallerIdentity&, const Request& asked,
                            Responder responder) mutable {
          std::move(responder).Finish(answer(asked));
        }));
    return reactor;
  }

  // The same on a worker's thread.
  template <typename Request, typename Answer>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request,
                                grpc::ByteBuffer* response, Answer answer) {
    return RunAsync<Request>(context, request, response,
                             [answer = std::move(answer)](
                                 const CallerIdentity&, const Request& asked,
                                 Responder responder) mutable {
                               std::move(responder).Finish(answer(asked));
                             });
  }

  // Calls `start(caller, request, responder)` on a worker's thread; whoever
  // holds the responder at the end finishes the call.
  template <typename Request, typename Start>
  grpc::ServerUnaryReactor* RunAsync(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response, Start start) {
    return RunOnWorker<Request>(context, request, response,
                                Parsed<Request>(std::move(start)));
  }

  // The same with the request as bytes, a RawRequest.
  template <typename Request, typename Start>
  grpc::ServerUnaryReactor* RunRaw(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response, Start start) {
    return RunOnWorker<Request>(
        context, request, response,
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
  template <typename Request>
  Responder Begin(const grpc::CallbackServerContext& context,
                  const grpc::ByteBuffer& request, grpc::ByteBuffer* response,
                  grpc::ServerUnaryReactor* reactor) const {
    static const size_t method = RecordedMethodOf(*Request::descriptor());
    RecordedCall call(recorder_, method, &context);
    call.AddRequestBytes(request.Length());
    return Responder(std::move(call), reactor, response);
  }

  template <typename Request>
  static void Describe(const RawRequest& raw, Responder* responder) {
    static const RequestFacts facts = RequestFacts::Of(*Request::descriptor());
    responder->call()->Describe(facts, raw.bytes());
  }

  // Calls `start` with the request parsed, if the caller may ask for it.
  template <typename Request, typename Start>
  auto Parsed(Start start) const {
    return [this, start = std::move(start)](const CallerIdentity& caller,
                                            const RawRequest& raw,
                                            Responder responder) mutable {
      const absl::StatusOr<Request> parsed = raw.Parse<Request>();
      absl::Status status = parsed.status();
      if (status.ok()) status = authorizer_->Check(caller, *parsed);
      if (!status.ok()) return std::move(responder).Finish(status);
      start(caller, *parsed, std::move(responder));
    };
  }

  template <typename Request, typename Start>
  grpc::ServerUnaryReactor* RunOnWorker(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response,
                                        Start start) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    Responder responder = Begin<Request>(*context, *request, response, reactor);
    absl::StatusOr<CallerIdentity> caller =
        Admit(*context, *request, &responder);
    if (!caller.ok()) {
      std::move(responder).Finish(caller.status());
      return reactor;
    }
    Queue<Request>(context, request, *std::move(caller), std::move(responder),
                   std::move(start));
    return reactor;
  }

  template <typename Request, typename Start>
  void Queue(grpc::CallbackServerContext* context,
             const grpc::ByteBuffer* request, CallerIdentity caller,
             Responder responder, Start start) {
    workers_->Post(
        [context, request, start = std::move(start), caller = std::move(caller),
         responder = std::move(responder)](const absl::Status& status) mutable {
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
        });
  }

  // Who calls, if the call may come in.
  absl::StatusOr<CallerIdentity> Admit(
      const grpc::CallbackServerContext& context,
      const grpc::ByteBuffer& request, Responder* responder) const {
    absl::StatusOr<CallGate::Pass> pass = gate_->Enter();
    if (!pass.ok()) return pass.status();
    responder->SetPass(*std::move(pass));
    if (request.Length() > message_bytes_max_) {
      return MessageTooLarge(request.Length(), message_bytes_max_);
    }
    absl::StatusOr<CallerIdentity> caller = Identify(context);
    if (caller.ok()) responder->call()->SetCaller(*caller);
    return caller;
  }

  CallGate* const gate_;
  WorkerPool* const workers_;
  const IdentitySource* const identities_;
  const Authorizer* const authorizer_;
  CallRecorder* const recorder_;
  const size_t message_bytes_max_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_CALL_FRAME_H_
