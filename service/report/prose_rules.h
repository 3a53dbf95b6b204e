// The rules that compare what the prose states with the tables, and with
// itself. They hold no report up: the prose may speak of other bodies, other
// days or other things than the tables.

#ifndef ANNALS_SERVICE_REPORT_PROSE_RULES_H_
#define ANNALS_SERVICE_REPORT_PROSE_RULES_H_

#include "annals/v1/finding.pb.h"
#include "service/report/check_input.h"
#include "service/report/rule_table.h"

namespace annals::report {

// A figure on the rule's topic, if section one states one, is one of the rule's
// candidates. A rule on outcomes is not assessable if the prose speaks of
// another number of applications than table 3, for then it speaks of others.
v1::Outcome ApplyStatedFigureRule(const RuleInstance& instance,
                                  const CheckInput& input,
                                  v1::Finding* finding);

// A share ("265 件，占 32.9%") is that of its figure in a total of table 3.
// Its right terms are new, carried in, processed, carried out.
v1::Outcome ApplyShareRule(const RuleInstance& instance,
                           const CheckInput& input, v1::Finding* finding);

// Received and carried in are answered and carried out, if the prose states
// enough of them.
v1::Outcome ApplyBalanceRule(const RuleInstance& instance,
                             const CheckInput& input, v1::Finding* finding);

// The 信息处理费 of section six is not the 行政事业性收费 of table 2, its left
// term, and not another amount than section one states.
v1::Outcome ApplyFeeRule(const RuleInstance& instance, const CheckInput& input,
                         v1::Finding* finding);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_PROSE_RULES_H_
