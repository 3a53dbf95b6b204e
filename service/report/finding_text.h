// The words of findings: cells by their official labels, sums with their
// figures.

#ifndef ANNALS_SERVICE_REPORT_FINDING_TEXT_H_
#define ANNALS_SERVICE_REPORT_FINDING_TEXT_H_

#include <string>
#include <vector>

#include "service/report/check_input.h"
#include "service/report/language.h"
#include "service/report/rule_table.h"

namespace annals::report {

// True if a side goes without the term, as the table's edition has no such
// cell.
bool IsLeftOut(const TermRef& term, const std::vector<TermRef>& side,
               const CheckInput& input);

// "表三", "table 3".
std::string TableName(int table_number, Language language);

// A cell's official wording in the edition that its table declares, with
// "last year's" before it where it is.
std::string TermLabel(const TermRef& term, const CheckInput& input,
                      Language language);

// The rule as an equation of labels, without figures.
std::string RuleExpression(const RuleInstance& instance, v1::Edition edition,
                           Language language);

// A side with its figures: "甲（3）+ 乙（4）= 7". What is zero is left out of a
// long sum; of one that is all zero some cells are named. REQUIRES: no figure
// is blank.
std::string SideText(const std::vector<TermRef>& side, int64_t sum,
                     const CheckInput& input, Language language);

// Labels joined for a sentence, the first `count_max` of them.
std::string JoinLabels(const std::vector<std::string>& labels, size_t count_max,
                       Language language);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_FINDING_TEXT_H_
