// The arithmetic of the RFC 6962 Merkle tree: which nodes there are, in which
// tile each stands, and which ones make up a root. Pure: integers and a
// HashReader, no storage, no clock, no log.
//
// A node is named by level and index: node (level, index) is the root of the
// complete subtree over leaves [index·2^level, (index+1)·2^level). Only
// complete subtrees have names, so a node, once it exists, never changes.
//
//   level 3              0
//   level 2        0           1
//   level 1     0     1     2     3     4
//   leaves     0  1  2  3  4  5  6  7  8  9  10
//
// Tiles (C2SP tlog-tiles) are 8 levels high: tile (tile_level, tile_index)
// holds the nodes of level 8·tile_level from 256·tile_index on, at most 256 of
// them.

#ifndef ANNALS_LEDGER_TREE_H_
#define ANNALS_LEDGER_TREE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ledger/hash.h"

namespace annals::ledger {

inline constexpr int kTileHeight = 8;
inline constexpr uint64_t kTileWidth = 256;

struct NodeId {
  int level = 0;
  uint64_t index = 0;

  friend bool operator==(const NodeId&, const NodeId&) = default;
};

struct TileId {
  int tile_level = 0;
  uint64_t tile_index = 0;

  friend bool operator==(const TileId&, const TileId&) = default;
};

// Reads nodes. Thread-safety is the implementation's.
class HashReader {
 public:
  virtual ~HashReader() = default;
  // The hashes of `ids`, in their order. An error if one is missing or damaged.
  virtual absl::StatusOr<std::vector<Hash>> ReadHashes(
      absl::Span<const NodeId> ids) = 0;
};

// The roots of the complete subtrees that a tree of `size` leaves falls into,
// from left (largest) to right: one node per set bit of `size`.
std::vector<NodeId> FrontierNodes(uint64_t size);

// The number of hashes of the bottom row of tile `id` in a tree of `size`
// leaves: 0 to 256.
uint64_t TileEntries(const TileId& id, uint64_t size);

// The tile that node `id` stands in: the one whose bottom row is at the largest
// multiple of 8 not above the node's level.
TileId TileOf(const NodeId& id);

// The append state of a tree: O(log n) hashes. Not thread-safe.
class Frontier {
 public:
  // The empty tree.
  Frontier() = default;

  // The tree of `size` leaves, whose frontier nodes have the given hashes, in
  // the order of FrontierNodes. INVALID_ARGUMENT if their number is wrong.
  static absl::StatusOr<Frontier> FromHashes(uint64_t size,
                                             std::vector<Hash> hashes);

  uint64_t size() const { return size_; }
  const std::vector<Hash>& hashes() const { return hashes_; }

  // Adds a leaf and calls `visit(NodeId, const Hash&)` for each node that it
  // completes: the leaf's own node first, then upwards.
  template <typename Visitor>
  void Append(const Hash& leaf_hash, Visitor visit) {
    Hash hash = leaf_hash;
    NodeId id{0, size_};
    visit(id, hash);
    for (uint64_t bits = size_; bits & 1; bits >>= 1) {
      hash = NodeHash(hashes_.back(), hash);
      hashes_.pop_back();
      id = NodeId{id.level + 1, id.index >> 1};
      visit(id, hash);
    }
    hashes_.push_back(hash);
    ++size_;
  }

  // The root hash (RFC 6962, 2.1).
  Hash Root() const;

 private:
  uint64_t size_ = 0;
  std::vector<Hash> hashes_;
};

// The root of the tree of `size` leaves, made of its frontier nodes' hashes.
// REQUIRES: hashes are those of FrontierNodes(size).
Hash RootFromFrontier(absl::Span<const Hash> hashes);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_TREE_H_
