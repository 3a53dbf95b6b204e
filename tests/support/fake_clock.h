// A clock that stands still until it is set, and salts that are a function of a
// seed.

#ifndef ANNALS_TESTS_SUPPORT_FAKE_CLOCK_H_
#define ANNALS_TESTS_SUPPORT_FAKE_CLOCK_H_

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ledger/clock.h"
#include "ledger/mutex.h"

namespace annals::ledger {

// Thread-safe.
class FakeClock : public Clock {
 public:
  explicit FakeClock(absl::Time now) : now_(now) {}

  absl::Time Now() override {
    MutexLock lock(&mutex_);
    return now_;
  }

  // It may go back.
  void Set(absl::Time now) {
    MutexLock lock(&mutex_);
    now_ = now;
  }

 private:
  Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

// Thread-safe.
class SeededRandom : public RandomSource {
 public:
  explicit SeededRandom(uint64_t seed) : seed_(seed) {}

  Salt NewSalt() override {
    MutexLock lock(&mutex_);
    return Sha256(absl::StrCat("salt ", seed_, " ", count_++));
  }

 private:
  const uint64_t seed_;
  Mutex mutex_;
  uint64_t count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_FAKE_CLOCK_H_
