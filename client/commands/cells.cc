#include <memory>

#include "absl/strings/match.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/fetch.h"
#include "client/render/cell_list.h"
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

absl::Status PrintCellsJson(const v1::Report& report, Session* session) {
  const report::Cells cells = report::ReadCells(report);
  for (report::CellIndex cell : ListedCells(report)) {
    v1::Term term;
    term.set_cell(report::Schema::Get().cells()[cell].id);
    if (cells[cell].has_value()) term.set_value(*cells[cell]);
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
                   ReadRevision(name, AsOf(), session, &trust));
  return LoadedReport{ReportOf(revision), 0};
}

absl::StatusOr<ExitCode> RunCells(const CellsOptions& options,
                                  Session* session) {
  ASSIGN_OR_RETURN(const LoadedReport loaded, ReadSource(options, session));
  if (session->json()) {
    RETURN_IF_ERROR(PrintCellsJson(loaded.report, session));
  } else {
    session->out() << RenderCells(loaded.report, session->language());
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
               {"报告文件（JSON，或公开发布的报告，任何格式），或资源名",
                "A file (JSON, or the published report in any format), or a "
                "resource "
                "name"})
      ->Required();
  line->Option(command, "--revision", &options->revision, "N",
               {"资源名的第几次修订（默认最新）",
                "Of a resource name: the revision (default: the latest)"})
      ->Check(Positive(line->language()));
  line->OnCall(command, [options](Session& session) {
    return RunCells(*options, &session);
  });
}

}  // namespace annals::client
