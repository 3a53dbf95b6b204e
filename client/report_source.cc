#include "client/report_source.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/files.h"
#include "client/import/importer.h"
#include "client/import/limit_error.h"
#include "client/render/import_summary.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/report_json.h"

namespace annals::client {

bool LooksLikeJson(absl::string_view content) {
  absl::ConsumePrefix(&content, "\xEF\xBB\xBF");
  content = absl::StripLeadingAsciiWhitespace(content);
  return absl::StartsWith(content, "{") && !absl::StartsWith(content, "{\\rtf");
}

absl::StatusOr<std::string> ReadReportFile(const std::string& path,
                                           const ImportLimits& limits) {
  absl::StatusOr<std::string> bytes = ReadInput(path, limits.file_bytes);
  if (bytes.ok()) return bytes;
  return NameFileOption(bytes.status(), path, limits.file_bytes);
}

absl::StatusOr<LoadedReport> LoadReport(const std::string& path,
                                        Session* session) {
  ASSIGN_OR_RETURN(const std::string content,
                   ReadReportFile(path, session->options().import_limits));
  LoadedReport loaded;
  if (LooksLikeJson(content)) {
    ASSIGN_OR_RETURN(loaded.report, report::ReportFromJson(content));
    return loaded;
  }
  ASSIGN_OR_RETURN(ImportResult imported,
                   ImportFile(content, session->options().import_limits));
  loaded.doubts = CountDoubts(imported);
  if (loaded.doubts > 0) {
    session->err() << RenderDoubts(imported, session->language());
  }
  loaded.report = std::move(imported.report);
  return loaded;
}

absl::Status RequireCertain(const LoadedReport& loaded,
                            const std::string& path) {
  if (loaded.doubts == 0) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kInvalidArgument, kDoubtfulImportReason,
      {absl::StrCat(loaded.doubts, " places of ", path,
                    " are doubtful or missing. Import it to a file (annals "
                    "import ",
                    path,
                    " -o report.json), mend those places there and use that "
                    "file; or take the text as it is with --allow-doubtful"),
       absl::StrCat(path, " 中有 ", loaded.doubts,
                    " 处存疑或缺失。请先导入为文件（annals import ", path,
                    " -o report.json），核对并改正后使用该文件；确需"
                    "按现状使用，请加 --allow-doubtful")});
}

}  // namespace annals::client
