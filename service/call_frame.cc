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

absl::Status MessageTooLarge(size_t size, size_t bytes_max) {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE",
      {absl::StrCat("The request has ", size, " bytes; at most ", bytes_max,
                    " are taken (--message_bytes_max)."),
       absl::StrCat("请求有 ", size, " 字节，最多接受 ", bytes_max,
                    " 字节（--message_bytes_max）。")});
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
  absl::StatusOr<AdmittedCaller> admitted = admission_->Admit(
      *context, CallKind::kUnary, [&responder](const CallerIdentity& caller) {
        responder.call()->SetCaller(caller);
      });
  if (!admitted.ok()) {
    std::move(responder).Finish(admitted.status());
    return call;
  }
  responder.Hold(std::move(admitted->pass));
  if (request->Length() > message_bytes_max_) {
    std::move(responder).Finish(
        MessageTooLarge(request->Length(), message_bytes_max_));
    return call;
  }
  call.caller = std::move(admitted->identity);
  call.lane = admitted->lane;
  call.responder.emplace(std::move(responder));
  return call;
}

}  // namespace annals
