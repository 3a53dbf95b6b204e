#include <memory>
#include <string>
#include <utility>

#include "client/commands/commands.h"
#include "client/commands/submission.h"
#include "client/commands/submit_many.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// As typed: one report, or a directory of them.
struct SubmitWords {
  SubmissionOptions one;
  std::string directory;
  std::string results;
};

absl::StatusOr<ExitCode> RunMany(const SubmitWords& words, Session* session) {
  const SubmissionOptions& one = words.one;
  const bool is_of_one = !one.file.empty() || !one.agency.empty() ||
                         one.year != 0 || one.regional ||
                         !one.acknowledgements.empty() ||
                         !one.request_id.empty() || !one.receipt.empty();
  if (is_of_one) {
    return UsageError(
        {"--batch 只与 --reason、--results、--sign、--allow-doubtful 一起使用："
         "机关、年度和口径取自文件名",
         "--batch goes with --reason, --results, --sign and --allow-doubtful "
         "only: agency, year and scope are those of the files' names"});
  }
  return SubmitMany({words.directory, one.reason, words.results,
                     one.allow_doubtful, one.signing},
                    session);
}

absl::StatusOr<ExitCode> RunSubmit(const SubmitWords& words, Session* session) {
  if (!words.directory.empty()) return RunMany(words, session);
  const SubmissionOptions& options = words.one;
  if (!words.results.empty()) {
    return UsageError(
        {"--results 须与 --batch 一起使用", "--results needs --batch"});
  }
  if (options.file.empty() || options.agency.empty()) {
    return UsageError({"请给出 FILE 和 --agency，或用 --batch 给出目录",
                       "give FILE and --agency, or a directory with --batch"});
  }
  ASSIGN_OR_RETURN(Submission submission, PrepareSubmission(options, session));
  if (!submission.request.report().etag().empty()) {
    return UsageError(
        {"这个文件出自账本中的一次修订（含 etag）。更正请用 annals "
         "correct；确要作为首次提交，请删去文件中的 etag",
         "this file was read from a recorded revision (it has an etag). To "
         "correct that, use annals correct; to submit it for the first time, "
         "remove its etag"});
  }
  ASSIGN_OR_RETURN(LedgerTrust trust, TrustForSubmission(options, session));
  return CheckAndSubmit(std::move(submission), options, session, &trust);
}

}  // namespace

void AddSubmitCommand(CommandLine* line) {
  auto words = std::make_shared<SubmitWords>();
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
      "2024.receipt\n"
      "annals submit --batch reports/ --reason 年度报告 --results "
      "results.jsonl");
  AddSubmissionOptions(line, command, &words->one);
  // Not with --batch.
  line->Find(command, "FILE")->Required(false);
  line->Find(command, "--agency")->Required(false);
  line->Option(command, "--batch", &words->directory, "DIR",
               {"成批提交目录中命名为 机关代码/年度.扩展名（汇总为 "
                "年度-regional）的文件，每份各自成败；重复执行不会重复记录，"
                "中断后再执行即可续完。有警告的报告须单独提交并用 --ack 说明。"
                "全部记录为退出码 0，有未记录的为 6",
                "Submit the files of a directory that are named CODE/YEAR.EXT "
                "(or CODE/YEAR-regional.EXT), each for itself. Done again, "
                "nothing is recorded twice, so a run that was interrupted is "
                "repeated. A report with warnings is to be submitted alone, "
                "with --ack. Exit code 0 if all are recorded, 6 if one is "
                "not"});
  line->Option(command, "--results", &words->results, "FILE",
               {"把每个文件的结果写入 FILE，每行一个 JSON 对象",
                "Write what came of each file to FILE, an object of JSON a "
                "line"});
  line->OnCall(command, [words](Session& session) {
    return RunSubmit(*words, &session);
  });
}

}  // namespace annals::client
