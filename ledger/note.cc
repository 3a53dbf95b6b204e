#include "ledger/note.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/base64.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"
#include "ledger/utf8.h"

namespace annals::ledger {
namespace {

constexpr size_t kKeyIdBytes = 4;
constexpr size_t kKeyIdHexDigits = 2 * kKeyIdBytes;
// An em dash (U+2014) and a space.
constexpr absl::string_view kSignaturePrefix = "\xE2\x80\x94 ";

std::string BigEndian32(uint32_t value) {
  std::string bytes(kKeyIdBytes, '\0');
  for (size_t i = 0; i < kKeyIdBytes; ++i) {
    bytes[i] = static_cast<char>(value >> (8 * (kKeyIdBytes - 1 - i)));
  }
  return bytes;
}

// REQUIRES: at least 4 bytes.
uint32_t ReadBigEndian32(absl::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < kKeyIdBytes; ++i) {
    value = (value << 8) | static_cast<uint8_t>(bytes[i]);
  }
  return value;
}

// What follows the name in a vkey, and what the key id is made of.
std::string TypeAndKey(uint8_t type, absl::string_view key) {
  return absl::StrCat(std::string(1, static_cast<char>(type)), key);
}

// `type_and_key` is the type's byte and the public key.
uint32_t KeyIdOf(absl::string_view name, absl::string_view type_and_key) {
  const Hash digest = Sha256(absl::StrCat(name, "\n", type_and_key));
  return ReadBigEndian32(AsStringView(digest));
}

// Control characters of ASCII: those below U+0020.
bool IsControl(char32_t character) { return character < 0x20; }

// The white space of Unicode (property White_Space).
bool IsSpace(char32_t character) {
  return (character >= 0x09 && character <= 0x0D) || character == 0x20 ||
         character == 0x85 || character == 0xA0 || character == 0x1680 ||
         (character >= 0x2000 && character <= 0x200A) || character == 0x2028 ||
         character == 0x2029 || character == 0x202F || character == 0x205F ||
         character == 0x3000;
}

bool IsKeyName(absl::string_view name) {
  if (name.empty()) return false;
  while (const std::optional<char32_t> character = ConsumeUtf8(&name)) {
    if (IsControl(*character) || IsSpace(*character) || *character == '+') {
      return false;
    }
  }
  return name.empty();
}

absl::Status InvalidArgument(absl::string_view reason, ErrorText text) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, std::move(text));
}

absl::Status InvalidName() {
  return InvalidArgument(
      "KEY_NAME_INVALID",
      {"the key's name is empty, not UTF-8, or has a space, a plus sign or a "
       "control character; use a name such as annals.example.org/ledger",
       "密钥名称为空、不是 UTF-8，或含空白、加号或控制字符；"
       "请使用如 annals.example.org/ledger 的名称"});
}

absl::Status MalformedVkey(absl::string_view en, absl::string_view zh) {
  return InvalidArgument(
      "VERIFIER_KEY_MALFORMED",
      {absl::StrCat("the verifier key is malformed: ", en,
                    "; copy it whole, as name+key id+base64"),
       absl::StrCat("验证公钥格式有误：", zh,
                    "；请按“名称+密钥标识+base64”完整复制")});
}

// REQUIRES: `type` is one of note.h.
absl::Status TypeUnsupported(const Vkey& vkey, uint8_t type) {
  const std::string found = absl::StrCat(absl::Hex(vkey.type, absl::kZeroPad2));
  const std::string wanted = absl::StrCat(absl::Hex(type, absl::kZeroPad2));
  const bool of_witness = type == kNoteTypeCosignature;
  return InvalidArgument(
      "VERIFIER_KEY_TYPE_UNSUPPORTED",
      {absl::StrCat("the verifier key of ", vkey.name, " is of type ", found,
                    ", where type ", wanted, " (",
                    of_witness ? "Ed25519 witness cosignatures" : "Ed25519",
                    ") is needed; ask its owner for the key of that type"),
       absl::StrCat(vkey.name, " 的验证公钥类型为 ", found, "，此处需要类型 ",
                    wanted, "（", of_witness ? "Ed25519 见证签名" : "Ed25519",
                    "）；请向其所有者索取该类型的公钥")});
}

bool IsKeyIdInHex(absl::string_view text) {
  return text.size() == kKeyIdHexDigits &&
         std::all_of(text.begin(), text.end(), [](char digit) {
           return absl::ascii_isdigit(digit) || (digit >= 'a' && digit <= 'f');
         });
}

absl::Status MalformedNote(absl::string_view en, absl::string_view zh) {
  return InvalidArgument(
      "NOTE_MALFORMED",
      {absl::StrCat("the signed note is malformed: ", en, "; fetch it again"),
       absl::StrCat("签名文书格式有误：", zh, "；请重新获取")});
}

