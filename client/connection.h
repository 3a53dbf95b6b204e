// The connection to a server.

#ifndef ANNALS_CLIENT_CONNECTION_H_
#define ANNALS_CLIENT_CONNECTION_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "annals/v1/agency_service.grpc.pb.h"
#include "annals/v1/document_service.grpc.pb.h"
#include "annals/v1/erasure_service.grpc.pb.h"
#include "annals/v1/ledger_service.grpc.pb.h"
#include "annals/v1/lifecycle_service.grpc.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "annals/v1/supervision_service.grpc.pb.h"
#include "client/retry.h"
#include "client/rpc_status.h"
#include "client/stop_signal.h"
#include "client/tls.h"
#include "ledger/clock.h"

namespace annals::client {

struct ConnectionOptions {
  std::string server;  // Host and port.
  std::string actor;   // Who the caller says to be.
  RetryPolicy retry;
  TlsPems tls;
};

// Cancels a call when a signal comes, while this lives. Neither is owned;
// `stop` may be null.
class CancelOnStop {
 public:
  CancelOnStop(StopSignal* stop, grpc::ClientContext* context);
  ~CancelOnStop();
  CancelOnStop(const CancelOnStop&) = delete;
  CancelOnStop& operator=(const CancelOnStop&) = delete;

 private:
  StopSignal* const stop_;
  int callback_ = 0;
};

// Not thread-safe, except `context` and the stubs.
class Connection {
 public:
  // Connects with the first call. `clock` and `sleeper` are not owned and must
  // outlive this.
  Connection(ConnectionOptions options, ledger::Clock* clock, Sleeper* sleeper);

  // From now on a signal ends every call and every wait before a repetition:
  // the call's status is CANCELLED. Not owned; null: no longer.
  void StopOn(StopSignal* stop);

  // Calls `method` of `stub` until it is answered or must not be repeated. All
  // methods of the API are safe to repeat: those that write carry a request
  // id.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(
      Stub* stub,
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      const Request& request) {
    Response response;
    const absl::Status status = CallWithRetry(
        options_.retry, clock_, sleeper(), [&](absl::Duration time_left) {
          grpc::ClientContext context;
          context.set_deadline(std::chrono::system_clock::time_point(
              absl::ToChronoTime(clock_->Now() + time_left)));
          Prepare(&context);
          const CancelOnStop cancel(stop_, &context);
          return FromGrpcAttempt((stub->*method)(&context, request, &response),
                                 options_.server);
        });
    if (!status.ok()) return status;
    return response;
  }

  // Calls `attempt`, which reads a whole stream in the time it is given, until
  // it succeeds or must not be repeated.
  absl::Status CallStream(
      const std::function<Attempt(absl::Duration time_left)>& attempt) {
    return CallWithRetry(options_.retry, clock_, sleeper(), attempt);
  }

  // Adds the caller's identity to a call.
  void Prepare(grpc::ClientContext* context) const;

  // Waits until the server can be reached, at most so long. UNAVAILABLE if it
  // can't be.
  absl::Status WaitUntilReady(absl::Duration time);

  v1::ReportService::Stub* reports() { return reports_.get(); }
  v1::LedgerService::Stub* ledger() { return ledger_.get(); }
  v1::AgencyService::Stub* agencies() { return agencies_.get(); }
  v1::DocumentService::Stub* documents() { return documents_.get(); }
  v1::SupervisionService::Stub* supervision() { return supervision_.get(); }
  v1::ErasureService::Stub* erasures() { return erasures_.get(); }
  v1::LifecycleService::Stub* lifecycle() { return lifecycle_.get(); }
  const std::string& server() const { return options_.server; }
  const RetryPolicy& retry() const { return options_.retry; }

 private:
  Sleeper* sleeper() {
    return stop_sleeper_ == nullptr ? sleeper_ : stop_sleeper_.get();
  }

  const ConnectionOptions options_;
  ledger::Clock* const clock_;
  Sleeper* const sleeper_;
  StopSignal* stop_ = nullptr;
  std::unique_ptr<Sleeper> stop_sleeper_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::ReportService::Stub> reports_;
  const std::unique_ptr<v1::LedgerService::Stub> ledger_;
  const std::unique_ptr<v1::AgencyService::Stub> agencies_;
  const std::unique_ptr<v1::DocumentService::Stub> documents_;
  const std::unique_ptr<v1::SupervisionService::Stub> supervision_;
  const std::unique_ptr<v1::ErasureService::Stub> erasures_;
  const std::unique_ptr<v1::LifecycleService::Stub> lifecycle_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_CONNECTION_H_
