#include "service/report/review_policy.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "service/report/schema.h"

namespace annals::report {
namespace {

v1::ReviewPolicy MakeDefault() {
  v1::ReviewPolicy policy;
  v1::Step before = v1::STEP_UNSPECIFIED;
  for (const v1::Step step :
       {v1::STEP_COMPILED, v1::STEP_SIGNED_OFF,
        v1::STEP_CONFIDENTIALITY_REVIEWED, v1::STEP_PUBLICATION_REVIEWED,
        v1::STEP_PUBLISHED}) {
    v1::StepRule* const rule = policy.add_steps();
    rule->set_step(step);
    rule->set_party(v1::PARTY_AGENCY);
    if (before != v1::STEP_UNSPECIFIED) rule->add_after(before);
    if (step == v1::STEP_SIGNED_OFF) {
      rule->add_other_person_than(v1::STEP_COMPILED);
    }
    before = step;
  }
  for (const v1::Step step : {v1::STEP_RETURNED, v1::STEP_ACCEPTED}) {
    v1::StepRule* const rule = policy.add_steps();
    rule->set_step(step);
    rule->set_party(v1::PARTY_SUPERVISOR);
  }
  for (const v1::Step step : {v1::STEP_WITHDRAWN, v1::STEP_RESTORED}) {
    policy.add_steps()->set_step(step);
  }
  return policy;
}

// Whether a revision is as it was before once the step was taken, or whether
// others follow it.
bool Builds(v1::Step step) {
  return step != v1::STEP_RETURNED && step != v1::STEP_WITHDRAWN &&
         step != v1::STEP_RESTORED;
}

bool IsKnown(v1::Step step) {
  return step != v1::STEP_UNSPECIFIED && v1::Step_IsValid(step);
}

int DaysOf(int month) {
  constexpr int kDays[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1];
}

class Validator {
 public:
  explicit Validator(const v1::ReviewPolicy& policy) : policy_(policy) {}

  absl::Status Validate() {
    CheckSteps();
    CheckCycles();
    CheckEffect();
    CheckDeadlines();
    if (faults_.empty()) return absl::OkStatus();
    const auto& [first, zh] = faults_.front();
    absl::Status status = MakeError(
        absl::StatusCode::kInvalidArgument, "INVALID_POLICY",
        {absl::StrCat("The policy can't be set: ", first.field, " ",
                      first.description, "."),
         absl::StrCat("办理规程不能采用：", first.field, " ", zh, "。")});
    for (const auto& fault : faults_) AddFieldViolation(fault.first, &status);
    return status;
  }

 private:
  void Add(const std::string& field, const std::string& en,
           const std::string& zh) {
    faults_.push_back({{absl::StrCat("policy.", field), en}, zh});
  }

  static std::string Label(v1::Step step) {
    const std::string& name = v1::Step_Name(step);
    return name.empty() ? absl::StrCat(static_cast<int>(step)) : name;
  }

  void CheckSteps() {
    if (policy_.steps().empty()) {
      Add("steps", "has no steps, so that none could be taken",
          "没有任何环节，什么都不能办理");
    }
    std::set<v1::Step> seen;
    for (int i = 0; i < policy_.steps_size(); ++i) {
      const v1::StepRule& rule = policy_.steps(i);
      const std::string field = absl::StrCat("steps[", i, "]");
      if (!IsKnown(rule.step())) {
        Add(absl::StrCat(field, ".step"),
            absl::StrCat("is no step: ", static_cast<int>(rule.step())),
            absl::StrCat("不是环节：", static_cast<int>(rule.step())));
      } else if (!seen.insert(rule.step()).second) {
        Add(absl::StrCat(field, ".step"),
            absl::StrCat("has ", Label(rule.step()), " a second time"),
            absl::StrCat("重复列出 ", Label(rule.step())));
      }
      if (!v1::Party_IsValid(rule.party())) {
        Add(absl::StrCat(field, ".party"),
            absl::StrCat("is no party: ", static_cast<int>(rule.party())),
            absl::StrCat("没有这一方：", static_cast<int>(rule.party())));
      }
      CheckReferences(absl::StrCat(field, ".after"), rule.after());
      CheckReferences(absl::StrCat(field, ".other_person_than"),
                      rule.other_person_than());
      for (const int after : rule.after()) {
        if (after != v1::STEP_RETURNED) continue;
        Add(absl::StrCat(field, ".after"),
            "names STEP_RETURNED, after which nothing before it counts",
            "列出了 STEP_RETURNED，而退回之后此前各环节都不再算数");
      }
    }
  }

  void CheckReferences(const std::string& field,
                       const google::protobuf::RepeatedField<int>& steps) {
    std::set<int> seen;
    for (const int step : steps) {
      CheckReference(field, static_cast<v1::Step>(step));
      if (seen.insert(step).second) continue;
      Add(field,
          absl::StrCat("names ", Label(static_cast<v1::Step>(step)), " twice"),
          absl::StrCat("重复列出 ", Label(static_cast<v1::Step>(step))));
    }
  }

