// A report as a workbook (Office Open XML, ISO/IEC 29500).

#ifndef ANNALS_CLIENT_RENDER_REPORT_XLSX_H_
#define ANNALS_CLIENT_RENDER_REPORT_XLSX_H_

#include <string>

#include "absl/status/statusor.h"
#include "annals/v1/report.pb.h"

namespace annals::client {

// A sheet for each section of the form, in Chinese: texts a paragraph to a row,
// tables with the official heads and merged cells. Figures are numbers, money a
// decimal in its printed unit; a figure that a spreadsheet program would round
// (2^53 and above, or more than 15 digits) is text, and so is a cell with a
// remark. Blank cells are blank. The same report always gives the same bytes.
// INTERNAL with reason XLSX_NOT_WRITTEN if the file can't be made.
absl::StatusOr<std::string> RenderReportXlsx(const v1::Report& report);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_REPORT_XLSX_H_
