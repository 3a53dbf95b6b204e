#include "service/report/check.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/report/check_input.h"
#include "service/report/rule_table.h"
#include "service/report/section_rules.h"

namespace annals::report {
namespace {

// Where a finding stands among the findings: failures by severity, then what
// could not be assessed.
constexpr size_t kRankCount = 4;

size_t RankOf(const v1::Finding& finding) {
  if (finding.outcome() != v1::OUTCOME_FAIL) return kRankCount - 1;
  return static_cast<size_t>(finding.severity()) - v1::SEVERITY_ERROR;
}

// Applies rules and keeps what they say.
class Checker {
 public:
  explicit Checker(const CheckInput& input) : input_(input) {}

  void Apply(const RuleInstance& instance) {
    if (instance.demand != Demand::kCellsPresent) {
      Record(instance, instance.apply(instance, input_, &finding_),
             instance.fingerprint);
      return;
    }
    for (int table = 2; table <= 4; ++table) {
      const v1::Outcome outcome = ApplyCellsRule(table, input_, &finding_);
      Record(instance, outcome,
             outcome == v1::OUTCOME_PASS
                 ? std::string()
                 : Fingerprint(instance.rule.id(), {absl::StrCat("t", table)}));
    }
  }

  v1::CheckResult Result() {
    for (std::vector<v1::Finding>& findings : findings_by_rank_) {
      for (v1::Finding& finding : findings) {
        *result_.add_findings() = std::move(finding);
      }
    }
    result_.set_rule_set_version(kRuleSetVersion);
    return std::move(result_);
  }

 private:
  void Record(const RuleInstance& instance, v1::Outcome outcome,
              const std::string& fingerprint) {
    switch (outcome) {
      case v1::OUTCOME_PASS:
        result_.set_passed_count(result_.passed_count() + 1);
        return;
      case v1::OUTCOME_FAIL:
        result_.set_failed_count(result_.failed_count() + 1);
        break;
      case v1::OUTCOME_NOT_ASSESSABLE:
        result_.set_not_assessable_count(result_.not_assessable_count() + 1);
        break;
      default:
        return;
    }
    finding_.set_rule_id(instance.rule.id());
    if (finding_.severity() == v1::SEVERITY_UNSPECIFIED) {
      finding_.set_severity(instance.rule.severity());
    }
    finding_.set_outcome(outcome);
    finding_.set_fingerprint(fingerprint);
    const size_t rank = RankOf(finding_);
    findings_by_rank_[rank].push_back(std::move(finding_));
    finding_.Clear();
  }

  const CheckInput& input_;
  // What the rule at hand says. A rule that passes leaves it empty, so that the
  // hundreds that do share one.
  v1::Finding finding_;
  std::array<std::vector<v1::Finding>, kRankCount> findings_by_rank_;
  v1::CheckResult result_;
};

}  // namespace

v1::CheckResult CheckReport(const v1::Report& report,
                            const CheckContext& context) {
  return CheckReport(ReportView::Of(report), context);
}

v1::CheckResult CheckReport(const ReportView& report,
                            const CheckContext& context) {
  const CheckInput input(report, context);
  Checker checker(input);
  for (const RuleInstance& instance : RuleTable()) checker.Apply(instance);
  return checker.Result();
}

int FailedCount(const v1::CheckResult& check, v1::Severity severity) {
  int count = 0;
  for (const v1::Finding& finding : check.findings()) {
    if (finding.outcome() == v1::OUTCOME_FAIL &&
        finding.severity() == severity) {
      ++count;
    }
  }
  return count;
}

}  // namespace annals::report
