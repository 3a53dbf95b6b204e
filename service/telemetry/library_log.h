// What gRPC and protobuf have to say, in the daemon's own log.
//
// By themselves they write to standard error in a form of their own, as often
// as a caller likes: protobuf a line for each string that is no UTF-8. A
// handshake that fails is said nowhere else: no call came of it that could be
// recorded. Nor is a connection that gRPC ends for a limit of its own.

#ifndef ANNALS_SERVICE_TELEMETRY_LIBRARY_LOG_H_
#define ANNALS_SERVICE_TELEMETRY_LIBRARY_LOG_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/mutex.h"

namespace annals {

// So many lines a second at most: whoever fails handshakes on purpose must not
// fill the disk. Thread-safe.
class LineLimiter {
 public:
  explicit LineLimiter(int lines_max) : lines_max_(lines_max) {}

  // How many lines were left out before this one, which may be written; -1 if
  // it may not.
  int64_t Admit(absl::Time now);

 private:
  const int lines_max_;
  Mutex mutex_;
  int64_t second_ ABSL_GUARDED_BY(mutex_) = 0;
  int lines_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t left_out_ ABSL_GUARDED_BY(mutex_) = 0;
};

// From now on for the whole process. What stops the service annalsd says
// itself, so that nothing of theirs is above a warning.
void RouteLibraryLogs();

// The TLS handshakes that failed since then.
uint64_t FailedHandshakes();

// A limit of connections that gRPC applies by itself.
struct LimitOfGrpc {
  absl::string_view reason;  // Such as "KEEPALIVE_TIMEOUT"; never changed.
  uint64_t hits = 0;         // Connections that it ended since then.
};
std::vector<LimitOfGrpc> LimitsOfGrpc();

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_LIBRARY_LOG_H_
