// Who gave the figures and texts of reports their values. Knows no gRPC.

#ifndef ANNALS_SERVICE_FIELD_HISTORY_H_
#define ANNALS_SERVICE_FIELD_HISTORY_H_

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

namespace annals {

// Thread-safe. Blocks on storage. Reads the revisions of the reports asked
// for, one at a time, and nothing else.
class FieldHistory {
 public:
  // Neither is owned; both must outlive this.
  FieldHistory(ledger::Ledger* ledger, const AsOf* as_of)
      : ledger_(ledger), as_of_(as_of), history_(ledger) {}

  // INVALID_ARGUMENT with reason FIELD_NOT_FOUND or INVALID_RESOURCE_NAME;
  // NOT_FOUND with reason REPORT_NOT_FOUND; as AsOf::SizeFor.
  absl::StatusOr<v1::BlameReportResponse> Blame(
      const v1::BlameReportRequest& request) const;

  // As Blame; INVALID_ARGUMENT with reason INVALID_VALUE if the years are no
  // years. Years without a report are left out.
  absl::StatusOr<v1::ListCellValuesResponse> ListCellValues(
      const v1::ListCellValuesRequest& request) const;

 private:
  // `report` is null if the content was erased.
  using Visit = absl::FunctionRef<absl::Status(const RecordedRevision& revision,
                                               const v1::Report* report)>;

  // Calls `visit` with each revision among the first `size` entries, oldest
  // first.
  absl::Status ForEachRevision(const std::string& report, uint64_t size,
                               Visit visit) const;
  // Of the same agency and scope, by year.
  absl::StatusOr<std::vector<report::ReportName>> ReportsLike(
      const report::ReportName& name) const;
  absl::Status AddCellValues(const std::string& report, uint64_t size,
                             const std::string& cell,
                             v1::ListCellValuesResponse* response) const;

  ledger::Ledger* const ledger_;
  const AsOf* const as_of_;
  const ReportHistory history_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_FIELD_HISTORY_H_
