// What the tests of rules share.

#ifndef ANNALS_TESTS_REPORT_FINDING_SUPPORT_H_
#define ANNALS_TESTS_REPORT_FINDING_SUPPORT_H_

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "service/report/check.h"
#include "service/report/schema.h"

namespace annals::report {

inline CellIndex CellOf(absl::string_view id) {
  return *Schema::Get().Find(id);
}

inline std::optional<int64_t> Figure(const v1::Report& report,
                                     absl::string_view id) {
  return ReadCells(report)[CellOf(id)];
}

inline std::set<std::string> RuleIds(const v1::CheckResult& check,
                                     v1::Outcome outcome) {
  std::set<std::string> ids;
  for (const v1::Finding& finding : check.findings()) {
    if (finding.outcome() == outcome) ids.insert(finding.rule_id());
  }
  return ids;
}

inline std::set<std::string> Failed(const v1::CheckResult& check) {
  return RuleIds(check, v1::OUTCOME_FAIL);
}

// The first finding of the rule; an empty one if there is none.
inline v1::Finding FindingOf(const v1::CheckResult& check,
                             absl::string_view rule_id) {
  for (const v1::Finding& finding : check.findings()) {
    if (finding.rule_id() == rule_id) return finding;
  }
  return v1::Finding();
}

inline v1::Outcome OutcomeOf(const v1::CheckResult& check,
                             absl::string_view rule_id) {
  const v1::Finding finding = FindingOf(check, rule_id);
  return finding.rule_id().empty() ? v1::OUTCOME_PASS : finding.outcome();
}

// True for the rules that compare a total with its parts.
inline bool IsArithmetic(absl::string_view rule_id) {
  return absl::StartsWith(rule_id, "T3-") || absl::StartsWith(rule_id, "T4-");
}

}  // namespace annals::report

#endif  // ANNALS_TESTS_REPORT_FINDING_SUPPORT_H_
