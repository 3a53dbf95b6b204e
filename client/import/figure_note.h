// Remarks that leave a figure as it is.

#ifndef ANNALS_CLIENT_IMPORT_FIGURE_NOTE_H_
#define ANNALS_CLIENT_IMPORT_FIGURE_NOTE_H_

#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"

namespace annals::client {

// Whether the remark in brackets after a figure says no more than what the
// figure is made up of, or leaves out: 其中修订16件, 含…, 不含…; or repeats
// its unit: 万元, 单位：件; or points to a note: 见说明; or says how all of
// what is counted ended: 撤诉. Any other may take the figure back or make it
// another one: 作废, 约, 上年, 万件. `unit`: that of a sum; unspecified for a
// count.
bool LeavesFigure(absl::string_view note, v1::Unit unit);

// Whether the remark after a 0 says it again: 无, 未收费.
bool SaysThereIsNone(absl::string_view note);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_FIGURE_NOTE_H_
