// The rules as data: each with its id, severity, editions, words and cells.
// Compact families, such as "in each column of table 3", are spread over the
// schema once per process.

#ifndef ANNALS_SERVICE_REPORT_RULE_TABLE_H_
#define ANNALS_SERVICE_REPORT_RULE_TABLE_H_

#include <string>
#include <vector>

#include "annals/v1/finding.pb.h"
#include "service/report/prose_reading.h"
#include "service/report/schema.h"

namespace annals::report {

class CheckInput;
struct RuleInstance;

// Applies a rule: OUTCOME_UNSPECIFIED if it does not apply to the report. Fills
// the sides and the message of `finding` if the rule does not pass; and the
// severity if it is another than the rule's.
using RuleFunction = v1::Outcome (*)(const RuleInstance& instance,
                                     const CheckInput& input,
                                     v1::Finding* finding);

// What a rule demands.
enum class Demand {
  kEqual,         // The left sum equals the right sum.
  kAtLeast,       // The left sum is at least the right sum.
  kCellsPresent,  // Each table has the cells of its edition and no other.
  kOther,         // What its function says.
};

// How a rule depends on last year's report.
enum class Previous {
  kUnused,
  kNeeded,  // Without it the rule is not assessable.
  kAbsent,  // The rule stands in while it is not at hand.
};

// A figure on one side of a rule.
struct TermRef {
  CellIndex cell = 0;
  bool is_previous = false;  // Of last year's report.
  bool is_negative = false;  // Subtracted.
};

struct RuleInstance {
  v1::Rule rule;
  Demand demand = Demand::kEqual;
  RuleFunction apply = nullptr;
  // The table whose edition decides whether the rule applies; 0 for none.
  int table_number = 0;
  bool in_2019 = true;
  bool in_2021 = true;
  Previous previous = Previous::kUnused;
  // A blank is left to the rule on blanks: this one speaks of figures only.
  bool is_silent_on_blank = false;
  // A term whose cell the table's edition does not have is left out.
  std::vector<TermRef> left;
  std::vector<TermRef> right;
  // What the prose states that the rule compares, and the sums that it may
  // mean.
  Topic topic = Topic::kNone;
  std::vector<std::vector<TermRef>> candidates;
  std::string fingerprint;
};

// All rules, in the order of the catalogue.
const std::vector<RuleInstance>& RuleTable();

// 16 hex digits of SHA-256 over the rule and its cells.
std::string Fingerprint(absl::string_view rule_id,
                        const std::vector<std::string>& cells);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_RULE_TABLE_H_
