#include "service/call_frame.h"

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "service/grpc_status.h"
#include "spdlog/spdlog.h"

namespace annals {

absl::Status CallCancelled() {
  return MakeError(absl::StatusCode::kCancelled, "CANCELLED",
                   {"The caller cancelled the call, or its deadline passed, "
                    "before work on it began; nothing was done.",
                    "请求在开始处理之前已被取消或已超时，未作任何处理。"});
}

void LogException(const std::exception& exception) {
  spdlog::error("a handler threw an exception: {}", exception.what());
}

CallFrame::OpenCall CallFrame::Open(RecordedCall record,
                                    grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) const {
  OpenCall call;
  // Destroys itself when the answer has left.
  auto* const delivery = new AnswerDelivery(deliveries_, context);
  call.reactor = delivery;
  record.AddRequestBytes(request->Length());
  Responder responder(std::move(record), delivery, response);
  auto pass = gate_->Enter();
  if (!pass.ok()) {
    std::move(responder).Finish(pass.status());
    return call;
  }
  responder.Hold(*std::move(pass));
  Admission admission =
      admission_->Admit(*context, CallKind::kUnary, request->Length(),
                        [&responder](const CallerIdentity& caller) {
                          responder.call()->SetCaller(caller);
                        });
  absl::StatusOr<AdmittedCaller>& admitted = admission.caller;
  if (!admitted.ok()) {
    const Refusal refusal = {admission.lane, admitted.status(),
                             request->Length()};
    Forget(request);
    refusals_->Run(refusal, std::move(responder).FinishLater(refusal.status));
    return call;
  }
  responder.Hold(std::move(admitted->pass));
  const absl::Status fits = RequireSize(request->Length(), limits_);
  if (!fits.ok()) {
    std::move(responder).Finish(fits);
    return call;
  }
  call.caller = std::move(admitted->identity);
  call.lane = admission.lane;
  call.responder.emplace(std::move(responder));
  return call;
}

}  // namespace annals
