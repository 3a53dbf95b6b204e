// Opens what the store and the mark hold, or refuses.

#ifndef ANNALS_LEDGER_RECOVERY_H_
#define ANNALS_LEDGER_RECOVERY_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/ledger.h"
#include "ledger/publisher.h"
#include "ledger/replica.h"
#include "ledger/right_edge.h"
#include "ledger/store.h"

namespace annals::ledger {

// Whether a store of so many entries holds all that the mark says was
// published; what it says is not verified. False if the mark can't be read, or
// is damaged and the store is not ahead of it. Without a mark, only the empty
// store does.
bool HoldsAllPublished(uint64_t entries, PublishedMark* mark);

// Where the ledger goes on.
struct RecoveredState {
  StoreHead head;
  RightEdge edge;  // Of the tree of head.size leaves.
  absl::Time last_recorded_at = absl::InfinitePast();
};

// As Ledger::Open says. Afterwards the publisher shows the checkpoint of all
// that the store holds. O(log n) reads, but for what is not under the mark yet
// and for indexes that must be rebuilt.
absl::StatusOr<RecoveredState> Recover(const LedgerOptions& options,
                                       const LedgerParts& parts,
                                       Publisher* publisher);

// Where a replica goes on. What it has stored may be more than it shows.
struct RecoveredReplica {
  RecoveredState state;
  // nullopt if no checkpoint was taken over yet; the publisher then shows none.
  std::optional<uint64_t> published_size;
};

// As OpenReplica says. Signs nothing: the publisher shows the checkpoint of the
// mark.
absl::StatusOr<RecoveredReplica> RecoverReplica(const ReplicaOptions& options,
                                                const LedgerParts& parts,
                                                Publisher* publisher);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_RECOVERY_H_
