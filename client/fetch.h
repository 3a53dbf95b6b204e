// Reads that several commands make, and whether an answer is one to what was
// asked.

#ifndef ANNALS_CLIENT_FETCH_H_
#define ANNALS_CLIENT_FETCH_H_

#include <optional>
#include <set>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/ledger_service.pb.h"
#include "annals/v1/report_service.pb.h"
#include "client/as_of.h"
#include "client/connection.h"
#include "service/report/names.h"

namespace annals::client {

// A server's answer if it has no checkpoint that a quorum cosigned.
inline constexpr char kNoWitnessedCheckpointReason[] =
    "NO_WITNESSED_CHECKPOINT";

// The revision `name` means: a report's latest, the one that was latest then,
// or the one of that name. ANSWER_MISMATCH if the server answers with anything
// else, or without the report.
absl::StatusOr<v1::Revision> FetchRevision(Connection* connection,
                                           const std::string& name,
                                           const AsOf& as_of);

// What the register says, as of `as_of`, of an agency on `day`; what it says of
// the first of all days on which it says anything, if that is later.
absl::StatusOr<v1::Agency> FetchAgencyOn(Connection* connection,
                                         const std::string& name,
                                         absl::CivilDay day,
                                         const AsOf& as_of = {});

// A ledger entry with its content and its proof for the tree of that size.
absl::StatusOr<v1::Entry> FetchEntry(Connection* connection, uint64_t index,
                                     uint64_t tree_size);

// Takes an erasure out of `revision` that was recorded later than the moment
// asked for.
void HideLaterErasure(const AsOf& as_of, v1::Revision* revision);

// OK unless `revision` was recorded later than the moment asked for.
absl::Status RequireRecordedBy(const v1::Revision& revision, const AsOf& as_of);

// The latest checkpoint; or the latest that a quorum of witnesses cosigned, and
// if the server has none, the latest after all, which whoever demands
// cosignatures will refuse.
absl::StatusOr<v1::Checkpoint> FetchCheckpoint(Connection* connection,
                                               bool witnessed);

// The report of a revision, with the revision's etag: the base of a
// correction.
v1::Report ReportOf(const v1::Revision& revision);

// OK if `revision` is of `report`, and is the revision `number` of it if one
// was asked for. Otherwise DATA_LOSS with reason ANSWER_MISMATCH.
absl::Status RequireRevisionOf(const v1::Revision& revision,
                               const report::ReportName& report,
                               std::optional<int> number);

// OK if the two sides of `diff` are those that `request` asked for.
absl::Status RequireDiffOf(const v1::DiffRevisionsResponse& diff,
                           const v1::DiffRevisionsRequest& request,
                           const report::ReportName& report);

// OK if `revision` may stand in the answer to `request`.
absl::Status RequireListed(const v1::Revision& revision,
                           const v1::ListReportsRequest& request);

// Calls `visit` with the latest revision of each report that `asked` asks for,
// as the server lists them; ends with the first error. As RequireListed.
// Whether, as the server says, only what is published was listed.
absl::StatusOr<bool> ForEachReport(
    v1::ListReportsRequest asked, Connection* connection,
    absl::FunctionRef<absl::Status(const v1::Revision& latest)> visit);

// The page tokens of one listing.
class PageTokens {
 public:
  // Takes the token of the page after one of `items` items. ANSWER_MISMATCH if
  // the server gave it before, or sends ever more pages without items: the
  // listing would have no end.
  absl::Status Add(const std::string& token, int items);

 private:
  std::set<std::string> seen_;
  // Since the last page that had items.
  int empty_pages_ = 0;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_FETCH_H_
