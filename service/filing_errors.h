// Why a submission is refused, in words.

#ifndef ANNALS_SERVICE_FILING_ERRORS_H_
#define ANNALS_SERVICE_FILING_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "service/report_history.h"

namespace annals {

absl::Status AgencyNotRegistered(absl::string_view agency_code);
absl::Status ReportExists(const RecordedRevision& current);
absl::Status NothingToCorrect(absl::string_view report);
absl::Status EtagMismatch(absl::string_view given,
                          const RecordedRevision& current);
absl::Status MissingReasonCode();
absl::Status UnexpectedReasonCode();
absl::Status NothingChanged(const RecordedRevision& current);
// The report does not state the hash of the document that it names.
absl::Status DocumentNotStated(absl::string_view document,
                               absl::string_view stated_sha256);
absl::Status DocumentNotRecorded(absl::string_view document);
// Others kept recording what this one was checked against.
absl::Status TooManyConflicts(absl::string_view report);

}  // namespace annals

#endif  // ANNALS_SERVICE_FILING_ERRORS_H_
