#include "client/commands/check_many.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/counted.h"
#include "client/files.h"
#include "client/import/importer.h"
#include "client/json_text.h"
#include "client/progress.h"
#include "client/render/import_summary.h"
#include "client/render/printable.h"
#include "client/report_source.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/check.h"
#include "service/report/report_json.h"
#include "service/report/validate.h"

namespace annals::client {
namespace {

namespace fs = std::filesystem;

// What came of one file.
struct FileVerdict {
  absl::Status status;
  int errors = 0;
  int warnings = 0;
  int information = 0;
  size_t doubts = 0;
  // Left for the thread that may import: it may have to start a process.
  bool is_left = false;
};

void Judge(const v1::Report& report, FileVerdict* verdict) {
  verdict->status = report::ValidateReport(report, report::ReportLimits());
  if (!verdict->status.ok()) return;
  const v1::CheckResult check = report::CheckReport(report, {});
  verdict->errors = report::FailedCount(check, v1::SEVERITY_ERROR);
  verdict->warnings = report::FailedCount(check, v1::SEVERITY_WARNING);
  verdict->information = report::FailedCount(check, v1::SEVERITY_INFO);
}

FileVerdict JudgeFile(const FoundFile& file, const ImportLimits& limits,
                      bool may_import) {
  FileVerdict verdict;
  verdict.status = file.status;
  if (!file.status.ok()) return verdict;
  const auto content = ReadReportFile(file.path, limits);
  verdict.status = content.status();
  if (!content.ok()) return verdict;
  if (LooksLikeJson(*content)) {
    const auto report = report::ReportFromJson(*content);
    verdict.status = report.status();
    if (report.ok()) Judge(*report, &verdict);
    return verdict;
  }
  verdict.is_left = !may_import;
  if (verdict.is_left) return verdict;
  const auto imported = ImportFile(*content, limits);
  verdict.status = imported.status();
  if (!imported.ok()) return verdict;
  verdict.doubts = CountDoubts(*imported);
  Judge(imported->report, &verdict);
  return verdict;
}

std::vector<FileVerdict> JudgeAll(const std::vector<FoundFile>& files,
                                  const ImportLimits& limits) {
  std::vector<FileVerdict> verdicts(files.size());
  std::atomic<size_t> next = 0;
  const auto work = [&files, &limits, &verdicts, &next] {
    for (size_t i = next++; i < files.size(); i = next++) {
      verdicts[i] = JudgeFile(files[i], limits, /*may_import=*/false);
    }
  };
  const size_t processors = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  for (size_t i = 1; i < std::min(processors, files.size()); ++i) {
    threads.emplace_back(work);
  }
  work();
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < files.size(); ++i) {
    if (verdicts[i].is_left) {
      verdicts[i] = JudgeFile(files[i], limits, /*may_import=*/true);
    }
  }
  return verdicts;
}

Text Words(const FileVerdict& verdict) {
  if (!verdict.status.ok()) {
    return {ErrorTextZh(verdict.status), std::string(verdict.status.message())};
  }
  Text words = {
      absl::StrCat("错误 ", verdict.errors, "，警告 ", verdict.warnings,
                   "，提示 ", verdict.information),
      absl::StrCat("errors ", verdict.errors, ", warnings ", verdict.warnings,
                   ", information ", verdict.information)};
  if (verdict.doubts > 0) {
    absl::StrAppend(&words.zh, "，存疑 ", verdict.doubts);
    absl::StrAppend(&words.en, ", doubtful ", verdict.doubts);
  }
  return words;
}

ExitCode CodeOf(const FileVerdict& verdict) {
  if (!verdict.status.ok()) return ExitCode::kBadInput;
  if (verdict.errors > 0) return ExitCode::kErrorFinding;
  return verdict.doubts > 0 ? ExitCode::kDoubtfulImport : ExitCode::kOk;
}

absl::Status PrintLine(const std::string& file, const FileVerdict& verdict,
                       Session* session) {
  if (!session->json()) {
    session->out() << PrintableLine(file) << "  "
                   << PrintableLine(session->Pick(Words(verdict))) << "\n";
    return absl::OkStatus();
  }
  JsonObject json;
  json.Add("file", file);
  if (verdict.status.ok()) {
    json.AddNumber("errors", verdict.errors);
    json.AddNumber("warnings", verdict.warnings);
    json.AddNumber("information", verdict.information);
    json.AddNumber("doubtful", static_cast<int>(verdict.doubts));
  } else {
    json.Add("reason", ErrorReason(verdict.status));
    json.Add("message", verdict.status.message());
  }
  ASSIGN_OR_RETURN(const std::string line, json.Line());
  session->out() << line << "\n";
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<FoundFile>> FilesOf(
    const std::vector<std::string>& sources) {
  std::vector<FoundFile> files;
  for (const std::string& source : sources) {
    std::error_code error;
    if (!fs::is_directory(source, error)) {
      files.push_back({source, absl::OkStatus()});
      continue;
    }
    ASSIGN_OR_RETURN(const std::vector<FoundFile> found, FilesIn(source));
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

absl::StatusOr<ExitCode> CheckMany(const std::vector<FoundFile>& files,
                                   Session* session) {
  const std::vector<FileVerdict> verdicts =
      JudgeAll(files, session->options().import_limits);
  size_t at_fault = 0;
  ExitCode worst = ExitCode::kOk;
  for (size_t i = 0; i < files.size(); ++i) {
    RETURN_IF_ERROR(PrintLine(files[i].path, verdicts[i], session));
    const ExitCode code = CodeOf(verdicts[i]);
    if (code != ExitCode::kOk) ++at_fault;
    // Of these three the numbers rise with how bad it is.
    worst = std::max(worst, code);
  }
  session->Tell(
      {absl::StrCat("共校验 ", files.size(), " 份，其中 ", at_fault,
                    " 份有错误、存疑或无法读取"),
       absl::StrCat("checked ", Counted(files.size(), "report", "reports"),
                    "; ", at_fault,
                    " of them have errors or doubts, or can't be read")});
  return worst;
}

}  // namespace annals::client
