// The rules that compare a regional report with what it adds up: the agency's
// own report and those of the agencies it supervises.

#ifndef ANNALS_SERVICE_REPORT_ROLL_UP_RULES_H_
#define ANNALS_SERVICE_REPORT_ROLL_UP_RULES_H_

#include "annals/v1/finding.pb.h"
#include "service/report/check_input.h"
#include "service/report/rule_table.h"

namespace annals::report {

// A figure is the sum of those of the parts. While a part is missing, only a
// figure that is less than what was filed fails; another one is not assessable,
// and one that is zero wherever it was filed is not spoken of.
v1::Outcome ApplyRollUpRule(const RuleInstance& instance,
                            const CheckInput& input, v1::Finding* finding);

// Every part was filed.
v1::Outcome ApplyMissingRule(const RuleInstance& instance,
                             const CheckInput& input, v1::Finding* finding);

// No part would be counted twice.
v1::Outcome ApplyDoubleRule(const RuleInstance& instance,
                            const CheckInput& input, v1::Finding* finding);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_ROLL_UP_RULES_H_
