#include "ledger/index_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/keys.h"
#include "ledger/status_macros.h"
#include "ledger/store_error.h"

namespace annals::ledger {

absl::Status IndexDamaged(const ErrorText& row) {
  return MakeError(
      absl::StatusCode::kDataLoss, "INDEX_DAMAGED",
      {absl::StrCat("the index row of ", absl::Utf8SafeCEscape(row.en),
                    " is missing or damaged; the entries are not affected; "
                    "start annalsd with --rebuild_indexes"),
       absl::StrCat(absl::Utf8SafeCEscape(row.zh),
                    " 的索引行缺失或损坏；账本条目不受影响；"
                    "请以 --rebuild_indexes 启动 annalsd")});
}

absl::Status RequestIdReused(absl::string_view request_id, uint64_t index) {
  const std::string id = absl::Utf8SafeCEscape(request_id);
  absl::Status status = MakeError(
      absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED",
      {absl::StrCat("request id ", id, " was used for another request, entry ",
                    index, "; use a new id"),
       absl::StrCat("请求号 ", id, " 已用于另一请求（条目 ", index,
                    "）；请使用新的请求号")});
  AddErrorMetadata("requestId", id, &status);
  AddErrorMetadata("entryIndex", absl::StrCat(index), &status);
  return status;
}

absl::StatusOr<std::optional<AppendResult>> IndexReader::FindRequest(
    const RequestIdentity& request, uint64_t size) const {
  ASSIGN_OR_RETURN(
      const std::optional<std::string> row,
      store_->ReadIndex(RequestKey(request.caller, request.request_id)));
  if (!row.has_value()) return std::nullopt;
  const std::optional<uint64_t> index = ParseRequestValue(*row);
  const ErrorText name = {absl::StrCat("request ", request.request_id),
                          absl::StrCat("请求 ", request.request_id)};
  if (!index.has_value()) return IndexDamaged(name);
  if (*index >= size) return std::nullopt;

  AppendResult result;
  result.index = *index;
  result.replayed = true;
  ASSIGN_OR_RETURN(result.leaf, store_->ReadLeaf(*index));
  ASSIGN_OR_RETURN(const LeafFacts facts,
                   decoder_->Decode(*index, result.leaf));
  if (facts.caller != request.caller ||
      facts.request_id != request.request_id) {
    return IndexDamaged(name);
  }
  result.recorded_at = facts.recorded_at;
  RETURN_IF_ERROR(CheckDigest(request, *index, facts));
  return result;
}

// The salt goes with an erased content; then nobody can tell what was asked
// for, and whoever has the id gets the first answer.
absl::Status IndexReader::CheckDigest(const RequestIdentity& request,
                                      uint64_t index,
                                      const LeafFacts& facts) const {
  const absl::StatusOr<StoredContent> content = store_->ReadContent(index);
  if (absl::IsNotFound(content.status())) {
    ASSIGN_OR_RETURN(const std::optional<uint64_t> erasure, FindErasure(index));
    if (erasure.has_value()) return absl::OkStatus();
    return StoreDamaged(ErrorText{
        absl::StrCat("the content of entry ", index,
                     " is missing, and no entry erased it"),
        absl::StrCat("条目 ", index, " 的内容缺失，且没有条目记录其已被删除")});
  }
  RETURN_IF_ERROR(content.status());
  // A copy lacks the salts of entries without content (replica.h).
  if (content->salt == Salt{}) return absl::OkStatus();
  if (RequestHash(content->salt, request.digest) == facts.request_hash) {
    return absl::OkStatus();
  }
  return RequestIdReused(request.request_id, index);
}

absl::StatusOr<std::optional<uint64_t>> IndexReader::FindErasure(
    uint64_t index) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> row,
                   store_->ReadIndex(ErasureKey(index)));
  if (!row.has_value()) return std::nullopt;
  const ErrorText name = {absl::StrCat("the erasure of entry ", index),
                          absl::StrCat("条目 ", index, " 的内容删除")};
  const std::optional<uint64_t> eraser = ParseErasureValue(*row);
  if (!eraser.has_value()) return IndexDamaged(name);
  const absl::StatusOr<std::string> leaf = store_->ReadLeaf(*eraser);
  if (absl::IsOutOfRange(leaf.status())) return IndexDamaged(name);
  RETURN_IF_ERROR(leaf.status());
  ASSIGN_OR_RETURN(const LeafFacts facts, decoder_->Decode(*eraser, *leaf));
  if (facts.erases != index) return IndexDamaged(name);
  return eraser;
}

absl::StatusOr<uint64_t> IndexReader::LengthOf(absl::string_view stream,
                                               uint64_t size) const {
  ASSIGN_OR_RETURN(const std::optional<StreamEnd> end,
                   FindStreamEnd(stream, size));
  return end.has_value() ? end->length : 0;
}

