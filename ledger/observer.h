// What an operator watches of a ledger: told as it happens, and kept by whoever
// is told.

#ifndef ANNALS_LEDGER_OBSERVER_H_
#define ANNALS_LEDGER_OBSERVER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace annals::ledger {

// A batch that was recorded, and how long its steps took.
struct RecordedBatch {
  uint64_t entries = 0;
  absl::Duration store;  // Written and synced.
  absl::Duration verify;
  absl::Duration sign;
  absl::Duration mark;  // Written and synced.
};

// Thread-safe. Must be quick, and call nothing of the ledger but what reads
// memory.
class LedgerObserver {
 public:
  virtual ~LedgerObserver() = default;

  // On the sequencer's thread, before the calls are answered.
  virtual void OnBatch(const RecordedBatch& batch) = 0;

  // A read or a write found stored bytes damaged; `status` says which.
  virtual void OnDamage(const absl::Status& status) = 0;

  // Nothing more is recorded, after a failure. May be told again.
  virtual void OnStopped() = 0;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_OBSERVER_H_
