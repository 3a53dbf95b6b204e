// The duty to finish a call.

#ifndef ANNALS_SERVICE_RESPONDER_H_
#define ANNALS_SERVICE_RESPONDER_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message_lite.h"
#include "grpcpp/support/byte_buffer.h"
#include "service/answer_cache.h"
#include "service/answer_delivery.h"
#include "service/call_gate.h"
#include "service/caller_limiter.h"
#include "service/recorded_call.h"

namespace annals {

// Logs an error that is the server's own fault: INTERNAL, UNKNOWN, DATA_LOSS.
void LogServerFault(const absl::Status& status);

// Finishes a unary call exactly once: a call that is never finished makes
// Server::Shutdown wait for ever, so a responder that is dropped finishes its
// call with INTERNAL. Not thread-safe; usable on any thread.
class Responder {
 public:
  // Neither is owned. Both live until the call is finished, and not a moment
  // longer.
  Responder(RecordedCall call, AnswerDelivery* delivery,
            grpc::ByteBuffer* response)
      : call_(std::move(call)), delivery_(delivery), response_(response) {}

  Responder(Responder&& other) noexcept
      : call_(std::move(other.call_)),
        pass_(std::move(other.pass_)),
        is_read_(other.is_read_),
        delivery_(std::exchange(other.delivery_, nullptr)),
        response_(other.response_) {}
  Responder& operator=(Responder&&) = delete;

  ~Responder();

  // Given back when the call is finished; and when its answer has left.
  void Hold(CallGate::Pass pass) { pass_ = std::move(pass); }
  void Hold(CallerLimiter::Pass pass) { delivery_->Hold(std::move(pass)); }

  // The call changes nothing, so its answer may still be refused, if the caller
  // does not take those that it has.
  void AnswersRead() { is_read_ = true; }

  // What the call's record will tell.
  RecordedCall* call() { return &call_; }

  // Answers with the bytes of a message.
  void Finish(absl::StatusOr<SharedBytes> response) &&;
  void Finish(absl::StatusOr<std::string> response) && {
    if (!response.ok()) return std::move(*this).Finish(response.status());
    std::move(*this).Finish(*std::move(response));
  }

  // The same with a message.
  template <typename Message>
  void Finish(const absl::StatusOr<Message>& response) && {
    if (!response.ok()) return std::move(*this).Finish(response.status());
    std::move(*this).Finish(response->SerializeAsString());
  }

  void Finish(const absl::Status& error) && {
    std::move(*this).Finish(absl::StatusOr<SharedBytes>(error));
  }
  // Ends the call's record with the error now, and returns what finishes the
  // call with it. REQUIRES: that is called, once.
  absl::AnyInvocable<void() &&> FinishLater(const absl::Status& error) &&;

  void Finish(std::string response) && {
    std::move(*this).Finish(absl::StatusOr<SharedBytes>(
        std::make_shared<const std::string>(std::move(response))));
  }

 private:
  RecordedCall call_;
  std::optional<CallGate::Pass> pass_;
  bool is_read_ = false;
  AnswerDelivery* delivery_;
  grpc::ByteBuffer* response_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_RESPONDER_H_
