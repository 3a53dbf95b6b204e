// Remarks that a report makes of its own figures.

#ifndef ANNALS_CLIENT_IMPORT_DISPUTED_NOTE_H_
#define ANNALS_CLIENT_IMPORT_DISPUTED_NOTE_H_

#include "absl/strings/string_view.h"

namespace annals::client {

// Whether the remark after a figure says that the figure is wrong, or what it
// should be: 应为36, 更正为36, 有误. One that says what the figure is made up
// of does not: 其中修订16件.
bool DisputesFigure(absl::string_view note);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_DISPUTED_NOTE_H_
