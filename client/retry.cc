#include "client/retry.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace annals::client {
namespace {

class SystemSleeper : public Sleeper {
 public:
  void Sleep(absl::Duration duration) override { absl::SleepFor(duration); }
};

}  // namespace

Sleeper* Sleeper::System() {
  static auto* const sleeper = new SystemSleeper;
  return sleeper;
}

absl::Duration Backoff(const RetryPolicy& policy, int attempt) {
  absl::Duration backoff = policy.backoff_initial;
  for (int i = 0; i < attempt && backoff < policy.backoff_max; ++i) {
    backoff *= 2;
  }
  return std::min(backoff, policy.backoff_max);
}

absl::Status CallWithRetry(
    const RetryPolicy& policy, ledger::Clock* clock, Sleeper* sleeper,
    const std::function<Attempt(absl::Duration time_left)>& attempt) {
  const absl::Time deadline = clock->Now() + policy.budget;
  for (int i = 0;; ++i) {
    const Attempt result = attempt(deadline - clock->Now());
    if (result.status.ok() || !result.retryable) return result.status;
    if (i + 1 >= policy.attempts_max) return result.status;
    const absl::Duration wait = std::max(
        Backoff(policy, i), result.retry_delay.value_or(absl::ZeroDuration()));
    if (clock->Now() + wait >= deadline) return result.status;
    sleeper->Sleep(wait);
  }
}

}  // namespace annals::client
