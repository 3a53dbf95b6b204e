// Reads an Excel workbook (XLSX).

#ifndef ANNALS_CLIENT_IMPORT_XLSX_READER_H_
#define ANNALS_CLIENT_IMPORT_XLSX_READER_H_

#include "absl/status/statusor.h"
#include "client/import/office_package.h"
#include "client/import/source_text.h"

namespace annals::client {

// The sheets in the order of the workbook, hidden ones, hidden rows and hidden
// columns left out. A figure that its cell may print otherwise than it stores
// it has kUnsureFigure. A row with one cell that is no figure is a
// paragraph; rows that follow each other are a table, blank cells included. A
// merged cell is one cell. Formulas are read as their stored results.
absl::StatusOr<SourceText> ReadXlsx(OfficePackage* package,
                                    const ImportLimits& limits);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_XLSX_READER_H_