// What makes the whole note unreadable, before its parts are looked at.
absl::Status CheckNoteBytes(absl::string_view note) {
  if (note.size() > kNoteBytesMax) {
    return InvalidArgument(
        "NOTE_TOO_LARGE",
        {absl::StrCat("the signed note has ", note.size(), " bytes; at most ",
                      kNoteBytesMax, " are read"),
         absl::StrCat("签名文书有 ", note.size(), " 字节，超过上限 ",
                      kNoteBytesMax, " 字节")});
  }
  if (!IsNoteText(note)) {
    return MalformedNote(
        "it is not UTF-8, has a control character or does not end in a newline",
        "不是 UTF-8、含控制字符或末尾没有换行");
  }
  return absl::OkStatus();
}

absl::StatusOr<NoteSignature> ParseSignatureLine(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, kSignaturePrefix)) {
    return MalformedNote("a signature line does not begin with a dash",
                         "签名行不以破折号开头");
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(line, absl::MaxSplits(' ', 1));
  if (!IsKeyName(parts.first)) {
    return MalformedNote("a signature has no valid name", "签名没有有效名称");
  }
  const std::optional<std::string> bytes = DecodeBase64(parts.second);
  if (!bytes.has_value()) {
    return MalformedNote("a signature is not base64", "签名不是 base64");
  }
  if (bytes->size() <= kKeyIdBytes) {
    return MalformedNote("a signature is too short", "签名过短");
  }
  return NoteSignature{std::string(parts.first), ReadBigEndian32(*bytes),
                       bytes->substr(kKeyIdBytes)};
}

