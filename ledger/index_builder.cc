#include "ledger/index_builder.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/keys.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

// Raised when the ledger's own rows change; the indexes are then rebuilt.
constexpr uint32_t kLedgerIndexFormat = 1;

constexpr size_t kRowsPerWrite = 4096;

bool HasRow(const IndexRow& row, Store* store) {
  const absl::StatusOr<std::optional<std::string>> value =
      store->ReadIndex(row.key);
  return value.ok() && *value == row.value;
}

bool LastEntryIsIndexed(uint64_t size, Store* store,
                        const LeafDecoder& decoder) {
  const uint64_t last = size - 1;
  const absl::StatusOr<std::string> leaf = store->ReadLeaf(last);
  if (!leaf.ok()) return false;
  const absl::StatusOr<LeafFacts> facts = decoder.Decode(last, *leaf);
  if (!facts.ok()) return false;
  const absl::StatusOr<std::optional<std::string>> value =
      store->ReadIndex(StreamHeadKey(facts->stream));
  if (!value.ok() || !value->has_value()) return false;
  const std::optional<StreamHead> head = ParseStreamHead(**value);
  if (!head.has_value() || head->length == 0) return false;
  std::vector<IndexRow> rows;
  AddEntryRows(*facts, {last, head->length - 1}, &rows);
  for (const IndexRow& row : rows) {
    if (!HasRow(row, store)) return false;
  }
  return true;
}

absl::Status LeavesDamaged() {
  return MakeError(
      absl::StatusCode::kDataLoss, "LEAVES_DAMAGED",
      {"the indexes can't be rebuilt: the stored leaves do not give the root "
       "that was signed; restore the store from a backup",
       "无法重建索引：存储的条目与已签名的根哈希不一致；请从备份恢复存储"});
}

}  // namespace

void AddEntryRows(const LeafFacts& facts, const EntryPlace& place,
                  std::vector<IndexRow>* rows) {
  rows->push_back(
      {RequestKey(facts.caller, facts.request_id), RequestValue(place.index)});
  rows->push_back({StreamRowKey(facts.stream, place.stream_position),
                   StreamRowValue({place.index, facts.recorded_at})});
  rows->push_back({StreamHeadKey(facts.stream),
                   StreamHeadValue({place.stream_position + 1, place.index})});
  if (facts.erases.has_value()) {
    rows->push_back({ErasureKey(*facts.erases), ErasureValue(place.index)});
  }
  for (const IndexRow& row : facts.index_rows) {
    rows->push_back({OwnerRowKey(row.key), row.value});
  }
}

IndexRow MarkerRow(uint64_t size, const LeafDecoder& decoder) {
  return {IndexMarkerKey(),
          IndexMarkerValue({size, kLedgerIndexFormat, decoder.index_format()})};
}

bool IndexesSeemComplete(uint64_t size, Store* store,
                         const LeafDecoder& decoder) {
  return HasRow(MarkerRow(size, decoder), store) &&
         (size == 0 || LastEntryIsIndexed(size, store, decoder));
}

absl::Status RebuildIndexes(const RightEdge& tree, Store* store,
                            const LeafDecoder& decoder) {
  RETURN_IF_ERROR(store->ClearIndexes());
  absl::flat_hash_map<std::string, uint64_t> lengths;
  Frontier frontier;
  std::vector<IndexRow> rows;
  for (uint64_t index = 0; index < tree.size(); ++index) {
    ASSIGN_OR_RETURN(const std::string leaf, store->ReadLeaf(index));
    frontier.Append(LeafHash(leaf), [](const NodeId&, const Hash&) {});
    ASSIGN_OR_RETURN(const LeafFacts facts, decoder.Decode(index, leaf));
    AddEntryRows(facts, {index, lengths[facts.stream]++}, &rows);
    if (rows.size() < kRowsPerWrite) continue;
    RETURN_IF_ERROR(store->WriteIndexes(rows));
    rows.clear();
  }
  if (frontier.Root() != tree.Root()) return LeavesDamaged();
  // Last: it makes the rows before it count.
  rows.push_back(MarkerRow(tree.size(), decoder));
  return store->WriteIndexes(rows);
}

}  // namespace annals::ledger
