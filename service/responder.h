// The duty to finish a call.

#ifndef ANNALS_SERVICE_RESPONDER_H_
#define ANNALS_SERVICE_RESPONDER_H_

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/support/server_callback.h"
#include "service/call_gate.h"
#include "service/grpc_status.h"

namespace annals {

// Logs an error that is the server's own fault: INTERNAL, UNKNOWN, DATA_LOSS.
void LogServerFault(const absl::Status& status);

// Finishes a unary call exactly once: a call that is never finished makes
// Server::Shutdown wait for ever, so a responder that is dropped finishes its
// call with INTERNAL. Not thread-safe; usable on any thread.
template <typename Response>
class Responder {
 public:
  // Neither is owned. Both live until the call is finished, and not a moment
  // longer.
  Responder(CallGate::Pass pass, grpc::ServerUnaryReactor* reactor,
            Response* response)
      : pass_(std::move(pass)), reactor_(reactor), response_(response) {}

  Responder(Responder&& other) noexcept
      : pass_(std::move(other.pass_)),
        reactor_(std::exchange(other.reactor_, nullptr)),
        response_(other.response_) {}
  Responder& operator=(Responder&&) = delete;

  ~Responder() {
    if (reactor_ == nullptr) return;
    std::move(*this).Finish(
        absl::InternalError("The server dropped the call without an answer."));
  }

  void Finish(absl::StatusOr<Response> result) && {
    const absl::Status status = result.status();
    LogServerFault(status);
    if (status.ok()) *response_ = *std::move(result);
    // Before Finish: after the last call is finished, the gate may be gone.
    pass_.reset();
    std::exchange(reactor_, nullptr)->Finish(ToGrpcStatus(status));
  }

 private:
  std::optional<CallGate::Pass> pass_;
  grpc::ServerUnaryReactor* reactor_;
  Response* response_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_RESPONDER_H_
