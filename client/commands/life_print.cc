#include "client/commands/life_print.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/commands/arguments.h"
#include "client/commands/days.h"
#include "client/last_withdrawn.h"
#include "client/life_text.h"
#include "client/render/grid.h"
#include "client/render/printable.h"
#include "client/times.h"
#include "client/trust/proven_life.h"
#include "ledger/status_macros.h"
#include "service/report/lifecycle.h"
#include "service/report/names.h"
#include "service/report/review_policy.h"

namespace annals::client {
namespace {

// The reason, and where and when it was made public.
std::string ReasonOf(const v1::LifecycleStep& step) {
  std::string text = PrintableLine(step.reason());
  if (!step.step().has_publication()) return text;
  const v1::Publication& publication = step.step().publication();
  absl::StrAppend(&text, "  ", DayText(publication.date()));
  if (!publication.url().empty()) {
    absl::StrAppend(&text, "  ", PrintableLine(publication.url()));
  }
  return text;
}

// Who must not take the step: `local:zhang`.
std::string BarredNames(const report::ReportLife& life,
                        const v1::StepRule& rule, int32_t revision) {
  std::string names;
  for (const auto& barred : life.BarredFrom(rule, revision)) {
    absl::StrAppend(&names, names.empty() ? "" : ", ",
                    PrintableLine(barred.actor));
  }
  return names;
}

// The steps alone: which of them count on a revision does not depend on when
// revisions came.
report::ReportLife StepsOnly(const v1::Lifecycle& life) {
  report::ReportLife steps;
  for (int32_t i = 0; i < life.latest_revision(); ++i) {
    steps.AddRevision(v1::STEP_UNSPECIFIED);
  }
  for (const v1::LifecycleStep& step : life.steps()) {
    steps.AddStep(step.step().number(), step.step().step(),
                  step.actor().subject());
  }
  return steps;
}

// By which the latest revision will take effect; unspecified if it did.
v1::Step AwaitedStep(const v1::Lifecycle& life) {
  const bool took_effect =
      life.effective_revision() == life.latest_revision() ||
      std::any_of(life.steps().begin(), life.steps().end(),
                  [&](const v1::LifecycleStep& step) {
                    return step.step().step() == v1::STEP_WITHDRAWN &&
                           step.step().number() == life.latest_revision();
                  });
  return took_effect || life.published_only() || life.periods().empty()
             ? v1::STEP_UNSPECIFIED
             : life.periods().rbegin()->effective_after();
}

// The one that may be restored; 0 if none may. As long as one is in effect, no
// other comes back.
int32_t WithdrawnRevision(const v1::Lifecycle& life) {
  return life.effective_revision() != 0 ? 0 : LastWithdrawn(life);
}

// What may be done on `revision`, which is in effect or was withdrawn, and not
// the latest: the answer of the server is about the latest alone.
std::vector<v1::StepRule> NextOn(int32_t revision, const v1::Lifecycle& life,
                                 const v1::ReviewPolicy& policy) {
  report::ReportLife steps;
  for (int32_t i = 0; i < revision; ++i) {
    steps.AddRevision(v1::STEP_UNSPECIFIED);
  }
  for (const v1::LifecycleStep& step : life.steps()) {
    if (step.step().number() != revision) continue;
    steps.AddStep(revision, step.step().step(), step.actor().subject());
  }
  // The latest has not taken effect.
  steps.AddRevision(v1::STEP_PUBLISHED);
  return steps.Legal(policy, revision);
}

// The steps that may be taken on `revision`.
void PrintRules(const std::vector<v1::StepRule>& rules, int32_t revision,
                const v1::Lifecycle& life, Session* session) {
  const report::ReportLife steps = StepsOnly(life);
  for (const v1::StepRule& rule : rules) {
    const Text label = StepLabel(rule.step());
    const Text when = RuleText(rule);
    const std::string barred = BarredNames(steps, rule, revision);
    session->Print(
        {absl::StrCat("  ", label.zh, when.zh.empty() ? "" : "：", when.zh,
                      barred.empty() ? "" : absl::StrCat("（", barred, "）")),
         absl::StrCat("  ", label.en, when.en.empty() ? "" : ": ", when.en,
                      barred.empty() ? "" : absl::StrCat(" (", barred, ")"))});
  }
}

// The steps on the revision in effect, or on the withdrawn one, if that is not
// the latest.
absl::Status PrintNextOnOther(const v1::Lifecycle& life, const AsOf& as_of,
                              Session* session, LedgerTrust* trust) {
  const bool is_withdrawn = life.effective_revision() == 0;
  const int32_t revision =
      is_withdrawn ? WithdrawnRevision(life) : life.effective_revision();
  if (revision == 0 || revision == life.latest_revision()) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const report::ReportName report,
                   report::ParseReportName(life.report()));
  ASSIGN_OR_RETURN(const v1::Policy policy,
                   ReadPolicy(report::AgencyName{report.agency_code}, as_of,
                              session, trust));
  const v1::Step step = is_withdrawn ? v1::STEP_RESTORED : v1::STEP_WITHDRAWN;
  const Text label = StepLabel(step);
  const Text which =
      is_withdrawn
          ? Text{absl::StrCat("已撤回的修订 ", revision),
                 absl::StrCat("revision ", revision, ", which was withdrawn")}
          : Text{absl::StrCat("生效的修订 ", revision),
                 absl::StrCat("revision ", revision, ", which is in effect")};
  const std::vector<v1::StepRule> next =
      NextOn(revision, life, policy.policy());
  if (!next.empty()) {
    session->Print({absl::StrCat(which.zh, " 可办理："),
                    absl::StrCat("what may be done on ", which.en, ":")});
    PrintRules(next, revision, life, session);
    return absl::OkStatus();
  }
  const v1::StepRule* const rule = report::FindStepRule(policy.policy(), step);
  const Text why =
      rule == nullptr
          ? Text{absl::StrCat("规程没有“", label.zh, "”"),
                 absl::StrCat("the policy has no step \"", label.en, "\"")}
          : Text{absl::StrCat(label.zh, "须", RuleText(*rule).zh),
                 absl::StrCat(label.en, ": ", RuleText(*rule).en)};
  session->Print(
      {absl::StrCat(which.zh, " 没有可办理的环节：", why.zh),
       absl::StrCat("no step may be taken on ", which.en, ": ", why.en)});
  return absl::OkStatus();
}

// `, in effect 1`; `, none in effect (revision 1 was withdrawn)`.
Text EffectText(const v1::Lifecycle& life) {
  const int32_t effective = life.effective_revision();
  if (effective != 0) {
    return {absl::StrCat("，生效的修订 ", effective),
            absl::StrCat(", in effect ", effective)};
  }
  Text text = {"，没有生效的修订", ", none in effect"};
  const int32_t withdrawn = WithdrawnRevision(life);
  // Of the latest, its state says so.
  if (withdrawn != 0 && withdrawn != life.latest_revision()) {
    absl::StrAppend(&text.zh, "（修订 ", withdrawn, " 已撤回）");
    absl::StrAppend(&text.en, " (revision ", withdrawn, " was withdrawn)");
  }
  return text;
}

}  // namespace

