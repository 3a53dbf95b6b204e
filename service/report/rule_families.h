// The families of rules, as they are written down: what the catalogue and the
// checks are spread out from.

#ifndef ANNALS_SERVICE_REPORT_RULE_FAMILIES_H_
#define ANNALS_SERVICE_REPORT_RULE_FAMILIES_H_

#include <vector>

#include "annals/v1/finding.pb.h"
#include "ledger/error.h"
#include "service/report/rule_table.h"

namespace annals::report {

// Over what a family of rules is spread: one rule for each value of the
// slot that stands in its id and its terms.
enum class Spread {
  kNone,
  kColumns3,  // {c}: the columns of table 3.
  kRows3,     // {r}: the rows of table 3.
  kFigures,   // {cell}: the figures that must not be negative.
};

// A family of rules. A term is a cell id, after "-" if it is subtracted and
// after "previous." if it belongs to last year's report. Slots in a
// term: those of the spread; {outcome}, the outcomes of table 3; {part}, its
// columns but the total; {result}, the columns of table 4 but the total. In a
// title: {expression}, {cell}, {row}, {column} and {note} of the first term.
struct RuleFamily {
  const char* id;
  v1::Severity severity;
  Demand demand;
  Spread spread;
  Previous previous;
  int table_number;
  std::vector<const char*> left;
  std::vector<const char*> right;
  ErrorText title;
  ErrorText basis;
};

// All families, in the order of the catalogue.
std::vector<RuleFamily> RuleFamilies();

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_RULE_FAMILIES_H_
