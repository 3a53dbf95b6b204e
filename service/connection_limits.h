// How many connections there may be, and what one may do. Zero, of what may be
// zero, is no limit.

#ifndef ANNALS_SERVICE_CONNECTION_LIMITS_H_
#define ANNALS_SERVICE_CONNECTION_LIMITS_H_

#include <cstdint>

#include "absl/time/time.h"

namespace annals {

struct ConnectionLimits {
  // Whether flood_guard.h has anything to do.
  bool are_guarded() const {
    return resets_per_second > 0 || incomplete_bytes_max > 0;
  }

  // Where callers can be told apart.
  static constexpr int kUsualResetsPerSecond = 1000;
  static constexpr int64_t kUsualIncompleteBytes = int64_t{256} << 20;

  int connections_max = 4096;
  // From one address (see peer_address.h). Many agencies may come through one.
  int address_connections_max = 2048;
  // Calls under way on one connection.
  int calls_max = 1000;
  // Calls of a connection a second that end without an answer, reset by their
  // caller or out of time (see flood_guard.h).
  int resets_per_second = 0;
  // Bytes of requests that are not whole, of all connections; a quarter, of
  // one.
  int64_t incomplete_bytes_max = 0;
  // How long nobody is let in from the address of a connection that was cut off
  // for more than these two.
  absl::Duration cut_off_pause = absl::Seconds(10);
  // Names and values of a call's metadata together.
  int metadata_bytes_max = 8192;
  // A connection is asked to go when it is so old, or has had no call for so
  // long; what is under way has the grace to end.
  absl::Duration age_max = absl::Hours(24);
  absl::Duration age_grace = absl::Minutes(10);
  absl::Duration idle_max = absl::Minutes(30);
  // How long the handshakes of TLS and HTTP/2 may take together.
  absl::Duration handshake_timeout = absl::Seconds(10);
  // A connection that has been silent so long is asked for a sign of life, and
  // closed if none comes in time.
  absl::Duration keepalive_time = absl::Minutes(2);
  absl::Duration keepalive_timeout = absl::Seconds(20);
  // Who pings more often is told to calm down (GOAWAY).
  absl::Duration ping_interval_min = absl::Seconds(10);
};

}  // namespace annals

#endif  // ANNALS_SERVICE_CONNECTION_LIMITS_H_
