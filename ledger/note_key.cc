#include "ledger/note_key.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

constexpr absl::string_view kSm2Identifier = "annals.v1/sm2-sm3;id=";
constexpr char kIdEnd = ';';

absl::Status Sm2IdInvalid() {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "SM2_ID_INVALID",
      {absl::StrCat("the distinguishing id of an SM2 key must be 1 to ",
                    kSm2IdCharactersMax,
                    " visible ASCII characters without a semicolon; leave it "
                    "out for ",
                    kSm2DefaultId),
       absl::StrCat("SM2 密钥的可辨别标识须为 1 至 ", kSm2IdCharactersMax,
                    " 个可见 ASCII 字符且不含分号；不填即为 ", kSm2DefaultId)});
}

absl::Status TypeUnknown(const Vkey& vkey) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "VERIFIER_KEY_TYPE_UNSUPPORTED",
      {absl::StrCat("the verifier key of ", vkey.name,
                    " is neither of Ed25519 (type 01) nor of SM2 (type ff, "
                    "annals.v1/sm2-sm3); make it with annals key"),
       absl::StrCat(vkey.name,
                    " 的验证公钥既不是 Ed25519（类型 01），也不是 SM2（类型 "
                    "ff，annals.v1/sm2-sm3）；请用 annals key 生成")});
}

bool IsSm2Id(absl::string_view id) {
  return !id.empty() && id.size() <= kSm2IdCharactersMax &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return absl::ascii_isgraph(static_cast<unsigned char>(c)) &&
                  c != kIdEnd;
         });
}

uint8_t TypeOf(const PublicKey& key) {
  return key.algorithm == KeyAlgorithm::kEd25519 ? kNoteTypeEd25519
                                                 : kNoteTypeOther;
}

// What follows the type's byte.
std::string PayloadOf(const PublicKey& key) {
  if (key.algorithm == KeyAlgorithm::kEd25519) return key.bytes;
  return absl::StrCat(kSm2Identifier, key.sm2_id, std::string(1, kIdEnd),
                      key.bytes);
}

absl::StatusOr<PublicKey> PublicKeyIn(const Vkey& vkey) {
  if (vkey.type == kNoteTypeEd25519) {
    return PublicKey{KeyAlgorithm::kEd25519, vkey.key, ""};
  }
  absl::string_view rest = vkey.key;
  if (vkey.type != kNoteTypeOther ||
      !absl::ConsumePrefix(&rest, kSm2Identifier)) {
    return TypeUnknown(vkey);
  }
  const size_t end = rest.find(kIdEnd);
  if (end == absl::string_view::npos) return Sm2IdInvalid();
  return PublicKey{KeyAlgorithm::kSm2, std::string(rest.substr(end + 1)),
                   std::string(rest.substr(0, end))};
}

}  // namespace

absl::StatusOr<NoteKey> NoteKey::Create(absl::string_view name,
                                        const PublicKey& key) {
  if (key.algorithm == KeyAlgorithm::kSm2 && !IsSm2Id(key.sm2_id)) {
    return Sm2IdInvalid();
  }
  RETURN_IF_ERROR(ValidatePublicKey(key));
  ASSIGN_OR_RETURN(const Vkey vkey,
                   MakeVkey(name, TypeOf(key), PayloadOf(key)));
  NoteKey result;
  result.name_ = vkey.name;
  result.key_id_ = vkey.key_id;
  result.key_ = key;
  return result;
}

absl::StatusOr<NoteKey> NoteKey::Parse(absl::string_view text) {
  ASSIGN_OR_RETURN(const Vkey vkey, ParseVkey(text));
  ASSIGN_OR_RETURN(const PublicKey key, PublicKeyIn(vkey));
  return Create(vkey.name, key);
}

std::string NoteKey::ToString() const {
  return FormatVkey({name_, key_id_, TypeOf(key_), PayloadOf(key_)});
}

std::string NoteKey::ShortName() const {
  return absl::StrCat(name_, "+", absl::Hex(key_id_, absl::kZeroPad8));
}

absl::Status RequireSignedBy(const ParsedNote& note, const NoteKey& key) {
  bool is_signed = false;
  for (const NoteSignature& signature : note.signatures) {
    if (signature.name != key.name() || signature.key_id != key.key_id()) {
      continue;
    }
    const absl::Status status = key.Verify(note.text, signature.signature);
    if (absl::IsDataLoss(status)) return NoteFalselySigned(key.name());
    RETURN_IF_ERROR(status);
    is_signed = true;
  }
  return is_signed ? absl::OkStatus() : NoteNotSigned(key.name());
}

}  // namespace annals::ledger
