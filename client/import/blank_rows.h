// Rows of a table that are printed without a figure. A blank is neither a zero
// nor a row that is not there: who mends the import looks for the one in the
// print, and for the other in the file.

#ifndef ANNALS_CLIENT_IMPORT_BLANK_ROWS_H_
#define ANNALS_CLIENT_IMPORT_BLANK_ROWS_H_

#include <vector>

#include "annals/v1/report.pb.h"
#include "client/import/document.h"
#include "client/import/label_match.h"
#include "client/import/reading.h"
#include "client/import/sections.h"

namespace annals::client {

// Adds missing cells, with their line, for each row of the edition that has no
// cell in `readings` and whose label stands on a line without a figure.
// `matcher` knows the labels of `form`.
void AddBlankRows(const std::vector<Line>& lines, LineRange range,
                  const std::vector<FormRow>& form, v1::Edition edition,
                  LabelMatcher* matcher, std::vector<CellReading>* readings);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_BLANK_ROWS_H_
