#include "ledger/batch_builder.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/index_builder.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

absl::Status StreamMoved(const StreamLength& expected, uint64_t length) {
  const std::string stream = absl::Utf8SafeCEscape(expected.stream);
  absl::Status status = MakeError(
      absl::StatusCode::kAborted, "STREAM_MOVED",
      {absl::StrCat("stream ", stream, " has ", length, " entries, not ",
                    expected.length,
                    ": another append came first; read it again and retry"),
       absl::StrCat("序列 ", stream, " 有 ", length, " 个条目，而非 ",
                    expected.length,
                    " 个：已有其他写入在先；请重新读取后再试")});
  AddErrorMetadata("stream", stream, &status);
  AddErrorMetadata("length", absl::StrCat(length), &status);
  return status;
}

absl::Status LeafTooLarge(size_t size) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "LEAF_TOO_LARGE",
      {absl::StrCat("the entry's leaf has ", size, " bytes; at most ",
                    kLeafBytesMax, " are possible; shorten its texts"),
       absl::StrCat("条目有 ", size, " 字节，最多 ", kLeafBytesMax,
                    " 字节；请缩短其中的文字")});
}

absl::Status ContentErased(uint64_t index) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "CONTENT_ERASED",
      {absl::StrCat("the content of entry ", index, " was erased before"),
       absl::StrCat("条目 ", index, " 的内容此前已被删除")});
}

absl::Status LeafMismatch(absl::string_view what) {
  return MakeError(
      absl::StatusCode::kInternal, "LEAF_MISMATCH",
      {absl::StrCat("the leaf made for this request does not hold its ", what,
                    "; nothing was recorded; this is a fault of the program"),
       absl::StrCat("为该请求生成的条目与请求不符（", what,
                    "）；未作任何记录；这是程序错误")});
}

absl::Status CopyFalse(uint64_t index, const ErrorText& cause) {
  return ReplicaAccusation(
      kReplicaEntriesFalse,
      {absl::StrCat("entry ", index, " as it was sent is false: ", cause.en),
       absl::StrCat("所收到的条目 ", index, " 不实：", cause.zh)});
}

absl::Status CopyNotUnderstood(uint64_t index, const absl::Status& cause) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, kReplicaTooOld,
      {absl::StrCat("entry ", index, " can't be read by this version (",
                    cause.message(), "); install the primary's version"),
       absl::StrCat("本版本无法读取条目 ", index, "（", ErrorTextZh(cause),
                    "）；请安装与主服务相同的版本")});
}

}  // namespace

absl::StatusOr<std::optional<AppendResult>> BatchBuilder::FindAnswer(
    const AppendRequest& request) const {
  const auto found =
      accepted_.find(RequestName(request.caller, request.request_id));
  if (found == accepted_.end()) {
    return parts_.index->FindRequest(
        {request.caller, request.request_id, request.request_digest},
        start_.size);
  }
  const Accepted& first = found->second;
  if (first.digest != request.request_digest) {
    return RequestIdReused(request.request_id, first.result.index);
  }
  AppendResult result = first.result;
  result.replayed = true;
  return result;
}

absl::StatusOr<uint64_t> BatchBuilder::LengthOf(
    const std::string& stream) const {
  const auto found = lengths_.find(stream);
  if (found != lengths_.end()) return found->second;
  const std::optional<uint64_t> known = parts_.lengths->Get(stream);
  if (known.has_value()) return *known;
  ASSIGN_OR_RETURN(const uint64_t length,
                   parts_.index->LengthOf(stream, start_.size));
  parts_.lengths->Set(stream, length);
  return length;
}

absl::Status BatchBuilder::CheckLength(const StreamLength& expected) const {
  ASSIGN_OR_RETURN(const uint64_t length, LengthOf(expected.stream));
  if (length != expected.length) return StreamMoved(expected, length);
  return absl::OkStatus();
}

absl::Status BatchBuilder::CheckStreams(const AppendRequest& request) const {
  RETURN_IF_ERROR(CheckLength(request.stream));
  for (const StreamLength& expected : request.unchanged) {
    RETURN_IF_ERROR(CheckLength(expected));
  }
  return absl::OkStatus();
}

absl::Status BatchBuilder::CheckErasure(
    const std::optional<uint64_t>& erased) const {
  if (!erased.has_value()) return absl::OkStatus();
  if (erased_.contains(*erased)) return ContentErased(*erased);
  ASSIGN_OR_RETURN(const std::optional<uint64_t> eraser,
                   parts_.index->FindErasure(*erased));
  return eraser.has_value() ? ContentErased(*erased) : absl::OkStatus();
}

absl::Time BatchBuilder::NextTime() const {
  const absl::Time now =
      absl::FromUnixMicros(absl::ToUnixMicros(parts_.clock->Now()));
  return std::max(now, last_recorded_at_ + absl::Microseconds(1));
}

