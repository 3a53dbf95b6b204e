// The static resources of a log (C2SP tlog-tiles): their paths and bytes.
//
//   tile          "tile/" level '/' index [".p/" width]
//   entry bundle  "tile/entries/" index [".p/" width]
//   level         0 to 63
//   index         in groups of three digits, all but the last with an x before:
//                 1234067 is x001/x234/067
//   width         1 to 255; a path without it is of a full tile, 256 wide
//
//   bytes of a tile           width hashes of 32 bytes
//   bytes of an entry bundle  width times: length (2 bytes, big-endian) ‖ leaf

#ifndef ANNALS_LEDGER_TILE_PATH_H_
#define ANNALS_LEDGER_TILE_PATH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/hash.h"
#include "ledger/tree.h"

namespace annals::ledger {

inline constexpr int kTileLevelMax = 63;
// The longest path has 52 bytes; a longer one is refused before it is parsed.
inline constexpr size_t kTilePathBytesMax = 64;
inline constexpr size_t kBundleLeafBytesMax = 65535;

enum class TileKind { kHashes, kEntries };

struct TileAddress {
  TileKind kind = TileKind::kHashes;
  TileId id;  // Of a bundle: that of the tile with its entries' leaf hashes.
  uint64_t width = kTileWidth;

  friend bool operator==(const TileAddress&, const TileAddress&) = default;
};

// The path below the log's prefix, without a slash before it. REQUIRES: a level
// of 0 to 63, of a bundle 0; a width of 1 to 256.
std::string TilePath(const TileAddress& address);

// The path of the content of the entry `index`, beside the tiles; no part of
// C2SP: "content/" index, with its groups as in a tile's path. The file holds
// salt ‖ content.
std::string ContentPath(uint64_t index);

// INVALID_ARGUMENT if `path` is not the path of any address.
absl::StatusOr<TileAddress> ParseTilePath(absl::string_view path);

std::string EncodeHashTile(absl::Span<const Hash> hashes);

// INVALID_ARGUMENT if `bytes` are not exactly `width` hashes.
absl::StatusOr<std::vector<Hash>> DecodeHashTile(absl::string_view bytes,
                                                 uint64_t width);

// INVALID_ARGUMENT if a leaf is longer than kBundleLeafBytesMax.
absl::StatusOr<std::string> EncodeEntryBundle(
    absl::Span<const std::string> leaves);

// Adds a leaf to a bundle. INVALID_ARGUMENT, as of EncodeEntryBundle.
absl::Status AppendBundleEntry(absl::string_view leaf, std::string* bundle);

// Takes the first leaf off a bundle; nullopt if it ends too early.
std::optional<absl::string_view> TakeBundleEntry(absl::string_view* bundle);

// INVALID_ARGUMENT if `bytes` are not exactly `width` entries.
absl::StatusOr<std::vector<std::string>> DecodeEntryBundle(
    absl::string_view bytes, uint64_t width);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_TILE_PATH_H_
