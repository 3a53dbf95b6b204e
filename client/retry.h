// Repeating a call that may safely be repeated.

#ifndef ANNALS_CLIENT_RETRY_H_
#define ANNALS_CLIENT_RETRY_H_

#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledger/clock.h"

namespace annals::client {

// Waits. Thread-safe.
class Sleeper {
 public:
  virtual ~Sleeper() = default;
  virtual void Sleep(absl::Duration duration) = 0;

  // Really waits. Never destroyed.
  static Sleeper* System();
};

struct RetryPolicy {
  // All attempts and the waits between them.
  absl::Duration budget = absl::Seconds(30);
  int attempts_max = 5;
  absl::Duration backoff_initial = absl::Milliseconds(200);
  absl::Duration backoff_max = absl::Seconds(5);
};

// How an attempt ended.
struct Attempt {
  absl::Status status;
  // The same request may be sent again: the failure is the transport's or a
  // full queue's, not an answer to the request.
  bool retryable = false;
  // How long the server asks to wait (google.rpc.RetryInfo).
  std::optional<absl::Duration> retry_delay;
};

// Exponential backoff: initial, twice that, four times, … at most the maximum.
// `attempt` counts from 0.
absl::Duration Backoff(const RetryPolicy& policy, int attempt);

// Calls `attempt` with the time it may take until it succeeds, fails for good,
// or the next wait would exceed the budget. Returns the last status.
absl::Status CallWithRetry(
    const RetryPolicy& policy, ledger::Clock* clock, Sleeper* sleeper,
    const std::function<Attempt(absl::Duration time_left)>& attempt);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RETRY_H_
