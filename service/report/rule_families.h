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
  kDeeds,     // {cell}: the figures that count what was done in the year.
  kStocks,    // {cell}: the figures that count what there is at a moment.
};

// A family of rules. A term is a cell id, after "-" if it is subtracted and
// after "previous." if it belongs to last year's report. Slots in a
// term: those of the spread; {outcome}, the outcomes of table 3; {part}, its
// columns but the total; {any_row}, its rows; {denied}, {unable}, {refused} and
// {other}, its outcomes of that group; {organisation}, its columns of
// organisations; {result}, the columns of table 4 but the total. In a title or
// an example: {expression}, {cell}, {row}, {column} and {note} of the first
// term.
struct RuleFamily {
  const char* id;
  v1::Severity severity;
  Demand demand = Demand::kOther;
  // For Demand::kOther.
  RuleFunction apply = nullptr;
  Spread spread = Spread::kNone;
  Previous previous = Previous::kUnused;
  int table_number = 0;
  std::vector<const char*> left = {};
  std::vector<const char*> right = {};
  // For a rule on the prose: what it compares, and the sums that are accepted,
  // whose cells are then the right side.
  Topic topic = Topic::kNone;
  std::vector<std::vector<const char*>> candidates = {};
  // The texts that it reads, by their paths.
  std::vector<const char*> texts = {};
  // Holds for reports of either edition, though some of its cells are of one.
  bool in_each_edition = false;
  ErrorText title;
  ErrorText basis;
  // Why it is demanded, and what a failure most often means.
  ErrorText rationale;
  // A case, with figures.
  ErrorText example;
};

// All families, in the order of the catalogue.
std::vector<RuleFamily> RuleFamilies();

// Its parts: the arithmetic of the tables; what must be there; year over year;
// what is plausible; what subordinate agencies reported; what the prose says.
std::vector<RuleFamily> ArithmeticFamilies();
std::vector<RuleFamily> ContentFamilies();
std::vector<RuleFamily> YearFamilies();
std::vector<RuleFamily> PlausibilityFamilies();
std::vector<RuleFamily> RollUpFamilies();
std::vector<RuleFamily> NarrativeFamilies();

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_RULE_FAMILIES_H_
