#include "client/render/workbook_text.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/render/xml_text.h"
#include "ledger/utf8.h"

namespace annals::client {
namespace {

// What a cell of a workbook holds at most, in characters of UTF-16: each of our
// characters is two at most.
constexpr size_t kCellCharactersMax = 16000;

}  // namespace

std::string WorkbookText(absl::string_view text) {
  const std::string clean = XmlText(text);
  std::string escaped;
  for (size_t i = 0; i < clean.size(); ++i) {
    const absl::string_view rest = absl::string_view(clean).substr(i, 7);
    bool is_escape =
        rest.size() == 7 && rest[0] == '_' && rest[1] == 'x' && rest[6] == '_';
    for (size_t digit = 2; is_escape && digit < 6; ++digit) {
      is_escape = absl::ascii_isxdigit(static_cast<unsigned char>(rest[digit]));
    }
    if (is_escape) absl::StrAppend(&escaped, "_x005F");
    escaped.push_back(clean[i]);
  }
  return escaped;
}

std::vector<std::string> CellParts(absl::string_view text) {
  std::vector<std::string> parts(1);
  size_t characters = 0;
  absl::string_view rest = text;
  while (!rest.empty()) {
    absl::string_view after = rest;
    if (!ledger::ConsumeUtf8(&after).has_value()) after.remove_prefix(1);
    if (characters++ == kCellCharactersMax) {
      parts.emplace_back();
      characters = 1;
    }
    absl::StrAppend(&parts.back(), rest.substr(0, rest.size() - after.size()));
    rest = after;
  }
  return parts;
}

}  // namespace annals::client
