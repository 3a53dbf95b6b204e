#include "ledger/right_edge.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "ledger/check.h"
#include "ledger/status_macros.h"
#include "ledger/store_error.h"

namespace annals::ledger {
namespace {

void AppendHashes(const std::vector<Hash>& hashes, std::string* bytes) {
  for (const Hash& hash : hashes) {
    const absl::string_view view = AsStringView(hash);
    bytes->append(view.data(), view.size());
  }
}

}  // namespace

Hash HashInFullTile(const NodeId& id, absl::string_view tile) {
  ANNALS_CHECK(tile.size() == kFullTileBytes);
  const TileId tile_id = TileOf(id);
  const int height = id.level - kTileHeight * tile_id.tile_level;
  // 256 + 128 + … nodes stand below height `height`: 512 - 512 / 2^height.
  const uint64_t below = 2 * kTileWidth - (2 * kTileWidth >> height);
  const uint64_t place =
      below + id.index - (tile_id.tile_index << (kTileHeight - height));
  return HashFromBytes(tile.substr(place * kHashBytes, kHashBytes));
}

absl::StatusOr<RightEdge::Tile> RightEdge::ReadTile(const TileId& id,
                                                    uint64_t entries,
                                                    Store* store) {
  Tile tile;
  tile.tile_index = id.tile_index;
  if (entries == 0) return tile;
  const absl::StatusOr<std::string> bytes = store->ReadTile(id);
  if (absl::IsNotFound(bytes.status())) {
    return TileDamaged(id, ErrorText{"missing", "缺失"});
  }
  RETURN_IF_ERROR(bytes.status());
  if (bytes->size() < entries * kHashBytes) {
    return TileDamaged(
        id, ErrorText{absl::StrCat(bytes->size() / kHashBytes, " < ", entries,
                                   " hashes"),
                      absl::StrCat("哈希 ", bytes->size() / kHashBytes, " < ",
                                   entries, " 个")});
  }
  const absl::string_view view = *bytes;
  for (uint64_t i = 0; i < entries; ++i) {
    tile.rows[0].push_back(
        HashFromBytes(view.substr(i * kHashBytes, kHashBytes)));
  }
  for (int height = 1; height < kTileHeight; ++height) {
    const std::vector<Hash>& below = tile.rows[height - 1];
    for (size_t i = 0; i + 1 < below.size(); i += 2) {
      tile.rows[height].push_back(NodeHash(below[i], below[i + 1]));
    }
  }
  return tile;
}

absl::StatusOr<RightEdge> RightEdge::Read(uint64_t size, Store* store) {
  RightEdge edge;
  int tile_level = 0;
  for (uint64_t nodes = size; nodes > 0; nodes /= kTileWidth, ++tile_level) {
    const TileId id{tile_level, nodes / kTileWidth};
    ASSIGN_OR_RETURN(Tile tile, ReadTile(id, nodes % kTileWidth, store));
    edge.tiles_.push_back(std::move(tile));
  }
  std::vector<Hash> hashes;
  for (const NodeId& id : FrontierNodes(size)) {
    const Hash* hash = edge.Find(id);
    ANNALS_CHECK(hash != nullptr);
    hashes.push_back(*hash);
  }
  ASSIGN_OR_RETURN(edge.frontier_,
                   Frontier::FromHashes(size, std::move(hashes)));
  return edge;
}

void RightEdge::Append(const Hash& leaf_hash, std::vector<StoredTile>* filled) {
  frontier_.Append(leaf_hash,
                   [this, filled](const NodeId& id, const Hash& hash) {
                     Add(id, hash, filled);
                   });
}

void RightEdge::Add(const NodeId& id, const Hash& hash,
                    std::vector<StoredTile>* filled) {
  const TileId tile_id = TileOf(id);
  const int height = id.level - kTileHeight * tile_id.tile_level;
  const size_t tile_level = static_cast<size_t>(tile_id.tile_level);
  if (tile_level == tiles_.size()) tiles_.emplace_back();
  Tile& tile = tiles_[tile_level];
  ANNALS_CHECK(tile.tile_index == tile_id.tile_index);
  tile.rows[height].push_back(hash);
  // The second node of the highest row is the last that a tile lacks.
  if (height != kTileHeight - 1 || tile.rows[height].size() != 2) return;
  StoredTile full{tile_id, ""};
  full.hashes.reserve(kFullTileBytes);
  for (std::vector<Hash>& row : tile.rows) {
    AppendHashes(row, &full.hashes);
    row.clear();
  }
  ANNALS_CHECK(full.hashes.size() == kFullTileBytes);
  filled->push_back(std::move(full));
  ++tile.tile_index;
}

std::vector<StoredTile> RightEdge::TilesGrownSince(uint64_t old_size) const {
  std::vector<StoredTile> grown;
  for (size_t level = 0; level < tiles_.size(); ++level) {
    const Tile& tile = tiles_[level];
    const TileId id{static_cast<int>(level), tile.tile_index};
    const std::vector<Hash>& row = tile.rows[0];
    if (row.size() == TileEntries(id, old_size)) continue;
    StoredTile stored{id, ""};
    stored.hashes.reserve(row.size() * kHashBytes);
    AppendHashes(row, &stored.hashes);
    grown.push_back(std::move(stored));
  }
  return grown;
}

const Hash* RightEdge::Find(const NodeId& id) const {
  const TileId tile_id = TileOf(id);
  const size_t tile_level = static_cast<size_t>(tile_id.tile_level);
  if (tile_level >= tiles_.size()) return nullptr;
  const Tile& tile = tiles_[tile_level];
  if (tile.tile_index != tile_id.tile_index) return nullptr;
  const int height = id.level - kTileHeight * tile_id.tile_level;
  const uint64_t place = id.index - (tile.tile_index << (kTileHeight - height));
  const std::vector<Hash>& row = tile.rows[height];
  return place < row.size() ? &row[place] : nullptr;
}

}  // namespace annals::ledger
