#include "ledger/tile_path.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/check.h"
#include "ledger/decimal.h"
#include "ledger/error.h"

namespace annals::ledger {
namespace {

constexpr absl::string_view kPrefix = "tile/";
constexpr absl::string_view kEntriesLevel = "entries";
constexpr absl::string_view kPartialSuffix = ".p";
constexpr uint64_t kIndexGroup = 1000;
constexpr size_t kIndexGroupDigits = 3;
constexpr size_t kLengthBytes = 2;

std::string IndexPath(uint64_t index) {
  std::string path = absl::StrFormat("%03d", index % kIndexGroup);
  for (uint64_t rest = index / kIndexGroup; rest > 0; rest /= kIndexGroup) {
    path = absl::StrCat(absl::StrFormat("x%03d/", rest % kIndexGroup), path);
  }
  return path;
}

std::optional<uint64_t> ReadGroup(absl::string_view digits) {
  if (digits.size() != kIndexGroupDigits) return std::nullopt;
  uint64_t value = 0;
  for (const char digit : digits) {
    if (!absl::ascii_isdigit(digit)) return std::nullopt;
    value = 10 * value + static_cast<uint64_t>(digit - '0');
  }
  return value;
}

std::optional<uint64_t> ReadIndex(absl::Span<const absl::string_view> groups) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  uint64_t index = 0;
  for (size_t i = 0; i < groups.size(); ++i) {
    absl::string_view digits = groups[i];
    const bool last = i + 1 == groups.size();
    if (!last && !absl::ConsumePrefix(&digits, "x")) return std::nullopt;
    const std::optional<uint64_t> group = ReadGroup(digits);
    if (!group.has_value() || index > (kMax - *group) / kIndexGroup) {
      return std::nullopt;
    }
    index = index * kIndexGroup + *group;
  }
  return index;
}

std::optional<TileAddress> ReadLevel(absl::string_view text) {
  if (text == kEntriesLevel) return TileAddress{TileKind::kEntries, {}};
  const std::optional<uint64_t> level = ParseDecimal(text);
  if (!level.has_value() || *level > kTileLevelMax) return std::nullopt;
  return TileAddress{TileKind::kHashes, {static_cast<int>(*level), 0}};
}

// Takes ".p/W" off the path's elements. A width of 256 has no suffix.
std::optional<uint64_t> TakeWidth(std::vector<absl::string_view>* elements) {
  if (elements->size() < 2) return kTileWidth;
  absl::string_view& before_last = (*elements)[elements->size() - 2];
  if (!absl::ConsumeSuffix(&before_last, kPartialSuffix)) return kTileWidth;
  const std::optional<uint64_t> width = ParseDecimal(elements->back());
  elements->pop_back();
  if (!width.has_value() || *width < 1 || *width >= kTileWidth) {
    return std::nullopt;
  }
  return width;
}

std::optional<TileAddress> ReadAddress(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, kPrefix)) return std::nullopt;
  std::vector<absl::string_view> elements = absl::StrSplit(path, '/');
  const std::optional<uint64_t> width = TakeWidth(&elements);
  std::optional<TileAddress> address = ReadLevel(elements.front());
  if (!address.has_value() || !width.has_value() || elements.size() < 2) {
    return std::nullopt;
  }
  const std::optional<uint64_t> index =
      ReadIndex(absl::MakeConstSpan(elements).subspan(1));
  if (!index.has_value()) return std::nullopt;
  address->width = *width;
  address->id.tile_index = *index;
  return address;
}

absl::Status MalformedPath(absl::string_view path) {
  const std::string shown = absl::CHexEscape(path.substr(0, kTilePathBytesMax));
  return MakeError(
      absl::StatusCode::kInvalidArgument, "TILE_PATH_MALFORMED",
      {absl::StrCat("\"", shown,
                    "\" is no path of a tile or an entry bundle; use one such "
                    "as tile/0/x001/067 or tile/entries/067.p/8"),
       absl::StrCat("“", shown,
                    "”不是瓦片或条目包的路径；"
                    "请使用如 tile/0/x001/067 或 tile/entries/067.p/8 "
                    "的路径")});
}

absl::Status MalformedTile(size_t bytes, uint64_t width) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "TILE_MALFORMED",
      {absl::StrCat("the tile has ", bytes, " bytes where ", width,
                    " hashes of ", kHashBytes,
                    " bytes are wanted; fetch it again"),
       absl::StrCat("瓦片有 ", bytes, " 字节，而应为 ", width, " 个 ",
                    kHashBytes, " 字节的哈希；请重新获取")});
}

// `entry` counts from 0 within the bundle.
absl::Status MalformedBundle(uint64_t entry, absl::string_view en,
                             absl::string_view zh) {
  return MakeError(absl::StatusCode::kInvalidArgument, "ENTRY_BUNDLE_MALFORMED",
                   {absl::StrCat("the entry bundle is malformed at its entry ",
                                 entry, ": ", en, "; fetch it again"),
                    absl::StrCat("条目包在其第 ", entry, " 号条目处格式有误：",
                                 zh, "；请重新获取")});
}

