#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/commands/arguments.h"
#include "client/commands/as_of_options.h"
#include "client/commands/commands.h"
#include "client/commands/life_print.h"
#include "client/commands/whole_report.h"
#include "client/files.h"
#include "client/published_view.h"
#include "client/trust/proven_history.h"
#include "client/trust/proven_life.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

struct LifeOptions {
  std::string name;
  AsOfOptions as_of;
  std::string statement;
};

absl::Status NoCorrection(const v1::Lifecycle& life, const Text& why) {
  return MakeError(absl::StatusCode::kNotFound, "NO_CORRECTION_STATEMENT",
                   {absl::StrCat("there is no correction of ", life.report(),
                                 " to state: ", why.en),
                    absl::StrCat(life.report(), " 无更正说明可出：", why.zh)});
}

// Whether it is or was in effect.
bool TookEffect(const v1::Revision& revision, const v1::Lifecycle& life) {
  v1::Step awaited = v1::STEP_UNSPECIFIED;
  for (const v1::PolicyPeriod& period : life.periods()) {
    if (period.first_revision() > revision.number()) break;
    awaited = period.effective_after();
  }
  return awaited == v1::STEP_UNSPECIFIED || revision.as_published() ||
         std::any_of(life.steps().begin(), life.steps().end(),
                     [&](const v1::LifecycleStep& step) {
                       return step.step().number() == revision.number() &&
                              step.step().step() == awaited;
                     });
}

// Why nothing can be stated, by what the server lists.
absl::StatusOr<Text> WhyNoCorrection(const v1::Lifecycle& life,
                                     const AsOf& as_of, Session* session) {
  const int32_t effective = life.effective_revision();
  if (effective == 0) {
    return Text{"没有生效的修订", "no revision is in effect"};
  }
  v1::ListRevisionsRequest asked;
  asked.set_parent(life.report());
  as_of.ApplyTo(&asked);
  Text why = {absl::StrCat("生效的修订 ", effective, " 是最先生效的"),
              absl::StrCat("revision ", effective,
                           ", in effect, is the first that took effect")};
  bool is_known = false;
  RETURN_IF_ERROR(ForEachRevision(
      asked, 0, session, [&](const v1::Revision& revision) -> absl::Status {
        // It, and the one that was in effect before it.
        const int32_t number = revision.number();
        if (is_known || number > effective || !TookEffect(revision, life)) {
          return absl::OkStatus();
        }
        if (!LacksContent(revision)) {
          is_known = number < effective;
          if (is_known) why = {"服务器没有给出", "the server gives none"};
          return absl::OkStatus();
        }
        is_known = true;
        const bool is_erased = revision.has_erasure();
        why = {
            absl::StrCat("修订 ", number,
                         is_erased ? " 的内容已删除" : " 已撤回"),
            absl::StrCat(is_erased ? "the content of revision " : "revision ",
                         number, is_erased ? " was erased" : " was withdrawn")};
        return absl::OkStatus();
      }));
  return why;
}

void PrintGovernor(const v1::Lifecycle& life, Session* session) {
  if (!life.has_policy_entry_index()) {
    session->Print({"办理规程：默认", "review policy: the default"});
    return;
  }
  session->Print({absl::StrCat("办理规程：", life.policy_agency(), "（条目 ",
                               life.policy_entry_index(), "）"),
                  absl::StrCat("review policy: ", life.policy_agency(),
                               " (entry ", life.policy_entry_index(), ")")});
}

absl::StatusOr<ExitCode> RunLife(const LifeOptions& options, Session* session) {
  ASSIGN_OR_RETURN(
      const report::ReportName report,
      WholeReportArgument(
          options.name,
          {"请去掉 /revisions/…，各环节写明属于哪次修订；要看当时，用 --as-of "
           "或 --as-of-size",
           "leave /revisions/... out, each step says of which revision it is; "
           "as of an earlier time: --as-of or --as-of-size"}));
  ASSIGN_OR_RETURN(const AsOf as_of, ReadAsOf(options.as_of));
  ASSIGN_OR_RETURN(LedgerTrust trust, LedgerTrust::Establish(session));
  ASSIGN_OR_RETURN(const v1::Lifecycle life,
                   ReadLife(report, as_of, session, &trust));
  TellLifeProved(life, trust);
  TellPublishedOnly(life.published_only(), session);
  if (!options.statement.empty()) {
    if (life.correction_statement().empty()) {
      ASSIGN_OR_RETURN(const Text why, WhyNoCorrection(life, as_of, session));
      return NoCorrection(life, why);
    }
    RETURN_IF_ERROR(
        WriteOutput(options.statement, life.correction_statement(), session));
    return ExitCode::kOk;
  }
  if (session->json()) {
    RETURN_IF_ERROR(session->PrintJson(life));
    return ExitCode::kOk;
  }
  session->Print({life.report(), life.report()});
  session->Print(StandingText(life));
  PrintGovernor(life, session);
  PrintSteps(life, session);
  RETURN_IF_ERROR(PrintNextSteps(life, as_of, session, &trust));
  return ExitCode::kOk;
}

}  // namespace

void AddLifeCommand(CommandLine* line) {
  auto options = std::make_shared<LifeOptions>();
  CLI::App* command = line->Add(
      &line->app(), "life",
      {"一份报告办到了哪一步：各环节、何人何时何故、哪次修订生效、"
       "接下来可办什么",
       "Where a report stands: its steps, by whom, when and why, which "
       "revision is in effect, and what may come next"},
      "annals life agencies/11410303005450123N/reports/2024\n"
      "annals life agencies/11410303005450123N/reports/2024 "
      "--correction-statement 更正说明.txt");
  line->Option(command, "REPORT", &options->name, "REPORT",
               {"报告的资源名，如 agencies/CODE/reports/2024",
                "The report's name, such as agencies/CODE/reports/2024"})
      ->Required();
  AddAsOfOptions(line, command, &options->as_of);
  line->Option(command, "--correction-statement", &options->statement, "FILE",
               {"改为写出生效更正的公开更正说明（- 为标准输出）",
                "Writes the public statement of the correction in effect "
                "instead, in Chinese (- for standard output)"});
  line->OnCall(command, [options](Session& session) {
    return RunLife(*options, &session);
  });
}

}  // namespace annals::client
