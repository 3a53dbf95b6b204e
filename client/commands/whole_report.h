// Commands that answer about a whole report, and none of its revisions.

#ifndef ANNALS_CLIENT_COMMANDS_WHOLE_REPORT_H_
#define ANNALS_CLIENT_COMMANDS_WHOLE_REPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/text.h"
#include "service/report/names.h"

namespace annals::client {

// The report that `name` is of. A usage error if it names one of the report's
// revisions, which would not be what is answered about; `instead` says what to
// do then.
absl::StatusOr<report::ReportName> WholeReportArgument(const std::string& name,
                                                       const Text& instead);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_WHOLE_REPORT_H_
