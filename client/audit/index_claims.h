// Whether what a server answers about agencies, reports and revisions is what
// the entries say: nothing hidden, nothing invented.

#ifndef ANNALS_CLIENT_AUDIT_INDEX_CLAIMS_H_
#define ANNALS_CLIENT_AUDIT_INDEX_CLAIMS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/audit/audit_state.h"
#include "client/audit/life_claims.h"
#include "client/audit/newer_entries.h"
#include "client/audit/newer_tree.h"
#include "client/audit/register_claims.h"
#include "client/connection.h"
#include "client/text.h"

namespace annals::client {

// What is recorded while the audit runs may show in the answers: entries from
// the audited size on are not compared, but must be in a newer signed tree.
class IndexClaims {
 public:
  // Not owned; all must outlive this. `progress` is called with the number of
  // reports done, after each page as well; if it returns an error, the check
  // ends with it. `is_erased_since` tells of a content that is not there any
  // more whether an entry beyond the audited ones erased it.
  IndexClaims(
      Connection* connection, const AuditState* state, NewerEntries* newer,
      std::function<absl::StatusOr<bool>(const ErasureClaim&)> is_erased_since,
      std::function<absl::Status(uint64_t reports)> progress)
      : connection_(*connection),
        state_(*state),
        newer_(*newer),
        register_(connection, state, newer),
        lives_(connection, state),
        is_erased_since_(std::move(is_erased_since)),
        progress_(std::move(progress)) {}

  // Compares ListAgencies and, for every agency, GetAgency and
  // ListAgencyChanges, ListReports and, for every report, ListRevisions
  // and GetReport with the entries, and what LifeClaims compares. DATA_LOSS
  // with reason AUDIT_INDEX, naming the report and the revision; with
  // AUDIT_INDEX_DAMAGED if the server says that it can't answer.
  absl::Status Check();

 private:
  absl::Status CheckAll();
  absl::Status CheckAgencies();
  absl::Status CheckRegister(const std::string& agency);
  absl::Status CheckReports();
  absl::Status CheckListed(const v1::Revision& latest);
  absl::Status CheckHistory(const std::string& report,
                            const ReportFacts& facts);
  // Oldest first. If the server lists more than there are, no more than shows
  // it.
  absl::StatusOr<std::vector<v1::Revision>> ReadHistory(
      const std::string& report, const ReportFacts& facts);
  absl::Status AddNewerRevision(const std::string& report,
                                const ReportFacts& facts,
                                const v1::Revision& revision);
  absl::Status CheckNumbers(const std::string& report, const ReportFacts& facts,
                            const std::vector<v1::Revision>& history) const;
  absl::Status FindChanged(const std::string& report,
                           const std::vector<v1::Revision>& history);
  absl::Status CheckLatest(const std::string& report, const ReportFacts& facts);
  absl::Status CheckErased(const std::string& report, const ReportFacts& facts,
                           const absl::Status& refusal);
  absl::Status RequireErasure(const std::string& report, uint64_t index,
                              uint64_t eraser);
  absl::Status CheckContent(const v1::Revision& revision,
                            const ReportFacts& facts);
  absl::Status HiddenReport();
  absl::StatusOr<v1::Entry> FetchLeaf(uint64_t index, bool include_content);

  Connection& connection_;
  const AuditState& state_;
  NewerEntries& newer_;
  const RegisterClaims register_;
  const LifeClaims lives_;
  const std::function<absl::StatusOr<bool>(const ErasureClaim&)>
      is_erased_since_;
  const std::function<absl::Status(uint64_t reports)> progress_;
  // The reports that were listed, by their place in the state.
  std::vector<bool> listed_;
  uint64_t reports_done_ = 0;
  // What the server is asked about at the moment.
  Text asked_for_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_INDEX_CLAIMS_H_
