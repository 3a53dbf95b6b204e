#include <memory>

#include "absl/strings/str_cat.h"
#include "client/blank_form.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/commands/output.h"
#include "client/counted.h"
#include "client/fetch.h"
#include "client/files.h"
#include "client/render/printable.h"
#include "client/render/report_xlsx.h"
#include "client/stubs.h"
#include "client/trust/proved.h"
#include "ledger/status_macros.h"
#include "service/report/report_json.h"

namespace annals::client {
namespace {

struct NewOptions {
  std::string agency;
  int year = 0;
  bool regional = false;
  std::string format = "json";
  std::string output = "-";
  bool force = false;
};

absl::StatusOr<report::ReportName> NameOf(const NewOptions& options) {
  ASSIGN_OR_RETURN(const report::AgencyName agency,
                   AgencyArgument(options.agency));
  if (options.year < kFirstFormYear) {
    return UsageError(
        {absl::StrCat("现行格式自 ", kFirstFormYear, " 年度起使用；",
                      options.year, " 年度没有可填写的表格"),
         absl::StrCat("the form is used for ", kFirstFormYear,
                      " and later; there is none to fill in for ",
                      options.year)});
  }
  report::ReportName name{agency.code, options.year};
  name.scope = options.regional ? v1::SCOPE_REGIONAL : v1::SCOPE_ORGAN;
  return name;
}

// Fills in what last year's report determines, and says where it is from.
absl::Status CarryOverFrom(const report::ReportName& last_year,
                           Session* session, LedgerTrust* trust,
                           v1::Report* form) {
  const std::string name = last_year.ToString();
  const absl::StatusOr<v1::Revision> revision =
      ReadRevision(name, AsOf(), session, trust);
  if (revision.status().code() == absl::StatusCode::kNotFound) {
    session->Tell({absl::StrCat("账本中没有上年度报告（", name,
                                "）：上年结转各栏留空，请自行填写"),
                   absl::StrCat("the ledger has no report of last year (", name,
                                "): what was carried over is left blank; fill "
                                "it in yourself")});
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(revision.status());
  const int count = CarryOver(revision->content().report(), form);
  session->Tell(
      {absl::StrCat("已从 ", PrintableLine(revision->name()), " 带入上年结转 ",
                    count, " 个单元格"),
       absl::StrCat(Counted(count, "cell", "cells"), " carried over from ",
                    PrintableLine(revision->name()))});
  return absl::OkStatus();
}

void TellNext(const NewOptions& options, Session* session) {
  if (options.output == "-") return;
  const std::string file = ShellWord(options.output);
  const std::string next =
      options.format == "json"
          ? absl::StrCat("annals edit ", file)
          : absl::StrCat("annals import ", file, " -o report.json");
  session->Tell({absl::StrCat("已写入 ", options.output, "。填写后：", next),
                 absl::StrCat("wrote ", options.output,
                              ". Once it is filled in: ", next)});
}

absl::StatusOr<ExitCode> RunNew(const NewOptions& options, Session* session) {
  ASSIGN_OR_RETURN(const report::ReportName name, NameOf(options));
  if (options.format == "xlsx") {
    RETURN_IF_ERROR(RequireNoTerminal(options.output, options.format));
  }
  RETURN_IF_ERROR(RequireNoFile(options.output, options.force));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(
      const v1::Agency agency,
      FetchAgencyOn(&session->connection(),
                    report::AgencyName{name.agency_code}.ToString(),
                    absl::CivilDay(name.year, 12, 31)));
  v1::Report form = BlankForm(name, agency.display_name());
  RETURN_IF_ERROR(CarryOverFrom(name.Previous(), session, &trust, &form));
  std::string bytes = report::ReportFormToJson(form);
  if (options.format == "xlsx") {
    ASSIGN_OR_RETURN(bytes, RenderReportXlsx(form));
  }
  RETURN_IF_ERROR(WriteOutput(options.output, bytes, session));
  TellNext(options, session);
  return ExitCode::kOk;
}

}  // namespace

void AddNewCommand(CommandLine* line) {
  auto options = std::make_shared<NewOptions>();
  CLI::App* command = line->Add(
      &line->app(), "new",
      {"一份待填写的年度报告\n"
       "含登记的机关名称、标题、统计期限和该年度格式的全部单元格；账本中有上年"
       "度"
       "报告的，带入上年结转。空白不是 0：没有发生的请填 0。",
       "A report to fill in\n"
       "With the agency's registered name, the title, the period, and every "
       "cell of the year's form; what last year's report carried over is "
       "filled "
       "in if the ledger has it. A blank is no zero: write 0 where there was "
       "nothing."},
      "annals new --agency 11410303005450123N --year 2025 -o 2025.json\n"
      "annals new --agency 11410303005450123N --year 2025 --format xlsx -o "
      "2025.xlsx");
  line->Option(command, "--agency", &options->agency, "CODE",
               {"机关的统一社会信用代码",
                "The agency's unified social credit "
                "code"})
      ->Required();
  line->Option(command, "--year", &options->year, "YEAR",
               {"报告的年度", "The year that is reported on"})
      ->Required()
      ->Check(Year(line->language()));
  line->Flag(command, "--regional", &options->regional,
             {"汇总口径（含所属地区或系统）",
              "For the whole region or system, not the organ alone"});
  line->Option(command, "--format", &options->format, "json|xlsx",
               {"文件格式（默认 json）", "The file's format (default json)"})
      ->Check(OneOf({"json", "xlsx"}, line->language()));
  AddOutputOption(line, command, &options->output);
  line->Flag(command, "--force", &options->force,
             {"覆盖已有的文件", "Overwrite a file that is there"});
  line->OnCall(command, [options](Session& session) {
    return RunNew(*options, &session);
  });
}

}  // namespace annals::client