  void CheckReference(const std::string& field, v1::Step step) {
    if (FindStepRule(policy_, step) != nullptr && IsKnown(step)) return;
    Add(field,
        absl::StrCat("names ", Label(step),
                     ", which is not among the policy's steps"),
        absl::StrCat("列出了 ", Label(step), "，而规程中没有这一环节"));
  }

  // Takes away, again and again, what comes after nothing that is left.
  void CheckCycles() {
    std::set<v1::Step> left;
    for (const v1::StepRule& rule : policy_.steps()) left.insert(rule.step());
    size_t before = left.size() + 1;
    while (left.size() < before) {
      before = left.size();
      for (const v1::StepRule& rule : policy_.steps()) {
        bool is_free = true;
        for (const int after : rule.after()) {
          is_free = is_free && !left.contains(static_cast<v1::Step>(after));
        }
        if (is_free) left.erase(rule.step());
      }
    }
    for (int i = 0; i < policy_.steps_size(); ++i) {
      const v1::Step step = policy_.steps(i).step();
      if (left.contains(step)) {
        Add(absl::StrCat("steps[", i, "].after"),
            absl::StrCat("lets ", Label(step), " come only after itself"),
            absl::StrCat("使 ", Label(step), " 只能在其自身之后"));
      }
    }
  }

  void CheckEffect() {
    const v1::Step step = policy_.effective_after();
    if (step == v1::STEP_UNSPECIFIED) return;
    if (FindStepRule(policy_, step) == nullptr) {
      Add("effective_after",
          absl::StrCat("is ", Label(step),
                       ", which is not among the policy's steps"),
          absl::StrCat("为 ", Label(step), "，而规程中没有这一环节"));
    } else if (!Builds(step)) {
      Add("effective_after",
          absl::StrCat("is ", Label(step), ", which puts nothing in effect"),
          absl::StrCat("为 ", Label(step), "，该环节不能使修订生效"));
    } else if (const v1::Step late = StepOnlyInEffect(step);
               late != v1::STEP_UNSPECIFIED) {
      Add("effective_after",
          absl::StrCat("is ", Label(step), ", which comes after ", Label(late),
                       ", and only what is in effect comes to that"),
          absl::StrCat("为 ", Label(step), "，它在 ", Label(late),
                       " 之后，而后者只能办理于已生效的修订"));
    }
  }

  // A step before `step` that needs a revision that is, or was, in effect.
  v1::Step StepOnlyInEffect(v1::Step step) const {
    std::set<v1::Step> seen = {step};
    std::vector<v1::Step> before = {step};
    for (size_t i = 0; i < before.size(); ++i) {
      const v1::StepRule* const rule = FindStepRule(policy_, before[i]);
      if (rule == nullptr) continue;
      for (const int after : rule->after()) {
        const auto earlier = static_cast<v1::Step>(after);
        if (!Builds(earlier)) return earlier;
        if (seen.insert(earlier).second) before.push_back(earlier);
      }
    }
    return v1::STEP_UNSPECIFIED;
  }

  void CheckDeadlines() {
    std::set<v1::AgencyKind> seen;
    for (int i = 0; i < policy_.deadlines_size(); ++i) {
      const v1::Deadline& deadline = policy_.deadlines(i);
      const std::string field = absl::StrCat("deadlines[", i, "]");
      if (!v1::AgencyKind_IsValid(deadline.kind())) {
        Add(absl::StrCat(field, ".kind"), "is no kind of agency",
            "不是机关类型");
      } else if (!seen.insert(deadline.kind()).second) {
        Add(absl::StrCat(field, ".kind"),
            absl::StrCat("has ", v1::AgencyKind_Name(deadline.kind()),
                         " a second time"),
            absl::StrCat("重复列出 ", v1::AgencyKind_Name(deadline.kind())));
      }
      const bool has_month = deadline.month() >= 1 && deadline.month() <= 12;
      if (!has_month || deadline.day() < 1 ||
          deadline.day() > DaysOf(deadline.month())) {
        Add(field,
            absl::StrCat("is on day ", deadline.day(), " of month ",
                         deadline.month(), ", which there is not"),
            absl::StrCat("为 ", deadline.month(), " 月 ", deadline.day(),
                         " 日，没有这一天"));
      }
    }
  }

  const v1::ReviewPolicy& policy_;
  // With the Chinese wording.
  std::vector<std::pair<FieldViolation, std::string>> faults_;
};

}  // namespace

const v1::ReviewPolicy& DefaultReviewPolicy() {
  static const auto* const policy = new v1::ReviewPolicy(MakeDefault());
  return *policy;
}

const v1::StepRule* FindStepRule(const v1::ReviewPolicy& policy,
                                 v1::Step step) {
  for (const v1::StepRule& rule : policy.steps()) {
    if (rule.step() == step) return &rule;
  }
  return nullptr;
}

absl::Status ValidateReviewPolicy(const v1::ReviewPolicy& policy) {
  return Validator(policy).Validate();
}

}  // namespace annals::report
