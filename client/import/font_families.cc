#include "client/import/font_families.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/import/css_text.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

bool EndsLine(char c) { return c == '\n' || c == '\r' || c == '\f'; }

// The string at the start of `text`, which goes past it.
std::string TakeString(absl::string_view* text) {
  const char quote = text->front();
  text->remove_prefix(1);
  std::string content;
  while (!text->empty() && text->front() != quote && !EndsLine(text->front())) {
    if (text->front() != '\\') {
      content.push_back(text->front());
      text->remove_prefix(1);
    } else if (text->size() > 1 && EndsLine((*text)[1])) {
      text->remove_prefix(2);  // The string goes on in the next line.
    } else {
      absl::StrAppend(&content, TakeCssEscape(text));
    }
  }
  text->remove_prefix(std::min<size_t>(text->size(), 1));
  return content;
}

class FamilyReader {
 public:
  explicit FamilyReader(const std::function<void(const FontFamily&)>& take)
      : take_(take) {}

  bool Read(absl::string_view text) {
    while (!text.empty()) {
      const char c = text.front();
      if (c == '"' || c == '\'') {
        EndWord();
        word_ = TakeString(&text);
        ++family_.strings;
        in_word_ = true;
        EndWord();
        continue;
      }
      if (c == '\\') {
        absl::StrAppend(&word_, TakeCssEscape(&text));
        in_word_ = true;
        continue;
      }
      text.remove_prefix(1);
      TakeMark(c);
    }
    EndFamily();
    return has_function_;
  }

 private:
  void TakeMark(char c) {
    const auto code = static_cast<unsigned char>(c);
    if (c == ',') {
      EndFamily();
    } else if (absl::ascii_isspace(code) || c == '/') {
      EndWord();
    } else if (c == '(' || c == ')') {
      EndWord();
      has_function_ = true;
    } else {
      if (code < 0x80 && !absl::ascii_isalnum(code) &&
          !absl::StrContains("-_.+%", absl::string_view(&c, 1))) {
        family_.has_other_marks = true;
      }
      word_.push_back(c);
      in_word_ = true;
      if (c == '%') EndWord();
    }
  }

  void EndWord() {
    if (!in_word_) return;
    if (!family_.IsTooLong()) family_.words.push_back(family_.name.size());
    absl::StrAppend(&family_.name, ComparableFontName(word_));
    word_.clear();
    in_word_ = false;
  }

  void EndFamily() {
    EndWord();
    take_(family_);
    family_ = FontFamily();
  }

  const std::function<void(const FontFamily&)>& take_;
  FontFamily family_;
  std::string word_;
  bool in_word_ = false;
  bool has_function_ = false;
};

}  // namespace

std::string ComparableFontName(absl::string_view name) {
  std::string comparable;
  while (!name.empty()) {
    const CodePoint point = DecodeFirst(name);
    name.remove_prefix(point.size);
    if (point.value < 0x80) {
      const auto c = static_cast<unsigned char>(point.value);
      if (!absl::ascii_isspace(c)) {
        comparable.push_back(absl::ascii_tolower(c));
      }
    } else if (IsHan(point.value)) {
      AppendUtf8(point.value, &comparable);
    } else if (!IsBlank(point.value)) {
      comparable.push_back('?');
    }
  }
  return comparable;
}

absl::string_view FontFamily::NameFrom(size_t index) const {
  return absl::string_view(name).substr(words[index]);
}

absl::string_view FontFamily::Word(size_t index) const {
  const absl::string_view rest = NameFrom(index);
  return index + 1 < words.size()
             ? rest.substr(0, words[index + 1] - words[index])
             : rest;
}

bool FontFamily::IsNameFrom(size_t index) const {
  if (index >= words.size() || IsTooLong() || has_other_marks) return false;
  if (strings > 0) return strings == 1 && index + 1 == words.size();
  for (size_t i = index; i < words.size(); ++i) {
    const absl::string_view word = Word(i);
    const size_t begin = absl::StartsWith(word, "-") ? 1 : 0;
    if (begin >= word.size() || absl::ascii_isdigit(word[begin]) ||
        word.find_first_of(".+%") != absl::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool ReadFontFamilies(absl::string_view value,
                      const std::function<void(const FontFamily&)>& take) {
  return FamilyReader(take).Read(value);
}

bool AreLocalSources(absl::string_view src) {
  std::string plain;
  while (!src.empty()) {
    const char c = src.front();
    if (c == '"' || c == '\'') {
      TakeString(&src);
    } else if (c == '\\') {
      absl::StrAppend(&plain, TakeCssEscape(&src));
    } else {
      plain.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
      src.remove_prefix(1);
    }
  }
  for (absl::string_view source : absl::StrSplit(plain, ',')) {
    source = absl::StripAsciiWhitespace(source);
    if (!absl::ConsumePrefix(&source, "local(") ||
        !absl::ConsumeSuffix(&source, ")") || absl::StrContains(source, "(")) {
      return false;
    }
  }
  return true;
}

}  // namespace annals::client
