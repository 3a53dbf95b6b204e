// The cells of a report as a table for other programs (RFC 4180).

#ifndef ANNALS_CLIENT_RENDER_REPORT_CSV_H_
#define ANNALS_CLIENT_RENDER_REPORT_CSV_H_

#include <string>

#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "client/text.h"

namespace annals::client {

// A record for each cell that the report's editions have or that holds a
// figure, in the order of the form: id, official label, figure (empty if blank;
// money as an exact decimal in the printed unit), and what the cell prints
// besides. Lines end with CR LF. `with_mark`: with the byte order mark that
// spreadsheet programs know UTF-8 by.
std::string RenderReportCsv(const v1::Report& report, Language language,
                            bool with_mark);

// A field of a CSV record. A text that a spreadsheet program would run as a
// formula is kept from it by a leading apostrophe.
std::string CsvText(absl::string_view text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_REPORT_CSV_H_
