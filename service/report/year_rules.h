// The rules that look back on last year's report as a whole.

#ifndef ANNALS_SERVICE_REPORT_YEAR_RULES_H_
#define ANNALS_SERVICE_REPORT_YEAR_RULES_H_

#include "annals/v1/finding.pb.h"
#include "service/report/check_input.h"
#include "service/report/rule_table.h"

namespace annals::report {

// Not all figures are those of last year, and no more than half of the prose.
v1::Outcome ApplySameRule(const RuleInstance& instance, const CheckInput& input,
                          v1::Finding* finding);

// Tables 3 and 4 are not all zero after a year when they were not.
v1::Outcome ApplyZeroRule(const RuleInstance& instance, const CheckInput& input,
                          v1::Finding* finding);

// No figure is ten times what it was, or a tenth.
v1::Outcome ApplyJumpRule(const RuleInstance& instance, const CheckInput& input,
                          v1::Finding* finding);

// Disputes that were pending at the end of last year are counted again.
// Its left terms are totals, its right ones what was pending.
v1::Outcome ApplyPendingRule(const RuleInstance& instance,
                             const CheckInput& input, v1::Finding* finding);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_YEAR_RULES_H_
