// A report read from its bytes, for the rules. The bytes are what is recorded,
// and most of a submission's work used to be making a message of them: here the
// figures and the prose, nearly all of a report, are read in one pass that
// checks them as it goes.

#ifndef ANNALS_SERVICE_REPORT_REPORT_VIEW_H_
#define ANNALS_SERVICE_REPORT_REPORT_VIEW_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "service/report/report_faults.h"
#include "service/report/schema.h"

namespace annals::report {

class ReportView {
 public:
  // Reads a serialized v1::Report, which must outlive the view. OK only if it
  // is well formed as ValidateReport says; in addition INVALID_ARGUMENT with
  // reason MALFORMED_REPORT if the bytes are no such message.
  static absl::StatusOr<ReportView> Read(absl::string_view bytes,
                                         const ReportLimits& limits);

  // The same of a message, whatever may be wrong with its form. Does not need
  // the message any more.
  static ReportView Of(const v1::Report& report);

  // The report without its figures and prose. Its tables are there if the
  // report has them.
  const v1::Report& head() const { return head_; }
  const Cells& cells() const { return cells_; }

  // A text by its place in Schema::texts(); absent if there is none.
  std::optional<absl::string_view> Text(size_t place) const;

 private:
  friend class ReportReader;
  ReportView() = default;

  std::shared_ptr<const std::string> owned_bytes_;  // Or null.
  v1::Report head_;
  Cells cells_;
  std::vector<std::optional<absl::string_view>> prose_;  // By place.
};

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_REPORT_VIEW_H_
