// A batch's part in the tree: made before it is stored, and compared with what
// is stored afterwards.

#ifndef ANNALS_LEDGER_TREE_GROWTH_H_
#define ANNALS_LEDGER_TREE_GROWTH_H_

#include "absl/status/status.h"
#include "ledger/right_edge.h"
#include "ledger/store.h"

namespace annals::ledger {

// `edge` grown by the entries of `batch`, which is given the tiles that this
// fills or lengthens.
RightEdge GrowTree(const RightEdge& edge, Batch* batch);

// What is stored, not what was meant, must give the root: reads back the leaves
// and tiles behind `edge`, makes the root of them again and compares it with
// that of `expected`. DATA_LOSS with reason STORED_ROOT_DIFFERS, or as
// VerifyStoredLeaves.
absl::Status VerifyGrowth(const RightEdge& edge, const RightEdge& expected,
                          Store* store);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_TREE_GROWTH_H_
