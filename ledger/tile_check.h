// One stored tile against what its entries, or the tiles below it, give.

#ifndef ANNALS_LEDGER_TILE_CHECK_H_
#define ANNALS_LEDGER_TILE_CHECK_H_

#include <vector>

#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/store.h"
#include "ledger/tree.h"

namespace annals::ledger {

// Compares a stored tile with what its row ought to be.
void CheckTile(const TileId& id, const std::vector<Hash>& row, Store* store,
               std::vector<ErrorText>* faults);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_TILE_CHECK_H_
