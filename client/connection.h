// The connection to a server.

#ifndef ANNALS_CLIENT_CONNECTION_H_
#define ANNALS_CLIENT_CONNECTION_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/retry.h"
#include "client/stop_signal.h"
#include "client/tls.h"
#include "ledger/clock.h"

namespace grpc {
class Channel;
class ClientContext;
class Status;
}  // namespace grpc

namespace annals::client {

struct Stubs;

struct ConnectionOptions {
  std::string server;  // Host and port.
  std::string actor;   // Who the caller says to be.
  RetryPolicy retry;
  TlsPems tls;
};

// Not thread-safe, except `context` and the stubs.
class Connection {
 public:
  // Connects with the first call. `clock` and `sleeper` are not owned and must
  // outlive this.
  Connection(ConnectionOptions options, ledger::Clock* clock, Sleeper* sleeper);
  ~Connection();

  // From now on a signal ends every call and every wait before a repetition:
  // the call's status is CANCELLED. Not owned; null: no longer.
  void StopOn(StopSignal* stop);

  // Calls `method` of `stub` until it is answered or must not be repeated. All
  // methods of the API are safe to repeat: those that write carry a request
  // id. Whoever calls this includes client/stubs.h.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(
      const std::unique_ptr<Stub>& stub,
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      const Request& request);

  // Calls `attempt`, which reads a whole stream in the time it is given, until
  // it succeeds or must not be repeated.
  absl::Status CallStream(
      const std::function<Attempt(absl::Duration time_left)>& attempt) {
    return CallWithRetry(options_.retry, clock_, sleeper(), attempt);
  }

  // From now on with these, on a new channel. No call may be under way.
  void Reconnect(TlsPems tls);

  // Adds the caller's identity to a call.
  void Prepare(grpc::ClientContext* context) const;

  // Waits until the server can be reached, at most so long. UNAVAILABLE if it
  // can't be.
  absl::Status WaitUntilReady(absl::Duration time);

  const Stubs& stubs() const { return *stubs_; }
  const std::string& server() const { return options_.server; }
  const RetryPolicy& retry() const { return options_.retry; }

 private:
  Sleeper* sleeper() {
    return stop_sleeper_ == nullptr ? sleeper_ : stop_sleeper_.get();
  }

  ConnectionOptions options_;
  ledger::Clock* const clock_;
  Sleeper* const sleeper_;
  StopSignal* stop_ = nullptr;
  std::unique_ptr<Sleeper> stop_sleeper_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<const Stubs> stubs_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_CONNECTION_H_
