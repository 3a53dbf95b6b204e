#include "service/report/lifecycle.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/error.h"
#include "service/report/review_policy.h"
#include "service/report/schema.h"
#include "service/report/unicode_form.h"

namespace annals::report {
namespace {

std::string LabelsOf(const std::vector<v1::StepRule>& rules,
                     Language language) {
  return absl::StrJoin(rules, language == Language::kZh ? "、" : ", ",
                       [language](std::string* out, const v1::StepRule& rule) {
                         absl::StrAppend(out, EnumLabel(rule.step(), language));
                       });
}

// What may be done on the revision that is in effect or withdrawn, where that
// is not the one in question.
ErrorText StepsOnOther(const ReportLife& life, const v1::ReviewPolicy& policy,
                       int32_t revision) {
  const int32_t other =
      life.effective() != 0 ? life.effective() : life.withdrawn();
  if (other == 0 || other == revision) return {};
  const std::vector<v1::StepRule> legal = life.Legal(policy, other);
  if (legal.empty()) return {};
  return {absl::StrCat(" On revision ", other, ": ",
                       LabelsOf(legal, Language::kEn), "."),
          absl::StrCat("修订 ", other, " 可办理：",
                       LabelsOf(legal, Language::kZh), "。")};
}

absl::Status IllegalStep(const ReportLife& life, const v1::ReviewPolicy& policy,
                         v1::Step step, int32_t revision,
                         const std::vector<v1::StepRule>& legal) {
  const std::string en = LabelsOf(legal, Language::kEn);
  const std::string zh = LabelsOf(legal, Language::kZh);
  const ErrorText on_other = StepsOnOther(life, policy, revision);
  const bool none = life.effective() == 0;
  absl::Status status = MakeError(
      absl::StatusCode::kFailedPrecondition, "ILLEGAL_STEP",
      {absl::StrCat(
           "Revision ", revision, " can't be ", EnumLabel(step, Language::kEn),
           " now (latest ", life.latest(), ", in effect ",
           none ? "none" : absl::StrCat(life.effective()),
           "). Possible steps: ", en.empty() ? "none" : en, ".", on_other.en),
       absl::StrCat("修订 ", revision, " 现在不能办理“",
                    EnumLabel(step, Language::kZh), "”（最新为 ", life.latest(),
                    none ? "，没有生效的"
                         : absl::StrCat("，生效的为 ", life.effective()),
                    "）。可办理的环节：", zh.empty() ? "无" : zh, "。",
                    on_other.zh)});
  AddErrorMetadata(
      "legalSteps",
      absl::StrJoin(legal, ",",
                    [](std::string* out, const v1::StepRule& rule) {
                      absl::StrAppend(out, v1::Step_Name(rule.step()));
                    }),
      &status);
  AddErrorMetadata("latestRevision", absl::StrCat(life.latest()), &status);
  AddErrorMetadata("effectiveRevision", absl::StrCat(life.effective()),
                   &status);
  return status;
}

}  // namespace

// What the public has seen is no draft.
v1::Step EffectiveAfter(const v1::RevisionRecorded& event,
                        v1::Step effective_after) {
  return event.as_published() ? v1::STEP_UNSPECIFIED : effective_after;
}

void ReportLife::AddRevision(v1::Step effective_after) {
  revisions_.emplace_back().effective_after = effective_after;
  if (effective_after == v1::STEP_UNSPECIFIED) TakeEffect(latest());
}

void ReportLife::TakeEffect(int32_t revision) {
  Revision& on = revisions_[static_cast<size_t>(revision) - 1];
  if (last_effective_ != revision) on.effective_before = last_effective_;
  on.took_effect = true;
  on.is_withdrawn = false;
  last_effective_ = revision;
  effective_ = revision;
  withdrawn_ = 0;
}

void ReportLife::AddStep(int32_t revision, v1::Step step,
                         absl::string_view actor) {
  if (revision < 1 || revision > latest()) return;
  Revision& on = revisions_[static_cast<size_t>(revision) - 1];
  on.last = step;
  if (step == v1::STEP_RETURNED) {
    on.taken.clear();
    return;
  }
  on.taken.push_back({step, std::string(actor)});
  if (step == v1::STEP_WITHDRAWN) {
    if (effective_ != revision) return;
    effective_ = 0;
    withdrawn_ = revision;
    on.is_withdrawn = true;
  } else if (step == v1::STEP_RESTORED) {
    if (withdrawn_ == revision) TakeEffect(revision);
  } else if (step == on.effective_after && revision > last_effective_) {
    TakeEffect(revision);
  }
}

const ReportLife::Revision* ReportLife::Find(int32_t revision) const {
  if (revision < 1 || revision > latest()) return nullptr;
  return &revisions_[static_cast<size_t>(revision) - 1];
}

int32_t ReportLife::EffectiveBefore(int32_t revision) const {
  const Revision* const on = Find(revision);
  return on == nullptr ? 0 : on->effective_before;
}

bool ReportLife::TookEffect(int32_t revision) const {
  const Revision* const on = Find(revision);
  return on != nullptr && on->took_effect;
}

bool ReportLife::IsWithdrawn(int32_t revision) const {
  const Revision* const on = Find(revision);
  return on != nullptr && on->is_withdrawn;
}

v1::Step ReportLife::AwaitedStep() const {
  const Revision* const on = Find(latest());
  return on == nullptr || on->took_effect ? v1::STEP_UNSPECIFIED
                                          : on->effective_after;
}

v1::Step ReportLife::LastStep(int32_t revision) const {
  const Revision* const on = Find(revision);
  return on == nullptr ? v1::STEP_UNSPECIFIED : on->last;
}

bool ReportLife::IsLegal(const v1::StepRule& rule, int32_t revision) const {
  const Revision& on = *Find(revision);
  const auto was_taken = [&on](int step) {
    return std::any_of(
        on.taken.begin(), on.taken.end(),
        [step](const Taken& taken) { return taken.step == step; });
  };
  if (!std::all_of(rule.after().begin(), rule.after().end(), was_taken)) {
    return false;
  }
  switch (rule.step()) {
    case v1::STEP_WITHDRAWN:
      return revision == effective_;
    case v1::STEP_RESTORED:
      return revision == withdrawn_;
    case v1::STEP_RETURNED:
      return revision == latest() && on.last != v1::STEP_RETURNED;
    default:
      return revision == latest() && revision != withdrawn_ &&
             !was_taken(rule.step());
  }
}

std::vector<v1::StepRule> ReportLife::Legal(const v1::ReviewPolicy& policy,
                                            int32_t revision) const {
  std::vector<v1::StepRule> legal;
  if (Find(revision) == nullptr) return legal;
  for (const v1::StepRule& rule : policy.steps()) {
    if (IsLegal(rule, revision)) legal.push_back(rule);
  }
  return legal;
}

std::vector<ReportLife::Barred> ReportLife::BarredFrom(const v1::StepRule& rule,
                                                       int32_t revision) const {
  std::vector<Barred> barred;
  const Revision* const on = Find(revision);
  if (on == nullptr) return barred;
  for (const Taken& taken : on->taken) {
    if (std::find(rule.other_person_than().begin(),
                  rule.other_person_than().end(),
                  taken.step) != rule.other_person_than().end()) {
      barred.push_back({taken.actor, taken.step});
    }
  }
  return barred;
}

void AddAwaitedStep(const ReportLife& life,
                    const v1::ReviewPolicy& recorded_under,
                    v1::ReviewPolicy* policy) {
  const v1::StepRule* const awaited =
      FindStepRule(recorded_under, life.AwaitedStep());
  if (awaited == nullptr || FindStepRule(*policy, awaited->step()) != nullptr) {
    return;
  }
  v1::StepRule rule = *awaited;
  rule.clear_after();
  for (const int step : awaited->after()) {
    const auto before = static_cast<v1::Step>(step);
    if (FindStepRule(*policy, before) != nullptr) rule.add_after(before);
  }
  *policy->add_steps() = std::move(rule);
}

std::string PersonOf(absl::string_view actor) {
  constexpr absl::string_view kCertified = "annals://agency/";
  if (!absl::StartsWith(actor, kCertified)) return std::string(actor);
  const size_t name = std::min(actor.find('#'), actor.size());
  const absl::string_view certified = actor.substr(0, name);
  return absl::StrCat(certified.substr(0, certified.rfind('/')),
                      FoldName(actor.substr(name)));
}

absl::Status RequireLegalStep(const ReportLife& life,
                              const v1::ReviewPolicy& policy, v1::Step step,
                              int32_t revision) {
  const std::vector<v1::StepRule> legal = life.Legal(policy, revision);
  const bool is_legal = std::any_of(
      legal.begin(), legal.end(),
      [step](const v1::StepRule& rule) { return rule.step() == step; });
  return is_legal ? absl::OkStatus()
                  : IllegalStep(life, policy, step, revision, legal);
}

absl::Status RequireOtherPerson(const ReportLife& life,
                                const v1::StepRule& rule, int32_t revision,
                                absl::string_view actor) {
  for (const ReportLife::Barred& barred : life.BarredFrom(rule, revision)) {
    if (PersonOf(barred.actor) != PersonOf(actor)) continue;
    absl::Status status = MakeError(
        absl::StatusCode::kPermissionDenied, "SAME_PERSON",
        {absl::StrCat("Revision ", revision, " must be ",
                      EnumLabel(rule.step(), Language::kEn),
                      " by another person: ", barred.actor, " took the step \"",
                      EnumLabel(barred.step, Language::kEn), "\"."),
         absl::StrCat("修订 ", revision, " 的“",
                      EnumLabel(rule.step(), Language::kZh),
                      "”须由另一人办理：", barred.actor, " 已办理“",
                      EnumLabel(barred.step, Language::kZh), "”。")});
    AddErrorMetadata("step", v1::Step_Name(barred.step), &status);
    return status;
  }
  return absl::OkStatus();
}

}  // namespace annals::report
