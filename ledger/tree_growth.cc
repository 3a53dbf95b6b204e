#include "ledger/tree_growth.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"
#include "ledger/store_verifier.h"

namespace annals::ledger {
namespace {

absl::Status StoredRootDiffers(uint64_t size) {
  return MakeError(
      absl::StatusCode::kDataLoss, "STORED_ROOT_DIFFERS",
      {absl::StrCat("the leaves read back from the store do not give the root "
                    "of size ",
                    size, "; nothing was signed; check memory and disk"),
       absl::StrCat("从存储读回的条目与 ", size,
                    " 个条目的根哈希不一致；未签名；请检查内存和磁盘")});
}

}  // namespace

RightEdge GrowTree(const RightEdge& edge, Batch* batch) {
  RightEdge grown = edge;
  for (const StoredEntry& entry : batch->entries) {
    grown.Append(LeafHash(entry.leaf), &batch->tiles);
  }
  for (StoredTile& tile : grown.TilesGrownSince(edge.size())) {
    batch->tiles.push_back(std::move(tile));
  }
  return grown;
}

absl::Status VerifyGrowth(const RightEdge& edge, const RightEdge& expected,
                          Store* store) {
  RightEdge stored = edge;
  RETURN_IF_ERROR(VerifyStoredLeaves(expected.size(), store, &stored));
  if (stored.Root() != expected.Root()) {
    return StoredRootDiffers(expected.size());
  }
  return absl::OkStatus();
}

}  // namespace annals::ledger
