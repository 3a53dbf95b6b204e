// The rules on what must be there: cells, sections, and one year throughout.

#ifndef ANNALS_SERVICE_REPORT_SECTION_RULES_H_
#define ANNALS_SERVICE_REPORT_SECTION_RULES_H_

#include "annals/v1/finding.pb.h"
#include "service/report/check_input.h"
#include "service/report/rule_table.h"

namespace annals::report {

// Each fills the sides and the message of `finding` if the rule does not pass.

// Whether a table declares its edition and has all its cells and no other.
v1::Outcome ApplyCellsRule(int table_number, const CheckInput& input,
                           v1::Finding* finding);

v1::Outcome ApplySectionsRule(const RuleInstance&, const CheckInput& input,
                              v1::Finding* finding);

v1::Outcome ApplyYearRule(const RuleInstance&, const CheckInput& input,
                          v1::Finding* finding);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_SECTION_RULES_H_
