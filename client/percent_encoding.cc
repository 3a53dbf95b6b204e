#include "client/percent_encoding.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"

namespace annals::client {

std::string PercentEncode(absl::string_view bytes) {
  std::string encoded;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '-' || c == '.' || c == '_' ||
        c == '~') {
      encoded.push_back(c);
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", byte);
    }
  }
  return encoded;
}

}  // namespace annals::client
