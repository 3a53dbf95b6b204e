#include "ledger/store_verifier.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "ledger/store_error.h"

namespace annals::ledger {
namespace {

absl::Status LeafMissing(uint64_t index) {
  return MakeError(absl::StatusCode::kDataLoss, "LEAF_MISSING",
                   {absl::StrCat("the store lacks entry ", index,
                                 "; do not use it, restore it from a backup"),
                    absl::StrCat("存储中缺少条目 ", index,
                                 "；请勿使用该存储，请从备份恢复")});
}

// The stored tile may be longer than `expected` if the store holds more.
absl::Status CompareTile(const StoredTile& expected, Store* store) {
  const absl::StatusOr<std::string> stored = store->ReadTile(expected.id);
  if (absl::IsNotFound(stored.status())) {
    return TileDamaged(expected.id, ErrorText{"missing", "缺失"});
  }
  RETURN_IF_ERROR(stored.status());
  if (stored->compare(0, expected.hashes.size(), expected.hashes) != 0) {
    return TileDamaged(expected.id,
                       ErrorText{"its hashes are not those of the leaves",
                                 "其哈希与各条目不符"});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyStoredLeaves(uint64_t size, Store* store, RightEdge* edge) {
  const uint64_t old_size = edge->size();
  std::vector<StoredTile> filled;
  for (uint64_t index = old_size; index < size; ++index) {
    const absl::StatusOr<std::string> leaf = store->ReadLeaf(index);
    if (absl::IsOutOfRange(leaf.status())) return LeafMissing(index);
    RETURN_IF_ERROR(leaf.status());
    filled.clear();
    edge->Append(LeafHash(*leaf), &filled);
    for (const StoredTile& tile : filled) {
      RETURN_IF_ERROR(CompareTile(tile, store));
    }
  }
  for (const StoredTile& tile : edge->TilesGrownSince(old_size)) {
    RETURN_IF_ERROR(CompareTile(tile, store));
  }
  return absl::OkStatus();
}

}  // namespace annals::ledger
