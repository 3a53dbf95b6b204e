#include "ledger/note_signer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "ledger/provider_signer.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

absl::Status NameMismatch(const NoteKeySource& source,
                          absl::string_view found) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "KEY_NAME_MISMATCH",
      {absl::StrCat("the key in ", source.source, " is that of ", found,
                    ", not of ", source.name, ", or for another use (",
                    KeyUseWord(source.use), " is needed); name the right key"),
       absl::StrCat(source.source, " 中是 ", found, " 的密钥，而不是 ",
                    source.name, " 的，或用途不同（此处需要 ",
                    KeyUseWord(source.use), "）；请给出正确的密钥")});
}

}  // namespace

absl::StatusOr<std::unique_ptr<NoteSigner>> NoteSigner::Create(
    absl::string_view name, std::unique_ptr<KeyPair> pair) {
  ASSIGN_OR_RETURN(NoteKey key, NoteKey::Create(name, pair->public_key()));
  return std::unique_ptr<NoteSigner>(
      new NoteSigner(std::move(key), std::move(pair)));
}

absl::StatusOr<std::unique_ptr<NoteSigner>> NoteSigner::Load(
    const NoteKeySource& source) {
  if (IsKeyUri(source.source)) {
    ASSIGN_OR_RETURN(
        std::unique_ptr<KeyPair> pair,
        KeyPair::LoadByUri(source.source, source.openssl_provider));
    return Create(source.name, std::move(pair));
  }
  std::string preamble;
  ASSIGN_OR_RETURN(std::unique_ptr<KeyPair> pair,
                   KeyPair::Load(source.source, &preamble));
  ASSIGN_OR_RETURN(const KeyHeader header,
                   ParseKeyHeader(preamble, source.source));
  if (!header.sm2_id.empty()) pair->set_sm2_id(header.sm2_id);
  if (header.name.empty()) return Create(source.name, std::move(pair));
  if (header.use != source.use ||
      (!source.name.empty() && header.name != source.name)) {
    return NameMismatch(source, header.name);
  }
  return Create(header.name, std::move(pair));
}

absl::Status NoteSigner::Save(const std::string& path, KeyUse use) const {
  KeyHeader header = {key_.name(), use, ""};
  if (key_.key().algorithm == KeyAlgorithm::kSm2) {
    header.sm2_id = key_.key().sm2_id;
  }
  return pair_->Save(path, FormatKeyHeader(header));
}

absl::StatusOr<NoteSignature> NoteSigner::Sign(absl::string_view text) const {
  ASSIGN_OR_RETURN(std::string signature, pair_->Sign(text));
  return NoteSignature{key_.name(), key_.key_id(), std::move(signature)};
}

}  // namespace annals::ledger
