#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/commands.h"
#include "client/commands/days.h"
#include "client/commands/life_print.h"
#include "client/commands/recorded.h"
#include "client/commands/whole_report.h"
#include "client/enum_words.h"
#include "client/last_withdrawn.h"
#include "client/life_text.h"
#include "client/render/printable.h"
#include "client/stubs.h"
#include "client/times.h"
#include "client/trust/proven_life.h"
#include "client/uuid.h"
#include "client/verify.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct StepOptions {
  std::string name;
  std::string step;
  int revision = 0;
  std::string reason;
  std::string acting_for;
  std::string published_on;
  std::string address;
  std::string request_id;
};

// By its word, or by its label in either language: `signed-off`, `审签`.
absl::StatusOr<v1::Step> StepArgument(const std::string& text) {
  const auto* steps = google::protobuf::GetEnumDescriptor<v1::Step>();
  const v1::Step by_word = EnumFromWord<v1::Step>(text);
  if (by_word != v1::STEP_UNSPECIFIED) return by_word;
  std::string words;
  for (int i = 1; i < steps->value_count(); ++i) {
    const auto step = static_cast<v1::Step>(steps->value(i)->number());
    const Text label = StepLabel(step);
    if (text == label.zh || text == label.en) return step;
  }
  for (const std::string& word : EnumWords(steps)) {
    const Text label = StepLabel(EnumFromWord<v1::Step>(word));
    absl::StrAppend(&words, words.empty() ? "" : ", ", word, " ", label.zh);
  }
  return UsageError(
      {absl::StrCat("没有环节“", text, "”；有：", words),
       absl::StrCat("there is no step \"", text, "\"; there are: ", words)});
}

// Which revision is meant if none is named: what is in effect is withdrawn,
// what was withdrawn is restored, and all else happens to the latest.
int32_t RevisionFor(v1::Step step, const v1::Lifecycle& life) {
  int32_t revision = life.latest_revision();
  if (step == v1::STEP_WITHDRAWN && life.effective_revision() != 0) {
    revision = life.effective_revision();
  }
  if (step == v1::STEP_RESTORED && LastWithdrawn(life) != 0) {
    revision = LastWithdrawn(life);
  }
  return revision;
}

absl::StatusOr<v1::TakeStepRequest> RequestFor(const StepOptions& options,
                                               v1::Step step) {
  v1::TakeStepRequest request;
  request.set_step(step);
  if (options.reason.empty()) {
    return UsageError({"请用 --reason 写明理由或意见",
                       "say with --reason why, or with which comments"});
  }
  request.set_reason(options.reason);
  if (!options.acting_for.empty()) {
    ASSIGN_OR_RETURN(const report::AgencyName agency,
                     AgencyArgument(options.acting_for));
    request.set_acting_for(agency.ToString());
  }
  const bool is_public =
      step == v1::STEP_PUBLISHED || step == v1::STEP_RESTORED;
  if (is_public && options.published_on.empty()) {
    return UsageError({"请用 --published-on 写明公开的日期",
                       "say with --published-on on which day it was made "
                       "public"});
  }
  if (!options.published_on.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_publication()->mutable_date(),
                     DayArgument(options.published_on));
  }
  if (!options.address.empty()) {
    request.mutable_publication()->set_url(options.address);
  }
  return request;
}

// A certificate says for whom its holder acts, so the request need not.
bool ActsAsAsked(const v1::Actor& actor, const std::string& acting_for) {
  return actor.agency() == acting_for ||
         (acting_for.empty() && actor.assurance() == v1::ASSURANCE_CERTIFICATE);
}

// What was recorded is what was asked for.
absl::Status RequireAsked(const v1::LifecycleStep& step,
                          const v1::TakeStepRequest& request,
                          const std::string& actor) {
  const v1::StepTaken& taken = step.step();
  const std::string name =
      absl::StrCat(taken.report(), "/revisions/", taken.number());
  if (name == request.name() && taken.step() == request.step() &&
      step.reason() == request.reason() &&
      ActsAsAsked(step.actor(), request.acting_for()) &&
      SameActor(step.actor(), actor)) {
    return absl::OkStatus();
  }
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("账本所记的不是所办理的环节：条目 ", step.entry_index(),
                    "，", StepText(taken).zh),
       absl::StrCat("the ledger recorded another step: entry ",
                    step.entry_index(), ", ", StepText(taken).en)});
}

// What was returned has been submitted, and is not submitted again.
void TellHowToCorrect(const v1::LifecycleStep& step, Session* session) {
  const std::string report = PrintableLine(step.step().report());
  session->Tell(
      {absl::StrCat("退回后报下一次修订，用更正而不是重新提交：annals get ",
                    report,
                    " --format json -o FILE，改好后 annals correct FILE"),
       absl::StrCat("the next revision is filed as a correction: annals get ",
                    report,
                    " --format json -o FILE, mend it, and annals "
                    "correct FILE")});
}

