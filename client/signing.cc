#include "client/signing.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/hash.h"
#include "ledger/status_macros.h"
#include "service/report/content_signature.h"
#include "service/report/names.h"

namespace annals::client {

absl::StatusOr<std::unique_ptr<ledger::NoteSigner>> LoadAgencyKey(
    const SigningOptions& options, const std::string& agency_code) {
  return ledger::NoteSigner::Load({options.key, options.openssl_provider,
                                   report::AgencyName{agency_code}.ToString(),
                                   ledger::KeyUse::kAgency});
}

absl::Status SignRequest(const ledger::NoteSigner& signer,
                         const std::string& origin,
                         ledger::RandomSource* random,
                         v1::SubmitRevisionRequest* request) {
  // As it is recorded: the etag stands in the statement by itself.
  v1::Report report = request->report();
  report.clear_etag();
  const std::string report_bytes = report.SerializeAsString();
  const std::string salt = ledger::HashBytes(random->NewSalt());
  report::SignedStatement statement;
  statement.origin = origin;
  statement.report = request->name();
  statement.base_etag = request->report().etag();
  statement.reason_code = request->reason_code();
  statement.reason = request->reason();
  statement.salt = salt;
  statement.report_bytes = report_bytes;
  statement.acknowledgements = &request->acknowledgements();
  ASSIGN_OR_RETURN(*request->mutable_signature(),
                   report::SignStatement(statement, signer));
  return absl::OkStatus();
}

Text SignatureText(const v1::ContentSignature& signature) {
  const auto key = ledger::NoteKey::Parse(signature.vkey());
  const std::string name = key.ok() ? key->ShortName() : "?";
  const absl::string_view algorithm =
      key.ok() ? ledger::KeyAlgorithmName(key->key().algorithm) : "?";
  return {absl::StrCat("机关以密钥 ", name, "（", algorithm, "）签名"),
          absl::StrCat("signed by the agency with the key ", name, " (",
                       algorithm, ")")};
}

Text SecondSignatureText(const ledger::NoteKey& key) {
  return {absl::StrCat("检查点另由 SM2 密钥 ", key.ShortName(), " 签名"),
          absl::StrCat("the checkpoint is signed by the SM2 key ",
                       key.ShortName(), " as well")};
}

std::string ShortSignatureText(const v1::ContentSignature& signature) {
  const auto key = ledger::NoteKey::Parse(signature.vkey());
  if (!key.ok()) return "?";
  return absl::StrCat(ledger::KeyAlgorithmName(key->key().algorithm), " ",
                      absl::StrFormat("%08x", key->key_id()));
}

}  // namespace annals::client
