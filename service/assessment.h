// What the rules say of a report, with all that they look at beside it: last
// year's report, the agency, and what subordinate agencies reported. Of other
// reports they look at what is in effect only: findings quote figures, and are
// shown to whoever sees the report. Knows no gRPC.

#ifndef ANNALS_SERVICE_ASSESSMENT_H_
#define ANNALS_SERVICE_ASSESSMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "annals/v1/report_service.pb.h"
#include "ledger/ledger.h"
#include "service/agency_register.h"
#include "service/publication.h"
#include "service/report/names.h"
#include "service/report/report_view.h"
#include "service/report_history.h"
#include "service/roll_up_members.h"

namespace annals {

// What the rules say of a report that is not recorded yet.
struct Assessment {
  v1::CheckResult check;
  // The streams that it relies on, as long as they were: it stands only if an
  // append finds them so. Those of last year's report; those of subordinate
  // agencies are not among them, since hundreds may file in the same minute.
  std::vector<ledger::StreamLength> relied_on;
};

// Thread-safe. Blocks on storage.
class Assessor {
 public:
  // None is owned; all must outlive this.
  Assessor(ledger::Ledger* ledger, const AgencyRegister* agencies,
           const Publications* publications)
      : ledger_(ledger),
        agencies_(agencies),
        publications_(publications),
        history_(ledger) {}

  // Applies the rules of today to a report of that name.
  absl::StatusOr<Assessment> Assess(const report::ReportView& report,
                                    const report::ReportName& name) const;

  // The same for a recorded revision, compared with what was recorded with it.
  // NOT_FOUND with reason REPORT_NOT_FOUND or REVISION_NOT_FOUND;
  // INVALID_ARGUMENT with reason INVALID_RESOURCE_NAME.
  absl::StatusOr<v1::Reassessment> Reassess(
      const v1::AssessReportRequest& request) const;

  // Whether this revision of the report is in effect.
  absl::StatusOr<bool> IsInEffect(const report::ReportName& name,
                                  int64_t number) const;

  // Whether the ledger has the following year's report of the same agency and
  // scope.
  absl::StatusOr<bool> HasFollowingYear(const report::ReportName& name) const;

  // What it means for the following year's report of the same agency and scope
  // that the report of `name` is now `report`, recorded already or not. nullopt
  // if the ledger has none.
  absl::StatusOr<std::optional<v1::Reassessment>> FollowingYear(
      const report::ReportView& report, const report::ReportName& name) const;

 private:
  struct Surroundings;

  absl::StatusOr<std::optional<report::ReportView>> ReadRevision(
      const report::ReportName& name, int64_t number) const;
  absl::Status FindPrevious(const report::ReportName& name,
                            Surroundings* surroundings) const;
  absl::Status FindParts(const report::ReportName& name,
                         Surroundings* surroundings) const;
  absl::Status AddPart(const RollUpMember& member,
                       Surroundings* surroundings) const;
  absl::StatusOr<v1::CheckResult> Apply(const report::ReportView& report,
                                        const report::ReportName& name,
                                        Surroundings* surroundings) const;
  absl::StatusOr<v1::Reassessment> Compare(
      const RecordedRevision& revision, const report::ReportName& name,
      const report::ReportView* previous) const;

  ledger::Ledger* const ledger_;
  const AgencyRegister* const agencies_;
  const Publications* const publications_;
  const ReportHistory history_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_ASSESSMENT_H_
