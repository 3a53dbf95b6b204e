#include "ledger/add_checkpoint.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/base64.h"
#include "ledger/decimal.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

absl::Status Malformed(size_t line, absl::string_view en,
                       absl::string_view zh) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "ADD_CHECKPOINT_MALFORMED",
      {absl::StrCat("line ", line, " of the add-checkpoint request: ", en),
       absl::StrCat("add-checkpoint 请求第 ", line, " 行：", zh)});
}

// The line in front, without its newline; nothing if there is no newline.
std::optional<absl::string_view> ConsumeLine(absl::string_view* text) {
  const size_t end = text->find('\n');
  if (end == absl::string_view::npos) return std::nullopt;
  const absl::string_view line = text->substr(0, end);
  text->remove_prefix(end + 1);
  return line;
}

absl::StatusOr<uint64_t> ParseOldSize(std::optional<absl::string_view> line) {
  std::optional<uint64_t> size;
  if (line.has_value() && absl::ConsumePrefix(&*line, "old ")) {
    size = ParseDecimal(*line);
  }
  if (!size.has_value()) {
    return Malformed(1, "is not \"old SIZE\" with SIZE in decimal",
                     "不是“old 大小”，其中大小为十进制数");
  }
  return *size;
}

// The proof and the empty line after it.
absl::StatusOr<std::vector<Hash>> ParseProof(absl::string_view* rest) {
  std::vector<Hash> proof;
  for (size_t number = 2;; ++number) {
    const std::optional<absl::string_view> line = ConsumeLine(rest);
    if (!line.has_value()) {
      return Malformed(number, "there is no empty line before the checkpoint",
                       "检查点之前没有空行");
    }
    if (line->empty()) return proof;
    if (proof.size() == kAddCheckpointHashesMax) {
      return Malformed(
          number,
          absl::StrCat("the proof has more than ", kAddCheckpointHashesMax,
                       " hashes"),
          absl::StrCat("证明超过 ", kAddCheckpointHashesMax, " 个哈希"));
    }
    const std::optional<std::string> hash = DecodeBase64(*line);
    if (!hash.has_value() || hash->size() != kHashBytes) {
      return Malformed(number, "is not a hash of 32 bytes in base64",
                       "不是 base64 编码的 32 字节哈希");
    }
    proof.push_back(HashFromBytes(*hash));
  }
}

}  // namespace

std::string FormatAddCheckpoint(const AddCheckpointRequest& request) {
  std::string body = absl::StrCat("old ", request.old_size, "\n");
  for (const Hash& hash : request.proof) {
    absl::StrAppend(&body, EncodeBase64(AsStringView(hash)), "\n");
  }
  absl::StrAppend(&body, "\n", request.checkpoint);
  return body;
}

absl::StatusOr<AddCheckpointRequest> ParseAddCheckpoint(
    absl::string_view body) {
  if (body.size() > kAddCheckpointBytesMax) {
    return Malformed(
        1,
        absl::StrCat("the request has ", body.size(), " bytes; at most ",
                     kAddCheckpointBytesMax, " are read"),
        absl::StrCat("请求有 ", body.size(), " 字节，超过上限 ",
                     kAddCheckpointBytesMax, " 字节"));
  }
  AddCheckpointRequest request;
  ASSIGN_OR_RETURN(request.old_size, ParseOldSize(ConsumeLine(&body)));
  ASSIGN_OR_RETURN(request.proof, ParseProof(&body));
  request.checkpoint = std::string(body);
  return request;
}

std::string FormatTreeSize(uint64_t size) { return absl::StrCat(size, "\n"); }

absl::StatusOr<uint64_t> ParseTreeSize(absl::string_view body) {
  std::optional<uint64_t> size;
  if (absl::ConsumeSuffix(&body, "\n")) size = ParseDecimal(body);
  if (!size.has_value()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "TREE_SIZE_MALFORMED",
                     {"the witness's answer 409 holds no tree size in decimal",
                      "见证方的 409 应答中没有十进制的树大小"});
  }
  return *size;
}

}  // namespace annals::ledger
