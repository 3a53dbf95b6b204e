#include "ledger/tile_reader.h"

#include <memory>
#include <utility>

#include "ledger/status_macros.h"
#include "ledger/store_error.h"

namespace annals::ledger {

absl::StatusOr<absl::string_view> TileReader::FullTile(const TileId& id) {
  for (const auto& [read_id, tile] : tiles_) {
    if (read_id == id) return absl::string_view(*tile);
  }
  SharedTile tile = cache_ == nullptr ? nullptr : cache_->Find(id);
  if (tile == nullptr) {
    ASSIGN_OR_RETURN(tile, ReadFullTile(id));
    if (cache_ != nullptr) cache_->Keep(id, tile);
  }
  tiles_.emplace_back(id, std::move(tile));
  return absl::string_view(*tiles_.back().second);
}

absl::StatusOr<SharedTile> TileReader::ReadFullTile(const TileId& id) {
  absl::StatusOr<std::string> bytes = store_->ReadTile(id);
  if (absl::IsNotFound(bytes.status())) {
    return TileDamaged(id, ErrorText{"missing", "缺失"});
  }
  RETURN_IF_ERROR(bytes.status());
  if (bytes->size() != kFullTileBytes) {
    return TileDamaged(id, ErrorText{"not full", "不满"});
  }
  return std::make_shared<const std::string>(*std::move(bytes));
}

absl::StatusOr<std::vector<Hash>> TileReader::ReadHashes(
    absl::Span<const NodeId> ids) {
  std::vector<Hash> hashes;
  hashes.reserve(ids.size());
  for (const NodeId& id : ids) {
    if (const Hash* hash = edge_->Find(id); hash != nullptr) {
      hashes.push_back(*hash);
      continue;
    }
    ASSIGN_OR_RETURN(const absl::string_view tile, FullTile(TileOf(id)));
    hashes.push_back(HashInFullTile(id, tile));
  }
  return hashes;
}

}  // namespace annals::ledger
