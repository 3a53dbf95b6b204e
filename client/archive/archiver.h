// Records reports as they were published: the source document first, then the
// structured report that names it. Doing it again records nothing twice.

#ifndef ANNALS_CLIENT_ARCHIVE_ARCHIVER_H_
#define ANNALS_CLIENT_ARCHIVE_ARCHIVER_H_

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/report_service.pb.h"
#include "client/archive/archive_item.h"
#include "client/import/importer.h"
#include "client/session.h"
#include "client/trust/ledger_trust.h"
#include "ledger/hash.h"

namespace annals::client {

struct ArchivePolicy {
  // Why the latest revision does not stand, if there is one; unspecified: a
  // report that is recorded otherwise is left alone.
  v1::ReasonCode reason_code = v1::REASON_CODE_UNSPECIFIED;
  // Keep the document's hash, not its bytes.
  bool hash_only = false;
  // Record what a text seems to say though places are in doubt.
  bool allow_doubtful = false;
  // Record a page anew that an earlier revision was read from and the latest
  // was not, as one that was put back. Not for many at once: a run that is
  // repeated could not tell. REQUIRES: a reason code.
  bool records_put_back = false;
};

enum class ArchiveResult {
  kRecorded,
  kPresent,   // The ledger has it already.
  kDoubtful,  // Nothing was recorded: a person must look at the text first.
};

struct ArchiveOutcome {
  ArchiveResult result = ArchiveResult::kRecorded;
  // The revision that records it, if any.
  std::string revision;
  size_t doubts = 0;
  // What was read from the document, if the report is not in a file of its own.
  std::optional<ImportResult> imported;
  // It is there with another day, address or index number than were given.
  bool differs_in_publication = false;
  // The latest revision, if it is there as an earlier one.
  std::string replaced_by;
  // If it was recorded just now.
  std::optional<v1::SubmitRevisionResponse> response;
  v1::ArchiveReportRequest request;
};

class Archiver {
 public:
  // Neither is owned; both must outlive this.
  Archiver(const ArchivePolicy& policy, Session* session, LedgerTrust* trust)
      : policy_(policy), session_(*session), trust_(*trust) {}

  // ALREADY_EXISTS with reason ARCHIVED_OTHERWISE if the ledger has another
  // version and the policy has no reason code; else an error of reading the
  // file or of the server, which says so if the document was recorded and no
  // report that names it.
  absl::StatusOr<ArchiveOutcome> Archive(const ArchiveItem& item);

 private:
  absl::StatusOr<std::optional<v1::Revision>> Latest(
      const report::ReportName& name);
  absl::StatusOr<std::string> RevisionFrom(const report::ReportName& name,
                                           const std::string& document);
  // If the ledger has what the item says already: the outcome.
  absl::StatusOr<std::optional<ArchiveOutcome>> Present(
      const ArchiveItem& item, const ledger::Hash& sha256,
      const std::optional<v1::Revision>& latest);
  absl::Status Send(const ArchiveItem& item, const ledger::Hash& sha256,
                    ArchiveOutcome* outcome);
  absl::Status ReadReport(const ArchiveItem& item, const std::string& bytes,
                          ArchiveOutcome* outcome);
  absl::Status RequireRegistered(const std::string& agency_code);
  // OK if the server will take the report, as far as it can tell before the
  // document is recorded, which can't be undone.
  absl::Status RequireRecordable(const ArchiveItem& item,
                                 const v1::Report& report);
  absl::StatusOr<std::string> RecordDocument(const ArchiveItem& item,
                                             const std::string& bytes);

  const ArchivePolicy policy_;
  Session& session_;
  LedgerTrust& trust_;
  // Agencies that the register has.
  std::set<std::string> registered_;
};

// Whether they are the same but for the etag that a recorded one has, `left`.
bool SameReport(v1::Report left, const v1::Report& right);

// Whether the server refuses what was sent for its size.
bool IsTooLarge(const absl::Status& status);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ARCHIVE_ARCHIVER_H_
