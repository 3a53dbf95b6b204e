#include "client/import/xlsx_number_format.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "client/import/figure.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// General prints at most 11 digits, or 10 and a decimal point.
constexpr size_t kGeneralDigitsMax = 11;
constexpr size_t kSectionsMax = 4;
// More digits in a locale ask for other numerals.
constexpr size_t kLocaleDigitsMax = 4;

constexpr absl::string_view kColours[] = {"black",   "blue", "cyan",  "green",
                                          "magenta", "red",  "yellow"};

// The character that begins `text`, with its bytes.
absl::string_view FirstCharacter(absl::string_view text) {
  return text.empty() ? text : text.substr(0, DecodeFirst(text).size);
}

// Removes the first token of a format: a quoted text, a bracketed word, a
// character with the one that it governs, or one character.
absl::string_view TakeToken(absl::string_view* rest) {
  size_t size = FirstCharacter(*rest).size();
  const char first = (*rest)[0];
  if (first == '"' || first == '[') {
    const size_t end = rest->find(first == '"' ? '"' : ']', 1);
    size = end == absl::string_view::npos ? rest->size() : end + 1;
  } else if (first == '\\' || first == '_' || first == '*' || first == '!') {
    size += FirstCharacter(rest->substr(1)).size();
  }
  const absl::string_view token = rest->substr(0, size);
  rest->remove_prefix(size);
  return token;
}

std::vector<absl::string_view> SectionsOf(absl::string_view format) {
  std::vector<absl::string_view> sections;
  size_t begin = 0;
  absl::string_view rest = format;
  while (!rest.empty()) {
    const size_t at = format.size() - rest.size();
    if (TakeToken(&rest) != ";") continue;
    sections.push_back(format.substr(begin, at - begin));
    begin = at + 1;
  }
  sections.push_back(format.substr(begin));
  return sections;
}

// Whether a bracketed word changes nothing but the colour, or names a language.
bool IsHarmlessBracket(absl::string_view token) {
  if (!absl::ConsumePrefix(&token, "[") || !absl::ConsumeSuffix(&token, "]")) {
    return false;
  }
  if (absl::ConsumePrefix(&token, "$-")) {
    return token.size() <= kLocaleDigitsMax &&
           std::all_of(token.begin(), token.end(),
                       [](unsigned char c) { return absl::ascii_isxdigit(c); });
  }
  for (absl::string_view colour : kColours) {
    if (absl::EqualsIgnoreCase(token, colour)) return true;
  }
  return false;
}

// What a section does to a number.
struct NumberSection {
  bool understood = true;
  bool general = false;
  // A minus sign or brackets around the number.
  bool negative = false;
  // Places for digits before and after the decimal point.
  size_t integer = 0;
  size_t fraction = 0;
  // Places that print a zero where the number has no digit.
  size_t zeros = 0;
};

class SectionParser {
 public:
  explicit SectionParser(absl::string_view section) : rest_(section) {}

  NumberSection Parse() {
    while (!rest_.empty() && parsed_.understood) {
      if (TakeGeneral()) continue;
      if (IsPlace(rest_[0]) || rest_[0] == '.') {
        TakePlaces();
      } else {
        TakeLiteral(TakeToken(&rest_));
      }
    }
    if (!done_) parsed_.understood = false;
    return parsed_;
  }

 private:
  static bool IsPlace(char c) { return c == '0' || c == '#' || c == '?'; }

  bool TakeGeneral() {
    constexpr absl::string_view kGeneral = "General";
    const bool is_general = absl::StartsWithIgnoreCase(rest_, kGeneral) ||
                            (rest_[0] == '@' && rest_.size() == 1);
    if (is_general) {
      rest_.remove_prefix(std::min(rest_.size(), kGeneral.size()));
    } else if (!absl::ConsumePrefix(&rest_, "G/通用格式")) {
      return false;
    }
    if (done_) parsed_.understood = false;
    parsed_.general = true;
    done_ = true;
    return true;
  }

