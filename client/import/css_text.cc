#include "client/import/css_text.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

constexpr size_t kEscapeDigitsMax = 6;
constexpr absl::string_view kPieceEnds = "{};";

bool EndsString(char c, char quote) {
  return c == quote || c == '\n' || c == '\r' || c == '\f';
}

// Whether the address of a `url(` that ends at `at` has no quotes: marks in it
// are part of it.
bool OpensBareUrl(absl::string_view text, size_t at) {
  if (!absl::EndsWithIgnoreCase(text.substr(0, at + 1), "url(")) return false;
  const absl::string_view address =
      absl::StripLeadingAsciiWhitespace(text.substr(at + 1));
  return !absl::StartsWith(address, "\"") && !absl::StartsWith(address, "'");
}

// Calls `take` with the place of each of `marks` that is not in a string or
// address, until it returns true; that place, or the end.
template <typename Take>
size_t FindMark(absl::string_view text, absl::string_view marks, Take take) {
  char quote = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\') {
      ++at;
    } else if (quote != 0) {
      if (EndsString(c, quote)) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '(' && OpensBareUrl(text, at)) {
      at = std::min(text.find(')', at), text.size());
    } else if (marks.find(c) != absl::string_view::npos && take(at)) {
      return at;
    }
  }
  return text.size();
}

}  // namespace

std::string WithoutCssComments(absl::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const size_t begin = FindMark(text, "/", [text](size_t at) {
      return absl::StartsWith(text.substr(at), "/*");
    });
    absl::StrAppend(&plain, text.substr(0, begin));
    if (begin == text.size()) break;
    const size_t end = text.find("*/", begin + 2);
    if (end == absl::string_view::npos) break;
    text.remove_prefix(end + 2);
  }
  return plain;
}

std::string TakeCssEscape(absl::string_view* text) {
  text->remove_prefix(1);
  size_t digits = 0;
  while (digits < std::min(text->size(), kEscapeDigitsMax) &&
         absl::ascii_isxdigit(static_cast<unsigned char>((*text)[digits]))) {
    ++digits;
  }
  uint32_t code = 0;
  if (!absl::SimpleHexAtoi(text->substr(0, digits), &code)) {
    const std::string next(text->substr(0, 1));
    text->remove_prefix(next.size());
    return next;
  }
  text->remove_prefix(digits);
  const bool ends = !text->empty() &&
                    absl::ascii_isspace(static_cast<unsigned char>((*text)[0]));
  if (ends) text->remove_prefix(1);
  const bool is_character =
      code != 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  return ToUtf8(std::u32string(1, is_character ? code : 0xFFFD));
}

std::string WithoutCssEscapes(absl::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const size_t at = std::min(text.find('\\'), text.size());
    absl::StrAppend(&plain, text.substr(0, at));
    text.remove_prefix(at);
    if (!text.empty()) absl::StrAppend(&plain, TakeCssEscape(&text));
  }
  return plain;
}

size_t EndOfCssPiece(absl::string_view text) {
  return FindMark(text, kPieceEnds, [](size_t) { return true; });
}

size_t EndOfCssBlock(absl::string_view text) {
  int depth = 1;
  return FindMark(text, "{}", [text, &depth](size_t at) {
    if (text[at] == '{') ++depth;
    return text[at] == '}' && --depth == 0;
  });
}

std::optional<CssDeclaration> TakeCssDeclaration(absl::string_view* text) {
  while (!text->empty()) {
    const size_t end = EndOfCssPiece(*text);
    const absl::string_view piece = text->substr(0, end);
    text->remove_prefix(std::min(end + 1, text->size()));
    const size_t colon = piece.find(':');
    if (colon == absl::string_view::npos) continue;
    CssDeclaration declaration;
    declaration.property = absl::AsciiStrToLower(
        WithoutCssEscapes(absl::StripAsciiWhitespace(piece.substr(0, colon))));
    const absl::string_view value = piece.substr(colon + 1);
    const size_t mark = FindMark(value, "!", [](size_t) { return true; });
    declaration.value =
        std::string(absl::StripAsciiWhitespace(value.substr(0, mark)));
    declaration.is_important =
        mark < value.size() &&
        absl::StrContains(
            absl::AsciiStrToLower(WithoutCssEscapes(value.substr(mark))),
            "important");
    return declaration;
  }
  return std::nullopt;
}

}  // namespace annals::client
