// What gives a ledger its entries and checkpoints: the sequencer, which records
// what is appended, or the replicator, which copies what another ledger has
// recorded. What is read is the same with either.

#ifndef ANNALS_LEDGER_RECORDER_H_
#define ANNALS_LEDGER_RECORDER_H_

#include <cstddef>

#include "absl/status/status.h"
#include "ledger/index_reader.h"
#include "ledger/ledger.h"
#include "ledger/listeners.h"
#include "ledger/publisher.h"

namespace annals::ledger {

// What a recorder works with besides LedgerParts. None is owned; all must
// outlive it.
struct RecorderPeers {
  const IndexReader* index = nullptr;
  Publisher* publisher = nullptr;
  Listeners* listeners = nullptr;
};

// Thread-safe.
class Recorder {
 public:
  virtual ~Recorder() = default;

  // As the functions of Ledger.
  virtual void Append(AppendRequest request, AppendCallback callback) = 0;
  virtual absl::Status SettleUntil(absl::Time time) = 0;
  virtual absl::Status WriteStatus() const = 0;
  virtual size_t QueueLength() const = 0;
  virtual void Stop() = 0;

  // Records nothing more if `status` tells that stored bytes are damaged:
  // DATA_LOSS of anything but an index row, which can be made again.
  virtual void StopAtDamage(const absl::Status& status) = 0;
};

// UNAVAILABLE with reason LEDGER_STOPPED, after the failure `cause`.
absl::Status RecordingStopped(const absl::Status& cause);
// The same when the ledger is shut down.
absl::Status RecordingShutDown();

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_RECORDER_H_
