#include "ledger/base64.h"

#include "absl/strings/escaping.h"

namespace annals::ledger {

std::string EncodeBase64(absl::string_view bytes) {
  return absl::Base64Escape(bytes);
}

std::optional<std::string> DecodeBase64(absl::string_view text) {
  std::string bytes;
  // Abseil overlooks white space and padding, so that many texts decode to the
  // same bytes; only the one that they encode to is accepted.
  if (!absl::Base64Unescape(text, &bytes)) return std::nullopt;
  if (absl::Base64Escape(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace annals::ledger
