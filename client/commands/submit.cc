#include <memory>

#include "client/commands/commands.h"
#include "client/commands/submission.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

absl::StatusOr<ExitCode> RunSubmit(const SubmissionOptions& options,
                                   Session* session) {
  ASSIGN_OR_RETURN(const Submission submission,
                   PrepareSubmission(options, session));
  if (!submission.request.report().etag().empty()) {
    return UsageError(
        {"这个文件出自账本中的一次修订（含 etag）。更正请用 annals "
         "correct；确要作为首次提交，请删去文件中的 etag",
         "this file was read from a recorded revision (it has an etag). To "
         "correct that, use annals correct; to submit it for the first time, "
         "remove its etag"});
  }
  ASSIGN_OR_RETURN(LedgerTrust trust, TrustForSubmission(options, session));
  return CheckAndSubmit(submission, options, session, &trust);
}

}  // namespace

void AddSubmitCommand(CommandLine* line) {
  auto options = std::make_shared<SubmissionOptions>();
  CLI::App* command = line->Add(
      &line->app(), "submit",
      {"首次提交一份报告\n"
       "先由服务器校验：有“错误”不提交（退出码 4）；有警告须用 --ack 逐项说明"
       "（退出码 5）。",
       "Submit a report for the first time\n"
       "The server checks it first: an error stops it (exit code 4); each "
       "warning must be acknowledged with --ack (exit code 5)."},
      "annals submit report.json --agency 11410303005450123N --year 2024 "
      "--reason 年度报告\n"
      "annals submit report.txt --agency 11410303005450123N --year 2024 "
      "--reason 年度报告 --ack 'N-REQUESTS=正文只计区政府办公室' --receipt "
      "2024.receipt");
  AddSubmissionOptions(line, command, options.get());
  line->OnCall(command, [options](Session& session) {
    return RunSubmit(*options, &session);
  });
}

}  // namespace annals::client
