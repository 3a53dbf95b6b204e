#include "ledger/tile_check.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ledger/store_fault.h"
#include "ledger/unreadable_rows.h"

namespace annals::ledger {
namespace {

// The stored bytes of a tile: its bottom row and, if it is full, the rows
// above.
std::string TileBytes(std::vector<Hash> row) {
  std::string bytes;
  const bool is_full = row.size() == kTileWidth;
  while (!row.empty()) {
    for (const Hash& hash : row) absl::StrAppend(&bytes, AsStringView(hash));
    if (!is_full || row.size() == 2) break;
    for (size_t i = 0; i < row.size() / 2; ++i) {
      row[i] = NodeHash(row[2 * i], row[2 * i + 1]);
    }
    row.resize(row.size() / 2);
  }
  return bytes;
}

// The tile that the bottom row of `tile` gives.
std::string WithRowsAbove(absl::string_view tile) {
  std::vector<Hash> row;
  const size_t row_bytes = std::min(tile.size(), kTileWidth * kHashBytes);
  for (size_t at = 0; at + kHashBytes <= row_bytes; at += kHashBytes) {
    row.push_back(HashFromBytes(tile.substr(at, kHashBytes)));
  }
  return TileBytes(std::move(row));
}

std::string HashAt(size_t place, absl::string_view tile) {
  const size_t begin = std::min(place * kHashBytes, tile.size());
  return absl::BytesToHexString(tile.substr(begin, kHashBytes));
}

// Such as `256–511`: the entries under a hash of the bottom row of a tile above
// the bottom. They are what differs if the tile is the one that was signed.
std::string RangeUnder(const TileId& id, size_t place, size_t row_size) {
  if (id.tile_level == 0 || place >= row_size) return "";
  const int height = kTileHeight * id.tile_level;
  const uint64_t node = id.tile_index * kTileWidth + place;
  return absl::StrCat(node << height, "–", ((node + 1) << height) - 1);
}

}  // namespace

void CheckTile(const TileId& id, const std::vector<Hash>& row, Store* store,
               std::vector<ErrorText>* faults) {
  const absl::StatusOr<std::string> stored = store->ReadTile(id);
  if (!stored.ok()) {
    if (absl::IsNotFound(stored.status())) {
      faults->push_back(TileFault(id, "it is missing", "缺失"));
      return;
    }
    faults->push_back(UnreadableText(
        absl::StrCat(TileName(id), " can't be read"),
        absl::StrCat("瓦片 ", id.tile_level, "/", id.tile_index, " 无法读取"),
        stored.status()));
    return;
  }
  const std::string expected = TileBytes(row);
  if (*stored == expected) return;
  const auto differs = std::mismatch(stored->begin(), stored->end(),
                                     expected.begin(), expected.end());
  const size_t place =
      static_cast<size_t>(differs.second - expected.begin()) / kHashBytes;
  const std::string found = HashAt(place, *stored);
  const std::string wanted = HashAt(place, expected);
  const uint64_t index = id.tile_index * kTileWidth + place;
  const bool is_leaf = id.tile_level == 0 && place < row.size();
  if (is_leaf && row.size() == kTileWidth &&
      *stored == WithRowsAbove(*stored)) {
    // The tile's rows fit together, so that it is the leaf that was changed.
    faults->push_back(EntryFault(
        index, absl::StrCat("leaf hash: expected ", found, ", found ", wanted),
        absl::StrCat("叶哈希：应为 ", found, "，实为 ", wanted)));
    return;
  }
  const std::string range = RangeUnder(id, place, row.size());
  faults->push_back(TileFault(
      id,
      absl::StrCat("hash ", place, range.empty() ? "" : " of the entries ",
                   range, ": the entries give ", wanted, ", stored is ", found),
      absl::StrCat("第 ", place, " 个哈希", range.empty() ? "" : "（条目 ",
                   range, range.empty() ? "" : "）", "：按条目应为 ", wanted,
                   "，实存 ", found)));
}

}  // namespace annals::ledger
