#include "client/render/printable.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/utf8.h"

namespace annals::client {
namespace {

bool IsBidirectionalControl(char32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

bool IsLineSeparator(char32_t c) { return c == 0x2028 || c == 0x2029; }

std::string Escaped(char32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  const auto number = static_cast<uint32_t>(c);
  return number < 0x80 ? absl::StrFormat("\\x%02x", number)
                       : absl::StrFormat("\\u%04x", number);
}

bool IsShown(char32_t c, bool one_line) {
  if (c == '\n' || c == '\t') return !one_line;
  if (one_line && IsLineSeparator(c)) return false;
  return !IsControl(c) && !IsBidirectionalControl(c);
}

std::string Printable(absl::string_view text, bool one_line) {
  std::string printable;
  while (!text.empty()) {
    absl::string_view rest = text;
    const auto code_point = ledger::ConsumeUtf8(&rest);
    if (!code_point.has_value()) {
      // 8-bit terminals obey a lone C1 byte.
      absl::StrAppendFormat(&printable, "\\x%02x",
                            static_cast<uint8_t>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    if (IsShown(*code_point, one_line)) {
      absl::StrAppend(&printable, text.substr(0, text.size() - rest.size()));
    } else {
      absl::StrAppend(&printable, Escaped(*code_point));
    }
    text = rest;
  }
  return printable;
}

}  // namespace

std::string PrintableText(absl::string_view text) {
  return Printable(text, false);
}

std::string PrintableLine(absl::string_view text) {
  return Printable(text, true);
}

}  // namespace annals::client
