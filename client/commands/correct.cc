#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/commands/commands.h"
#include "client/commands/submission.h"
#include "client/enum_words.h"
#include "client/fetch.h"
#include "client/render/changes.h"
#include "client/trust/proven_history.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/diff.h"

namespace annals::client {
namespace {

struct CorrectOptions {
  SubmissionOptions submission;
  std::string reason_code;
  std::string etag;
};

// Says on which revision the correction is based and what it will change.
void TellChanges(const v1::Revision& latest, const v1::Report& corrected,
                 Session* session) {
  if (latest.has_erasure()) {
    session->Tell(
        {absl::StrCat("修订 ", latest.number(),
                      " 的内容已删除，无从比较这次更正改动了什么"),
         absl::StrCat("the content of revision ", latest.number(),
                      " was erased: what this correction changes can't be "
                      "compared")});
    return;
  }
  v1::DiffRevisionsResponse changes;
  ToChanges(report::DiffReports(latest.content().report(), corrected),
            changes.mutable_cells(), changes.mutable_texts());
  session->Tell({"将作如下更正：", "This will change:"});
  session->err() << RenderChanges(changes.cells(), changes.texts(),
                                  session->language(), session->colors().err);
}

// A file that does not say what it was read from would undo the corrections
// made since.
absl::Status BaseNotNamed(const v1::Revision& latest) {
  const std::string report =
      latest.name().substr(0, latest.name().rfind("/revisions/"));
  if (latest.has_erasure()) {
    return MakeError(
        absl::StatusCode::kAborted, "BASE_NOT_NAMED",
        {absl::StrCat("the file does not say which revision it is based on; "
                      "the content of revision ",
                      latest.number(),
                      ", the latest, was erased. To put this report in its "
                      "place, name it as the base: --etag ",
                      latest.etag()),
         absl::StrCat("文件没有说明依据哪次修订；最新的修订 ", latest.number(),
                      " 内容已删除。要以本报告代替它，请指明依据：--etag ",
                      latest.etag())});
  }
  return MakeError(
      absl::StatusCode::kAborted, "BASE_NOT_NAMED",
      {absl::StrCat("the file does not say which revision it is based on, and ",
                    report, " was corrected already (revision ",
                    latest.number(),
                    " is the latest). Put your change into the latest: annals "
                    "get ",
                    report,
                    " --format json > latest.json; or name the base with "
                    "--etag"),
       absl::StrCat("文件没有说明依据哪次修订，而 ", report,
                    " 已经更正过（最新为修订 ", latest.number(),
                    "）。请把改动写入最新修订：annals get ", report,
                    " --format json > latest.json；或用 --etag 指明依据")});
}

// Chooses the base: the file's, `--etag`'s, or the only revision's etag.
absl::Status ChooseBase(const std::string& etag, const v1::Revision& latest,
                        v1::Report* report, Session* session) {
  if (!etag.empty() && !report->etag().empty() && etag != report->etag()) {
    return UsageError({absl::StrCat("文件中的 etag（", report->etag(),
                                    "）与 --etag（", etag, "）不同"),
                       absl::StrCat("the file's etag (", report->etag(),
                                    ") is not that of --etag (", etag, ")")});
  }
  if (!etag.empty()) report->set_etag(etag);
  if (!report->etag().empty()) return absl::OkStatus();
  if (latest.number() > 1) return BaseNotNamed(latest);
  report->set_etag(latest.etag());
  session->Tell({"文件中没有 etag，以唯一的修订 1 为基础",
                 "the file has no etag; based on revision 1, the only one"});
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunCorrect(const CorrectOptions& options,
                                    Session* session) {
  ASSIGN_OR_RETURN(Submission submission,
                   PrepareSubmission(options.submission, session));
  ASSIGN_OR_RETURN(LedgerTrust trust,
                   TrustForSubmission(options.submission, session));
  ASSIGN_OR_RETURN(const v1::Revision latest,
                   ReadLatest(submission.name, session, &trust));
  v1::Report* report = submission.request.mutable_report();
  RETURN_IF_ERROR(ChooseBase(options.etag, latest, report, session));
  submission.request.set_reason_code(
      EnumFromWord<v1::ReasonCode>(options.reason_code));
  // With another base there is nothing to compare with: the server decides.
  if (report->etag() == latest.etag()) TellChanges(latest, *report, session);
  return CheckAndSubmit(std::move(submission), options.submission, session,
                        &trust);
}

}  // namespace

void AddCorrectCommand(CommandLine* line) {
  auto options = std::make_shared<CorrectOptions>();
  CLI::App* command = line->Add(
      &line->app(), "correct",
      {"更正一份已提交的报告：记录为新的修订\n"
       "以文件中的 etag（由 annals get --format json 写入）、--etag "
       "或唯一的修订为基础；若其间有人更正过，则拒绝（退出码 10）。",
       "Correct a report that was submitted: record a new revision\n"
       "It is based on the file's etag (which annals get --format json "
       "writes), on --etag, or on the only revision. Refused if someone "
       "corrected it meanwhile (exit code 10)."},
      "annals correct report.json --agency 11410303005450123N --year 2024 "
      "--reason-code figure-error --reason 漏计一件");
  AddSubmissionOptions(line, command, &options->submission);
  std::vector<std::string> words =
      EnumWords(google::protobuf::GetEnumDescriptor<v1::ReasonCode>());
  // For `archive` only.
  words.erase(std::remove(words.begin(), words.end(), "republished"),
              words.end());
  line->Option(
          command, "--reason-code", &options->reason_code,
          "figure-error|omission|scope|text-error|supervisor-request|"
          "other",
          {"更正原因：数据错误、遗漏、口径调整、文字错误、主管部门要求、其他",
           "What kind of mistake is corrected"})
      ->Required()
      ->Check(OneOf(words, line->language()));
  line->Option(command, "--etag", &options->etag, "ETAG",
               {"所依据的修订的 etag", "The etag of the revision it corrects"});
  line->OnCall(command, [options](Session& session) {
    return RunCorrect(*options, &session);
  });
}

}  // namespace annals::client
