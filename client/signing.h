// An agency signs what is submitted for it, on this machine or in the token
// that holds its key.

#ifndef ANNALS_CLIENT_SIGNING_H_
#define ANNALS_CLIENT_SIGNING_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/report_service.pb.h"
#include "client/text.h"
#include "ledger/clock.h"
#include "ledger/note_key.h"
#include "ledger/note_signer.h"

namespace annals::client {

// How a command is told with which key to sign; empty: not at all.
struct SigningOptions {
  // A key file, or a URI that OpenSSL opens.
  std::string key;
  std::string openssl_provider;
};

// The agency's key. Errors as of NoteSigner::Load.
absl::StatusOr<std::unique_ptr<ledger::NoteSigner>> LoadAgencyKey(
    const SigningOptions& options, const std::string& agency_code);

// Signs the request, which is then sent as it is, for the ledger `origin`. That
// must be known for certain: what is signed for one ledger goes for it alone.
absl::Status SignRequest(const ledger::NoteSigner& signer,
                         const std::string& origin,
                         ledger::RandomSource* random,
                         v1::SubmitRevisionRequest* request);

// `signed by the agency with agencies/CODE+key id (SM2)`.
Text SignatureText(const v1::ContentSignature& signature);

// `the checkpoint is signed by the SM2 key name+id as well`.
Text SecondSignatureText(const ledger::NoteKey& key);

// A content's signature in a few characters, for a list: `SM2 1a2b3c4d`.
std::string ShortSignatureText(const v1::ContentSignature& signature);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_SIGNING_H_
