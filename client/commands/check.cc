#include "service/report/check.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "client/commands/arguments.h"
#include "client/commands/check_many.h"
#include "client/commands/commands.h"
#include "client/commands/output.h"
#include "client/fetch.h"
#include "client/files.h"
#include "client/import_limit_options.h"
#include "client/render/check_html.h"
#include "client/render/findings.h"
#include "client/report_source.h"
#include "client/stubs.h"
#include "client/trust/ledger_trust.h"
#include "client/trust/proved.h"
#include "ledger/status_macros.h"
#include "service/report/names.h"
#include "service/report/validate.h"

namespace annals::client {
namespace {

struct CheckOptions {
  std::vector<std::string> sources;
  // The one source, if it is one.
  std::string source;
  std::string previous;
  std::vector<std::string> parts;
  std::string division;
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

// What the report is checked against, kept alive for the check.
struct Beside {
  std::optional<report::ReportView> previous;
  std::vector<std::unique_ptr<const report::ReportView>> parts;
  v1::Agency agency;
  report::CheckContext context;
};

absl::Status LoadParts(const std::vector<std::string>& files, Session* session,
                       Beside* beside) {
  if (files.empty()) return absl::OkStatus();
  beside->context.parts.emplace();
  for (const std::string& file : files) {
    ASSIGN_OR_RETURN(const LoadedReport loaded, LoadReport(file, session));
    beside->parts.push_back(std::make_unique<const report::ReportView>(
        report::ReportView::Of(loaded.report)));
    report::PartReport part;
    part.name = file;
    part.agency_display_name = loaded.report.agency_name();
    part.scope = loaded.report.scope();
    part.report = beside->parts.back().get();
    beside->context.parts->push_back(std::move(part));
  }
  return absl::OkStatus();
}

absl::Status LoadBeside(const CheckOptions& options, const v1::Report& report,
                        Session* session, Beside* beside) {
  beside->context.filing_year = options.year;
  if (!options.previous.empty()) {
    ASSIGN_OR_RETURN(const LoadedReport last_year,
                     LoadReport(options.previous, session));
    beside->previous = report::ReportView::Of(last_year.report);
    beside->context.previous = &*beside->previous;
    beside->context.previous_name = options.previous;
  }
  if (!options.division.empty()) {
    RETURN_IF_ERROR(report::ValidateDivisionCode(options.division));
    beside->agency.set_display_name(report.agency_name());
    beside->agency.set_division_code(options.division);
    beside->context.agency = &beside->agency;
  }
  return LoadParts(options.parts, session, beside);
}

absl::StatusOr<ExitCode> CheckFile(const CheckOptions& options,
                                   Session* session) {
  ASSIGN_OR_RETURN(const LoadedReport loaded,
                   LoadReport(options.source, session));
  RETURN_IF_ERROR(
      report::ValidateReport(loaded.report, report::ReportLimits()));
  Beside beside;
  RETURN_IF_ERROR(LoadBeside(options, loaded.report, session, &beside));
  const v1::CheckResult check =
      report::CheckReport(loaded.report, beside.context);
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

absl::Status RefuseFileOptions(const CheckOptions& options) {
  if (options.previous.empty() && options.parts.empty() &&
      options.division.empty() && options.year == 0) {
    return absl::OkStatus();
  }
  return UsageError(
      {"--previous、--part、--division、--year 只与一个文件同用；资源名由服务器"
       "核验，上年报告、所属报告和机关都取自账本",
       "--previous, --part, --division and --year go with one file only; a "
       "resource name is checked by the server, with what its ledger has"});
}

absl::Status RequireReassessmentOf(const v1::Reassessment& answer,
                                   const ReportOrRevision& asked) {
  v1::Revision revision;
  revision.set_name(answer.revision());
  const auto name = report::ParseRevisionName(answer.revision());
  revision.set_number(name.ok() ? name->number : 0);
  return RequireRevisionOf(revision, asked.report, asked.number);
}

absl::StatusOr<ExitCode> CheckRecorded(const CheckOptions& options,
                                       Session* session) {
  RETURN_IF_ERROR(RefuseFileOptions(options));
  ASSIGN_OR_RETURN(const ReportOrRevision asked,
                   ParseReportOrRevision(options.source));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  v1::AssessReportRequest request;
  request.set_name(options.source);
  ASSIGN_OR_RETURN(const v1::Reassessment answer,
                   session->connection().Call(
                       session->connection().stubs().reports,
                       &v1::ReportService::Stub::AssessReport, request));
  RETURN_IF_ERROR(RequireReassessmentOf(answer, asked));
  if (session->json()) {
    TellOnlyCheckpointVerified(trust);
    RETURN_IF_ERROR(session->PrintJson(answer));
    return Verdict(answer.check(), 0);
  }
  ASSIGN_OR_RETURN(const v1::Revision revision,
                   ReadRevision(answer.revision(), AsOf(), session, &trust));
  const v1::RevisionContent& content = revision.content();
  const Language language = session->language();
  std::string text;
  if (options.format == "html") {
    text = RenderCheckHtml(content.report(), answer.check(), language,
                           content.acknowledgements());
  } else {
    TellOnlyCheckpointVerified(trust);
    const bool colored = session->colors().out && options.output == "-";
    text = RenderFindings(answer.check(), Listing::kAll, language, colored,
                          content.acknowledgements()) +
           RenderReassessment(answer, language, colored, Appeared::kByRule);
  }
  RETURN_IF_ERROR(WriteOutput(options.output, text, session));
  return Verdict(answer.check(), 0);
}

// With what is checked beside one report, many can't be checked.
absl::Status RequireOneSource(const CheckOptions& options) {
  RETURN_IF_ERROR(RefuseFileOptions(options));
  if (options.format == "text" && options.output == "-") {
    return absl::OkStatus();
  }
  return UsageError({"--format 与 -o 只用于一份报告",
                     "--format and -o go with one report only"});
}

absl::StatusOr<ExitCode> RunCheck(CheckOptions options, Session* session) {
  options.source = options.sources.front();
  if (options.sources.size() == 1 &&
      absl::StartsWith(options.source, "agencies/")) {
    return CheckRecorded(options, session);
  }
  ASSIGN_OR_RETURN(const std::vector<FoundFile> files,
                   FilesOf(options.sources));
  if (files.size() == 1 && files.front().path == options.source) {
    return CheckFile(options, session);
  }
  RETURN_IF_ERROR(RequireOneSource(options));
  return CheckMany(files, session);
}

}  // namespace

void AddCheckCommand(CommandLine* line) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = line->Add(
      &line->app(), "check",
      {"校验报告：离线校验文件，规则和措辞与服务器相同；给出资源名时，由服务器"
       "按"
       "现行规则和账本现状重新核验已记录的修订\n"
       "有“错误”时退出码为 4；警告和提示只列出。文本有存疑的单元格时退出码为 "
       "3。",
       "Check a report: a file offline, by the server's rules and in the same "
       "words; of a resource name, a recorded revision by the server, with the "
       "rules of today and what its ledger has now\n"
       "Exit code 4 on an error; warnings and information are listed only. "
       "Exit code 3 if cells of a text are in doubt."},
      "annals check report.json\n"
      "annals check report.json --format html -o findings.html\n"
      "annals check report.json --previous report-2023.json --year 2024\n"
      "annals check city.json --division 320800 --part office.json "
      "--part bureau.json\n"
      "annals check reports/\n"
      "annals check agencies/11410303005450123N/reports/2024");
  line->Option(command, "SOURCE", &options->sources, "FILE|DIR|REPORT",
               {"报告文件（JSON，或公开发布的文件；- 为标准输入），或资源名；"
                "给出多个文件或目录时，每份报告一行",
                "The report: JSON, or the published file; - for standard "
                "input; or a resource name. Of several files, or a directory, "
                "a line for each report"})
      ->Required();
  line->Option(command, "--previous", &options->previous, "FILE",
               {"上一年度的报告，用于跨年核对",
                "Last year's report, for the year-over-year rules"});
  line->Option(
      command, "--part", &options->parts, "FILE",
      {"汇总报告所包括的一份报告，用于核对汇总数；每份给一次，本机关自己"
       "的也要给",
       "A report that a regional one adds up, for the roll-up rules; "
       "once for each, the agency's own among them"});
  line->Option(command, "--division", &options->division, "CODE",
               {"机关的行政区划代码，用于核对有无规章制定权",
                "The agency's division code, for the rule on rule-making "
                "power"});
  line->Option(command, "--year", &options->year, "YEAR",
               {"申报的年度，用于核对报告所载年度",
                "The year it is filed for, to compare with the report's"})
      ->Check(Year(line->language()));
  line->Option(command, "--format", &options->format, "text|html",
               {"输出格式：text（默认），或在报告上标出问题的网页 html",
                "How to print it: text (default), or html, the report with the "
                "findings marked on it"})
      ->Check(OneOf({"text", "html"}, line->language()));
  AddOutputOption(line, command, &options->output);
  AddImportLimitOptions(line, command);
  line->OnCall(command, [options](Session& session) {
    return RunCheck(*options, &session);
  });
}

}  // namespace annals::client
