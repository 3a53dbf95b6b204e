// Refuses what is no text, saying what it is.

#ifndef ANNALS_CLIENT_IMPORT_INPUT_CHECK_H_
#define ANNALS_CLIENT_IMPORT_INPUT_CHECK_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annals::client {

// OK if the text of a file is UTF-8 of at most `max_bytes`, else
// INVALID_ARGUMENT with reason FILE_TOO_LARGE, EMPTY_FILE, BINARY_FILE or
// INVALID_UTF8.
absl::Status CheckInput(absl::string_view text, size_t max_bytes);

// FILE_TOO_LARGE or EMPTY_FILE, or OK: what is true of files of any format,
// before their text is known.
absl::Status CheckSize(absl::string_view bytes, size_t max_bytes);

// BINARY_FILE if the first bytes or a zero byte show that it is no text.
absl::Status CheckBinary(absl::string_view text);

// INVALID_UTF8: the byte at `offset` begins no character.
absl::Status InvalidUtf8(absl::string_view text, size_t offset);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_INPUT_CHECK_H_