// REQUIRES: CheckNoteBytes.
absl::StatusOr<std::vector<NoteSignature>> ParseSignatures(
    absl::string_view block) {
  std::vector<NoteSignature> signatures;
  absl::ConsumeSuffix(&block, "\n");
  for (absl::string_view line : absl::StrSplit(block, '\n')) {
    if (signatures.size() == kNoteSignaturesMax) {
      return MalformedNote(
          absl::StrCat("it has more than ", kNoteSignaturesMax, " signatures"),
          absl::StrCat("签名超过 ", kNoteSignaturesMax, " 个"));
    }
    ASSIGN_OR_RETURN(NoteSignature signature, ParseSignatureLine(line));
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

bool IsBy(const NoteSignature& signature, const NoteVerifier& verifier) {
  return signature.name == verifier.name() &&
         signature.key_id == verifier.key_id();
}

absl::Status CheckSignable(absl::string_view text, const NoteVerifier& verifier,
                           const Signer& signer) {
  if (!IsNoteText(text)) {
    return InvalidArgument(
        "NOTE_TEXT_INVALID",
        {"the text to sign is not UTF-8, has a control character or does not "
         "end in a newline",
         "待签文本不是 UTF-8、含控制字符或末尾没有换行"});
  }
  if (signer.public_key() != verifier.key()) {
    return InvalidArgument(
        "SIGNER_KEY_MISMATCH",
        {absl::StrCat("the signing key is not that of ", verifier.name()),
         absl::StrCat("签名密钥不是 ", verifier.name(), " 的密钥")});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Vkey> MakeVkey(absl::string_view name, uint8_t type,
                              absl::string_view key) {
  if (!IsKeyName(name)) return InvalidName();
  return Vkey{std::string(name), KeyIdOf(name, TypeAndKey(type, key)), type,
              std::string(key)};
}

std::string FormatVkey(const Vkey& vkey) {
  return absl::StrCat(vkey.name, "+",
                      absl::BytesToHexString(BigEndian32(vkey.key_id)), "+",
                      EncodeBase64(TypeAndKey(vkey.type, vkey.key)));
}

absl::StatusOr<Vkey> ParseVkey(absl::string_view vkey) {
  // Base64 has plus signs of its own.
  const std::vector<absl::string_view> parts =
      absl::StrSplit(vkey, absl::MaxSplits('+', 2));
  if (parts.size() != 3) {
    return MalformedVkey("it has fewer than three parts", "不足三个部分");
  }
  if (!IsKeyName(parts[0])) return InvalidName();
  const std::optional<std::string> key = DecodeBase64(parts[2]);
  if (!key.has_value() || key->empty()) {
    return MalformedVkey("its key is not base64", "公钥不是 base64");
  }
  if (!IsKeyIdInHex(parts[1])) {
    return MalformedVkey("its key id is not 8 lower-case hex digits",
                         "密钥标识不是 8 位小写十六进制");
  }
  if (absl::HexStringToBytes(parts[1]) !=
      BigEndian32(KeyIdOf(parts[0], *key))) {
    return InvalidArgument(
        "VERIFIER_KEY_ID_MISMATCH",
        {"the verifier key's id is not that of its name and key: it was "
         "altered or mistyped; copy it again from its source",
         "验证公钥的密钥标识与其名称和公钥不符：被改动或误抄；"
         "请从来源重新复制"});
  }
  return MakeVkey(parts[0], static_cast<uint8_t>(key->front()),
                  absl::string_view(*key).substr(1));
}

absl::StatusOr<Ed25519PublicKey> Ed25519KeyOf(const Vkey& vkey, uint8_t type) {
  if (vkey.type != type) return TypeUnsupported(vkey, type);
  if (vkey.key.size() != kEd25519PublicKeyBytes) {
    return MalformedVkey("its Ed25519 key is not 32 bytes long",
                         "Ed25519 公钥不是 32 字节");
  }
  Ed25519PublicKey key;
  std::copy(vkey.key.begin(), vkey.key.end(), key.begin());
  return key;
}

absl::StatusOr<NoteVerifier> NoteVerifier::Create(absl::string_view name,
                                                  const Ed25519PublicKey& key) {
  ASSIGN_OR_RETURN(const Vkey vkey,
                   MakeVkey(name, kNoteTypeEd25519, AsStringView(key)));
  NoteVerifier verifier;
  verifier.name_ = vkey.name;
  verifier.key_id_ = vkey.key_id;
  verifier.key_ = key;
  return verifier;
}

absl::StatusOr<NoteVerifier> NoteVerifier::Parse(absl::string_view text) {
  ASSIGN_OR_RETURN(const Vkey vkey, ParseVkey(text));
  ASSIGN_OR_RETURN(const Ed25519PublicKey key,
                   Ed25519KeyOf(vkey, kNoteTypeEd25519));
  return Create(vkey.name, key);
}

std::string NoteVerifier::ToString() const {
  return FormatVkey(
      {name_, key_id_, kNoteTypeEd25519, std::string(AsStringView(key_))});
}

bool IsNoteText(absl::string_view text) {
  if (!absl::EndsWith(text, "\n")) return false;
  while (const std::optional<char32_t> character = ConsumeUtf8(&text)) {
    if (IsControl(*character) && *character != '\n') return false;
  }
  return text.empty();
}

std::string FormatSignatureLine(const NoteSignature& signature) {
  return absl::StrCat(kSignaturePrefix, signature.name, " ",
                      EncodeBase64(absl::StrCat(BigEndian32(signature.key_id),
                                                signature.signature)),
                      "\n");
}

absl::StatusOr<std::vector<NoteSignature>> ParseSignatureLines(
    absl::string_view lines) {
  RETURN_IF_ERROR(CheckNoteBytes(lines));
  return ParseSignatures(lines);
}

absl::StatusOr<std::string> AddSignatures(
    absl::string_view note, absl::Span<const NoteSignature> signatures) {
  std::string extended(note);
  for (const NoteSignature& signature : signatures) {
    extended += FormatSignatureLine(signature);
  }
  RETURN_IF_ERROR(ParseNote(extended).status());
  return extended;
}

absl::StatusOr<ParsedNote> ParseNote(absl::string_view note) {
  RETURN_IF_ERROR(CheckNoteBytes(note));
  // The text may have empty lines; the signatures have none, so the last one
  // divides them.
  const size_t divider = note.rfind("\n\n");
  if (divider == absl::string_view::npos || divider + 2 == note.size()) {
    return MalformedNote("it has no signatures after an empty line",
                         "空行之后没有签名");
  }
  ASSIGN_OR_RETURN(std::vector<NoteSignature> signatures,
                   ParseSignatures(note.substr(divider + 2)));
  return ParsedNote{std::string(note.substr(0, divider + 1)),
                    std::move(signatures)};
}

absl::StatusOr<std::string> SignNote(absl::string_view text,
                                     const NoteVerifier& verifier,
                                     Signer* signer) {
  RETURN_IF_ERROR(CheckSignable(text, verifier, *signer));
  ASSIGN_OR_RETURN(const std::string signature, signer->Sign(text));
  std::string note = absl::StrCat(
      text, "\n",
      FormatSignatureLine({verifier.name(), verifier.key_id(), signature}));
  RETURN_IF_ERROR(CheckNoteBytes(note));
  return note;
}

absl::Status NoteNotSigned(absl::string_view name) {
  return MakeError(
      absl::StatusCode::kNotFound, "NOTE_NOT_SIGNED",
      {absl::StrCat("the note carries no signature by ", name,
                    " with this key; check the verifier key and the source"),
       absl::StrCat("签名文书中没有 ", name,
                    " 以该密钥所作的签名；请核对验证公钥和来源")});
}

absl::Status NoteFalselySigned(absl::string_view name) {
  return MakeError(
      absl::StatusCode::kDataLoss, "NOTE_SIGNATURE_FALSE",
      {absl::StrCat("the note's signature by ", name,
                    " is false: its text was altered or forged; keep it as "
                    "evidence and ask the operator"),
       absl::StrCat("签名文书中 ", name,
                    " 的签名不成立：文本被改动或伪造；"
                    "请保存作为证据并询问运行方")});
}

absl::StatusOr<std::string> OpenNote(absl::string_view note,
                                     const NoteVerifier& verifier) {
  ASSIGN_OR_RETURN(ParsedNote parsed, ParseNote(note));
  bool is_signed = false;
  for (const NoteSignature& signature : parsed.signatures) {
    if (!IsBy(signature, verifier)) continue;
    const absl::Status status =
        VerifyEd25519(verifier.key(), parsed.text, signature.signature);
    if (absl::IsDataLoss(status)) return NoteFalselySigned(verifier.name());
    RETURN_IF_ERROR(status);
    is_signed = true;
  }
  if (!is_signed) return NoteNotSigned(verifier.name());
  return std::move(parsed.text);
}

}  // namespace annals::ledger
