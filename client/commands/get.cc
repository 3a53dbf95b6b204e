#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/as_of_options.h"
#include "client/commands/commands.h"
#include "client/commands/output.h"
#include "client/fetch.h"
#include "client/files.h"
#include "client/published_view.h"
#include "client/render/form_html.h"
#include "client/render/printable.h"
#include "client/render/report_csv.h"
#include "client/render/report_docx.h"
#include "client/render/report_table.h"
#include "client/render/report_text.h"
#include "client/render/report_xlsx.h"
#include "client/signing.h"
#include "client/times.h"
#include "client/trust/proved.h"
#include "client/trust/proven_life.h"
#include "ledger/status_macros.h"
#include "service/report/report_json.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

struct GetOptions {
  std::string name;
  int revision = 0;
  AsOfOptions as_of;
  std::string format = "table";
  std::string output = "-";
  bool byte_order_mark = false;
  bool in_effect = false;
};

// Which revision it is; above the table.
Text RevisionLine(const v1::Revision& revision, Language language) {
  const std::string when = FormatMoment(revision.recorded_at());
  const std::string who = ActorText(revision.actor(), language);
  Text by = {"没有机关签名", "not signed by the agency"};
  if (revision.has_signature()) by = SignatureText(revision.signature());
  if (revision.as_published()) {
    by = {"按公开原样归档，没有机关签名",
          "archived as it was published, not signed by the agency"};
  }
  return {
      absl::StrCat("修订 ", revision.number(), "，", when, "，", who, "，",
                   PrintableLine(by.zh), "，账本条目 ", revision.entry_index(),
                   "，理由：", PrintableLine(revision.reason())),
      absl::StrCat("revision ", revision.number(), ", ", when, ", ", who, ", ",
                   PrintableLine(by.en), ", ledger entry ",
                   revision.entry_index(),
                   ", reason: ", PrintableLine(revision.reason()))};
}

bool IsBinary(const std::string& format) {
  return format == "docx" || format == "xlsx";
}

// A report is published in Chinese, whatever language the caller reads.
absl::StatusOr<std::string> ReportIn(const GetOptions& options,
                                     const v1::Report& report,
                                     Language language) {
  if (options.format == "json") return report::ReportToJson(report);
  if (options.format == "text") return PrintableText(RenderReportText(report));
  if (options.format == "html") return RenderReportHtml(report);
  if (options.format == "docx") return RenderReportDocx(report);
  if (options.format == "xlsx") return RenderReportXlsx(report);
  if (options.format == "csv") {
    return RenderReportCsv(report, language, options.byte_order_mark);
  }
  return RenderReport(report, language, AmbiguousWidthOfTerminal());
}

// The revision in effect, as the entries prove it.
absl::StatusOr<v1::Revision> ReadInEffect(const GetOptions& options,
                                          const AsOf& as_of, Session* session,
                                          LedgerTrust* trust) {
  ASSIGN_OR_RETURN(const ReportOrRevision meant,
                   ParseReportOrRevision(options.name));
  if (meant.number.has_value()) {
    return UsageError({"--in-effect 请用报告的资源名，不要写明修订",
                       "--in-effect goes with the name of a report, not of a "
                       "revision"});
  }
  ASSIGN_OR_RETURN(const v1::Lifecycle life,
                   ReadLife(meant.report, as_of, session, trust));
  TellLifeProved(life, *trust);
  RETURN_IF_ERROR(RequireInEffect(life));
  const report::RevisionName name = {meant.report, life.effective_revision()};
  ASSIGN_OR_RETURN(v1::Revision revision,
                   ReadRevision(name.ToString(), AsOf(), session, trust));
  revision.set_published_only(life.published_only());
  return revision;
}

absl::StatusOr<ExitCode> RunGet(const GetOptions& options, Session* session) {
  if (IsBinary(options.format)) {
    RETURN_IF_ERROR(RequireNoTerminal(options.output, options.format));
  }
  ASSIGN_OR_RETURN(const std::string name,
                   RevisionToGet(options.name, options.revision));
  ASSIGN_OR_RETURN(const AsOf as_of, ReadAsOf(options.as_of));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(const v1::Revision revision,
                   options.in_effect
                       ? ReadInEffect(options, as_of, session, &trust)
                       : ReadRevision(name, as_of, session, &trust));
  TellPublishedOnly(revision.published_only(), session);
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(revision));
    return ExitCode::kOk;
  }
  ASSIGN_OR_RETURN(const std::string bytes,
                   ReportIn(options, ReportOf(revision), session->language()));
  if (options.format == "table" || options.format == "text" ||
      options.output != "-") {
    session->Tell(RevisionLine(revision, session->language()));
  }
  RETURN_IF_ERROR(WriteOutput(options.output, bytes, session));
  return ExitCode::kOk;
}

}  // namespace

void AddGetCommand(CommandLine* line) {
  auto options = std::make_shared<GetOptions>();
  CLI::App* command = line->Add(
      &line->app(), "get",
      {"一份报告：最新修订、某一修订，或某一时刻的样子\n"
       "--format table 按官方格式排表；json 是可修改后用于更正的报告文件（含 "
       "etag）；text 是可再导入的文本；html 和 docx 是可直接发布的官方格式；"
       "xlsx 每部分一张表；csv 每个单元格一行。--json 给出修订的全部信息。",
       "A report: the latest revision, one by number, or as of a moment\n"
       "--format table prints the official tables; json the report as a file "
       "to correct (with its etag); text what can be imported again; html and "
       "docx the official form, fit to publish; xlsx a sheet for each section; "
       "csv a line for each cell. --json gives all that is known of the "
       "revision."},
      "annals get agencies/11410303005450123N/reports/2024\n"
      "annals get agencies/11410303005450123N/reports/2024 --revision 1 "
      "--format json > report.json\n"
      "annals get agencies/11410303005450123N/reports/2024 --format docx -o "
      "2024.docx\n"
      "annals get agencies/11410303005450123N/reports/2024 --as-of "
      "2025-02-01T00:00:00+08:00");
  line->Option(command, "REPORT", &options->name, "REPORT",
               {"报告或修订的资源名", "The name of a report or a revision"})
      ->Required();
  CommandOption* revision =
      line->Option(command, "--revision", &options->revision, "N",
                   {"第几次修订", "The revision's number"})
          ->Check(Positive(line->language()));
  AddAsOfOptions(line, command, &options->as_of);
  revision->Excludes(line->Find(command, "--as-of"));
  revision->Excludes(line->Find(command, "--as-of-size"));
  revision->Excludes(
      line->Flag(command, "--in-effect", &options->in_effect,
                 {"改取生效的修订（更正通过审查之前，仍是更正前的）",
                  "The revision that is in effect instead of the latest: until "
                  "a correction has passed, the one before it"}));
  line->Option(command, "--format", &options->format,
               "table|json|text|html|docx|xlsx|csv",
               {"输出格式（默认 table）", "How to print it (default table)"})
      ->Check(OneOf({"table", "json", "text", "html", "docx", "xlsx", "csv"},
                    line->language()));
  AddOutputOption(line, command, &options->output);
  line->Flag(command, "--bom", &options->byte_order_mark,
             {"csv 以字节顺序标记（BOM）开头，便于电子表格软件识别 UTF-8",
              "Begin csv with a byte order mark, by which spreadsheet programs "
              "know UTF-8"});
  line->OnCall(command, [options](Session& session) {
    return RunGet(*options, &session);
  });
}

}  // namespace annals::client
