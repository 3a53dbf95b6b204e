// Who gave the figures and texts of reports their values. Knows no gRPC.

#ifndef ANNALS_SERVICE_FIELD_HISTORY_H_
#define ANNALS_SERVICE_FIELD_HISTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/report_service.pb.h"
#include "ledger/ledger.h"
#include "service/as_of.h"
#include "service/report/names.h"
#include "service/report_history.h"
#include "service/view.h"
#include "service/visible_history.h"

namespace annals {

// Thread-safe. Blocks on storage. Reads the revisions of the reports asked
// for, one at a time, and nothing else.
class FieldHistory {
 public:
  // None is owned; all must outlive this.
  FieldHistory(ledger::Ledger* ledger, const AsOf* as_of,
               const VisibleHistory* visible)
      : ledger_(ledger), as_of_(as_of), visible_(visible) {}

  // INVALID_ARGUMENT with reason FIELD_NOT_FOUND or INVALID_RESOURCE_NAME;
  // NOT_FOUND with reason REPORT_NOT_FOUND; as AsOf::SizeFor.
  absl::StatusOr<v1::BlameReportResponse> Blame(
      const v1::BlameReportRequest& request, View view) const;

  // As Blame; INVALID_ARGUMENT with reason INVALID_VALUE if the years are no
  // years. Years without a report are left out.
  absl::StatusOr<v1::ListCellValuesResponse> ListCellValues(
      const v1::ListCellValuesRequest& request, View view) const;

 private:
  // The reports as they are asked for.
  struct Moment {
    uint64_t size = 0;
    View view = View::kAll;
  };
  // `report` is null if the content was erased, or is kept back as withdrawn.
  using Visit = absl::FunctionRef<absl::Status(const RecordedRevision& revision,
                                               const v1::Report* report)>;

  // Calls `visit` with each revision that was there and may be seen, oldest
  // first.
  absl::Status ForEachRevision(const report::ReportName& report,
                               const Moment& moment, Visit visit) const;
  // Of the same agency and scope, by year.
  absl::StatusOr<std::vector<report::ReportName>> ReportsLike(
      const report::ReportName& name) const;
  absl::Status AddCellValues(const report::ReportName& report,
                             const Moment& moment, const std::string& cell,
                             v1::ListCellValuesResponse* response) const;

  ledger::Ledger* const ledger_;
  const AsOf* const as_of_;
  const VisibleHistory* const visible_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_FIELD_HISTORY_H_
