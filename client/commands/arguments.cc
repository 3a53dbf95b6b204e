#include "client/commands/arguments.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/exit_code.h"
#include "client/files.h"
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

absl::StatusOr<ledger::NoteVerifier> VerifierKey(const std::string& key) {
  if (key.empty()) {
    return UsageError(
        {"核验需要公钥：用 --key 或环境变量 ANNALS_KEY 给出。annalsd 首次启动时"
         "会打印它，并保存在数据目录的 verifier_key 文件中。请从可信渠道取得，"
         "不要向被核验的服务器索取",
         "verifying needs the verifier key: give it with --key or ANNALS_KEY. "
         "annalsd prints it at its first start and keeps it in the file "
         "verifier_key of its data directory. Get it in a way you trust, not "
         "from the server that you verify"});
  }
  auto parsed = ledger::NoteVerifier::Parse(key);
  if (parsed.ok()) return parsed;
  const auto file = ReadInput(key);
  if (!file.ok()) {
    return UsageError(
        {absl::StrCat("--key “", key, "”既不是公钥（",
                      parsed.status().message(), "），也不是可读的文件"),
         absl::StrCat("--key \"", key, "\" is neither a verifier key (",
                      parsed.status().message(), ") nor a readable file")});
  }
  auto from_file =
      ledger::NoteVerifier::Parse(absl::StripAsciiWhitespace(*file));
  if (from_file.ok()) return from_file;
  return UsageError({absl::StrCat("文件 ", key, " 中不是公钥：",
                                  from_file.status().message()),
                     absl::StrCat("the file ", key, " holds no verifier key: ",
                                  from_file.status().message())});
}

AmbiguousWidth AmbiguousWidthOfTerminal() {
  return ProcessEnvironment("ANNALS_AMBIGUOUS_WIDTH") == "2"
             ? AmbiguousWidth::kWide
             : AmbiguousWidth::kNarrow;
}

std::string ActorText(const v1::Actor& actor, Language language) {
  const std::string assurance = report::EnumLabel(actor.assurance(), language);
  const std::string subject = PrintableLine(actor.subject());
  if (assurance.empty()) return subject;
  return Text{absl::StrCat(subject, "（", assurance, "）"),
              absl::StrCat(subject, " (", assurance, ")")}
      .In(language);
}

}  // namespace annals::client
