// The rule that compares what section one says with table 3.

#ifndef ANNALS_SERVICE_REPORT_NARRATIVE_RULE_H_
#define ANNALS_SERVICE_REPORT_NARRATIVE_RULE_H_

#include "annals/v1/finding.pb.h"
#include "service/report/check_input.h"
#include "service/report/rule_table.h"

namespace annals::report {

// Fills the sides and the message of `finding` if the rule does not pass.
v1::Outcome ApplyNarrativeRule(const RuleInstance& instance,
                               const CheckInput& input, v1::Finding* finding);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_NARRATIVE_RULE_H_
