// Figures that the prose of a report states.

#ifndef ANNALS_SERVICE_REPORT_PROSE_FIGURE_H_
#define ANNALS_SERVICE_REPORT_PROSE_FIGURE_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "service/report/report_view.h"

namespace annals::report {

// The number of applications for information that the text says were received
// or handled in the year: the first figure in 件 that follows both a verb of
// receiving or handling and the word 申请 within its clause. What stands in
// brackets, figures of one kind of applicant or outcome, of disputes and of
// documents do not count.
std::optional<int64_t> ApplicationsInProse(absl::string_view prose);

// The number of applications that section one states, and where.
struct StatedRequests {
  size_t place = 0;  // Of the text, in Schema::texts().
  std::optional<int64_t> value;
};

// Looks at the sub-topic on applications, or at the whole of section one where
// it does not tell its sub-topics apart.
StatedRequests FindStatedRequests(const ReportView& report);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_PROSE_FIGURE_H_
