#include "service/telemetry/json_string.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"

namespace annals {

std::string JsonEscaped(absl::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      escaped.push_back('\\');
      escaped.push_back(c);
    } else if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      absl::StrAppendFormat(&escaped, "\\u%04x", c);
    } else {
      escaped.push_back(c);
    }
  }
  return escaped;
}

}  // namespace annals
