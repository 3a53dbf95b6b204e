#include "ledger/key_file.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/base64.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/secret_file.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

constexpr absl::string_view kNoteKeyPrefix = "PRIVATE+KEY+";
constexpr absl::string_view kNameHeader = "Name: ";
constexpr absl::string_view kUseHeader = "Use: ";
constexpr absl::string_view kSm2IdHeader = "SM2-Id: ";

absl::Status HeaderInvalid(const std::string& path) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "KEY_FILE_HEADER_INVALID",
      {absl::StrCat("the lines before the key in ", path,
                    " are not \"Name: NAME\" and \"Use: log\", \"Use: "
                    "witness\" or, where an agency signs, \"Use: agency\"; "
                    "remove or mend them"),
       absl::StrCat(path,
                    " 中密钥之前的行不是“Name: 名称”和“Use: log”、“Use: "
                    "witness”或（机关签名处）“Use: agency”；请删除或改正")});
}

absl::Status NoteKeyMalformed(const std::string& path) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "NOTE_KEY_MALFORMED",
      {absl::StrCat("the note key in ", path,
                    " is malformed, or its key id is not its own; copy it "
                    "whole, as PRIVATE+KEY+name+key id+base64"),
       absl::StrCat(path,
                    " 中的 note 私钥格式有误或密钥标识不符；请按 "
                    "PRIVATE+KEY+名称+密钥标识+base64 完整复制")});
}

absl::Status ReadHeader(absl::string_view preamble, const std::string& path,
                        NamedKey* key) {
  ASSIGN_OR_RETURN(const KeyHeader header, ParseKeyHeader(preamble, path));
  if (header.name.empty()) return absl::OkStatus();
  if (header.use == KeyUse::kAgency) return HeaderInvalid(path);
  key->name = header.name;
  key->type =
      header.use == KeyUse::kWitness ? kNoteTypeCosignature : kNoteTypeEd25519;
  return VkeyOf(*key).status();
}

std::optional<KeyUse> UseOfWord(absl::string_view word) {
  for (const KeyUse use : {KeyUse::kLog, KeyUse::kWitness, KeyUse::kAgency}) {
    if (word == KeyUseWord(use)) return use;
  }
  return std::nullopt;
}

// The key id that a note key of the name and public key carries, in hex.
absl::StatusOr<std::string> NoteKeyId(absl::string_view name,
                                      const Ed25519PublicKey& key) {
  ASSIGN_OR_RETURN(const NoteVerifier verifier,
                   NoteVerifier::Create(name, key));
  return std::string(
      absl::StrCat(absl::Hex(verifier.key_id(), absl::kZeroPad8)));
}

absl::StatusOr<NamedKey> ParseNoteKey(absl::string_view text,
                                      const std::string& path) {
  text = absl::StripTrailingAsciiWhitespace(text);
  absl::ConsumePrefix(&text, kNoteKeyPrefix);
  const std::vector<absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('+', 2));
  if (parts.size() != 3) return NoteKeyMalformed(path);
  std::optional<std::string> bytes = DecodeBase64(parts[2]);
  if (!bytes.has_value()) return NoteKeyMalformed(path);
  std::string& secret = *bytes;
  const absl::Cleanup cleanse = [&secret] { CleanseSecret(&secret); };
  if (secret.size() != 1 + kEd25519SeedBytes ||
      secret[0] != static_cast<char>(kNoteTypeEd25519)) {
    return NoteKeyMalformed(path);
  }
  NamedKey key;
  key.name = std::string(parts[0]);
  ASSIGN_OR_RETURN(
      key.signer, Ed25519Signer::FromSeed(absl::string_view(secret).substr(1)));
  ASSIGN_OR_RETURN(const std::string id,
                   NoteKeyId(key.name, key.signer->public_key()));
  if (id != parts[1]) return NoteKeyMalformed(path);
  return key;
}

}  // namespace

absl::string_view KeyUseWord(KeyUse use) {
  switch (use) {
    case KeyUse::kLog:
      return "log";
    case KeyUse::kWitness:
      return "witness";
    case KeyUse::kAgency:
      return "agency";
  }
  return "";
}

absl::StatusOr<KeyHeader> ParseKeyHeader(absl::string_view preamble,
                                         const std::string& path) {
  KeyHeader header;
  if (absl::StripAsciiWhitespace(preamble).empty()) return header;
  std::vector<absl::string_view> lines = absl::StrSplit(preamble, '\n');
  if (lines.size() == 4 && absl::ConsumePrefix(&lines[2], kSm2IdHeader)) {
    header.sm2_id = std::string(lines[2]);
    lines.erase(lines.begin() + 2);
    if (header.sm2_id.empty()) return HeaderInvalid(path);
  }
  if (lines.size() != 3 || !lines[2].empty() ||
      !absl::ConsumePrefix(&lines[0], kNameHeader) || lines[0].empty() ||
      !absl::ConsumePrefix(&lines[1], kUseHeader)) {
    return HeaderInvalid(path);
  }
  const std::optional<KeyUse> use = UseOfWord(lines[1]);
  if (!use.has_value()) return HeaderInvalid(path);
  header.name = std::string(lines[0]);
  header.use = *use;
  return header;
}

std::string FormatKeyHeader(const KeyHeader& header) {
  std::string text = absl::StrCat(kNameHeader, header.name, "\n", kUseHeader,
                                  KeyUseWord(header.use), "\n");
  if (!header.sm2_id.empty()) {
    absl::StrAppend(&text, kSm2IdHeader, header.sm2_id, "\n");
  }
  return text;
}

absl::StatusOr<NamedKey> LoadNamedKey(const std::string& path) {
  std::string text;
  const absl::Cleanup cleanse = [&text] { CleanseSecret(&text); };
  RETURN_IF_ERROR(ReadSecretFile(path, &text));
  if (absl::StartsWith(text, kNoteKeyPrefix)) return ParseNoteKey(text, path);
  NamedKey key;
  std::string preamble;
  ASSIGN_OR_RETURN(key.signer, Ed25519Signer::Load(path, &preamble));
  RETURN_IF_ERROR(ReadHeader(preamble, path, &key));
  return key;
}

absl::Status SaveKeyFile(const NamedKey& key, const std::string& path) {
  if (key.name.empty()) return key.signer->Save(path);
  RETURN_IF_ERROR(VkeyOf(key).status());
  const bool witness = key.type == kNoteTypeCosignature;
  const KeyUse use = witness ? KeyUse::kWitness : KeyUse::kLog;
  return key.signer->Save(path, FormatKeyHeader({key.name, use, ""}));
}

absl::Status SaveNoteKey(const NamedKey& key, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string id,
                   NoteKeyId(key.name, key.signer->public_key()));
  std::string seed;
  std::string text;
  const absl::Cleanup cleanse = [&seed, &text] {
    CleanseSecret(&seed);
    CleanseSecret(&text);
  };
  RETURN_IF_ERROR(key.signer->ReadSeed(&seed));
  seed.insert(seed.begin(), static_cast<char>(kNoteTypeEd25519));
  text = absl::StrCat(kNoteKeyPrefix, key.name, "+", id, "+",
                      EncodeBase64(seed), "\n");
  return WriteNewSecretFile(path, text);
}

absl::StatusOr<std::string> VkeyOf(const NamedKey& key) {
  ASSIGN_OR_RETURN(
      const Vkey vkey,
      MakeVkey(key.name, key.type, AsStringView(key.signer->public_key())));
  return FormatVkey(vkey);
}

}  // namespace annals::ledger
