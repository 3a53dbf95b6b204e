// A report as plain text: prose, and tables with tabs between cells.

#ifndef ANNALS_CLIENT_RENDER_REPORT_TEXT_H_
#define ANNALS_CLIENT_RENDER_REPORT_TEXT_H_

#include <string>

#include "annals/v1/report.pb.h"

namespace annals::client {

// In Chinese, as agencies publish it. `annals import` reads every figure of it
// back, all of them certain; a blank cell stays blank.
std::string RenderReportText(const v1::Report& report);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_REPORT_TEXT_H_
