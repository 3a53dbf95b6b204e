#include "ledger/tree.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/check.h"
#include "ledger/error.h"

namespace annals::ledger {
namespace {

constexpr int kSizeBits = 64;

size_t FrontierLength(uint64_t size) {
  return static_cast<size_t>(std::popcount(size));
}

}  // namespace

std::vector<NodeId> FrontierNodes(uint64_t size) {
  std::vector<NodeId> nodes;
  nodes.reserve(FrontierLength(size));
  for (int level = std::bit_width(size) - 1; level >= 0; --level) {
    const uint64_t nodes_of_level = size >> level;
    // The last node of a level stands in the frontier if it has no sibling.
    if (nodes_of_level & 1) nodes.push_back({level, nodes_of_level - 1});
  }
  return nodes;
}

uint64_t TileEntries(const TileId& id, uint64_t size) {
  ANNALS_CHECK(id.tile_level >= 0);
  if (id.tile_level >= kSizeBits / kTileHeight) return 0;
  const uint64_t nodes_of_level = size >> (kTileHeight * id.tile_level);
  if (id.tile_index > nodes_of_level / kTileWidth) return 0;
  return std::min(nodes_of_level - id.tile_index * kTileWidth, kTileWidth);
}

TileId TileOf(const NodeId& id) {
  ANNALS_CHECK(id.level >= 0);
  const int height_in_tile = id.level % kTileHeight;
  return {id.level / kTileHeight, id.index >> (kTileHeight - height_in_tile)};
}

absl::StatusOr<Frontier> Frontier::FromHashes(uint64_t size,
                                              std::vector<Hash> hashes) {
  const size_t wanted = FrontierLength(size);
  if (hashes.size() != wanted) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     "FRONTIER_LENGTH_WRONG",
                     {absl::StrCat("a tree of ", size, " leaves has ", wanted,
                                   " frontier hashes, not ", hashes.size(),
                                   "; read the frontier of this very size"),
                      absl::StrCat("有 ", size, " 个叶子的树应有 ", wanted,
                                   " 个前沿哈希，而不是 ", hashes.size(),
                                   " 个；请读取该规模的前沿")});
  }
  Frontier frontier;
  frontier.size_ = size;
  frontier.hashes_ = std::move(hashes);
  return frontier;
}

Hash Frontier::Root() const { return RootFromFrontier(hashes_); }

Hash RootFromFrontier(absl::Span<const Hash> hashes) {
  if (hashes.empty()) return EmptyRoot();
  Hash root = hashes.back();
  for (size_t i = hashes.size() - 1; i > 0; --i) {
    root = NodeHash(hashes[i - 1], root);
  }
  return root;
}

}  // namespace annals::ledger
