// When a ledger has been silent for too long.

#ifndef ANNALS_CLIENT_MONITOR_SILENCE_TIMER_H_
#define ANNALS_CLIENT_MONITOR_SILENCE_TIMER_H_

#include "absl/time/time.h"

namespace annals::client {

// Each silence is reported once.
class SilenceTimer {
 public:
  // InfiniteDuration: a ledger may be silent for ever.
  SilenceTimer(absl::Duration limit, absl::Time heard)
      : limit_(limit), heard_(heard) {}

  // The ledger has grown.
  void Heard(absl::Time now) {
    heard_ = now;
    reported_ = false;
  }

  absl::Time heard() const { return heard_; }

  // When the silence is to be reported; InfiniteFuture if it was.
  absl::Time Due() const {
    return reported_ ? absl::InfiniteFuture() : heard_ + limit_;
  }

  // True if the silence is to be reported now, which it then is.
  bool TakeDue(absl::Time now) {
    if (now < Due()) return false;
    reported_ = true;
    return true;
  }

 private:
  const absl::Duration limit_;
  absl::Time heard_;
  bool reported_ = false;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_MONITOR_SILENCE_TIMER_H_
