#include "ledger/tlog_proof.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/base64.h"
#include "ledger/decimal.h"
#include "ledger/error.h"
#include "ledger/proof.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

constexpr absl::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr absl::string_view kExtraPrefix = "extra ";
constexpr absl::string_view kIndexPrefix = "index ";

absl::Status InvalidArgument(absl::string_view reason, ErrorText text) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, std::move(text));
}

// Takes the lines off a text. `Next` gives nothing at its end or if what is
// left does not end in a newline.
class LineReader {
 public:
  explicit LineReader(absl::string_view text) : rest_(text) {}

  std::optional<absl::string_view> Next() {
    ++number_;
    const size_t end = rest_.find('\n');
    if (end == absl::string_view::npos) return std::nullopt;
    const absl::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }

  // Of the line that Next gave last, from 1.
  size_t number() const { return number_; }
  absl::string_view rest() const { return rest_; }

 private:
  absl::string_view rest_;
  size_t number_ = 0;
};

absl::Status Malformed(const LineReader& reader, absl::string_view en,
                       absl::string_view zh) {
  return InvalidArgument(
      "TLOG_PROOF_MALFORMED",
      {absl::StrCat("line ", reader.number(), " of the proof: ", en,
                    "; get the receipt again"),
       absl::StrCat("证明第 ", reader.number(), " 行：", zh,
                    "；请重新获取回执")});
}

absl::Status TooLarge(size_t bytes) {
  return InvalidArgument(
      "TLOG_PROOF_TOO_LARGE",
      {absl::StrCat("the proof has ", bytes, " bytes; at most ",
                    kTlogProofBytesMax,
                    " are read; check that this is a receipt"),
       absl::StrCat("证明有 ", bytes, " 字节，超过上限 ", kTlogProofBytesMax,
                    " 字节；请核对该文件是否为回执")});
}

absl::Status ExtraTooLong(size_t bytes) {
  return InvalidArgument(
      "TLOG_PROOF_EXTRA_TOO_LONG",
      {absl::StrCat("the extra data of the proof has ", bytes,
                    " bytes; at most ", kTlogProofExtraBytesMax,
                    " are carried"),
       absl::StrCat("证明的附加数据有 ", bytes, " 字节，超过上限 ",
                    kTlogProofExtraBytesMax, " 字节")});
}

absl::Status TooManyHashes(size_t count) {
  return InvalidArgument(
      "TLOG_PROOF_TOO_LONG",
      {absl::StrCat("the proof has ", count,
                    " hashes; no tree demands more "
                    "than ",
                    kProofHashesMax),
       absl::StrCat("证明含 ", count, " 个哈希；任何树都不需要超过 ",
                    kProofHashesMax, " 个")});
}

// The note in the proof must be one with a checkpoint for its text.
absl::Status CheckCheckpoint(absl::string_view note) {
  ASSIGN_OR_RETURN(const ParsedNote parsed, ParseNote(note));
  return ParseCheckpointText(parsed.text).status();
}

// The extra line is optional: `line` is it, or is left as it is.
absl::Status ReadExtra(LineReader* reader,
                       std::optional<absl::string_view>* line,
                       TlogProof* proof) {
  absl::string_view text = line->value_or("");
  if (!absl::ConsumePrefix(&text, kExtraPrefix)) return absl::OkStatus();
  std::optional<std::string> extra = DecodeBase64(text);
  if (!extra.has_value() || extra->empty()) {
    return Malformed(*reader, "the extra data is not base64",
                     "附加数据不是 base64");
  }
  if (extra->size() > kTlogProofExtraBytesMax) {
    return ExtraTooLong(extra->size());
  }
  proof->extra = *std::move(extra);
  *line = reader->Next();
  return absl::OkStatus();
}

absl::Status ReadIndex(const LineReader& reader,
                       std::optional<absl::string_view> line,
                       TlogProof* proof) {
  absl::string_view text = line.value_or("");
  const bool has_prefix = absl::ConsumePrefix(&text, kIndexPrefix);
  const std::optional<uint64_t> index = ParseDecimal(text);
  if (!has_prefix || !index.has_value()) {
    return Malformed(reader,
                     "it is not \"index\" and a 64-bit decimal number in its "
                     "shortest form",
                     "不是“index”加最简形式的 64 位十进制数");
  }
  proof->index = *index;
  return absl::OkStatus();
}