namespace {

ErrorText NameOf(absl::string_view stream) {
  return {absl::StrCat("stream ", stream), absl::StrCat("流 ", stream)};
}

ErrorText NameOf(absl::string_view stream, uint64_t position) {
  return {absl::StrCat("stream ", stream, ", ", position),
          absl::StrCat("流 ", stream, "，", position)};
}

// What the head row of a stream says; nullopt if there is none.
absl::StatusOr<std::optional<StreamHead>> ReadHead(
    absl::string_view stream, const std::optional<std::string>& row) {
  if (!row.has_value()) return std::nullopt;
  const std::optional<StreamHead> head = ParseStreamHead(*row);
  if (head.has_value() && head->length > 0) return head;
  return IndexDamaged(NameOf(stream));
}

}  // namespace

absl::StatusOr<std::optional<StreamEnd>> IndexReader::PeekStreamEnd(
    absl::string_view stream, uint64_t size) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> row,
                   store_->PeekIndex(StreamHeadKey(stream)));
  ASSIGN_OR_RETURN(const std::optional<StreamHead> head, ReadHead(stream, row));
  if (!head.has_value()) return std::nullopt;
  if (head->last_index < size) {
    return StreamEnd{head->length, head->last_index};
  }
  return absl::UnavailableError("the end of the stream must be looked for");
}

absl::StatusOr<std::optional<StreamEnd>> IndexReader::FindStreamEnd(
    absl::string_view stream, uint64_t size) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> row,
                   store_->ReadIndex(StreamHeadKey(stream)));
  return EndBelow(stream, row, size);
}

absl::StatusOr<std::vector<std::optional<StreamEnd>>>
IndexReader::FindStreamEnds(const std::vector<std::string>& streams,
                            uint64_t size) const {
  std::vector<std::string> keys;
  keys.reserve(streams.size());
  for (const std::string& stream : streams) {
    keys.push_back(StreamHeadKey(stream));
  }
  ASSIGN_OR_RETURN(const std::vector<std::optional<std::string>> rows,
                   store_->ReadIndexes(keys));
  std::vector<std::optional<StreamEnd>> ends(streams.size());
  for (size_t i = 0; i < streams.size(); ++i) {
    ASSIGN_OR_RETURN(ends[i], EndBelow(streams[i], rows[i], size));
  }
  return ends;
}

absl::StatusOr<std::optional<StreamEnd>> IndexReader::EndBelow(
    absl::string_view stream, const std::optional<std::string>& head_row,
    uint64_t size) const {
  ASSIGN_OR_RETURN(const std::optional<StreamHead> head,
                   ReadHead(stream, head_row));
  if (!head.has_value()) return std::nullopt;
  if (head->last_index < size) {
    return StreamEnd{head->length, head->last_index};
  }
  ASSIGN_OR_RETURN(const uint64_t length,
                   CountRowsBelow(stream, head->length - 1, size));
  if (length == 0) return std::nullopt;
  ASSIGN_OR_RETURN(const StreamRow last, ReadStreamRow(stream, length - 1));
  return StreamEnd{length, last.index};
}

absl::StatusOr<StreamRow> IndexReader::ReadStreamRow(absl::string_view stream,
                                                     uint64_t position) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> value,
                   store_->ReadIndex(StreamRowKey(stream, position)));
  const std::optional<StreamRow> row =
      value.has_value() ? ParseStreamRow(*value) : std::nullopt;
  if (!row.has_value()) {
    return IndexDamaged(NameOf(stream, position));
  }
  return *row;
}

absl::StatusOr<uint64_t> IndexReader::CountRowsBelow(absl::string_view stream,
                                                     uint64_t length,
                                                     uint64_t size) const {
  // The indexes rise along a stream.
  uint64_t below = 0;
  while (below < length) {
    const uint64_t middle = below + (length - below) / 2;
    ASSIGN_OR_RETURN(const StreamRow row, ReadStreamRow(stream, middle));
    if (row.index < size) {
      below = middle + 1;
    } else {
      length = middle;
    }
  }
  return below;
}

absl::StatusOr<std::vector<StreamEntry>> IndexReader::ReadStream(
    const StreamSlice& slice, uint64_t size) const {
  std::vector<StreamEntry> entries;
  if (slice.begin >= slice.end) return entries;
  IndexScan scan;
  scan.prefix = StreamRowPrefix(slice.stream);
  if (slice.begin > 0) {
    scan.after_key = StreamRowKey(slice.stream, slice.begin - 1);
  }
  scan.limit = static_cast<size_t>(std::min<uint64_t>(
      slice.end - slice.begin, std::numeric_limits<size_t>::max()));
  ASSIGN_OR_RETURN(const std::vector<IndexRow> rows, store_->ScanIndex(scan));
  for (const IndexRow& index_row : rows) {
    const uint64_t position = slice.begin + entries.size();
    const std::optional<StreamRow> row = ParseStreamRow(index_row.value);
    if (!row.has_value() || StreamRowPosition(index_row.key) != position) {
      return IndexDamaged(NameOf(slice.stream, position));
    }
    if (row->index >= size) break;
    entries.push_back({position, row->index, row->recorded_at});
  }
  return entries;
}

}  // namespace annals::ledger