  // All places for digits, which stand together. A comma after the last place
  // before the point divides by a thousand.
  void TakePlaces() {
    if (done_) parsed_.understood = false;
    done_ = true;
    size_t at = 0;
    for (; at < rest_.size() && (IsPlace(rest_[at]) || rest_[at] == ',');
         ++at) {
      if (rest_[at] == ',') continue;
      ++parsed_.integer;
      if (rest_[at] == '0') ++parsed_.zeros;
    }
    if (at > 0 && rest_[at - 1] == ',') parsed_.understood = false;
    if (at < rest_.size() && rest_[at] == '.') ++at;
    for (; at < rest_.size() && IsPlace(rest_[at]); ++at) {
      ++parsed_.fraction;
      if (rest_[at] == '0') ++parsed_.zeros;
    }
    if (at < rest_.size() && rest_[at] == ',') parsed_.understood = false;
    rest_.remove_prefix(at);
  }

  void TakeLiteral(absl::string_view token) {
    if (token[0] == '_' || token == "* " || IsHarmlessBracket(token)) return;
    if (absl::ConsumePrefix(&token, "\"")) {
      absl::ConsumeSuffix(&token, "\"");
    } else {
      absl::ConsumePrefix(&token, "\\");
    }
    if (TrimBlanks(token).empty() || (token == ")" && parsed_.negative)) return;
    if (!done_ && (token == "-" || token == "(")) {
      parsed_.negative = true;
      return;
    }
    // A unit of money may be another than the table's.
    const bool counts =
        done_ && IsUnitWord(token) && !absl::StrContains(token, "元");
    if (!counts) parsed_.understood = false;
  }

  absl::string_view rest_;
  bool done_ = false;
  NumberSection parsed_;
};

}  // namespace

absl::string_view BuiltInFormat(int id) {
  switch (id) {
    case 0:
      return "General";
    case 1:
      return "0";
    case 2:
      return "0.00";
    case 3:
      return "#,##0";
    case 4:
      return "#,##0.00";
    case 37:
    case 38:
      return "#,##0_);(#,##0)";
    case 39:
    case 40:
      return "#,##0.00_);(#,##0.00)";
    case 41:
      return "_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)";
    case 43:
      return "_(* #,##0.00_);_(* (#,##0.00);_(* \"-\"??_);_(@_)";
    case 49:
      return "@";
    default:
      return "0%";
  }
}

bool PrintsNumberAsStored(absl::string_view format, absl::string_view decimal) {
  const std::vector<absl::string_view> sections = SectionsOf(format);
  if (sections.size() > kSectionsMax) return false;
  const bool negative = absl::ConsumePrefix(&decimal, "-");
  const bool zero = decimal == "0";
  const bool signed_by_section = negative && sections.size() > 1;
  size_t section = 0;
  if (signed_by_section) section = 1;
  if (zero && sections.size() > 2) section = 2;
  const NumberSection parsed = SectionParser(sections[section]).Parse();
  if (!parsed.understood || parsed.negative != signed_by_section) return false;
  const size_t dot = std::min(decimal.find('.'), decimal.size());
  const size_t fraction = decimal.size() - std::min(dot + 1, decimal.size());
  if (parsed.general) return decimal.size() <= kGeneralDigitsMax;
  return fraction <= parsed.fraction && (!zero || parsed.zeros > 0);
}

bool PrintsTextAsStored(absl::string_view format) {
  const std::vector<absl::string_view> sections = SectionsOf(format);
  absl::string_view rest = sections.back();
  if (sections.size() < kSectionsMax && !absl::StrContains(rest, "@")) {
    return true;
  }
  int texts = 0;
  while (!rest.empty()) {
    const bool general = absl::ConsumePrefix(&rest, "General");
    const absl::string_view token = general ? "@" : TakeToken(&rest);
    if (token == "@") {
      ++texts;
    } else if (token != " " && token[0] != '_' && token != "* " &&
               !IsHarmlessBracket(token)) {
      return false;
    }
  }
  return texts == 1;
}

}  // namespace annals::client
