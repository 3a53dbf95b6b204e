// A report as the official form prints it.

#ifndef ANNALS_CLIENT_RENDER_REPORT_TABLE_H_
#define ANNALS_CLIENT_RENDER_REPORT_TABLE_H_

#include <string>

#include "annals/v1/report.pb.h"
#include "client/render/display_width.h"
#include "client/text.h"

namespace annals::client {

// The columns of a terminal that the tables and the prose are fitted to.
inline constexpr size_t kPageWidth = 110;

// The whole report: title, the six sections, the tables in boxes. Blank cells
// are blank.
std::string RenderReport(const v1::Report& report, Language language,
                         AmbiguousWidth ambiguous);

// Table 2, 3 or 4 alone.
std::string RenderTable(const v1::Report& report, int table_number,
                        Language language, AmbiguousWidth ambiguous);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_REPORT_TABLE_H_
