#include "ledger/cosignature.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/checkpoint.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

std::string BigEndian64(uint64_t value) {
  std::string bytes(kCosignatureTimeBytes, '\0');
  for (size_t i = 0; i < kCosignatureTimeBytes; ++i) {
    bytes[i] =
        static_cast<char>(value >> (8 * (kCosignatureTimeBytes - 1 - i)));
  }
  return bytes;
}

// REQUIRES: at least 8 bytes.
uint64_t ReadBigEndian64(absl::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < kCosignatureTimeBytes; ++i) {
    value = (value << 8) | static_cast<uint8_t>(bytes[i]);
  }
  return value;
}

absl::Status InvalidArgument(absl::string_view reason, ErrorText text) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, std::move(text));
}

absl::Status CheckCosignable(absl::string_view text, uint64_t seconds,
                             const CosignatureVerifier& verifier,
                             const Signer& signer) {
  if (!IsNoteText(text)) {
    return InvalidArgument(
        "NOTE_TEXT_INVALID",
        {"the text to cosign is not UTF-8, has a control character or does not "
         "end in a newline",
         "待见证文本不是 UTF-8、含控制字符或末尾没有换行"});
  }
  RETURN_IF_ERROR(ParseCheckpointText(text).status());
  if (seconds > kCosignatureTimeMax) {
    return InvalidArgument(
        "COSIGNATURE_TIME_INVALID",
        {absl::StrCat("the time of the cosignature is ", seconds,
                      " seconds, above the largest, ", kCosignatureTimeMax,
                      "; check the clock"),
         absl::StrCat("见证签名的时间为 ", seconds, " 秒，超过上限 ",
                      kCosignatureTimeMax, "；请检查时钟")});
  }
  if (signer.public_key() != verifier.key()) {
    return InvalidArgument(
        "SIGNER_KEY_MISMATCH",
        {absl::StrCat("the signing key is not that of witness ",
                      verifier.name()),
         absl::StrCat("签名密钥不是见证方 ", verifier.name(), " 的密钥")});
  }
  return absl::OkStatus();
}

absl::Status NotCosigned(const CosignatureVerifier& verifier) {
  return MakeError(
      absl::StatusCode::kNotFound, "CHECKPOINT_NOT_COSIGNED",
      {absl::StrCat("the checkpoint carries no cosignature by witness ",
                    verifier.name(),
                    " with this key; ask the ledger for a newer checkpoint, or "
                    "check the witness's verifier key"),
       absl::StrCat("检查点中没有见证方 ", verifier.name(),
                    " 以该密钥所作的见证签名；请向账本索取更新的检查点，"
                    "或核对见证方的验证公钥")});
}

absl::Status FalselyCosigned(const CosignatureVerifier& verifier) {
  return MakeError(
      absl::StatusCode::kDataLoss, "COSIGNATURE_FALSE",
      {absl::StrCat("the checkpoint's cosignature by witness ", verifier.name(),
                    " is false: it was altered or forged; keep it as evidence "
                    "and ask the operator and the witness"),
       absl::StrCat("检查点中见证方 ", verifier.name(),
                    " 的见证签名不成立：被改动或伪造；"
                    "请保存作为证据并询问运行方和见证方")});
}

// The time of one signature by `verifier`.
absl::StatusOr<uint64_t> VerifyCosignature(
    absl::string_view text, absl::string_view signature,
    const CosignatureVerifier& verifier) {
  if (signature.size() != kCosignatureBytes) return FalselyCosigned(verifier);
  const uint64_t seconds = ReadBigEndian64(signature);
  if (seconds > kCosignatureTimeMax) return FalselyCosigned(verifier);
  const absl::Status status =
      VerifyEd25519(verifier.key(), CosignatureMessage(text, seconds),
                    signature.substr(kCosignatureTimeBytes));
  if (absl::IsDataLoss(status)) return FalselyCosigned(verifier);
  RETURN_IF_ERROR(status);
  return seconds;
}

}  // namespace

absl::StatusOr<CosignatureVerifier> CosignatureVerifier::Create(
    absl::string_view name, const Ed25519PublicKey& key) {
  ASSIGN_OR_RETURN(const Vkey vkey,
                   MakeVkey(name, kNoteTypeCosignature, AsStringView(key)));
  CosignatureVerifier verifier;
  verifier.name_ = vkey.name;
  verifier.key_id_ = vkey.key_id;
  verifier.key_ = key;
  return verifier;
}

absl::StatusOr<CosignatureVerifier> CosignatureVerifier::Parse(
    absl::string_view text) {
  ASSIGN_OR_RETURN(const Vkey vkey, ParseVkey(text));
  ASSIGN_OR_RETURN(const Ed25519PublicKey key,
                   Ed25519KeyOf(vkey, kNoteTypeCosignature));
  return Create(vkey.name, key);
}

std::string CosignatureVerifier::ToString() const {
  return FormatVkey(
      {name_, key_id_, kNoteTypeCosignature, std::string(AsStringView(key_))});
}

std::string CosignatureMessage(absl::string_view text, uint64_t seconds) {
  return absl::StrCat("cosignature/v1\ntime ", seconds, "\n", text);
}

absl::StatusOr<NoteSignature> MakeCosignature(
    absl::string_view text, uint64_t seconds,
    const CosignatureVerifier& verifier, Signer* signer) {
  RETURN_IF_ERROR(CheckCosignable(text, seconds, verifier, *signer));
  ASSIGN_OR_RETURN(const std::string signature,
                   signer->Sign(CosignatureMessage(text, seconds)));
  return NoteSignature{verifier.name(), verifier.key_id(),
                       absl::StrCat(BigEndian64(seconds), signature)};
}

absl::StatusOr<uint64_t> FindCosignature(const ParsedNote& note,
                                         const CosignatureVerifier& verifier) {
  std::optional<uint64_t> latest;
  for (const NoteSignature& signature : note.signatures) {
    if (signature.name != verifier.name() ||
        signature.key_id != verifier.key_id()) {
      continue;
    }
    ASSIGN_OR_RETURN(
        const uint64_t seconds,
        VerifyCosignature(note.text, signature.signature, verifier));
    latest = std::max(latest.value_or(0), seconds);
  }
  if (!latest.has_value()) return NotCosigned(verifier);
  return *latest;
}

}  // namespace annals::ledger
