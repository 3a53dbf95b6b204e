#include "client/audit/export_growth.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "client/counted.h"
#include "client/trust/evidence.h"
#include "client/trust/remembered.h"
#include "client/trust/trust_store.h"
#include "client/verify.h"
#include "ledger/clock.h"
#include "ledger/error.h"
#include "ledger/proof.h"
#include "ledger/status_macros.h"
#include "ledger/tile_path.h"
#include "ledger/tree.h"

namespace annals::client {
namespace {

using ledger::Hash;

// The nodes of the directory's tree, from its tiles.
class ExportNodes : public ledger::HashReader {
 public:
  explicit ExportNodes(const ExportFiles* files) : files_(*files) {}

  absl::StatusOr<std::vector<Hash>> ReadHashes(
      absl::Span<const ledger::NodeId> ids) override {
    std::vector<Hash> hashes;
    hashes.reserve(ids.size());
    for (const ledger::NodeId& id : ids) {
      const ledger::TileId tile = ledger::TileOf(id);
      ASSIGN_OR_RETURN(const std::vector<Hash> row, files_.ReadRow(tile));
      const uint64_t width = uint64_t{1} << (id.level % ledger::kTileHeight);
      const uint64_t begin = id.index * width % ledger::kTileWidth;
      if (begin + width > row.size()) {
        return absl::OutOfRangeError("the tile is too short");
      }
      ledger::Frontier below;
      for (uint64_t i = begin; i < begin + width; ++i) {
        below.Append(row[i], [](const ledger::NodeId&, const Hash&) {});
      }
      hashes.push_back(below.Root());
    }
    return hashes;
  }

 private:
  const ExportFiles& files_;
};

absl::Status Forked(const ledger::Checkpoint& earlier,
                    const ledger::Checkpoint& shown, const Hash& root) {
  return VerificationFailure(
      kForkedReason,
      {absl::StrCat("账本已分叉：该目录的 ", shown.size, " 个条目（根哈希 ",
                    HexOf(shown.root), "）不是此前核验过的 ", earlier.size,
                    " 个条目的延续：前 ", earlier.size, " 个条目的根哈希应为 ",
                    HexOf(earlier.root), "，实为 ", HexOf(root)),
       absl::StrCat("the ledger was forked: the ",
                    Counted(shown.size, "entry", "entries"),
                    " of the directory (root hash ", HexOf(shown.root),
                    ") are no continuation of the ", earlier.size,
                    " that were verified before: root hash of the first ",
                    earlier.size, ": expected ", HexOf(earlier.root),
                    ", found ", HexOf(root))});
}

}  // namespace

absl::Status RequireExportExtends(const ledger::Checkpoint& earlier,
                                  const ExportFiles& files,
                                  std::vector<Hash>* proof) {
  const ledger::Checkpoint& shown = files.checkpoint();
  if (earlier.size == 0) return absl::OkStatus();
  Hash root = shown.root;
  if (earlier.size < shown.size) {
    ExportNodes nodes(&files);
    ASSIGN_OR_RETURN(root, ledger::ReadRoot(earlier.size, &nodes));
    const ledger::TreeRange range = {earlier.size, shown.size};
    ASSIGN_OR_RETURN(*proof, ledger::ProveConsistency(range, &nodes));
    RETURN_IF_ERROR(ledger::VerifyConsistency(range, root, shown.root, *proof));
  }
  return root == earlier.root ? absl::OkStatus() : Forked(earlier, shown, root);
}

absl::StatusOr<VerifiedBefore> RequireNoFork(
    const ExportFiles& files, const std::string& note,
    const std::optional<CheckedCheckpoint>& older, Session* session) {
  std::optional<TrustStore> store;
  std::vector<CheckedCheckpoint> all;
  if (older.has_value()) all.push_back(*older);
  if (!session->options().config_dir.empty()) {
    ASSIGN_OR_RETURN(store, TrustStore::Open(session->options().config_dir));
    ASSIGN_OR_RETURN(std::vector<RememberedCheckpoint> remembered,
                     RememberedOf(*store, files.checkpoint().origin));
    for (RememberedCheckpoint& one : remembered) {
      all.push_back(std::move(one.checked));
    }
  }
  VerifiedBefore before;
  for (const CheckedCheckpoint& earlier : all) {
    const uint64_t size = earlier.checkpoint.size;
    before.size = std::max(before.size, size);
    if (size > files.checkpoint().size) continue;
    std::vector<Hash> proof;
    const absl::Status status =
        RequireExportExtends(earlier.checkpoint, files, &proof);
    if (IsTrustFailure(status)) {
      return Accuse({ErrorReason(status),
                     {ErrorTextZh(status), std::string(status.message())},
                     absl::StrCat("the directory ", files.InDirectory("")),
                     session->clock()->Now(),
                     earlier.note,
                     note,
                     std::move(proof)},
                    store.has_value() ? &*store : nullptr);
    }
    RETURN_IF_ERROR(status);
    before.extended = std::max(before.extended, size);
  }
  return before;
}

absl::StatusOr<v1::LedgerEntry> ReadProvedLeaf(uint64_t index,
                                               const ExportFiles& files) {
  const uint64_t size = files.checkpoint().size;
  const ledger::TileId id{0, index / ledger::kTileWidth};
  ASSIGN_OR_RETURN(const ExportFiles::TileFile file,
                   files.ReadTile(ledger::TileKind::kEntries, id));
  absl::string_view rest = file.bytes;
  std::optional<absl::string_view> leaf;
  for (uint64_t i = 0; i <= index % ledger::kTileWidth; ++i) {
    leaf = ledger::TakeBundleEntry(&rest);
    if (!leaf.has_value()) break;
  }
  ExportNodes nodes(&files);
  const ledger::LeafPosition position = {index, size};
  ASSIGN_OR_RETURN(const std::vector<Hash> proof,
                   ledger::ProveInclusion(position, &nodes));
  v1::LedgerEntry entry;
  if (!leaf.has_value() ||
      !ledger::VerifyInclusion(position, ledger::LeafHash(*leaf), proof,
                               files.checkpoint().root)
           .ok() ||
      !entry.ParseFromArray(leaf->data(), static_cast<int>(leaf->size()))) {
    return VerificationFailure(
        "AUDIT_LEAF_MISMATCH",
        {absl::StrCat("条目 ", index, " 的叶不在所签名的树中"),
         absl::StrCat("the leaf of entry ", index,
                      " is not in the tree that is signed")});
  }
  return entry;
}

}  // namespace annals::client
