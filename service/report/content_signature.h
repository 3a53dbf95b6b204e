// An agency's own signature under what it submits: the text that is signed
// (see v1::ContentSignature), and whose key it is by the register. Daemon and
// client share it.
//
// The text binds all that the agency says to the one place where it says it:
// another ledger, report or base, another reason or content makes another text.
// One base has one successor only, so nothing signed can be recorded twice.

#ifndef ANNALS_SERVICE_REPORT_CONTENT_SIGNATURE_H_
#define ANNALS_SERVICE_REPORT_CONTENT_SIGNATURE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/ledger_entry.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "ledger/note_key.h"
#include "ledger/note_signer.h"

namespace annals::report {

inline constexpr size_t kSignatureSaltBytes = 32;
inline constexpr int kSigningKeysMax = 16;

// What an agency says when it submits. Nothing is owned.
struct SignedStatement {
  absl::string_view origin;
  // The report, its name; and the agency's own words.
  absl::string_view report;
  absl::string_view base_etag;
  v1::ReasonCode reason_code = v1::REASON_CODE_UNSPECIFIED;
  absl::string_view reason;
  bool as_published = false;
  absl::string_view document;
  absl::string_view salt;
  // The report's bytes without its etag.
  absl::string_view report_bytes;
  const google::protobuf::RepeatedPtrField<v1::Acknowledgement>*
      acknowledgements = nullptr;
};

// The text that is signed.
std::string StatementText(const SignedStatement& statement);

// Signs, with `salt` of kSignatureSaltBytes.
absl::StatusOr<v1::ContentSignature> SignStatement(
    const SignedStatement& statement, const ledger::NoteSigner& signer);

// The key of a vkey, whose name must be `agency`, `agencies/{code}`.
// INVALID_ARGUMENT as NoteKey::Parse, and with reason
// SIGNING_KEY_OF_OTHER_NAME.
absl::StatusOr<ledger::NoteKey> ParseSigningKey(absl::string_view vkey,
                                                absl::string_view agency);

// DATA_LOSS with reason CONTENT_SIGNATURE_FALSE if the signature is not that of
// the statement by the key that it names, or that key is not one of the
// agency's name.
absl::Status VerifyStatement(const SignedStatement& statement,
                             const v1::ContentSignature& signature);

// The same of a recorded revision: `content` are the bytes that its leaf
// commits to, `origin` is its ledger's. OK if it is not signed.
absl::Status VerifyRecordedSignature(const v1::LedgerEntry& entry,
                                     absl::string_view content,
                                     absl::string_view origin);

// The agency's key of this vkey that is in force on `day`; null if there is
// none.
const v1::SigningKey* FindKeyInForce(const v1::Agency& agency,
                                     absl::string_view vkey,
                                     absl::CivilDay day);

// A submission is checked before it is recorded: its key was in force on the
// day of its record, or on that of so long before.
inline constexpr absl::Duration kFilingTimeMax = absl::Minutes(10);

// OK if `state` is the entry of the register that the revision's signature
// names: earlier, of the same agency, holding on that day, and with the key in
// force. DATA_LOSS with reason SIGNING_KEY_NOT_REGISTERED if not. That no later
// state held instead is an audit's to find.
absl::Status RequireRegisteredKey(const v1::LedgerEntry& state,
                                  const v1::LedgerEntry& revision);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_CONTENT_SIGNATURE_H_