absl::Status ShowRecorded(const v1::TakeStepResponse& response,
                          Session* session) {
  if (session->json()) return session->PrintJson(response);
  const v1::LifecycleStep& step = response.step();
  const Text what = StepText(step.step());
  const std::string when = FormatMoment(step.recorded_at());
  session->Print(
      {PrintableLine(absl::StrCat("已记录为条目 ", step.entry_index(), "，",
                                  when, "：", what.zh)),
       PrintableLine(absl::StrCat("recorded as entry ", step.entry_index(),
                                  ", ", when, ": ", what.en))});
  session->Print(StandingText(response.lifecycle()));
  if (step.step().step() == v1::STEP_RETURNED) TellHowToCorrect(step, session);
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> TakeStep(const StepOptions& options,
                                  const ReportOrRevision& meant,
                                  Session* session) {
  ASSIGN_OR_RETURN(const v1::Step step, StepArgument(options.step));
  ASSIGN_OR_RETURN(v1::TakeStepRequest request, RequestFor(options, step));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  int32_t revision = meant.number.value_or(options.revision);
  if (revision == 0) {
    ASSIGN_OR_RETURN(const v1::Lifecycle life,
                     ReadLife(meant.report, AsOf(), session, &trust));
    revision = RevisionFor(step, life);
  }
  request.set_name(report::RevisionName{meant.report, revision}.ToString());
  request.set_request_id(options.request_id.empty() ? NewUuid(session->random())
                                                    : options.request_id);
  Connection& connection = session->connection();
  ASSIGN_OR_RETURN(
      v1::TakeStepResponse response,
      connection.Call(connection.stubs().lifecycle,
                      &v1::LifecycleService::Stub::TakeStep, request));
  RETURN_IF_ERROR(trust.CheckAfterWriting());
  if (trust.verifies()) {
    ASSIGN_OR_RETURN(*response.mutable_step(),
                     ProveStep(response.step().entry_index(), session, &trust));
  }
  RETURN_IF_ERROR(
      RequireAsked(response.step(), request, session->options().actor));
  RETURN_IF_ERROR(ShowRecorded(response, session));
  if (trust.verifies()) {
    trust.TellVerified(
        {"该环节的条目与存在性证明；报告现在办到哪一步，以服务器所说为准",
         "entry and inclusion proof of the step; where the report stands now "
         "is "
         "the server's word"});
  }
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunStep(const StepOptions& options, Session* session) {
  ASSIGN_OR_RETURN(const std::string name,
                   RevisionToGet(options.name, options.revision));
  ASSIGN_OR_RETURN(const ReportOrRevision meant, ParseReportOrRevision(name));
  if (!options.step.empty()) return TakeStep(options, meant, session);
  RETURN_IF_ERROR(
      WholeReportArgument(
          name,
          {"要办理这次修订的环节，请写明环节（STEP）；只看接下来可办什么，"
           "请去掉修订号，办理的是最新修订",
           "to take a step of that revision, name the STEP; to see what "
           "may come next, leave the revision out: that is about the "
           "latest"})
          .status());
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(const v1::Lifecycle life,
                   ReadLife(meant.report, AsOf(), session, &trust));
  TellLifeProved(life, trust);
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(life));
    return ExitCode::kOk;
  }
  session->Print(StandingText(life));
  RETURN_IF_ERROR(PrintNextSteps(life, AsOf(), session, &trust));
  return ExitCode::kOk;
}

void AddStepOptions(CommandLine* line, CLI::App* command,
                    StepOptions* options) {
  line->Option(command, "REPORT", &options->name, "REPORT",
               {"报告或修订的资源名", "The name of a report or a revision"})
      ->Required();
  line->Option(
      command, "STEP", &options->step, "STEP",
      {"环节：编制 compiled、审签 signed-off、保密审查 "
       "confidentiality-reviewed、发布审查 publication-reviewed、退回 "
       "returned、接收 accepted、发布 published、撤回 withdrawn、恢复 "
       "restored；不写则列出可办理的",
       "The step: compiled, signed-off, confidentiality-reviewed, "
       "publication-reviewed, returned, accepted, published, withdrawn, "
       "restored, or its Chinese label; without it, what may come next"});
  line->Option(command, "--revision", &options->revision, "N",
               {"第几次修订（默认最新；撤回为生效的，恢复为已撤回的）",
                "The revision (default: the latest; the one in effect to "
                "withdraw, the withdrawn one to restore)"})
      ->Check(Positive(line->language()));
  line->Option(command, "--reason", &options->reason, "TEXT",
               {"理由；退回时为意见", "Why; for a return, the comments"});
  line->Option(command, "--acting-for", &options->acting_for, "CODE",
               {"代表哪个机关办理（规程要求某一方时必填）",
                "The agency that you act for (where the policy asks for a "
                "party)"});
  line->Option(command, "--published-on", &options->published_on, "DATE",
               {"公开的日期（发布、恢复时必填）",
                "The day on which it was made public (to publish or restore)"});
  line->Option(command, "--address", &options->address, "URL",
               {"公开的网址", "Where it was made public"});
  line->Option(command, "--request-id", &options->request_id, "UUID",
               {"请求号，重试时用同一个（默认新生成）",
                "The request's id, the same when it is repeated (default: a "
                "new one)"});
}

}  // namespace

void AddStepCommand(CommandLine* line) {
  auto options = std::make_shared<StepOptions>();
  CLI::App* command = line->Add(
      &line->app(), "step",
      {"办理报告的一个环节，或看接下来可办什么\n"
       "每个环节记为账本条目，写明何人代表谁、何故。编制与审签须为两人；"
       "规程见 annals policy。",
       "Take a step in the life of a report, or see what may come next\n"
       "Each step is a ledger entry that says who acted for whom, and why. Who "
       "compiles must not sign off; annals policy shows the rules."},
      "annals step agencies/11410303005450123N/reports/2024\n"
      "annals step agencies/11410303005450123N/reports/2024 编制 --acting-for "
      "11410303005450123N --reason 数据已核\n"
      "annals step agencies/11410303005450123N/reports/2024 published "
      "--acting-for 11410303005450123N --published-on 2025-01-20 --address "
      "https://example.gov.cn/1 --reason 按时公开");
  AddStepOptions(line, command, options.get());
  line->OnCall(command, [options](Session& session) {
    return RunStep(*options, &session);
  });
}

}  // namespace annals::client
