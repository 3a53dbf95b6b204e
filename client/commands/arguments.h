// What several commands take and need.

#ifndef ANNALS_CLIENT_COMMANDS_ARGUMENTS_H_
#define ANNALS_CLIENT_COMMANDS_ARGUMENTS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "annals/v1/report_service.pb.h"
#include "client/render/display_width.h"
#include "client/session.h"
#include "client/trust/ledger_trust.h"
#include "service/report/names.h"

namespace annals::client {

// `agencies/CODE` of a code or of that name, checked.
absl::StatusOr<report::AgencyName> AgencyArgument(const std::string& text);

// A length of time above zero, such as 90s; a usage error that names `option`.
absl::StatusOr<absl::Duration> DurationArgument(const std::string& option,
                                                const std::string& text);

// The report that a name means, of a report or of one of its revisions, and
// the revision's number if it says one.
struct ReportOrRevision {
  report::ReportName report;
  std::optional<int> number;
};
absl::StatusOr<ReportOrRevision> ParseReportOrRevision(const std::string& name);

// The name of the revision `number` (0: the latest) of what `name` means. A
// usage error if both say a number and not the same.
absl::StatusOr<std::string> RevisionToGet(const std::string& name, int number);

// How ANNALS_AMBIGUOUS_WIDTH=2 says that the terminal draws “ ” and lines.
AmbiguousWidth AmbiguousWidthOfTerminal();

// Says that the checkpoint was verified and what was printed was not proved,
// if anything was verified.
void TellOnlyCheckpointVerified(const LedgerTrust& trust);

// Why a revision was recorded, as a code: that it is the first, or the label of
// its reason code.
std::string ReasonCodeText(const v1::Revision& revision, Language language);

// `actor (self-declared)`.
std::string ActorText(const v1::Actor& actor, Language language);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_ARGUMENTS_H_
