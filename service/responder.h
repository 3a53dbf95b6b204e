// The duty to finish a call.

#ifndef ANNALS_SERVICE_RESPONDER_H_
#define ANNALS_SERVICE_RESPONDER_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message_lite.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "service/answer_cache.h"
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
  Responder(RecordedCall call, grpc::ServerUnaryReactor* reactor,
            grpc::ByteBuffer* response)
      : call_(std::move(call)), reactor_(reactor), response_(response) {}

  Responder(Responder&& other) noexcept
      : call_(std::move(other.call_)),
        pass_(std::move(other.pass_)),
        caller_pass_(std::move(other.caller_pass_)),
        reactor_(std::exchange(other.reactor_, nullptr)),
        response_(other.response_) {}
  Responder& operator=(Responder&&) = delete;

  ~Responder();

  // Each is given back when the call is finished.
  void Hold(CallGate::Pass pass) { pass_ = std::move(pass); }
  void Hold(CallerLimiter::Pass pass) { caller_pass_ = std::move(pass); }

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
  void Finish(std::string response) && {
    std::move(*this).Finish(absl::StatusOr<SharedBytes>(
        std::make_shared<const std::string>(std::move(response))));
  }

 private:
  RecordedCall call_;
  std::optional<CallGate::Pass> pass_;
  std::optional<CallerLimiter::Pass> caller_pass_;
  grpc::ServerUnaryReactor* reactor_;
  grpc::ByteBuffer* response_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_RESPONDER_H_
