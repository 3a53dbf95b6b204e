#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/commands/output.h"
#include "client/editor.h"
#include "client/error_printer.h"
#include "client/fetch.h"
#include "client/files.h"
#include "client/render/findings.h"
#include "client/report_source.h"
#include "client/trust/proved.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/check.h"
#include "service/report/diff.h"
#include "service/report/report_json.h"
#include "service/report/validate.h"

namespace annals::client {
namespace {

struct EditOptions {
  std::string source;
  std::string output;
  std::string previous;
};

// A file that is edited, and what it is checked against.
struct Draft {
  std::string path;
  std::string before;  // Its bytes.
  // It was made for this edit: without a change it need not stay, unless the
  // user asked for it by its name.
  bool is_new = false;
  bool is_asked_for = false;
  // Of a report from the ledger.
  std::optional<report::ReportName> name;
  std::optional<report::ReportView> last_year;
  std::string last_year_name;
};

std::string DefaultPath(const report::ReportName& name) {
  return absl::StrCat(name.agency_code, "-", name.year,
                      name.scope == v1::SCOPE_REGIONAL ? "-regional" : "",
                      ".json");
}

absl::Status RequireNoDraft(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return absl::OkStatus();
  const std::string file = ShellWord(path);
  return MakeError(
      absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
      {absl::StrCat(path,
                    " is there already, perhaps from an edit before. Go "
                    "on with it (annals edit ",
                    file, "), move it away, or name another file with -o"),
       absl::StrCat(path,
                    " 已存在，可能是上次编辑留下的。请继续编辑它（annals "
                    "edit ",
                    file, "）、移走它，或用 -o 另指定文件")});
}

// Last year's report in the ledger, if there is one.
absl::Status ReadLastYear(Session* session, LedgerTrust* trust, Draft* draft) {
  const std::string name = draft->name->Previous().ToString();
  const absl::StatusOr<v1::Revision> revision =
      ReadRevision(name, AsOf(), session, trust);
  if (revision.status().code() == absl::StatusCode::kNotFound) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(revision.status());
  draft->last_year = report::ReportView::Of(revision->content().report());
  draft->last_year_name = name;
  return absl::OkStatus();
}

absl::StatusOr<Draft> DraftOfLedger(const EditOptions& options,
                                    Session* session) {
  ASSIGN_OR_RETURN(const ReportOrRevision meant,
                   ParseReportOrRevision(options.source));
  ASSIGN_OR_RETURN(const std::string name, RevisionToGet(options.source, 0));
  Draft draft;
  draft.name = meant.report;
  draft.path =
      options.output.empty() ? DefaultPath(meant.report) : options.output;
  draft.is_new = true;
  draft.is_asked_for = !options.output.empty();
  RETURN_IF_ERROR(RequireNoDraft(draft.path));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(const v1::Revision revision,
                   ReadRevision(name, AsOf(), session, &trust));
  RETURN_IF_ERROR(ReadLastYear(session, &trust, &draft));
  draft.before = report::ReportFormToJson(ReportOf(revision));
  RETURN_IF_ERROR(WriteOutput(draft.path, draft.before, session));
  return draft;
}

absl::StatusOr<Draft> DraftOfFile(const EditOptions& options) {
  if (options.source == "-" || !options.output.empty()) {
    return UsageError({"文件就地编辑；-o 只用于账本中的报告",
                       "a file is edited in its place; -o is for reports of "
                       "the ledger"});
  }
  Draft draft;
  draft.path = options.source;
  ASSIGN_OR_RETURN(draft.before, ReadInput(draft.path));
  if (LooksLikeJson(draft.before)) return draft;
  const std::string file = ShellWord(draft.path);
  return MakeError(
      absl::StatusCode::kInvalidArgument, "NOT_A_STRUCTURED_REPORT",
      {absl::StrCat(draft.path,
                    " is no JSON report. Import it first: annals "
                    "import ",
                    file, " -o report.json"),
       absl::StrCat(draft.path, " 不是 JSON 报告。请先导入：annals import ",
                    file, " -o report.json")});
}

absl::StatusOr<Draft> MakeDraft(const EditOptions& options, Session* session) {
  Draft draft;
  if (absl::StartsWith(options.source, "agencies/")) {
    ASSIGN_OR_RETURN(draft, DraftOfLedger(options, session));
  } else {
    ASSIGN_OR_RETURN(draft, DraftOfFile(options));
  }
  if (!options.previous.empty()) {
    ASSIGN_OR_RETURN(const LoadedReport previous,
                     LoadReport(options.previous, session));
    draft.last_year = report::ReportView::Of(previous.report);
    draft.last_year_name = options.previous;
  }
  return draft;
}

// The report in the file as it is now, well formed.
absl::StatusOr<v1::Report> ReadDraft(const std::string& bytes) {
  ASSIGN_OR_RETURN(v1::Report report, report::ReportFromJson(bytes));
  RETURN_IF_ERROR(report::ValidateReport(report, report::ReportLimits()));
  return report;
}

absl::StatusOr<ExitCode> CheckDraft(const v1::Report& report,
                                    const Draft& draft, Session* session) {
  report::CheckContext context;
  if (draft.last_year.has_value()) {
    context.previous = &*draft.last_year;
    context.previous_name = draft.last_year_name;
  }
  if (draft.name.has_value()) context.filing_year = draft.name->year;
  const v1::CheckResult check = report::CheckReport(report, context);
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(check));
  } else {
    session->out() << RenderFindings(
        check, Listing::kFailed, session->language(), session->colors().out);
  }
  session->out().flush();
  return report::FailedCount(check, v1::SEVERITY_ERROR) > 0
             ? ExitCode::kErrorFinding
             : ExitCode::kOk;
}

