#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/files.h"
#include "client/import/importer.h"
#include "client/import_limit_options.h"
#include "client/render/cell_list.h"
#include "client/render/import_summary.h"
#include "client/report_source.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/report_json.h"

namespace annals::client {
namespace {

struct ImportOptions {
  std::string file;
  std::string output = "-";
  bool cells = false;
  bool strict = false;
};

absl::Status DoubtsNotAllowed(const std::string& file, size_t doubts) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, kDoubtfulImportReason,
      {absl::StrCat(doubts, " places of ", file,
                    " are doubtful or missing, and --strict allows none; "
                    "nothing was written"),
       absl::StrCat(file, " 中有 ", doubts,
                    " 处存疑或缺失，--strict 不允许；未写出任何内容")});
}

absl::StatusOr<std::string> Output(const ImportOptions& options,
                                   const ImportResult& imported,
                                   Session* session) {
  if (!options.cells) return report::ReportToJson(imported.report);
  if (session->json()) return ReadingsJson(imported);
  return RenderReadings(imported, session->language());
}

absl::Status IsStructured(const std::string& file) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "ALREADY_STRUCTURED",
      {absl::StrCat(file,
                    " is JSON, a structured report already: use it with annals "
                    "check, submit or archive --report as it is"),
       absl::StrCat(file,
                    " 是 JSON，已经是结构化报告：可直接用于 annals check、"
                    "submit 或 archive --report")});
}

absl::StatusOr<ExitCode> RunImport(const ImportOptions& options,
                                   Session* session) {
  ASSIGN_OR_RETURN(
      const std::string content,
      ReadReportFile(options.file, session->options().import_limits));
  if (LooksLikeJson(content)) return IsStructured(options.file);
  ASSIGN_OR_RETURN(const ImportResult imported,
                   ImportFile(content, session->options().import_limits));
  const size_t doubts = CountDoubts(imported);
  session->err() << RenderImportSummary(imported, session->language())
                 << RenderDoubts(imported, session->language());
  if (doubts > 0 && options.strict) {
    return DoubtsNotAllowed(options.file, doubts);
  }
  ASSIGN_OR_RETURN(const std::string output,
                   Output(options, imported, session));
  RETURN_IF_ERROR(WriteOutput(options.output, output, session));
  if (doubts == 0) return ExitCode::kOk;
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
      {"把公开发布的报告转为结构化报告（JSON）\n"
       "可读网页（HTML）、Word（DOCX）、Excel（XLSX）、PDF 和纯文本（UTF-8、"
       "UTF-16、GB18030），按内容识别格式。读不准的单元格按位置逐个列出，"
       "不作猜测；有则退出码为 3。",
       "Turn a published report into a structured report (JSON)\n"
       "Reads web pages (HTML), Word (DOCX), Excel (XLSX), PDF and plain text "
       "(UTF-8, UTF-16, GB18030), told by content. Each cell that can't be "
       "read with certainty is named with its place; exit code 3 if there is "
       "any."},
      "annals import report.pdf -o report.json\n"
      "annals import report.html --cells");
  line->Option(command, "FILE", &options->file, "FILE",
               {"公开发布的报告；- 为标准输入",
                "The published report; - for standard input"})
      ->Required();
  line->Option(command, "-o,--output", &options->output, "FILE",
               {"输出文件；- 为标准输出（默认）",
                "The file to write; - for standard output (default)"});
  line->Flag(command, "--cells", &options->cells,
             {"逐行输出单元格：编号、数值、官方名称、原文位置、确定程度"
              "（certain、doubtful、missing），以制表符分隔；--json "
              "每行一个对象，金额以分计",
              "Write the cells, a line each: id, figure, label, place in the "
              "file, and certain, doubtful or missing, separated by tabs; with "
              "--json an object a line, money in fen"});
  line->Flag(command, "--strict", &options->strict,
             {"有任何存疑或缺失即报错（退出码 3），不写出文件",
              "Fail if anything is doubtful or missing (exit code 3), and "
              "write nothing"});
  AddImportLimitOptions(line, command);
  line->OnCall(command, [options](Session& session) {
    return RunImport(*options, &session);
  });
}

}  // namespace annals::client
