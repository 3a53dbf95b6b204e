#include "service/responder.h"

#include "service/grpc_status.h"
#include "service/raw_message.h"
#include "spdlog/spdlog.h"

namespace annals {

void LogServerFault(const absl::Status& status) {
  if (absl::IsInternal(status) || absl::IsUnknown(status) ||
      absl::IsDataLoss(status)) {
    spdlog::error("a call failed: {}", std::string(status.message()));
  }
}

Responder::~Responder() {
  if (reactor_ == nullptr) return;
  std::move(*this).Finish(
      absl::InternalError("The server dropped the call without an answer."));
}

void Responder::Finish(absl::StatusOr<SharedBytes> response) && {
  const absl::Status status = response.status();
  LogServerFault(status);
  if (status.ok()) {
    call_.AddResponseBytes((*response)->size());
    *response_ = ToByteBuffer(*std::move(response));
  }
  call_.End(status);
  // Before Finish: after the last call is finished, gate and limiter may be
  // gone.
  caller_pass_.reset();
  pass_.reset();
  std::exchange(reactor_, nullptr)->Finish(ToGrpcStatus(status));
}

}  // namespace annals
