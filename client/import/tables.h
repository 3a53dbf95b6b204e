// The readers of the three tables.

#ifndef ANNALS_CLIENT_IMPORT_TABLES_H_
#define ANNALS_CLIENT_IMPORT_TABLES_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "client/import/document.h"
#include "client/import/reading.h"
#include "client/import/remark.h"
#include "client/import/runs.h"
#include "client/import/sections.h"

namespace annals::client {

// Where a table is read from, and what is known of the text around it.
struct TableSource {
  const std::vector<Line>& lines;
  LineRange range;
  // The report's year; 0 if unknown.
  int year = 0;
  // Page numbers are printed as nothing but a number, so that a number alone on
  // a line may be one.
  bool bare_page_numbers = false;
  // Where the table is printed again.
  std::vector<LineRange> reprints;
  // As printed; empty if the table has none of its own.
  absl::string_view heading = {};
};

// The edition that a report for a year should follow; used where the print does
// not tell. 2021 if the year is 0.
v1::Edition EditionOfYear(int year);

// Makes the figures of a run that stand one to a line doubtful if one of them
// may be a page number.
void DoubtPageNumbers(const TableSource& source, const Run& run,
                      std::vector<CellReading>* readings);

// Table two: rows by label, columns by the head above them.
TableReading ReadProactiveTable(const TableSource& source,
                                std::vector<Remark>* remarks);

// Table three: rows by label, seven columns under a head that must be the
// official one. Rows without a label of their own are read by their place
// between labelled rows, and are doubtful.
TableReading ReadApplicationsTable(const TableSource& source,
                                   std::vector<Remark>* remarks);

// Table four: fifteen figures under the official head, in one row, or three
// rows of five.
TableReading ReadDisputesTable(const TableSource& source,
                               std::vector<Remark>* remarks);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_TABLES_H_
