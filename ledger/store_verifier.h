// Compares what the store holds with what it ought to hold, from the bytes of
// its leaves. The sequencer does so before each signature and the recovery at
// each start, with this one function.

#ifndef ANNALS_LEDGER_STORE_VERIFIER_H_
#define ANNALS_LEDGER_STORE_VERIFIER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "ledger/right_edge.h"
#include "ledger/store.h"

namespace annals::ledger {

// Reads the leaves from `edge->size()` up to `size` from the store, grows
// `edge` by them, and compares all tiles that this fills or lengthens with the
// stored ones, byte for byte. Afterwards edge->Root() is the root that may be
// signed. DATA_LOSS with reason LEAF_MISSING or TILE_DAMAGED.
absl::Status VerifyStoredLeaves(uint64_t size, Store* store, RightEdge* edge);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_STORE_VERIFIER_H_
