// Text from a server or a file, made safe to show on a terminal: it can move
// no cursor, set no title, and reverse no direction.

#ifndef ANNALS_CLIENT_RENDER_PRINTABLE_H_
#define ANNALS_CLIENT_RENDER_PRINTABLE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace annals::client {

// `text` with control characters (C0, DEL, C1), the bidirectional controls
// U+202A to U+202E and U+2066 to U+2069, and bytes that are no UTF-8 written
// as \x1b or \u202e. Tabs and line breaks stay. What is escaped already is not
// escaped again.
std::string PrintableText(absl::string_view text);

// The same for what must stay in one line or one column of TSV: tabs and line
// breaks, U+2028 and U+2029 included, become \t, \n and so on.
std::string PrintableLine(absl::string_view text);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_PRINTABLE_H_