absl::Status LeafTooLong(size_t entry, size_t bytes) {
  return MakeError(absl::StatusCode::kInvalidArgument, "BUNDLE_LEAF_TOO_LONG",
                   {absl::StrCat("entry ", entry, " of the bundle has ", bytes,
                                 " bytes; a bundle carries at most ",
                                 kBundleLeafBytesMax, " a leaf"),
                    absl::StrCat("条目包第 ", entry, " 号条目有 ", bytes,
                                 " 字节，超过每个叶子的上限 ",
                                 kBundleLeafBytesMax, " 字节")});
}

// REQUIRES: at least 2 bytes.
size_t ReadLength(absl::string_view bytes) {
  return (static_cast<size_t>(static_cast<uint8_t>(bytes[0])) << 8) |
         static_cast<uint8_t>(bytes[1]);
}

// REQUIRES: at most kBundleLeafBytesMax bytes.
void AppendLeaf(absl::string_view leaf, std::string* bundle) {
  bundle->push_back(static_cast<char>(leaf.size() >> 8));
  bundle->push_back(static_cast<char>(leaf.size() & 0xFF));
  bundle->append(leaf.data(), leaf.size());
}

}  // namespace

std::string TilePath(const TileAddress& address) {
  const bool of_entries = address.kind == TileKind::kEntries;
  const int level = address.id.tile_level;
  ANNALS_CHECK(level >= 0 && level <= (of_entries ? 0 : kTileLevelMax));
  ANNALS_CHECK(address.width >= 1 && address.width <= kTileWidth);
  const std::string path = absl::StrCat(
      kPrefix, of_entries ? std::string(kEntriesLevel) : absl::StrCat(level),
      "/", IndexPath(address.id.tile_index));
  if (address.width == kTileWidth) return path;
  return absl::StrCat(path, kPartialSuffix, "/", address.width);
}

std::string ContentPath(uint64_t index) {
  return absl::StrCat("content/", IndexPath(index));
}

absl::StatusOr<TileAddress> ParseTilePath(absl::string_view path) {
  if (path.size() > kTilePathBytesMax) return MalformedPath(path);
  const std::optional<TileAddress> address = ReadAddress(path);
  // Groups of zeros may stand before an index; only the one path of each
  // address is accepted.
  if (!address.has_value() || TilePath(*address) != path) {
    return MalformedPath(path);
  }
  return *address;
}

std::string EncodeHashTile(absl::Span<const Hash> hashes) {
  std::string bytes;
  bytes.reserve(hashes.size() * kHashBytes);
  for (const Hash& hash : hashes) absl::StrAppend(&bytes, AsStringView(hash));
  return bytes;
}

absl::StatusOr<std::vector<Hash>> DecodeHashTile(absl::string_view bytes,
                                                 uint64_t width) {
  if (width > kTileWidth || bytes.size() != width * kHashBytes) {
    return MalformedTile(bytes.size(), width);
  }
  std::vector<Hash> hashes;
  hashes.reserve(width);
  for (; !bytes.empty(); bytes.remove_prefix(kHashBytes)) {
    hashes.push_back(HashFromBytes(bytes.substr(0, kHashBytes)));
  }
  return hashes;
}

absl::StatusOr<std::string> EncodeEntryBundle(
    absl::Span<const std::string> leaves) {
  std::string bytes;
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (leaves[i].size() > kBundleLeafBytesMax) {
      return LeafTooLong(i, leaves[i].size());
    }
    AppendLeaf(leaves[i], &bytes);
  }
  return bytes;
}

absl::Status AppendBundleEntry(absl::string_view leaf, std::string* bundle) {
  if (leaf.size() > kBundleLeafBytesMax) return LeafTooLong(0, leaf.size());
  AppendLeaf(leaf, bundle);
  return absl::OkStatus();
}

std::optional<absl::string_view> TakeBundleEntry(absl::string_view* bundle) {
  if (bundle->size() < kLengthBytes ||
      bundle->size() - kLengthBytes < ReadLength(*bundle)) {
    return std::nullopt;
  }
  const absl::string_view leaf =
      bundle->substr(kLengthBytes, ReadLength(*bundle));
  bundle->remove_prefix(kLengthBytes + leaf.size());
  return leaf;
}

absl::StatusOr<std::vector<std::string>> DecodeEntryBundle(
    absl::string_view bytes, uint64_t width) {
  if (width > kTileWidth) {
    return MalformedBundle(kTileWidth, "a bundle has at most 256 entries",
                           "条目包至多 256 个条目");
  }
  std::vector<std::string> leaves;
  leaves.reserve(width);
  for (uint64_t entry = 0; entry < width; ++entry) {
    const std::optional<absl::string_view> leaf = TakeBundleEntry(&bytes);
    if (!leaf.has_value()) {
      return MalformedBundle(entry, "it ends too early", "过早结束");
    }
    leaves.emplace_back(*leaf);
  }
  if (!bytes.empty()) {
    return MalformedBundle(width, "bytes are left over", "有多余的字节");
  }
  return leaves;
}

}  // namespace annals::ledger
