// What the rules say of a report, marked on the report itself.

#ifndef ANNALS_CLIENT_RENDER_CHECK_HTML_H_
#define ANNALS_CLIENT_RENDER_CHECK_HTML_H_

#include <string>

#include "annals/v1/finding.pb.h"
#include "annals/v1/report.pb.h"
#include "client/render/findings.h"
#include "client/text.h"

namespace annals::client {

// A page with the report in its form. The cells and paragraphs of failed
// findings are coloured by the worst severity and carry the findings' marks
// (×1, !2, i3); beside them stand the findings, and links lead both ways. What
// could not be assessed is listed at the end. A finding that an acknowledgement
// covers says why.
std::string RenderCheckHtml(const v1::Report& report,
                            const v1::CheckResult& check, Language language,
                            const Acknowledgements& acknowledgements = {});

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_CHECK_HTML_H_
