// How a report prints a cell of its tables.

#ifndef ANNALS_CLIENT_IMPORT_CELL_PRINT_H_
#define ANNALS_CLIENT_IMPORT_CELL_PRINT_H_

#include <string>

#include "annals/v1/report.pb.h"
#include "service/report/schema.h"

namespace annals::client {

// What a cell prints: the remark that the report has for it, if that does not
// contradict the figure; else the figure as the form prints it; or nothing.
struct PrintedCell {
  std::string text;
  bool is_note = false;
};
PrintedCell CellAsPrinted(const v1::Report& report, const report::Cells& cells,
                          report::CellIndex cell);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_CELL_PRINT_H_