Text StandingText(const v1::Lifecycle& life) {
  const Text state = StepLabel(life.state());
  const Text effect = EffectText(life);
  const Text awaited = StepLabel(AwaitedStep(life));
  return {
      absl::StrCat("最新修订 ", life.latest_revision(),
                   state.zh.empty() ? "" : absl::StrCat("（", state.zh, "）"),
                   effect.zh,
                   awaited.zh.empty()
                       ? ""
                       : absl::StrCat("；最新修订待“", awaited.zh, "”后生效")),
      absl::StrCat("latest revision ", life.latest_revision(),
                   state.en.empty() ? "" : absl::StrCat(" (", state.en, ")"),
                   effect.en,
                   awaited.en.empty()
                       ? ""
                       : absl::StrCat("; the latest takes effect when it is ",
                                      awaited.en))};
}

void PrintSteps(const v1::Lifecycle& life, Session* session) {
  if (life.steps().empty()) return;
  const Language language = session->language();
  ListTable table;
  table.head =
      language == Language::kZh
          ? std::vector<std::string>{"序号",   "修订", "环节", "时间",
                                     "操作人", "代表", "条目", "理由"}
          : std::vector<std::string>{"step",  "revision",   "what",  "when",
                                     "actor", "acting for", "entry", "reason"};
  table.aligns = {Align::kRight, Align::kRight, Align::kLeft,  Align::kLeft,
                  Align::kLeft,  Align::kLeft,  Align::kRight, Align::kLeft};
  for (const v1::LifecycleStep& step : life.steps()) {
    table.rows.push_back(
        {absl::StrCat(step.step().position()),
         absl::StrCat(step.step().number()),
         StepLabel(step.step().step()).In(language),
         FormatMoment(step.recorded_at()), ActorText(step.actor(), language),
         PrintableLine(absl::StripPrefix(step.actor().agency(), "agencies/")),
         absl::StrCat(step.entry_index()), ReasonOf(step)});
  }
  session->out() << RenderList(table, AmbiguousWidthOfTerminal());
}

absl::Status PrintNextSteps(const v1::Lifecycle& life, const AsOf& as_of,
                            Session* session, LedgerTrust* trust) {
  // What may be done next is no business of who sees what is published.
  if (life.published_only()) return absl::OkStatus();
  const int32_t latest = life.latest_revision();
  RETURN_IF_ERROR(PrintNextOnOther(life, as_of, session, trust));
  if (life.next().empty()) {
    session->Print({absl::StrCat("修订 ", latest, " 没有可办理的环节"),
                    absl::StrCat("no step may be taken on revision ", latest)});
    return absl::OkStatus();
  }
  session->Print(
      {absl::StrCat("修订 ", latest, " 接下来可办理："),
       absl::StrCat("what may be done next on revision ", latest, ":")});
  PrintRules({life.next().begin(), life.next().end()}, latest, life, session);
  return absl::OkStatus();
}

}  // namespace annals::client
