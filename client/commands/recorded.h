// After a report was recorded: shows the revision, and proves that the ledger
// recorded what was sent and nothing else in its place.

#ifndef ANNALS_CLIENT_COMMANDS_RECORDED_H_
#define ANNALS_CLIENT_COMMANDS_RECORDED_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/report_service.pb.h"
#include "client/receipt/receipt_files.h"
#include "client/session.h"
#include "client/trust/ledger_keys.h"
#include "client/trust/ledger_trust.h"
#include "ledger/checkpoint.h"
#include "service/report/names.h"

namespace annals::client {

// What was sent, by SubmitRevision or ArchiveReport.
struct SentReport {
  std::string request_id;
  std::string reason;
  v1::ReasonCode reason_code = v1::REASON_CODE_UNSPECIFIED;
  v1::Report report;
  google::protobuf::RepeatedPtrField<v1::Acknowledgement> acknowledgements;
  bool as_published = false;
  std::string document;
  // Absent if it was not signed.
  std::optional<v1::ContentSignature> signature;
};
SentReport SentBy(const v1::SubmitRevisionRequest& request);
SentReport SentBy(const v1::ArchiveReportRequest& request);

// Whether `recorded` is who the caller said to be, as far as the record tells.
bool SameActor(const v1::Actor& recorded, const std::string& actor);

// Says so if the report prints another agency's name than the register has for
// the one it is to be recorded for. A name may lack the name of its region.
// OK also if it can't be found out: the server refuses who is not registered.
absl::Status TellIfOtherAgency(const v1::Report& report,
                               const report::ReportName& name,
                               Session* session);

// Prints the revision's fields; with --json the whole answer.
absl::Status PrintRecorded(const v1::SubmitRevisionResponse& response,
                           Session* session);

// Fetches the receipt of `revision`, verifies it and compares it with what was
// sent. ANSWER_MISMATCH if the ledger recorded something else. OK if nothing is
// verified; and if the ledger can't be reached any more, or its witnesses take
// their time, because it has still recorded the revision.
absl::Status ConfirmRecorded(const std::string& revision,
                             const SentReport& sent, Session* session,
                             LedgerTrust* trust);

// A signed checkpoint, and the note that carries it.
struct NotedCheckpoint {
  ledger::Checkpoint checkpoint;
  std::string note;
};

// Verifies the receipt that came with an answer, content included, and compares
// it with what was sent: its checkpoint, which one of `keys` signed. As
// VerifyReceipt; ANSWER_MISMATCH.
absl::StatusOr<NotedCheckpoint> VerifyAnswered(
    const v1::SubmitRevisionResponse& answer, const SentReport& sent,
    const LedgerKeys& keys, const std::string& actor);

// As ConfirmRecorded, and writes the receipt.
// REQUIRES: trust->verifies().
absl::Status SaveReceiptOf(const std::string& revision, const SentReport& sent,
                           const std::string& path, Overwrite overwrite,
                           Session* session, LedgerTrust* trust);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_RECORDED_H_
