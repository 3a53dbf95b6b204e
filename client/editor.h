// The user's text editor.

#ifndef ANNALS_CLIENT_EDITOR_H_
#define ANNALS_CLIENT_EDITOR_H_

#include <string>

#include "absl/status/status.h"

namespace annals::client {

// Whether someone is there to answer: standard input and error are a terminal.
bool IsInteractive();

// Opens a file in $VISUAL, else $EDITOR, else on a terminal vi, and waits until
// it is closed. FAILED_PRECONDITION with reason EDITOR_NOT_SET if there is no
// editor to open, EDITOR_FAILED if it can't be run or ends with an error.
absl::Status RunEditor(const std::string& path);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_EDITOR_H_