absl::StatusOr<LeafFacts> BatchBuilder::CheckLeaf(
    const PendingAppend& append, const LeafContext& context,
    absl::string_view leaf) const {
  if (leaf.size() > kLeafBytesMax) return LeafTooLarge(leaf.size());
  absl::StatusOr<LeafFacts> decoded =
      parts_.decoder->Decode(context.index, leaf);
  if (!decoded.ok()) return LeafMismatch(decoded.status().message());
  LeafFacts facts = *std::move(decoded);
  const AppendRequest& request = append.request;
  if (facts.recorded_at != context.recorded_at) return LeafMismatch("time");
  if (facts.stream != request.stream.stream) return LeafMismatch("stream");
  if (facts.caller != request.caller) return LeafMismatch("caller");
  if (facts.request_id != request.request_id) {
    return LeafMismatch("request id");
  }
  if (facts.request_hash != append.request_hash) {
    return LeafMismatch("request hash");
  }
  if (facts.content_hash != append.content_hash) {
    return LeafMismatch("content hash");
  }
  if (facts.erases != request.erases ||
      (facts.erases.has_value() && *facts.erases >= context.index)) {
    return LeafMismatch("erasure");
  }
  for (const IndexRow& row : facts.index_rows) {
    if (row.key.empty()) return LeafMismatch("index rows");
  }
  return facts;
}

absl::StatusOr<AppendResult> BatchBuilder::Add(PendingAppend* append) {
  AppendRequest& request = append->request;
  // Before the streams: a request that is repeated gets its first answer even
  // if its stream has moved on, by this very request to begin with.
  ASSIGN_OR_RETURN(std::optional<AppendResult> answer, FindAnswer(request));
  if (answer.has_value()) return *std::move(answer);
  RETURN_IF_ERROR(CheckStreams(request));
  RETURN_IF_ERROR(CheckErasure(request.erases));

  LeafContext context;
  context.index = start_.size + batch_.entries.size();
  context.recorded_at = NextTime();
  context.content_hash = append->content_hash;
  context.request_hash = append->request_hash;
  AppendResult result;
  result.index = context.index;
  result.recorded_at = context.recorded_at;
  result.leaf = request.make_leaf(context);
  ASSIGN_OR_RETURN(const LeafFacts facts,
                   CheckLeaf(*append, context, result.leaf));

  StoredEntry entry{result.leaf, {append->salt, ""}};
  if (request.content.has_value()) {
    entry.content.content = *std::move(request.content);
  }
  batch_.entries.push_back(std::move(entry));
  Take(facts, {context.index, request.stream.length});
  accepted_.emplace(RequestName(request.caller, request.request_id),
                    Accepted{request.request_digest, result});
  return result;
}

void BatchBuilder::Take(const LeafFacts& facts, const EntryPlace& place) {
  AddEntryRows(facts, place, &batch_.index_rows);
  if (facts.erases.has_value()) {
    batch_.erased_contents.push_back(*facts.erases);
    erased_.insert(*facts.erases);
  }
  last_recorded_at_ = facts.recorded_at;
  lengths_[facts.stream] = place.stream_position + 1;
}

absl::Status BatchBuilder::AddCopy(CopiedEntry copy) {
  const uint64_t index = start_.size + batch_.entries.size();
  const absl::StatusOr<LeafFacts> facts =
      parts_.decoder->Decode(index, copy.leaf);
  if (!facts.ok()) return CopyNotUnderstood(index, facts.status());
  const absl::Status status = CheckCopy(*facts, copy);
  if (ErrorReason(status) == "CONTENT_ERASED") {
    return CopyFalse(index, {"it erases a content that was erased before",
                             "它删除的内容此前已被删除"});
  }
  RETURN_IF_ERROR(status);
  ASSIGN_OR_RETURN(const uint64_t position, LengthOf(facts->stream));
  const bool is_missing =
      facts->content_hash.has_value() && !copy.content.has_value();
  batch_.entries.push_back({std::move(copy.leaf), {}});
  if (copy.content.has_value()) {
    batch_.entries.back().content = *std::move(copy.content);
  }
  if (is_missing) batch_.erased_contents.push_back(index);
  Take(*facts, {index, position});
  return absl::OkStatus();
}

absl::Status BatchBuilder::CheckCopy(const LeafFacts& facts,
                                     const CopiedEntry& copy) const {
  const uint64_t index = start_.size + batch_.entries.size();
  if (copy.leaf.size() > kLeafBytesMax) {
    return CopyFalse(index, {"its leaf is too long", "其条目过长"});
  }
  if (facts.recorded_at <= last_recorded_at_) {
    return CopyFalse(index, {"it is not later than the entry before it",
                             "其时间不晚于前一条目"});
  }
  const bool has_content = copy.content.has_value();
  if (has_content && (!facts.content_hash.has_value() ||
                      ContentHash(copy.content->salt, copy.content->content) !=
                          *facts.content_hash)) {
    return CopyFalse(index, {"its content does not have the hash in its leaf",
                             "其正文与条目中的哈希不一致"});
  }
  if (!has_content && facts.content_hash.has_value() &&
      !copy.erased_by.has_value()) {
    return CopyFalse(index, {"its content was not sent, and nobody is said to "
                             "have erased it",
                             "其正文未随之发来，也没有说明已被删除"});
  }
  if (!facts.erases.has_value()) return absl::OkStatus();
  if (*facts.erases >= index) {
    return CopyFalse(index, {"it erases a content of no earlier entry",
                             "它删除的不是更早条目的内容"});
  }
  return CheckErasure(facts.erases);
}

void BatchBuilder::RememberLengths() const {
  for (const auto& [stream, length] : lengths_) {
    parts_.lengths->Set(stream, length);
  }
}

}  // namespace annals::ledger
