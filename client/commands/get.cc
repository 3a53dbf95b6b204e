#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/fetch.h"
#include "client/render/printable.h"
#include "client/render/report_table.h"
#include "client/render/report_text.h"
#include "client/times.h"
#include "client/trust/proved.h"
#include "ledger/status_macros.h"
#include "service/report/report_json.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

struct GetOptions {
  std::string name;
  int revision = 0;
  std::string as_of;
  std::string format = "table";
};

// Which revision it is; above the table.
Text RevisionLine(const v1::Revision& revision, Language language) {
  const std::string when = FormatMoment(revision.recorded_at());
  const std::string who = ActorText(revision.actor(), language);
  return {absl::StrCat("修订 ", revision.number(), "，", when, "，", who,
                       "，账本条目 ", revision.entry_index(), "，理由：",
                       PrintableLine(revision.reason())),
          absl::StrCat("revision ", revision.number(), ", ", when, ", ", who,
                       ", ledger entry ", revision.entry_index(),
                       ", reason: ", PrintableLine(revision.reason()))};
}

absl::StatusOr<ExitCode> RunGet(const GetOptions& options, Session* session) {
  ASSIGN_OR_RETURN(const std::string name,
                   RevisionToGet(options.name, options.revision));
  std::optional<absl::Time> as_of;
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(as_of, ParseMoment(options.as_of, absl::LocalTimeZone()));
  }
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(const v1::Revision revision,
                   ReadRevision(name, as_of, session, &trust));
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(revision));
    return ExitCode::kOk;
  }
  const v1::Report report = ReportOf(revision);
  if (options.format == "json") {
    session->out() << report::ReportToJson(report);
    return ExitCode::kOk;
  }
  session->Tell(RevisionLine(revision, session->language()));
  if (options.format == "text") {
    session->out() << PrintableText(RenderReportText(report));
  } else {
    session->out() << RenderReport(report, session->language(),
                                   AmbiguousWidthOfTerminal());
  }
  return ExitCode::kOk;
}

}  // namespace

void AddGetCommand(CommandLine* line) {
  auto options = std::make_shared<GetOptions>();
  CLI::App* command = line->Add(
      &line->app(), "get",
      {"一份报告：最新修订、某一修订，或某一时刻的样子\n"
       "--format table 按官方格式排表；json 是可修改后用于更正的报告文件（含 "
       "etag）；text 是可再导入的文本。--json 给出修订的全部信息。",
       "A report: the latest revision, one by number, or as of a moment\n"
       "--format table prints the official tables; json the report as a file "
       "to correct (with its etag); text what can be imported again. --json "
       "gives all that is known of the revision."},
      "annals get agencies/11410303005450123N/reports/2024\n"
      "annals get agencies/11410303005450123N/reports/2024 --revision 1 "
      "--format json > report.json\n"
      "annals get agencies/11410303005450123N/reports/2024 --as-of "
      "2025-02-01T00:00:00+08:00");
  line->Option(command, "REPORT", &options->name, "REPORT",
               {"报告或修订的资源名", "The name of a report or a revision"})
      ->required();
  CLI::Option* revision =
      line->Option(command, "--revision", &options->revision, "N",
                   {"第几次修订", "The revision's number"})
          ->check(Positive(line->language()));
  line->Option(command, "--as-of", &options->as_of, "TIME",
               {"该时刻的最新修订，如 2025-02-01T00:00:00+08:00",
                "What was latest then, such as 2025-02-01T00:00:00+08:00"})
      ->excludes(revision);
  line->Option(command, "--format", &options->format, "table|json|text",
               {"输出格式（默认 table）", "How to print it (default table)"})
      ->check(OneOf({"table", "json", "text"}, line->language()));
  line->OnCall(command, [options](Session& session) {
    return RunGet(*options, &session);
  });
}

}  // namespace annals::client
