#include "ledger/index_check.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/index_builder.h"
#include "ledger/keys.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

constexpr size_t kScanRows = 4096;

ErrorText RowFault(const ErrorText& place, const IndexRow& row,
                   absl::string_view en, absl::string_view zh) {
  const std::string key = absl::CHexEscape(row.key);
  return {absl::StrCat("index row \"", key, "\" of ", place.en, " ", en,
                       ": start annalsd with --rebuild_indexes"),
          absl::StrCat("索引行“", key, "”（", place.zh, "）", zh,
                       "：请用 --rebuild_indexes 启动 annalsd")};
}

// Adds what is wrong with the stored row of that key, if anything is.
void CompareRow(const ErrorText& place, const IndexRow& row, Store* store,
                RowFaults* found) {
  const absl::StatusOr<std::optional<std::string>> value =
      store->ReadIndex(row.key);
  if (!value.ok()) {
    found->faults.push_back(RowFault(
        place, row, absl::StrCat("can't be read: ", value.status().message()),
        absl::StrCat("无法读取：", ErrorTextZh(value.status()))));
  } else if (!value->has_value()) {
    ++found->missing;
    found->faults.push_back(RowFault(place, row, "is missing", "缺失"));
  } else if (**value != row.value) {
    found->faults.push_back(RowFault(
        place, row,
        absl::StrCat("says ", absl::BytesToHexString(**value),
                     ", the entries say ", absl::BytesToHexString(row.value)),
        absl::StrCat("为 ", absl::BytesToHexString(**value), "，按条目应为 ",
                     absl::BytesToHexString(row.value))));
  }
}

// The stream in a stream row's key; nullopt if the key is malformed.
std::optional<absl::string_view> StreamOfRowKey(absl::string_view key) {
  uint32_t length = 0;
  key.remove_prefix(1);
  if (!ConsumeU32(&key, &length) || key.size() != length + sizeof(uint64_t)) {
    return std::nullopt;
  }
  return key.substr(0, length);
}

}  // namespace

EntryRows IndexCheck::RowsOf(uint64_t index, const LeafFacts& facts) {
  Stream& stream = streams_[facts.stream];
  EntryRows entry{index, {}};
  AddEntryRows(facts, {index, stream.length}, &entry.rows);
  ++stream.length;
  stream.last_index = index;
  const std::string head = StreamHeadKey(facts.stream);
  std::erase_if(entry.rows,
                [&head](const IndexRow& row) { return row.key == head; });
  expected_rows_ += entry.rows.size();
  return entry;
}

RowFaults IndexCheck::CompareRows(const std::vector<EntryRows>& entries) const {
  RowFaults found;
  for (const EntryRows& entry : entries) {
    for (const IndexRow& row : entry.rows) {
      CompareRow({absl::StrCat("entry ", entry.index),
                  absl::StrCat("条目 ", entry.index)},
                 row, &store_, &found);
    }
  }
  return found;
}

RowFaults IndexCheck::CompareHeads(uint64_t size) const {
  RowFaults found;
  for (const auto& [stream, state] : streams_) {
    const std::string name = absl::CHexEscape(stream);
    CompareRow({absl::StrCat("the stream ", name), absl::StrCat("流 ", name)},
               {StreamHeadKey(stream),
                StreamHeadValue({state.length, state.last_index})},
               &store_, &found);
  }
  CompareRow({"the marker of the indexes", "索引标记"},
             MarkerRow(size, decoder_), &store_, &found);
  return found;
}

absl::Status IndexCheck::Finish(uint64_t size, uint64_t missing,
                                std::vector<ErrorText>* faults,
                                uint64_t* stored_rows) {
  const RowFaults heads = CompareHeads(size);
  faults->insert(faults->end(), heads.faults.begin(), heads.faults.end());
  IndexScan scan;
  scan.limit = kScanRows;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<IndexRow> rows, store_.ScanIndex(scan));
    if (rows.empty()) break;
    *stored_rows += rows.size();
    scan.after_key = rows.back().key;
  }
  // One marker, and a head for each stream.
  const uint64_t there =
      expected_rows_ + streams_.size() + 1 - missing - heads.missing;
  return *stored_rows == there ? absl::OkStatus() : FindSurplus(faults);
}

absl::Status IndexCheck::FindSurplus(std::vector<ErrorText>* faults) const {
  IndexScan scan;
  scan.limit = kScanRows;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<IndexRow> rows, store_.ScanIndex(scan));
    if (rows.empty()) return absl::OkStatus();
    for (const IndexRow& row : rows) {
      const absl::StatusOr<bool> expected = IsExpected(row);
      if (expected.ok() && *expected) continue;
      faults->push_back(RowFault({"no entry", "不属于任何条目"}, row,
                                 "is one too many", "属多余的行"));
    }
    scan.after_key = rows.back().key;
  }
}

absl::StatusOr<LeafFacts> IndexCheck::FactsOf(uint64_t index) const {
  ASSIGN_OR_RETURN(const std::string leaf, store_.ReadLeaf(index));
  return decoder_.Decode(index, leaf);
}

// Whether any entry, or the whole, gives a row of this key.
absl::StatusOr<bool> IndexCheck::IsExpected(const IndexRow& row) const {
  if (row.key.empty()) return false;
  if (row.key == IndexMarkerKey()) return true;
  const absl::string_view key = row.key;
  if (key[0] == StreamHeadKey("")[0]) return streams_.contains(key.substr(1));
  if (key[0] == StreamRowPrefix("")[0]) {
    const auto stream = StreamOfRowKey(key);
    if (!stream.has_value()) return false;
    const auto found = streams_.find(*stream);
    return found != streams_.end() &&
           *StreamRowPosition(key) < found->second.length;
  }
  if (key[0] == RequestKey("", "")[0]) {
    const std::optional<uint64_t> index = ParseRequestValue(row.value);
    if (!index.has_value()) return false;
    ASSIGN_OR_RETURN(const LeafFacts facts, FactsOf(*index));
    return RequestKey(facts.caller, facts.request_id) == key;
  }
  if (key[0] == ErasureKey(0)[0]) {
    const std::optional<uint64_t> index = ParseErasureValue(row.value);
    if (!index.has_value()) return false;
    ASSIGN_OR_RETURN(const LeafFacts facts, FactsOf(*index));
    return facts.erases.has_value() && ErasedIndex(key) == facts.erases;
  }
  if (key[0] == OwnerRowKey("")[0]) return IsRowOfStream(row, row.value);
  return false;
}

absl::StatusOr<bool> IndexCheck::IsRowOfStream(const IndexRow& row,
                                               absl::string_view stream) const {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return false;
  // An entry that its stream row does not lead to may be the one.
  bool may_be = false;
  for (uint64_t position = 0; position < found->second.length; ++position) {
    ASSIGN_OR_RETURN(const std::optional<std::string> value,
                     store_.ReadIndex(StreamRowKey(stream, position)));
    const auto stream_row = ParseStreamRow(value.value_or(""));
    if (!stream_row.has_value()) {
      may_be = true;
      continue;
    }
    ASSIGN_OR_RETURN(const LeafFacts facts, FactsOf(stream_row->index));
    const bool is_of_entry =
        std::any_of(facts.index_rows.begin(), facts.index_rows.end(),
                    [&row](const IndexRow& own) {
                      return OwnerRowKey(own.key) == row.key;
                    });
    if (is_of_entry) return true;
  }
  return may_be;
}

}  // namespace annals::ledger
