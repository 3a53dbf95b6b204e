// Turns text in the encodings that Chinese publishers use into UTF-8.

#ifndef ANNALS_CLIENT_IMPORT_ENCODING_H_
#define ANNALS_CLIENT_IMPORT_ENCODING_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals::client {

// The text as UTF-8 without a byte order mark: from UTF-8; from UTF-16 if a
// mark says so; from GB18030 (GBK and GB2312 with it) if the bytes are that and
// not UTF-8, and mostly Han characters come out. HTML that declares Big5 is
// read as that.
//
// INVALID_ARGUMENT with reason INVALID_UTF8, INVALID_UTF16 or MIXED_ENCODINGS,
// naming the place.
absl::StatusOr<std::string> DecodeText(absl::string_view bytes);

// The text in the encoding that most of it is in, with U+FFFD for each byte
// that is none of its characters; nothing if there are more than a hundred.
std::string DecodeReplacing(absl::string_view bytes);

bool HasUtf16Mark(absl::string_view bytes);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_ENCODING_H_
