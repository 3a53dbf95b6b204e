#include <memory>

#include "client/commands/commands.h"
#include "client/files.h"
#include "client/import/importer.h"
#include "client/render/import_summary.h"
#include "ledger/status_macros.h"
#include "service/report/report_json.h"

namespace annals::client {
namespace {

struct ImportOptions {
  std::string file;
  std::string output = "-";
};

absl::StatusOr<ExitCode> RunImport(const ImportOptions& options,
                                   Session* session) {
  ASSIGN_OR_RETURN(const std::string content, ReadInput(options.file));
  ASSIGN_OR_RETURN(const ImportResult imported, ImportText(content));
  RETURN_IF_ERROR(WriteOutput(options.output,
                              report::ReportToJson(imported.report), session));
  session->err() << RenderImportSummary(imported, session->language())
                 << RenderDoubts(imported, session->language());
  if (CountDoubts(imported) == 0) return ExitCode::kOk;
  session->Tell({"请对照原文核对上列单元格，在导出的文件中改正或补填。",
                 "Compare these cells with the print, and mend or fill them "
                 "in the file."});
  return ExitCode::kDoubtfulImport;
}

}  // namespace

void AddImportCommand(CommandLine* line) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command = line->Add(
      &line->app(), "import",
      {"把公开发布的文本转为结构化报告（JSON）\n"
       "读不准的单元格逐个列出，不作猜测；有则退出码为 3。",
       "Turn a published text into a structured report (JSON)\n"
       "Each cell that can't be read with certainty is named; exit code 3 if "
       "there is any."},
      "annals import report.txt -o report.json");
  line->Option(command, "FILE", &options->file, "FILE",
               {"公开发布的文本，UTF-8；- 为标准输入",
                "The published text, UTF-8; - for standard input"})
      ->required();
  line->Option(command, "-o,--output", &options->output, "FILE",
               {"输出文件；- 为标准输出（默认）",
                "The file to write; - for standard output (default)"});
  line->OnCall(command, [options](Session& session) {
    return RunImport(*options, &session);
  });
}

}  // namespace annals::client
