// One figure through all revisions of an agency's reports.

#ifndef ANNALS_CLIENT_COMMANDS_CELL_HISTORY_H_
#define ANNALS_CLIENT_COMMANDS_CELL_HISTORY_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/as_of.h"
#include "client/exit_code.h"
#include "client/session.h"
#include "service/report/names.h"

namespace annals::client {

// Prints the values that the cell which `words` means (see FindCell) has had in
// the reports of the same agency and scope, by year and revision. If anything
// is verified, from proved contents.
absl::StatusOr<ExitCode> ShowCellHistory(const report::ReportName& report,
                                         const std::string& words,
                                         const AsOf& as_of, Session* session);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_CELL_HISTORY_H_
