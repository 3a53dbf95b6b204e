// Two states of a report side by side.

#ifndef ANNALS_CLIENT_RENDER_DIFF_HTML_H_
#define ANNALS_CLIENT_RENDER_DIFF_HTML_H_

#include <string>

#include "annals/v1/report.pb.h"
#include "client/text.h"

namespace annals::client {

struct DiffSide {
  const v1::Report& report;
  // Which revision it is, for a person.
  std::string caption;
};

// A page that lists what changed and then shows both forms, old at the left,
// new at the right: changed figures coloured and marked − and +, changed texts
// word by word, what went struck out and what came underlined.
std::string RenderDiffHtml(const DiffSide& older, const DiffSide& newer,
                           Language language);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_DIFF_HTML_H_
