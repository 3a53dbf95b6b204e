#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/blank_form.h"
#include "client/commands/arguments.h"
#include "client/commands/as_of_options.h"
#include "client/commands/commands.h"
#include "client/commands/output.h"
#include "client/field_choice.h"
#include "client/files.h"
#include "client/roll_up/proven_roll_up.h"
#include "client/roll_up/roll_up_gaps.h"
#include "client/roll_up/roll_up_text.h"
#include "ledger/status_macros.h"
#include "service/report/report_json.h"
#include "service/report/roll_up_sum.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

struct RollUpOptions {
  std::string agency;
  int year = 0;
  AsOfOptions as_of;
  std::vector<std::string> cells;
  int contributions = report::kContributionsDefault;
  std::string format = "text";
  std::string draft;
  bool force = false;
};

absl::StatusOr<v1::RollUpRequest> RollUpRequestOf(
    const RollUpOptions& options) {
  v1::RollUpRequest request;
  ASSIGN_OR_RETURN(const report::AgencyName office,
                   AgencyArgument(options.agency));
  request.set_agency(office.ToString());
  request.set_year(options.year);
  request.set_contributions_max(options.contributions);
  RETURN_IF_ERROR(SetAsOf(options.as_of, &request));
  for (const std::string& words : options.cells) {
    ASSIGN_OR_RETURN(const std::vector<std::string> fields, FindFields(words));
    for (const std::string& field : fields) {
      // What has these words in its label may be a text as well.
      if (report::Schema::Get().Find(field).has_value()) {
        request.add_cells(field);
      }
    }
  }
  if (!options.cells.empty() && request.cells().empty()) {
    return UsageError(
        {"--cell 须指明表中的单元格，而不是文字",
         "--cell must name figures of the tables, and not texts"});
  }
  return request;
}

void WarnIfIncomplete(const v1::RollUpResponse& response,
                      const RollUpGaps& gaps, Session* session) {
  const std::string left_out =
      RenderNotInSums(response, gaps, session->language());
  if (left_out.empty()) return;
  session->Tell({"警告：草稿不完整，合计未含下列报告，补齐后请重新汇总：",
                 "warning: the draft is incomplete, its sums are without these "
                 "reports; add up again once they are there:"});
  session->err() << left_out;
}

// A form to be completed: the sums, and the texts to write.
absl::Status WriteDraft(const RollUpOptions& options,
                        const v1::RollUpRequest& request,
                        const v1::RollUpResponse& response,
                        const RollUpGaps& gaps, Session* session) {
  ASSIGN_OR_RETURN(const report::AgencyName office,
                   report::ParseAgencyName(request.agency()));
  v1::Report form = BlankForm({office.code, options.year, v1::SCOPE_REGIONAL},
                              response.draft().agency_name());
  const report::Cells cells = report::ReadCells(response.draft());
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].has_value()) continue;
    report::SetCell(static_cast<report::CellIndex>(i), cells[i], &form);
  }
  RETURN_IF_ERROR(
      WriteOutput(options.draft, report::ReportFormToJson(form), session));
  WarnIfIncomplete(response, gaps, session);
  if (options.draft == "-") return absl::OkStatus();
  const std::string file = ShellWord(options.draft);
  session->Tell(
      {absl::StrCat("汇总报告草稿已写入 ", options.draft,
                    "：表格为合计数，文字待写。接着：annals edit ", file),
       absl::StrCat("wrote a draft of the regional report to ", options.draft,
                    ": its tables are the sums, its texts are to be written. "
                    "Next: annals edit ",
                    file)});
  return absl::OkStatus();
}

// The response with the cells that were asked for; with all if none were.
v1::RollUpResponse OnlyCells(const v1::RollUpRequest& request,
                             v1::RollUpResponse response) {
  if (request.cells().empty()) return response;
  auto* const cells = response.mutable_cells();
  cells->erase(std::remove_if(cells->begin(), cells->end(),
                              [&](const v1::RollUpCell& cell) {
                                return std::find(request.cells().begin(),
                                                 request.cells().end(),
                                                 cell.cell()) ==
                                       request.cells().end();
                              }),
               cells->end());
  return response;
}

