// Cuts off connections that take what no handler knows of, so that no limit of
// a caller bounds it: calls that are begun and given up, faster than anybody
// has reason to, or than gRPC can end them; and requests that do not come
// whole.
//
// HTTP/2 lets a client begin calls and reset them at once. None is under way
// long enough to count as such, most never come to a handler, and each costs
// the server more than the client (CVE-2023-44487); gRPC 1.51 has no guard
// against it. It counts the streams of each connection, though: those that
// ended without an answer, and those that it has not let go of, of which there
// can't be more than the client was told it may have, unless it resets them.
//
// gRPC keeps requests until they are whole, up to its memory for all
// connections, and then whoever comes is turned away (see incomplete_bytes.h).

#ifndef ANNALS_SERVICE_FLOOD_GUARD_H_
#define ANNALS_SERVICE_FLOOD_GUARD_H_

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "ledger/clock.h"
#include "service/connection_limits.h"
#include "service/incomplete_bytes.h"
#include "service/limit_counters.h"
#include "service/stream_counts.h"
#include "service/telemetry/handled_calls.h"
#include "service/telemetry/library_log.h"

namespace annals {

// Not thread-safe.
class FloodGuard {
 public:
  // How often Look is to be called, at least.
  static constexpr absl::Duration kLookInterval = absl::Milliseconds(250);

  // None is owned; all must outlive this.
  FloodGuard(const ConnectionLimits& limits, StreamCounts* counts,
             HandledCalls* handled, ledger::Clock* clock,
             LimitCounters* counters);

  bool is_on() const { return limits_.are_guarded(); }

  // A connection was accepted. REQUIRES: `fd` is its open socket, which gRPC
  // will own.
  void Add(int fd, const sockaddr_storage& peer);

  // Whether connections from the address (see peer_address.h) are to wait.
  bool IsPaused(const std::string& address);

  // Cuts off those whose calls were given up too often since it looked last, or
  // are too many, and those that hold too much that is not whole.
  void Look();

 private:
  struct Connection {
    // Of the socket: gRPC does not say when it closes one.
    uint64_t inode = 0;
    std::string name;  // As PeerName.
    std::string address;
    uint64_t received = 0;  // In bytes.
    HandledCalls::Connection handled;
    // Calls of the one that had the name before may count as its own.
    bool has_name_of_another = false;
    IncompleteBytes incomplete;
    uint64_t given_up = 0;
    double tokens = 0;
    absl::Time looked_at;

    IncompleteBytes::Sums sums() const {
      return {received, handled->begun, handled->bytes};
    }
  };
  using Connections = absl::flat_hash_map<int, Connection>;

  // Those to ask gRPC about; forgets those that are gone.
  std::vector<int> Suspects();
  // Whether it received as much since the last look as a flood takes.
  bool IsBusy(uint64_t received_before, uint64_t received) const;
  bool MayHold(const Connection& connection) const;
  void Forget(Connections::iterator connection);
  void Judge(Connections::iterator connection, const StreamCount* count);
  bool IsFlood(const StreamCount& count, Connection* connection);
  // That did not come to handlers, or no fewer.
  static uint64_t UnknownStreams(const StreamCount& count,
                                 const Connection& connection);
  // Connections that hold requests that are not whole.
  struct Holders {
    uint64_t held = 0;  // In bytes, all together.
    // Of the address that holds most, the connection that does.
    Connections::iterator greediest;
  };

  // Cuts off those that hold more than one may, and then the greediest until
  // all together hold no more than they may: those who have proved who they are
  // as long only as the others hold no more than half.
  void BoundIncomplete();
  // `proved`: those whose callers have proved who they are, or the others.
  Holders FindHolders(bool proved);
  void CutOff(Connections::iterator connection, Limit limit);

  const ConnectionLimits limits_;
  StreamCounts& counts_;
  HandledCalls& handled_;
  ledger::Clock& clock_;
  LimitCounters& counters_;
  LineLimiter lines_;
  // By descriptor.
  Connections connections_;
  int looks_ = 0;
  absl::flat_hash_map<std::string, absl::Time> paused_until_;
  // Names of connections that were forgotten a moment ago.
  absl::flat_hash_map<std::string, absl::Time> recent_until_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_FLOOD_GUARD_H_
