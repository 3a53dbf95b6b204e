#include "client/audit/export_fault.h"

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/hex.h"
#include "client/verify.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/tile_path.h"
#include "ledger/tree.h"

namespace annals::client {
namespace {

using ledger::Frontier;
using ledger::Hash;
using ledger::kTileHeight;
using ledger::kTileWidth;
using ledger::TileId;
using ledger::TileKind;

constexpr char kForgedReason[] = "AUDIT_HASHES_FORGED";
constexpr auto kNoVisit = [](const ledger::NodeId&, const Hash&) {};

// Entries [first, last] and what their hashes should come to.
struct Contradiction {
  uint64_t first = 0;
  uint64_t last = 0;
  Hash expected = {};
  Hash actual = {};
  // The tile that says what is expected; empty: the checkpoint.
  std::string by;
};

Hash RootOf(const std::vector<Hash>& row) {
  Frontier frontier;
  for (const Hash& hash : row) frontier.Append(hash, kNoVisit);
  return frontier.Root();
}

absl::Status Forged(const Contradiction& found) {
  const std::string which = absl::StrCat(found.first, "–", found.last);
  const bool by_tile = !found.by.empty();
  absl::Status status = VerificationFailure(
      kForgedReason,
      {absl::StrCat("条目 ", which,
                    "：哈希瓦片中这些条目的哈希不是账本所签名的，",
                    "其中至少一个条目连同其哈希一起被改动；它们合成的根哈希：",
                    by_tile ? absl::StrCat("瓦片 ", found.by, " 记为 ")
                            : "签名检查点为 ",
                    HexOf(found.expected), "，实为 ", HexOf(found.actual)),
       absl::StrCat("entries ", which,
                    ": their hashes in the tiles are not those that the ledger "
                    "signed; at least one of these entries was altered "
                    "together with its hash; root hash of the range: ",
                    by_tile ? absl::StrCat("the tile ", found.by, " says ")
                            : "the signed checkpoint says ",
                    HexOf(found.expected), ", found ", HexOf(found.actual))});
  AddErrorMetadata("index", absl::StrCat(found.first), &status);
  AddErrorMetadata("expected", HexOf(found.expected), &status);
  AddErrorMetadata("actual", HexOf(found.actual), &status);
  return status;
}

class Locator {
 public:
  explicit Locator(const ExportFiles* files)
      : files_(*files), size_(files->checkpoint().size) {}

  absl::Status Locate() {
    ASSIGN_OR_RETURN(const bool is_signed, EdgeIsSigned());
    if (is_signed) return DescendFromEdge();
    // Nothing above can be believed. Either of the two may be whole: then the
    // fault that was found already is the right one.
    ASSIGN_OR_RETURN(const Hash of_tiles, BottomRoot([this](uint64_t i) {
                       return files_.ReadRow({0, i});
                     }));
    if (of_tiles == files_.checkpoint().root) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Hash of_leaves,
                     BottomRoot([this](uint64_t i) { return LeafHashes(i); }));
    if (of_leaves == files_.checkpoint().root) return absl::OkStatus();
    return Forged({0, size_ - 1, files_.checkpoint().root, of_tiles, ""});
  }

 private:
  // Whether the tiles that are not full give the signed root. Then what they
  // say of those below is signed as well.
  absl::StatusOr<bool> EdgeIsSigned() const {
    std::vector<Hash> row;
    if (size_ % kTileWidth != 0) {
      ASSIGN_OR_RETURN(row, files_.ReadRow({0, size_ / kTileWidth}));
    }
    return files_.IsRightRow(size_ / kTileWidth, row);
  }

  absl::Status DescendFromEdge() const {
    const int top = (std::bit_width(size_) - 1) / kTileHeight;
    for (int level = top; level > 0; --level) {
      const uint64_t nodes = size_ >> (kTileHeight * level);
      if (nodes % kTileWidth == 0) continue;
      RETURN_IF_ERROR(Descend({level, nodes / kTileWidth}));
    }
    return absl::OkStatus();
  }

  // REQUIRES: the hashes of the tile are those that were signed.
  absl::Status Descend(const TileId& id) const {
    if (id.tile_level == 0) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<Hash> row, files_.ReadRow(id));
    for (uint64_t i = 0; i < row.size(); ++i) {
      const TileId child{id.tile_level - 1, id.tile_index * kTileWidth + i};
      ASSIGN_OR_RETURN(const std::vector<Hash> below, files_.ReadRow(child));
      const Hash actual = RootOf(below);
      if (actual == row[i]) {
        RETURN_IF_ERROR(Descend(child));
      } else if (!LeavesGive(child, row[i])) {
        const int height = kTileHeight * id.tile_level;
        return Forged({child.tile_index << height,
                       ((child.tile_index + 1) << height) - 1, row[i], actual,
                       files_.PathOf(TileKind::kHashes, id)});
      }
    }
    return absl::OkStatus();
  }

  // Whether only the tile was changed, and not the leaves under it.
  bool LeavesGive(const TileId& id, const Hash& expected) const {
    if (id.tile_level > 0) return false;
    const auto hashes = LeafHashes(id.tile_index);
    return hashes.ok() && RootOf(*hashes) == expected;
  }

  absl::StatusOr<std::vector<Hash>> LeafHashes(uint64_t tile_index) const {
    const TileId id{0, tile_index};
    ASSIGN_OR_RETURN(const ExportFiles::TileFile file,
                     files_.ReadTile(TileKind::kEntries, id));
    absl::string_view rest = file.bytes;
    std::vector<Hash> hashes;
    const uint64_t width = ledger::TileEntries(id, size_);
    while (hashes.size() < width) {
      const auto leaf = ledger::TakeBundleEntry(&rest);
      if (!leaf.has_value()) break;
      hashes.push_back(ledger::LeafHash(*leaf));
    }
    return hashes;
  }

  absl::StatusOr<Hash> BottomRoot(
      absl::FunctionRef<absl::StatusOr<std::vector<Hash>>(uint64_t)> row)
      const {
    Frontier frontier;
    for (uint64_t i = 0; i * kTileWidth < size_; ++i) {
      ASSIGN_OR_RETURN(const std::vector<Hash> hashes, row(i));
      for (const Hash& hash : hashes) frontier.Append(hash, kNoVisit);
    }
    return frontier.Root();
  }

  const ExportFiles& files_;
  const uint64_t size_;
};

}  // namespace

absl::Status RequireSignedHashes(const ExportFiles& files) {
  if (files.checkpoint().size == 0) return absl::OkStatus();
  const absl::Status located = Locator(&files).Locate();
  return ErrorReason(located) == kForgedReason ? located : absl::OkStatus();
}

}  // namespace annals::client
