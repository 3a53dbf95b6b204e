#include "service/responder.h"

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
  if (delivery_ == nullptr) return;
  std::move(*this).Finish(
      absl::InternalError("The server dropped the call without an answer."));
}

void Responder::Finish(absl::StatusOr<SharedBytes> response) && {
  LogServerFault(response.status());
  size_t bytes = response.ok() ? (*response)->size() : 0;
  const absl::Status charged = delivery_->Charge(bytes, is_read_);
  if (!charged.ok()) response = charged;
  const absl::Status status = response.status();
  if (status.ok()) {
    call_.AddResponseBytes(bytes);
    *response_ = ToByteBuffer(*std::move(response));
  } else {
    bytes = 0;
  }
  call_.End(status);
  // Before it is finished: a drain waits for calls that are not.
  pass_.reset();
  std::exchange(delivery_, nullptr)->Send(status, bytes);
}

absl::AnyInvocable<void() &&> Responder::FinishLater(
    const absl::Status& error) && {
  LogServerFault(error);
  call_.End(error);
  return [pass = std::move(pass_), error,
          delivery = std::exchange(delivery_, nullptr)]() mutable {
    pass.reset();
    delivery->Send(error, 0);
  };
}

}  // namespace annals
