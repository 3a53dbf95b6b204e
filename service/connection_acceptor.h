// Accepts connections in gRPC's stead, because gRPC 1.51 takes as many as come:
// until no file descriptor is left, and then its listener is dead for good.

#ifndef ANNALS_SERVICE_CONNECTION_ACCEPTOR_H_
#define ANNALS_SERVICE_CONNECTION_ACCEPTOR_H_

#include <sys/socket.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/server_builder.h"
#include "ledger/file_descriptor.h"
#include "ledger/mutex.h"
#include "service/connection_limits.h"
#include "service/connection_table.h"
#include "service/flood_guard.h"
#include "service/limit_counters.h"
#include "service/telemetry/library_log.h"
#include "service/telemetry/metrics.h"

namespace annals {

// Thread-safe.
class ConnectionAcceptor {
 public:
  // Listens on HOST:PORT, of which the host is an IP address and the port may
  // be 0. Of the limits the two numbers of connections count; as many
  // descriptors as they need are asked of the system, and if it grants fewer,
  // fewer connections are taken. UNAVAILABLE with reason LISTEN_FAILED if the
  // address can't be had. `counters` and `flood` are not owned and must outlive
  // this.
  static absl::StatusOr<std::unique_ptr<ConnectionAcceptor>> Listen(
      const std::string& address, const ConnectionLimits& limits,
      LimitCounters* counters, FloodGuard* flood);

  // Stops.
  ~ConnectionAcceptor();

  int port() const { return port_; }

  // Accepts for `server` from now on. Called once at most, when it has started.
  void Start(
      std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server);

  // Accepts no more. Must be called before the server shuts down: it leaks the
  // descriptors of connections that it gets afterwards.
  void Stop();

  // How many are open, and how many grew too old.
  void CollectMetrics(MetricWriter* metrics);

 private:
  ConnectionAcceptor(ledger::FileDescriptor listener,
                     ledger::FileDescriptor stop, int port,
                     const ConnectionLimits& limits, LimitCounters* counters,
                     FloodGuard* flood);
  void Run();
  // How long there may be nothing to do, in milliseconds; -1 for ever.
  int LongestWait(bool has_descriptors) const;
  // False if the system has no descriptor left.
  bool AcceptRound();
  bool Admit(int connection, const sockaddr_storage& peer);
  std::optional<Limit> HitBy(const std::string& address)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // A line of level debug, if there are not too many of them.
  void Tell(absl::string_view what, const std::string& address);

  const ledger::FileDescriptor listener_;
  const ledger::FileDescriptor stop_;  // Readable when it stops.
  const int port_;
  LimitCounters& counters_;
  FloodGuard& flood_;
  LineLimiter lines_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> server_;
  Mutex mutex_;
  ConnectionTable table_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_CONNECTION_ACCEPTOR_H_