absl::Status PrintRollUp(const RollUpOptions& options,
                         const v1::RollUpRequest& request,
                         const v1::RollUpResponse& response,
                         const RollUpGaps& gaps, Session* session) {
  const Text summary = RollUpSummary(response, gaps, options.year);
  const bool is_json = session->json() || options.format == "json";
  if (is_json) {
    session->Tell(summary);
    return session->PrintJson(OnlyCells(request, response));
  }
  const std::vector<const v1::RollUpCell*> cells =
      ShownCells(response, {request.cells().begin(), request.cells().end()});
  const Language language = session->language();
  if (options.format == "csv") {
    session->out() << RollUpCsv(cells, language);
    // Beside data for programs it is a message.
    session->Tell(summary);
    session->err() << RenderLeftOut(response, gaps, language,
                                    AmbiguousWidthOfTerminal());
    return absl::OkStatus();
  }
  session->Print(summary);
  session->out() << RenderRollUpCells(response, cells, language,
                                      AmbiguousWidthOfTerminal())
                 << RenderLeftOut(response, gaps, language,
                                  AmbiguousWidthOfTerminal());
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunRollUp(const RollUpOptions& options,
                                   Session* session) {
  ASSIGN_OR_RETURN(const v1::RollUpRequest request, RollUpRequestOf(options));
  const bool has_draft = !options.draft.empty();
  if (has_draft) {
    RETURN_IF_ERROR(RequireNoFile(options.draft, options.force));
  }
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(const v1::RollUpResponse response,
                   ReadRollUp(request, session, &trust));
  ASSIGN_OR_RETURN(const RollUpGaps gaps,
                   ReadRollUpGaps(request, response, &session->connection()));
  // Standard output is one or the other.
  if (options.draft != "-") {
    RETURN_IF_ERROR(PrintRollUp(options, request, response, gaps, session));
  }
  if (has_draft) {
    RETURN_IF_ERROR(WriteDraft(options, request, response, gaps, session));
  }
  return ExitCode::kOk;
}

}  // namespace

void AddRollUpCommand(CommandLine* line) {
  auto options = std::make_shared<RollUpOptions>();
  CLI::App* command = line->Add(
      &line->app(), "rollup",
      {"汇总：一个机关及其下级的报告逐格加总，并与其汇总报告核对\n"
       "机关按报告年度 12 月 31 日的登记。下级已有汇总报告的，只计该汇总报告，"
       "不再计入其所含各份。空白不作 0。列出与本机关汇总报告不同的单元格及构成"
       "各数的报告；没有汇总报告时列出各格合计。csv 与 json 中的金额以分计"
       "（1 万元为 1000000 分），编号中有 wan_yuan 的也是。",
       "Roll-up: the reports of an office and of those below it added up cell "
       "by cell, and compared with its regional report\n"
       "The register is that of 31 December of the year reported on. Where a "
       "subordinate has a regional report, that counts, and those that it "
       "speaks of do not. A blank is no zero. Lists the cells that differ from "
       "the office's own regional report, with the reports that make them up; "
       "without one, the sums. In csv and json money is in 分 (0.01 yuan), "
       "1,000,000 to a 万元, also where an id says wan_yuan."},
      "annals rollup 11410300054481305D --year 2025\n"
      "annals rollup 11410300054481305D --year 2025 --cell t3.new_received "
      "--format csv\n"
      "annals rollup 11410300054481305D --year 2025 --draft regional.json");
  line->Option(command, "CODE", &options->agency, "CODE",
               {"机关的统一社会信用代码", "The office's code"})
      ->Required();
  line->Option(command, "--year", &options->year, "YEAR",
               {"报告年度", "The year reported on"})
      ->Required()
      ->Check(Year(line->language()));
  AddAsOfOptions(line, command, &options->as_of);
  line->Option(command, "--cell", &options->cells, "CELL",
               {"只看这些单元格：编号、编号前段或官方名称中的词",
                "Only these cells: ids, the beginning of one, or words of the "
                "official label"});
  line->Option(command, "--contributions", &options->contributions, "N",
               {"每格最多列出 N 份报告，大数在前（默认 20，最多 10000）",
                "At most N reports for each cell, the largest figures first "
                "(default 20, at most 10000)"})
      ->Check(Positive(line->language()));
  line->Option(command, "--format", &options->format, "FORMAT",
               {"text（默认）、json 或 csv", "text (default), json or csv"})
      ->Check(OneOf({"text", "json", "csv"}, line->language()));
  line->Option(command, "--draft", &options->draft, "FILE",
               {"把合计写成待补充文字的汇总报告（JSON）",
                "Writes the sums as a regional report to be completed (JSON)"});
  line->Flag(command, "--force", &options->force,
             {"覆盖已有的草稿文件", "Overwrite a draft file that is there"});
  line->OnCall(command, [options](Session& session) {
    return RunRollUp(*options, &session);
  });
}

}  // namespace annals::client
