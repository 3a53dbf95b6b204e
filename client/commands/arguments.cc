#include "client/commands/arguments.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/exit_code.h"
#include "client/language.h"
#include "client/render/printable.h"
#include "ledger/status_macros.h"
#include "service/report/schema.h"

namespace annals::client {

absl::StatusOr<report::AgencyName> AgencyArgument(const std::string& text) {
  if (absl::StartsWith(text, "agencies/")) return report::ParseAgencyName(text);
  RETURN_IF_ERROR(report::ValidateAgencyCode(text));
  return report::AgencyName{text};
}

absl::StatusOr<ReportOrRevision> ParseReportOrRevision(
    const std::string& name) {
  if (absl::StrContains(name, "/revisions/")) {
    ASSIGN_OR_RETURN(const report::RevisionName revision,
                     report::ParseRevisionName(name));
    return ReportOrRevision{revision.report, revision.number};
  }
  ASSIGN_OR_RETURN(report::ReportName report, report::ParseReportName(name));
  return ReportOrRevision{std::move(report), std::nullopt};
}

absl::StatusOr<std::string> RevisionToGet(const std::string& name, int number) {
  ASSIGN_OR_RETURN(const ReportOrRevision meant, ParseReportOrRevision(name));
  if (number != 0 && meant.number.has_value() && *meant.number != number) {
    return UsageError({absl::StrCat("资源名中是修订 ", *meant.number,
                                    "，--revision 却是 ", number),
                       absl::StrCat("the name says revision ", *meant.number,
                                    ", --revision says ", number)});
  }
  const int chosen = number != 0 ? number : meant.number.value_or(0);
  if (chosen == 0) return meant.report.ToString();
  return report::RevisionName{meant.report, chosen}.ToString();
}

AmbiguousWidth AmbiguousWidthOfTerminal() {
  return ProcessEnvironment("ANNALS_AMBIGUOUS_WIDTH") == "2"
             ? AmbiguousWidth::kWide
             : AmbiguousWidth::kNarrow;
}

void TellOnlyCheckpointVerified(const LedgerTrust& trust) {
  if (!trust.verifies()) return;
  trust.TellVerified(
      {"仅检查点；所列内容没有逐项证明",
       "the checkpoint only; what is listed was not proved item by item"});
}

std::string ReasonCodeText(const v1::Revision& revision, Language language) {
  const Text first = {"首次提交", "first submission"};
  return revision.number() == 1
             ? first.In(language)
             : report::EnumLabel(revision.reason_code(), language);
}

std::string ActorText(const v1::Actor& actor, Language language) {
  const std::string assurance = report::EnumLabel(actor.assurance(), language);
  const std::string subject = PrintableLine(actor.subject());
  if (assurance.empty()) return subject;
  return Text{absl::StrCat(subject, "（", assurance, "）"),
              absl::StrCat(subject, " (", assurance, ")")}
      .In(language);
}

absl::StatusOr<absl::Duration> DurationArgument(const std::string& option,
                                                const std::string& text) {
  absl::Duration duration;
  if (absl::ParseDuration(text, &duration) && duration > absl::ZeroDuration()) {
    return duration;
  }
  return UsageError(
      {absl::StrCat(option, " 应是一段时间，如 90s、30m、24h，而不是“", text,
                    "”"),
       absl::StrCat(option,
                    " takes a length of time, such as 90s, 30m or "
                    "24h, not \"",
                    text, "\"")});
}

}  // namespace annals::client
