#include "ledger/checkpoint.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/base64.h"
#include "ledger/decimal.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

constexpr size_t kLinesMin = 3;

// `line` counts from 1.
absl::Status Malformed(size_t line, absl::string_view en,
                       absl::string_view zh) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "CHECKPOINT_MALFORMED",
      {absl::StrCat("line ", line, " of the checkpoint: ", en,
                    "; fetch the checkpoint again"),
       absl::StrCat("检查点第 ", line, " 行：", zh, "；请重新获取检查点")});
}

absl::Status OriginMismatch(absl::string_view origin, absl::string_view name) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "CHECKPOINT_ORIGIN_MISMATCH",
      {absl::StrCat("the checkpoint is of ledger ", origin, ", not of ", name,
                    "; use the verifier key of the ledger you ask"),
       absl::StrCat("该检查点属于账本 ", origin, "，而不是 ", name,
                    "；请使用所查询账本的验证公钥")});
}

}  // namespace

std::string CheckpointText(const Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n",
                      EncodeBase64(AsStringView(checkpoint.root)), "\n");
}

absl::StatusOr<Checkpoint> ParseCheckpointText(absl::string_view text) {
  const bool ended = absl::ConsumeSuffix(&text, "\n");
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (!ended) {
    return Malformed(lines.size(), "it does not end in a newline",
                     "末尾没有换行");
  }
  if (lines[0].empty()) {
    return Malformed(1, "the origin is empty", "来源为空");
  }
  if (lines.size() < kLinesMin) {
    return Malformed(lines.size() + 1, "it is missing", "缺少该行");
  }
  const std::optional<uint64_t> size = ParseDecimal(lines[1]);
  if (!size.has_value()) {
    return Malformed(2,
                     "the size is not a 64-bit decimal number in its "
                     "shortest form",
                     "规模不是最简形式的 64 位十进制数");
  }
  const std::optional<std::string> root = DecodeBase64(lines[2]);
  if (!root.has_value() || root->size() != kHashBytes) {
    return Malformed(3, "the root hash is not 32 bytes in base64",
                     "根哈希不是 32 字节的 base64");
  }
  const auto empty = std::find(lines.begin() + kLinesMin, lines.end(), "");
  if (empty != lines.end()) {
    return Malformed(static_cast<size_t>(empty - lines.begin()) + 1,
                     "the extension is empty", "扩展行为空");
  }
  return Checkpoint{std::string(lines[0]), *size, HashFromBytes(*root)};
}

absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note,
                                          const NoteVerifier& verifier) {
  ASSIGN_OR_RETURN(const std::string text, OpenNote(note, verifier));
  ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpointText(text));
  if (checkpoint.origin != verifier.name()) {
    return OriginMismatch(checkpoint.origin, verifier.name());
  }
  return checkpoint;
}

}  // namespace annals::ledger