// Up to the empty line.
absl::Status ReadHashes(LineReader* reader, TlogProof* proof) {
  while (true) {
    const std::optional<absl::string_view> line = reader->Next();
    if (!line.has_value()) {
      return Malformed(*reader, "it ends before the checkpoint",
                       "在检查点之前结束");
    }
    if (line->empty()) return absl::OkStatus();
    if (proof->hashes.size() == kProofHashesMax) {
      return Malformed(
          *reader,
          absl::StrCat("there are more than ", kProofHashesMax, " hashes"),
          absl::StrCat("哈希超过 ", kProofHashesMax, " 个"));
    }
    const std::optional<std::string> hash = DecodeBase64(*line);
    if (!hash.has_value() || hash->size() != kHashBytes) {
      return Malformed(*reader, "the hash is not 32 bytes in base64",
                       "哈希不是 32 字节的 base64");
    }
    proof->hashes.push_back(HashFromBytes(*hash));
  }
}

absl::Status VerifyLeaf(const TlogProof& proof, const Hash& leaf_hash,
                        const Checkpoint& checkpoint) {
  return VerifyInclusion({proof.index, checkpoint.size}, leaf_hash,
                         proof.hashes, checkpoint.root);
}

}  // namespace

absl::StatusOr<std::string> FormatTlogProof(const TlogProof& proof) {
  if (proof.extra.size() > kTlogProofExtraBytesMax) {
    return ExtraTooLong(proof.extra.size());
  }
  if (proof.hashes.size() > kProofHashesMax) {
    return TooManyHashes(proof.hashes.size());
  }
  RETURN_IF_ERROR(CheckCheckpoint(proof.checkpoint));
  std::string text = absl::StrCat(kHeader, "\n");
  if (!proof.extra.empty()) {
    absl::StrAppend(&text, kExtraPrefix, EncodeBase64(proof.extra), "\n");
  }
  absl::StrAppend(&text, kIndexPrefix, proof.index, "\n");
  for (const Hash& hash : proof.hashes) {
    absl::StrAppend(&text, EncodeBase64(AsStringView(hash)), "\n");
  }
  return absl::StrCat(text, "\n", proof.checkpoint);
}

absl::StatusOr<TlogProof> ParseTlogProof(absl::string_view text) {
  if (text.size() > kTlogProofBytesMax) return TooLarge(text.size());
  LineReader reader(text);
  if (reader.Next() != kHeader) {
    return Malformed(reader, absl::StrCat("it is not ", kHeader),
                     absl::StrCat("不是 ", kHeader));
  }
  TlogProof proof;
  std::optional<absl::string_view> line = reader.Next();
  RETURN_IF_ERROR(ReadExtra(&reader, &line, &proof));
  RETURN_IF_ERROR(ReadIndex(reader, line, &proof));
  RETURN_IF_ERROR(ReadHashes(&reader, &proof));
  RETURN_IF_ERROR(CheckCheckpoint(reader.rest()));
  proof.checkpoint = std::string(reader.rest());
  return proof;
}

absl::StatusOr<Checkpoint> VerifyTlogProof(const TlogProof& proof,
                                           const Hash& leaf_hash,
                                           const NoteVerifier& verifier) {
  ASSIGN_OR_RETURN(const Checkpoint checkpoint,
                   OpenCheckpoint(proof.checkpoint, verifier));
  RETURN_IF_ERROR(VerifyLeaf(proof, leaf_hash, checkpoint));
  return checkpoint;
}

absl::StatusOr<WitnessedCheckpoint> VerifyTlogProof(
    const TlogProof& proof, const Hash& leaf_hash,
    const WitnessPolicy& policy) {
  ASSIGN_OR_RETURN(WitnessedCheckpoint witnessed,
                   policy.Open(proof.checkpoint));
  RETURN_IF_ERROR(VerifyLeaf(proof, leaf_hash, witnessed.checkpoint));
  return witnessed;
}

}  // namespace annals::ledger
