// A place in a file of any format, as a person finds it.

#ifndef ANNALS_CLIENT_IMPORT_SOURCE_PLACE_H_
#define ANNALS_CLIENT_IMPORT_SOURCE_PLACE_H_

#include <string>

#include "ledger/error.h"

namespace annals::client {

// What the format has no word for is 0 or empty. All numbers are from 1.
struct SourcePlace {
  int page = 0;       // PDF.
  int line = 0;       // Of the text; of the page in a PDF.
  int paragraph = 0;  // HTML, DOCX: of those that are not blank.
  int table = 0;      // HTML, DOCX: in the order of the file.
  int row = 0;        // Of the table.
  int cell = 0;       // Of the row, counted as printed, whatever it spans.
  // XLSX: the cell, or the row if none is known, such as `Sheet1!C12`.
  std::string sheet_cell;

  bool IsKnown() const {
    return page > 0 || line > 0 || paragraph > 0 || table > 0 ||
           !sheet_cell.empty();
  }
};

// "page 3, line 12", "table 2, row 5, cell 3", "Sheet1!C12"; empty if nothing
// is known.
ErrorText DescribePlace(const SourcePlace& place);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_SOURCE_PLACE_H_
