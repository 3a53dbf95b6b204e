// The index rows that the leaves give, and the rebuilding of all of them.

#ifndef ANNALS_LEDGER_INDEX_BUILDER_H_
#define ANNALS_LEDGER_INDEX_BUILDER_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/ledger.h"
#include "ledger/right_edge.h"
#include "ledger/store.h"

namespace annals::ledger {

// The place of an entry in the ledger, and in its stream.
struct EntryPlace {
  uint64_t index = 0;
  uint64_t stream_position = 0;
};

// Adds the rows of an entry: its request, its place in its stream, the stream's
// head, the content that it erases, and the owner's rows.
void AddEntryRows(const LeafFacts& facts, const EntryPlace& place,
                  std::vector<IndexRow>* rows);

// The row that says that the first `size` entries are indexed.
IndexRow MarkerRow(uint64_t size, const LeafDecoder& decoder);

// Whether the rows of the first `size` entries seem complete: the marker says
// so, and the rows of the last entry are there. O(1) reads. An index that can't
// be read is not complete.
bool IndexesSeemComplete(uint64_t size, Store* store,
                         const LeafDecoder& decoder);

// Drops all rows and makes them again from the leaves of `tree`. DATA_LOSS,
// with reason LEAVES_DAMAGED or the decoder's, if they are not the tree's. If
// it is interrupted, the indexes do not seem complete.
absl::Status RebuildIndexes(const RightEdge& tree, Store* store,
                            const LeafDecoder& decoder);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_INDEX_BUILDER_H_
