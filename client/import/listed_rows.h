// Rows of table two that a report lists in words: 行政许可：833件.

#ifndef ANNALS_CLIENT_IMPORT_LISTED_ROWS_H_
#define ANNALS_CLIENT_IMPORT_LISTED_ROWS_H_

#include <vector>

#include "annals/v1/report.pb.h"
#include "client/import/document.h"
#include "client/import/reading.h"
#include "client/import/sections.h"

namespace annals::client {

// Adds what the lines list of cells that are not among the readings. It is
// doubtful: no head says what such a figure counts.
void AddListedRows(const std::vector<Line>& lines, LineRange range,
                   const std::vector<FormRow>& form, v1::Edition edition,
                   std::vector<CellReading>* readings);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_LISTED_ROWS_H_
