// Refuses what is no text, saying what it is.

#ifndef ANNALS_CLIENT_IMPORT_INPUT_CHECK_H_
#define ANNALS_CLIENT_IMPORT_INPUT_CHECK_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annals::client {

// OK if `text` is UTF-8 text of at most `max_bytes`, else INVALID_ARGUMENT with
// reason FILE_TOO_LARGE, EMPTY_FILE, BINARY_FILE or INVALID_UTF8.
absl::Status CheckInput(absl::string_view text, size_t max_bytes);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_INPUT_CHECK_H_
