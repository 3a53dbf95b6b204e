// A roll-up as a person or a spreadsheet reads it.

#ifndef ANNALS_CLIENT_ROLL_UP_ROLL_UP_TEXT_H_
#define ANNALS_CLIENT_ROLL_UP_ROLL_UP_TEXT_H_

#include <string>
#include <vector>

#include "annals/v1/supervision_service.pb.h"
#include "client/render/display_width.h"
#include "client/roll_up/roll_up_gaps.h"
#include "client/text.h"

namespace annals::client {

// The cells to show: those of `chosen`; if that is empty those that differ from
// the office's regional report; and if it has none, those with a sum.
std::vector<const v1::RollUpCell*> ShownCells(
    const v1::RollUpResponse& response, const std::vector<std::string>& chosen);

// What the roll-up is of and how it comes out, in a line.
Text RollUpSummary(const v1::RollUpResponse& response, const RollUpGaps& gaps,
                   int year);

// The cells as a table, each with what the reports add to it below it; beside
// them what the office's regional report says, if it has one.
std::string RenderRollUpCells(const v1::RollUpResponse& response,
                              const std::vector<const v1::RollUpCell*>& cells,
                              Language language, AmbiguousWidth ambiguous);

// Which agencies are missing and why, and which reports were erased or counted
// elsewhere; empty if there are none.
std::string RenderLeftOut(const v1::RollUpResponse& response,
                          const RollUpGaps& gaps, Language language,
                          AmbiguousWidth ambiguous);

// Which agencies' reports are not in the sums though they belong there, a line
// each; empty if the sums are complete.
std::string RenderNotInSums(const v1::RollUpResponse& response,
                            const RollUpGaps& gaps, Language language);

// One row for each contribution of the cells, figures as they are recorded:
// counts, and money in 分. A cell without contributions has one row.
std::string RollUpCsv(const std::vector<const v1::RollUpCell*>& cells,
                      Language language);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_ROLL_UP_ROLL_UP_TEXT_H_
