// The rules that compare two sums of figures.

#ifndef ANNALS_SERVICE_REPORT_ARITHMETIC_RULES_H_
#define ANNALS_SERVICE_REPORT_ARITHMETIC_RULES_H_

#include "annals/v1/finding.pb.h"
#include "service/report/check_input.h"
#include "service/report/checked_sum.h"
#include "service/report/rule_table.h"

namespace annals::report {

// Applies a rule that demands kEqual or kAtLeast: OUTCOME_UNSPECIFIED if it
// does not apply to the report. Fills the sides and the message of `finding` if
// the rule does not pass.
v1::Outcome ApplyArithmeticRule(const RuleInstance& instance,
                                const CheckInput& input, v1::Finding* finding);

// The term of a finding for a cell of the report or of last year's.
void AddTerm(const TermRef& ref, const CheckInput& input, v1::Side* side);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_ARITHMETIC_RULES_H_
