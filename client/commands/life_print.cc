#include "client/commands/life_print.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/commands/arguments.h"
#include "client/commands/days.h"
#include "client/life_text.h"
#include "client/render/grid.h"
#include "client/render/printable.h"
#include "client/times.h"
#include "service/report/lifecycle.h"

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
                        const v1::StepRule& rule) {
  std::string names;
  for (const auto& barred : life.BarredFrom(rule, life.latest())) {
    absl::StrAppend(&names, names.empty() ? "" : ", ",
                    PrintableLine(barred.actor));
  }
  return names;
}

// The steps alone: which of them count on the latest revision does not depend
// on when revisions came.
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

// The steps on another revision than the latest are not in the answer.
void PrintWithdrawal(const v1::Lifecycle& life, Session* session) {
  const int32_t effective = life.effective_revision();
  if (effective == 0 || effective == life.latest_revision()) return;
  const Text label = StepLabel(v1::STEP_WITHDRAWN);
  session->Print({absl::StrCat("生效的修订 ", effective, "：规程有“", label.zh,
                               "”的，可以办理"),
                  absl::StrCat("on revision ", effective,
                               ", which is in effect: ", label.en,
                               ", if the policy has that step")});
}

}  // namespace

Text StandingText(const v1::Lifecycle& life) {
  const Text state = StepLabel(life.state());
  const int32_t effective = life.effective_revision();
  const Text awaited = StepLabel(AwaitedStep(life));
  return {
      absl::StrCat("最新修订 ", life.latest_revision(),
                   state.zh.empty() ? "" : absl::StrCat("（", state.zh, "）"),
                   effective == 0 ? std::string("，没有生效的修订")
                                  : absl::StrCat("，生效的修订 ", effective),
                   awaited.zh.empty()
                       ? ""
                       : absl::StrCat("；最新修订待“", awaited.zh, "”后生效")),
      absl::StrCat("latest revision ", life.latest_revision(),
                   state.en.empty() ? "" : absl::StrCat(" (", state.en, ")"),
                   effective == 0 ? std::string(", none in effect")
                                  : absl::StrCat(", in effect ", effective),
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

void PrintNextSteps(const v1::Lifecycle& life, Session* session) {
  const int32_t latest = life.latest_revision();
  PrintWithdrawal(life, session);
  if (life.next().empty()) {
    session->Print({absl::StrCat("修订 ", latest, " 没有可办理的环节"),
                    absl::StrCat("no step may be taken on revision ", latest)});
    return;
  }
  session->Print(
      {absl::StrCat("修订 ", latest, " 接下来可办理："),
       absl::StrCat("what may be done next on revision ", latest, ":")});
  const report::ReportLife steps = StepsOnly(life);
  for (const v1::StepRule& rule : life.next()) {
    const Text label = StepLabel(rule.step());
    const Text when = RuleText(rule);
    const std::string barred = BarredNames(steps, rule);
    session->Print(
        {absl::StrCat("  ", label.zh, when.zh.empty() ? "" : "：", when.zh,
                      barred.empty() ? "" : absl::StrCat("（", barred, "）")),
         absl::StrCat("  ", label.en, when.en.empty() ? "" : ": ", when.en,
                      barred.empty() ? "" : absl::StrCat(" (", barred, ")"))});
  }
}

}  // namespace annals::client
