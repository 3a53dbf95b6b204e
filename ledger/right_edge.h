// The right edge of the tree: the tiles that are not full yet, one per tile
// level, with the nodes above their bottom rows. Every other tile of the tree
// is full and never changes.
//
// A full tile is stored as its bottom row (256 hashes) and, after it, the nodes
// above, level by level: 128 + 64 + … + 2. The node above those is in the
// bottom row of the next tile level.

#ifndef ANNALS_LEDGER_RIGHT_EDGE_H_
#define ANNALS_LEDGER_RIGHT_EDGE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/hash.h"
#include "ledger/store.h"
#include "ledger/tree.h"

namespace annals::ledger {

inline constexpr size_t kFullTileHashes = 2 * kTileWidth - 2;
inline constexpr size_t kFullTileBytes = kFullTileHashes * kHashBytes;

// The hash of node `id` in `tile`, the bytes of the full tile TileOf(id).
// REQUIRES: `tile` is kFullTileBytes long.
Hash HashInFullTile(const NodeId& id, absl::string_view tile);

// Not thread-safe; safe to read from many threads while nobody changes it.
class RightEdge {
 public:
  // The empty tree.
  RightEdge() = default;

  // The edge of the tree of `size` leaves, from the tiles in `store`, which may
  // hold a larger tree. O(log size) reads. DATA_LOSS with reason TILE_DAMAGED
  // if a tile is missing or too short.
  static absl::StatusOr<RightEdge> Read(uint64_t size, Store* store);

  uint64_t size() const { return frontier_.size(); }
  Hash Root() const { return frontier_.Root(); }

  // Adds a leaf, and the tiles that it fills to `filled`.
  void Append(const Hash& leaf_hash, std::vector<StoredTile>* filled);

  // The tiles of the edge that have grown since the tree had `old_size` leaves.
  std::vector<StoredTile> TilesGrownSince(uint64_t old_size) const;

  // The hash of a node that stands in the edge; nullptr if it does not.
  const Hash* Find(const NodeId& id) const;

 private:
  struct Tile {
    uint64_t tile_index = 0;
    // The complete nodes by their height in the tile, from the bottom row up.
    std::array<std::vector<Hash>, kTileHeight> rows;
  };

  static absl::StatusOr<Tile> ReadTile(const TileId& id, uint64_t entries,
                                       Store* store);
  void Add(const NodeId& id, const Hash& hash, std::vector<StoredTile>* filled);

  std::vector<Tile> tiles_;  // By tile level.
  Frontier frontier_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_RIGHT_EDGE_H_
