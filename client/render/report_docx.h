// A report as a document (Office Open XML, ISO/IEC 29500), in the official
// form.

#ifndef ANNALS_CLIENT_RENDER_REPORT_DOCX_H_
#define ANNALS_CLIENT_RENDER_REPORT_DOCX_H_

#include <string>

#include "absl/status/statusor.h"
#include "annals/v1/report.pb.h"

namespace annals::client {

// In Chinese, laid out as official documents are (GB/T 9704-2012): A4, text in
// FangSong 16 pt, headings in SimHei and KaiTi; tables with the official heads,
// merged cells, heads repeated on each page, rows never divided. Blank cells
// are blank. The same report always gives the same bytes. INTERNAL with reason
// ZIP_NOT_WRITTEN if the file can't be made.
absl::StatusOr<std::string> RenderReportDocx(const v1::Report& report);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_REPORT_DOCX_H_
