#include "client/commands/whole_report.h"

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/exit_code.h"
#include "ledger/status_macros.h"

namespace annals::client {

absl::StatusOr<report::ReportName> WholeReportArgument(const std::string& name,
                                                       const Text& instead) {
  ASSIGN_OR_RETURN(const ReportOrRevision meant, ParseReportOrRevision(name));
  if (!meant.number.has_value()) return meant.report;
  return UsageError(
      {absl::StrCat("这里答复的是整份报告 ", meant.report.ToString(),
                    "，不是其中的修订 ", *meant.number, "；", instead.zh),
       absl::StrCat("this is about the whole report ", meant.report.ToString(),
                    ", not about its revision ", *meant.number, "; ",
                    instead.en)});
}

}  // namespace annals::client
