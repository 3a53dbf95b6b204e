#include "service/report/check.h"

#include <memory>

#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/commands/output.h"
#include "client/files.h"
#include "client/render/check_html.h"
#include "client/render/findings.h"
#include "client/report_source.h"
#include "ledger/status_macros.h"
#include "service/report/validate.h"

namespace annals::client {
namespace {

struct CheckOptions {
  std::string file;
  std::string previous;
  int year = 0;
  std::string format = "text";
  std::string output = "-";
};

ExitCode Verdict(const v1::CheckResult& check, size_t doubts) {
  if (report::FailedCount(check, v1::SEVERITY_ERROR) > 0) {
    return ExitCode::kErrorFinding;
  }
  return doubts > 0 ? ExitCode::kDoubtfulImport : ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunCheck(const CheckOptions& options,
                                  Session* session) {
  ASSIGN_OR_RETURN(const LoadedReport loaded,
                   LoadReport(options.file, session));
  RETURN_IF_ERROR(
      report::ValidateReport(loaded.report, report::ReportLimits()));
  report::CheckContext context;
  context.filing_year = options.year;
  std::optional<report::ReportView> previous;
  if (!options.previous.empty()) {
    ASSIGN_OR_RETURN(const LoadedReport last_year,
                     LoadReport(options.previous, session));
    previous = report::ReportView::Of(last_year.report);
    context.previous = &*previous;
    context.previous_name = options.previous;
  }
  const v1::CheckResult check = report::CheckReport(loaded.report, context);
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(check));
  } else if (options.format == "html") {
    RETURN_IF_ERROR(WriteOutput(
        options.output,
        RenderCheckHtml(loaded.report, check, session->language()), session));
  } else {
    const bool colored = session->colors().out && options.output == "-";
    RETURN_IF_ERROR(WriteOutput(
        options.output,
        RenderFindings(check, Listing::kAll, session->language(), colored),
        session));
  }
  return Verdict(check, loaded.doubts);
}

}  // namespace

void AddCheckCommand(CommandLine* line) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = line->Add(
      &line->app(), "check",
      {"离线校验报告：与服务器相同的规则和措辞\n"
       "有“错误”时退出码为 4；警告和提示只列出。文本有存疑的单元格时退出码为 "
       "3。",
       "Check a report offline: the server's rules, in the same words\n"
       "Exit code 4 on an error; warnings and information are listed only. "
       "Exit "
       "code 3 if cells of a text are in doubt."},
      "annals check report.json\n"
      "annals check report.json --format html -o findings.html\n"
      "annals check report.json --previous report-2023.json --year 2024");
  line->Option(command, "FILE", &options->file, "FILE",
               {"报告文件：JSON，或公开发布的文本；- 为标准输入",
                "The report: JSON, or the published text; - for standard "
                "input"})
      ->required();
  line->Option(command, "--previous", &options->previous, "FILE",
               {"上一年度的报告，用于跨年核对",
                "Last year's report, for the year-over-year rules"});
  line->Option(command, "--year", &options->year, "YEAR",
               {"申报的年度，用于核对报告所载年度",
                "The year it is filed for, to compare with the report's"})
      ->check(Year(line->language()));
  line->Option(command, "--format", &options->format, "text|html",
               {"输出格式：text（默认），或在报告上标出问题的网页 html",
                "How to print it: text (default), or html, the report with the "
                "findings marked on it"})
      ->check(OneOf({"text", "html"}, line->language()));
  AddOutputOption(line, command, &options->output);
  line->OnCall(command, [options](Session& session) {
    return RunCheck(*options, &session);
  });
}

}  // namespace annals::client
