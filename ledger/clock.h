// Time and randomness are parameters, so that tests decide them.

#ifndef ANNALS_LEDGER_CLOCK_H_
#define ANNALS_LEDGER_CLOCK_H_

#include "absl/time/time.h"
#include "ledger/hash.h"

namespace annals::ledger {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // The wall clock. It may go back; the ledger's times do not.
  virtual absl::Time Now() = 0;

  // The system's clock. Never destroyed.
  static Clock* System();
};

// Thread-safe.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  // 32 bytes that nobody can guess.
  virtual Salt NewSalt() = 0;

  // OpenSSL's generator. Never destroyed.
  static RandomSource* System();
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_CLOCK_H_
