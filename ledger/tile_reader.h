// Reads the tree's nodes: those of the right edge from memory, all others from
// the store's full tiles, so that no proof needs a hash computed.

#ifndef ANNALS_LEDGER_TILE_READER_H_
#define ANNALS_LEDGER_TILE_READER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ledger/right_edge.h"
#include "ledger/store.h"
#include "ledger/tile_cache.h"
#include "ledger/tree.h"

namespace annals::ledger {

// For one request: it keeps the tiles that it has read. Not thread-safe.
class TileReader : public HashReader {
 public:
  // Reads the tree that `edge` is the right edge of. `cache` is shared with
  // other readers of the store; null if there is none. None is owned; all must
  // outlive this.
  TileReader(const RightEdge* edge, Store* store, TileCache* cache)
      : edge_(edge), store_(store), cache_(cache) {}

  uint64_t size() const { return edge_->size(); }

  // DATA_LOSS with reason TILE_DAMAGED if a tile is missing or not full.
  absl::StatusOr<std::vector<Hash>> ReadHashes(
      absl::Span<const NodeId> ids) override;

 private:
  absl::StatusOr<absl::string_view> FullTile(const TileId& id);
  absl::StatusOr<SharedTile> ReadFullTile(const TileId& id);

  const RightEdge* const edge_;
  Store* const store_;
  TileCache* const cache_;
  std::vector<std::pair<TileId, SharedTile>> tiles_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_TILE_READER_H_
