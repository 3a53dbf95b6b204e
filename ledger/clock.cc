#include "ledger/clock.h"

#include <memory>

#include "absl/time/clock.h"
#include "ledger/check.h"
#include "openssl/rand.h"

namespace annals::ledger {
namespace {

class SystemClock : public Clock {
 public:
  absl::Time Now() override { return absl::Now(); }
};

class SystemRandomSource : public RandomSource {
 public:
  // A salt that could be guessed would betray erased content, so without
  // randomness the process stops.
  Salt NewSalt() override {
    Salt salt;
    ANNALS_CHECK(RAND_bytes(salt.data(), salt.size()) == 1);
    return salt;
  }
};

}  // namespace

// Released, so that they outlive every other object that is destroyed at exit.
Clock* Clock::System() {
  static Clock* const clock = std::make_unique<SystemClock>().release();
  return clock;
}

RandomSource* RandomSource::System() {
  static RandomSource* const source =
      std::make_unique<SystemRandomSource>().release();
  return source;
}

}  // namespace annals::ledger
