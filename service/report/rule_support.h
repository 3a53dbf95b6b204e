// What the functions of rules share.

#ifndef ANNALS_SERVICE_REPORT_RULE_SUPPORT_H_
#define ANNALS_SERVICE_REPORT_RULE_SUPPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "annals/v1/finding.pb.h"
#include "ledger/error.h"
#include "service/report/check_input.h"
#include "service/report/rule_table.h"

namespace annals::report {

void SetMessage(ErrorText text, v1::Finding* finding);

// The outcome of a rule that needs last year's report and has none to compare
// with: OUTCOME_NOT_ASSESSABLE, with the reason.
v1::Outcome LacksPreviousReport(const CheckInput& input, v1::Finding* finding);

// A figure of the report that its table's edition has; nullopt if the edition
// has no such cell or the cell is blank.
std::optional<int64_t> FigureOf(const CheckInput& input, CellIndex cell,
                                bool is_previous);

// The cell with this id. REQUIRES: there is one.
CellIndex RequireCell(absl::string_view id);

// A text of the report; empty if there is none.
absl::string_view TextAt(const ReportView& report, size_t place);

// The texts of the report from section one to the last: everything but title,
// name and preface.
const std::vector<size_t>& SectionPlaces();

// A term for a text, such as `s6_other`.
void AddTextTerm(size_t place, v1::Side* side);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_RULE_SUPPORT_H_
