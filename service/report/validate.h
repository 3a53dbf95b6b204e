// Whether a report is well formed, before any rule is applied.

#ifndef ANNALS_SERVICE_REPORT_VALIDATE_H_
#define ANNALS_SERVICE_REPORT_VALIDATE_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "service/report/names.h"
#include "service/report/report_faults.h"

namespace annals::report {

// OK if the report is well formed: valid UTF-8 without control characters but
// tab and newline, within the limits, known enum values, no unknown fields,
// dates that exist, counts that are not negative, figures in range.
// INVALID_ARGUMENT with a violation per fault (field paths begin with
// "report.") and the reason of the first: INVALID_UTF8, TEXT_TOO_LONG,
// NEGATIVE_COUNT, COUNT_OUT_OF_RANGE, UNKNOWN_FIELD, INVALID_VALUE.
absl::Status ValidateReport(const v1::Report& report,
                            const ReportLimits& limits);

// OK if the report says the year and scope of its resource name.
// INVALID_ARGUMENT with reason YEAR_MISMATCH or SCOPE_MISMATCH.
absl::Status ValidateIdentity(const v1::Report& report, const ReportName& name);

// OK if what is said of a report's publication can be: an address, if there is
// one, begins with http:// or https:// and names a host, for it is shown as a
// link; a day, if there is one, is not before 1 January of the `year` reported
// on. INVALID_ARGUMENT with reason INVALID_VALUE naming the field under
// `field`.
absl::Status ValidatePublication(absl::string_view field,
                                 const v1::Publication& publication, int year);

// OK if `text` (a reason, a name) is not empty, valid UTF-8 and at most
// `characters_max` characters long. INVALID_ARGUMENT with reason
// MISSING_FIELD, INVALID_UTF8 or TEXT_TOO_LONG naming `field`.
absl::Status ValidateText(absl::string_view field, absl::string_view text,
                          size_t characters_max);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_VALIDATE_H_