// What to type next to record it.
void TellNext(const v1::Report& report, const Draft& draft, Session* session) {
  const bool is_correction = !report.etag().empty();
  const std::string agency =
      draft.name.has_value() ? draft.name->agency_code : "CODE";
  const int year = draft.name.has_value() ? draft.name->year : report.year();
  const std::string next = absl::StrCat(
      "annals ", is_correction ? "correct " : "submit ", ShellWord(draft.path),
      " --agency ", agency, " --year ", year,
      report.scope() == v1::SCOPE_REGIONAL ? " --regional" : "",
      is_correction ? " --reason-code figure-error" : "", " --reason ",
      session->Pick({"理由", "REASON"}));
  session->Tell({absl::StrCat("已保存 ", draft.path, "。下一步：\n  ", next),
                 absl::StrCat("saved ", draft.path, ". Next:\n  ", next)});
}

void TellKept(const Draft& draft, Session* session) {
  const std::string again = absl::StrCat("annals edit ", ShellWord(draft.path));
  session->Tell({absl::StrCat("所作修改保留在 ", draft.path, "。继续：", again),
                 absl::StrCat("your changes are kept in ", draft.path,
                              ". To go on: ", again)});
}

// The file of an edit that came to nothing.
void RemoveDraft(const Draft& draft) {
  if (!draft.is_new) return;
  std::error_code ignored;
  std::filesystem::remove(draft.path, ignored);
}

void TellUnchanged(const Draft& draft, Session* session) {
  session->Tell(
      {"没有改动；以上为现状的校验结果",
       "nothing changed; these are the findings of the report as it is"});
  if (!draft.is_asked_for) return RemoveDraft(draft);
  session->Tell({absl::StrCat("已写入 ", draft.path),
                 absl::StrCat("wrote ", draft.path)});
}

// True if the user wants to edit again rather than to keep the file as it is.
bool WantsToEditAgain(Session* session) {
  if (!IsInteractive()) return false;
  session->err() << session->Pick({"再次编辑？[Y/n] ", "edit it again? [Y/n] "})
                 << std::flush;
  std::string answer;
  if (!std::getline(std::cin, answer)) return false;
  return !absl::StartsWithIgnoreCase(answer, "n");
}

// What came of one round in the editor.
struct Round {
  ExitCode code = ExitCode::kOk;
  bool unchanged = false;
  v1::Report report;
};

absl::StatusOr<Round> ReviewDraft(const Draft& draft, Session* session) {
  Round round;
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(draft.path));
  round.unchanged = bytes == draft.before;
  const absl::StatusOr<v1::Report> report = ReadDraft(bytes);
  if (!report.ok()) {
    PrintError(report.status(), session);
    round.code = ExitCodeFor(report.status());
    return round;
  }
  round.report = *report;
  const absl::StatusOr<v1::Report> before =
      report::ReportFromJson(draft.before);
  round.unchanged =
      round.unchanged || (before.ok() && before->etag() == report->etag() &&
                          report::DiffReports(*before, *report).empty());
  return round;
}

absl::StatusOr<ExitCode> RunEdit(const EditOptions& options, Session* session) {
  ASSIGN_OR_RETURN(const Draft draft, MakeDraft(options, session));
  while (true) {
    const absl::Status edited = RunEditor(draft.path);
    ASSIGN_OR_RETURN(Round round, ReviewDraft(draft, session));
    if (!edited.ok()) {
      if (round.unchanged) {
        RemoveDraft(draft);
      } else {
        TellKept(draft, session);
      }
      return edited;
    }
    if (round.code == ExitCode::kOk) {
      ASSIGN_OR_RETURN(round.code, CheckDraft(round.report, draft, session));
    }
    if (round.unchanged) {
      TellUnchanged(draft, session);
      return round.code;
    }
    if (round.code == ExitCode::kOk) {
      TellNext(round.report, draft, session);
      return ExitCode::kOk;
    }
    if (!WantsToEditAgain(session)) {
      TellKept(draft, session);
      return round.code;
    }
  }
}

}  // namespace

void AddEditCommand(CommandLine* line) {
  auto options = std::make_shared<EditOptions>();
  CLI::App* command = line->Add(
      &line->app(), "edit",
      {"在编辑器（$VISUAL 或 $EDITOR）中修改报告，保存后即校验\n"
       "报告文件就地修改；账本中的报告写入新文件（含 etag，用于更正）。没有改动"
       "也照样校验。有“错误”时可再次编辑，或保留文件以后再改（退出码 "
       "4；文件无法读取时为 6）。",
       "Edit a report in $VISUAL or $EDITOR and check it on save\n"
       "A file is edited in its place; a report of the ledger in a new file "
       "with its etag, for a correction. Without a change it is checked all "
       "the "
       "same. On an error edit again, or keep the "
       "file for later (exit code 4; 6 if it can't be read)."},
      "annals edit 2025.json --previous report-2024.json\n"
      "annals edit agencies/11410303005450123N/reports/2024 -o "
      "corrected.json");
  line->Option(command, "REPORT", &options->source, "REPORT|FILE",
               {"账本中报告或修订的资源名，或 JSON 报告文件",
                "The name of a report or revision, or a JSON report"})
      ->Required();
  line->Option(command, "-o,--output", &options->output, "FILE",
               {"账本中的报告写入的文件（默认 CODE-年度.json）",
                "The file for a report of the ledger (default "
                "CODE-YEAR.json)"});
  line->Option(command, "--previous", &options->previous, "FILE",
               {"上一年度的报告，用于跨年核对（账本中的报告默认取账本中的）",
                "Last year's report, for the year-over-year rules (default for "
                "a report of the ledger: the ledger's)"});
  line->OnCall(command, [options](Session& session) {
    return RunEdit(*options, &session);
  });
}

}  // namespace annals::client
