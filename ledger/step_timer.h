// How long the steps of a piece of work take.

#ifndef ANNALS_LEDGER_STEP_TIMER_H_
#define ANNALS_LEDGER_STEP_TIMER_H_

#include <chrono>
#include <utility>

#include "absl/time/time.h"

namespace annals::ledger {

class StepTimer {
 public:
  // The time since it was made or last asked.
  absl::Duration Lap() {
    const auto now = std::chrono::steady_clock::now();
    return absl::FromChrono(now - std::exchange(last_, now));
  }

 private:
  std::chrono::steady_clock::time_point last_ =
      std::chrono::steady_clock::now();
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_STEP_TIMER_H_
