#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/fetch.h"
#include "client/render/printable.h"
#include "client/render/table_layout.h"
#include "client/report_source.h"
#include "client/trust/proved.h"
#include "ledger/status_macros.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

struct CellsOptions {
  std::string source;
  int revision = 0;
};

// The cells of the edition that the table declares (2021 if it declares none),
// and any other that holds a figure.
bool IsListed(const v1::Report& report, const report::CellInfo& cell,
              bool has_figure) {
  const v1::Edition edition = report::EditionOf(report, cell.table_number);
  return has_figure ||
         cell.In(edition == v1::EDITION_UNSPECIFIED ? v1::EDITION_2021
                                                    : edition);
}

void PrintCells(const v1::Report& report, Session* session) {
  const report::Schema& schema = report::Schema::Get();
  const report::Cells cells = report::ReadCells(report);
  for (size_t i = 0; i < cells.size(); ++i) {
    const report::CellInfo& info = schema.cells()[i];
    if (!IsListed(report, info, cells[i].has_value())) continue;
    const auto index = static_cast<report::CellIndex>(i);
    session->out() << info.id << "\t"
                   << PrintableLine(CellText(cells, index, report)) << "\t"
                   << schema.CellLabel(
                          index, report::EditionOf(report, info.table_number),
                          session->language())
                   << "\n";
  }
}

absl::Status PrintCellsJson(const v1::Report& report, Session* session) {
  const report::Schema& schema = report::Schema::Get();
  const report::Cells cells = report::ReadCells(report);
  for (size_t i = 0; i < cells.size(); ++i) {
    const report::CellInfo& info = schema.cells()[i];
    if (!IsListed(report, info, cells[i].has_value())) continue;
    v1::Term term;
    term.set_cell(info.id);
    if (cells[i].has_value()) term.set_value(*cells[i]);
    RETURN_IF_ERROR(session->PrintJsonLine(term));
  }
  return absl::OkStatus();
}

absl::StatusOr<LoadedReport> ReadSource(const CellsOptions& options,
                                        Session* session) {
  if (!absl::StartsWith(options.source, "agencies/")) {
    return LoadReport(options.source, session);
  }
  ASSIGN_OR_RETURN(const std::string name,
                   RevisionToGet(options.source, options.revision));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(const v1::Revision revision,
                   ReadRevision(name, std::nullopt, session, &trust));
  return LoadedReport{ReportOf(revision), 0};
}

absl::StatusOr<ExitCode> RunCells(const CellsOptions& options,
                                  Session* session) {
  ASSIGN_OR_RETURN(const LoadedReport loaded, ReadSource(options, session));
  if (session->json()) {
    RETURN_IF_ERROR(PrintCellsJson(loaded.report, session));
  } else {
    PrintCells(loaded.report, session);
  }
  return loaded.doubts > 0 ? ExitCode::kDoubtfulImport : ExitCode::kOk;
}

}  // namespace

void AddCellsCommand(CommandLine* line) {
  auto options = std::make_shared<CellsOptions>();
  CLI::App* command = line->Add(
      &line->app(), "cells",
      {"逐行列出全部单元格：编号、数值（空白则为空）、官方名称，以制表符分隔\n"
       "文本有存疑的单元格时退出码为 3。--json 每行一个单元格；金额以分计。",
       "All cells, a line each: id, figure (or nothing), official label, "
       "separated by tabs\n"
       "Exit code 3 if cells of a text are in doubt. With --json an object a "
       "line; money in fen (0.01 yuan)."},
      "annals cells report.json\n"
      "annals cells agencies/11410303005450123N/reports/2024 --revision 1");
  line->Option(command, "SOURCE", &options->source, "FILE|REPORT",
               {"报告文件（JSON 或公开发布的文本），或资源名",
                "A file (JSON or the published text), or a resource name"})
      ->required();
  line->Option(command, "--revision", &options->revision, "N",
               {"资源名的第几次修订（默认最新）",
                "Of a resource name: the revision (default: the latest)"})
      ->check(Positive(line->language()));
  line->OnCall(command, [options](Session& session) {
    return RunCells(*options, &session);
  });
}

}  // namespace annals::client
