#include "client/import/figure.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// A figure has at most so many characters, its remark included.
constexpr size_t kMaxFigureBytes = 400;
constexpr int kGroupDigits = 3;

constexpr absl::string_view kUnits[] = {
    "件",   "个", "项", "条", "条次", "宗", "次",   "万元", "元",
    "件次", "人", "部", "份", "起",   "例", "人次", "宗次", "项次"};
// A column of units has these; others may be pieces of words.
constexpr absl::string_view kUnitCells[] = {
    "件", "宗", "项", "起", "件次", "宗次", "项次", "万元", "元"};
// What begins a remark without brackets: 22件，其中修订16件.
constexpr std::u32string_view kPartWords[] = {U"其中", U"含", U"包括", U"不含"};

bool IsPlaceholder(const std::u32string& text) {
  constexpr size_t kMaxDashes = 6;
  const bool dashes = text.size() <= kMaxDashes &&
                      text.find_first_not_of('-') == std::u32string::npos;
  return dashes || text == U"/" || text == U"\\" || text == U"无" ||
         text == U"N/A";
}

// What spreadsheets put before a number that is stored as text: '12.
bool IsTextMark(char32_t code) {
  return code == U'\'' || code == 0x2018 || code == 0x2019;
}

// Of the word before 12件 in 共12件; 0 if there is none.
size_t TotalWordSize(const std::u32string& text) {
  for (const std::u32string_view word : {U"共计", U"共"}) {
    if (text.compare(0, word.size(), word) != 0) continue;
    const size_t end = text.find_first_not_of(U' ', word.size());
    return end != std::u32string::npos && IsAsciiDigit(text[end]) ? end : 0;
  }
  return 0;
}

// Without the marks round a number that say nothing of it: '12 and 12。
void DropMarks(std::u32string* text) {
  if (text->size() > 1 && IsTextMark(text->front()) &&
      IsAsciiDigit((*text)[1])) {
    text->erase(0, 1);
  }
  if (text->size() > 1 && (text->back() == U'。' || text->back() == U';')) {
    text->pop_back();
  }
}

bool MayOpenFigure(char32_t code) {
  return IsAsciiDigit(code) || code == '-' || code == '+' || code == '/' ||
         code == '\\' || code == U'无' || code == 'N' || code == U'增' ||
         code == U'减' || code == U'共' || IsTextMark(code);
}

// Reads `+`, `-`, or a change in words: 增8, 减少 8. False if the words are
// followed by no number.
bool ReadSign(const std::u32string& text, size_t* at, Figure* figure) {
  const char32_t first = text[0];
  if (first == '-' || first == '+') {
    figure->sign = first == '-' ? -1 : 1;
    *at = 1;
  }
  if (first != U'增' && first != U'减') return true;
  figure->sign = first == U'减' ? -1 : 1;
  figure->in_words = true;
  *at = 1;
  if (*at < text.size() && (text[*at] == U'加' || text[*at] == U'少')) ++*at;
  while (*at < text.size() && text[*at] == ' ') ++*at;
  return *at < text.size() && IsAsciiDigit(text[*at]);
}

// Reads digits with optional thousands separators. False if the separators are
// not between groups of three.
bool ReadInteger(const std::u32string& text, size_t* at, std::string* digits) {
  int group = 0;
  bool separated = false;
  while (*at < text.size()) {
    const char32_t code = text[*at];
    if (IsAsciiDigit(code)) {
      digits->push_back(static_cast<char>(code));
      ++group;
    } else if (code == ',' && group > 0 && *at + 1 < text.size() &&
               IsAsciiDigit(text[*at + 1])) {
      if (separated ? group != kGroupDigits : group > kGroupDigits) {
        return false;
      }
      separated = true;
      group = 0;
    } else {
      break;
    }
    ++*at;
  }
  return !digits->empty() && (!separated || group == kGroupDigits);
}

bool ReadFraction(const std::u32string& text, size_t* at, std::string* digits) {
  if (*at >= text.size() || text[*at] != '.') return true;
  ++*at;
  while (*at < text.size() && IsAsciiDigit(text[*at])) {
    digits->push_back(static_cast<char>(text[(*at)++]));
  }
  return !digits->empty();
}

bool BeginsRemark(const std::u32string& text, size_t at) {
  return std::any_of(std::begin(kPartWords), std::end(kPartWords),
                     [&](std::u32string_view word) {
                       return text.compare(at, word.size(), word) == 0;
                     });
}

// 件 in 12 件; nothing if a remark follows the number.
std::string ReadUnit(const std::u32string& text, size_t* at) {
  std::u32string unit;
  while (*at < text.size() && (IsHan(text[*at]) || text[*at] == ' ') &&
         !BeginsRemark(text, *at)) {
    if (text[*at] != ' ') unit.push_back(text[*at]);
    ++*at;
  }
  return ToUtf8(unit);
}

// A remark that ends the text: in brackets, or one that says what the figure is
// made up of, which gets them.
bool ReadNote(const std::u32string& text, size_t* at, std::string* note) {
  const bool has_comma =
      *at < text.size() && (text[*at] == ',' || text[*at] == ';');
  if (BeginsRemark(text, *at + (has_comma ? 1 : 0))) {
    *note = ToUtf8(U"(" + text.substr(*at + (has_comma ? 1 : 0)) + U")");
    *at = text.size();
    return true;
  }
  if (*at >= text.size() || text[*at] != '(') return true;
  int depth = 0;
  for (size_t i = *at; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) {
      *note = ToUtf8(text.substr(*at, i + 1 - *at));
      *at = i + 1;
      return true;
    }
  }
  return false;
}

bool IsOfNumber(char32_t code) {
  const char32_t folded = Fold(code);
  return IsAsciiDigit(folded) || folded == '.' || folded == ',';
}

bool IsDirectionMark(char32_t code) {
  return code == 0x061C || code == 0x200E || code == 0x200F ||
         (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

// Digits and nothing else, but more than any figure has, or in an order that
// marks of direction hide.
bool IsTooLongOrTurned(absl::string_view text) {
  bool has_digit = false;
  while (!text.empty()) {
    const CodePoint point = DecodeFirst(text);
    const bool is_digit = IsAsciiDigit(Fold(point.value));
    if (!is_digit && !IsDirectionMark(point.value)) return false;
    has_digit = has_digit || is_digit;
    text.remove_prefix(point.size);
  }
  return has_digit;
}

// 约12, 12余, which are no exact counts; O or 零 for 0.
bool IsVague(std::u32string_view text) {
  constexpr std::u32string_view kZeros = U"零〇Oo";
  if (text.size() == 1) return kZeros.find(text[0]) != text.npos;
  if (text.empty()) return false;
  const bool is_about =
      text[0] == U'约' || text[0] == U'近' || text[0] == U'超';
  if (is_about) text.remove_prefix(1);
  const size_t end = text.find_first_not_of(U"0123456789");
  if (end == 0) return false;
  if (end == text.npos) return is_about;
  const bool is_over = text[end] == U'余' || text[end] == U'多';
  if (!is_about && !is_over) return false;
  const std::u32string unit(text.substr(is_over ? end + 1 : end));
  return unit.empty() || IsUnitWord(ToUtf8(unit));
}

// 一百. One character alone numbers rows as well.
bool IsInWords(const std::u32string& text) {
  constexpr std::u32string_view kWords = U"〇零一二两三四五六七八九十百千万";
  return text.size() > 1 &&
         text.find_first_not_of(kWords) == std::u32string::npos;
}

// The last code point of valid UTF-8.
char32_t LastOf(absl::string_view text) {
  size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return DecodeFirst(text.substr(at)).value;
}

}  // namespace

std::string Figure::Decimal() const {
  return absl::StrCat(sign < 0 ? "-" : "", integer, fraction.empty() ? "" : ".",
                      fraction);
}

bool Figure::IsZero() const {
  return !placeholder &&
         absl::StrCat(integer, fraction).find_first_not_of('0') ==
             std::string::npos;
}

bool Figure::IsTwoFigures() const {
  return !note.empty() &&
         std::none_of(note.begin(), note.end(), [](unsigned char c) {
           return c >= 0x80 || absl::ascii_isalpha(c);
         });
}

// A report that prints (?) is as unsure.
bool Figure::IsUnsure() const {
  return is_marked || is_in_web_font || note == "(?)";
}

absl::string_view WithoutReaderMarks(absl::string_view text) {
  while (absl::ConsumeSuffix(&text, kUnsureFigure) ||
         absl::ConsumeSuffix(&text, kFigureInWebFont)) {
  }
  return text;
}

bool IsAllNumber(absl::string_view text) {
  while (!text.empty() && BeginsInNumber(text)) {
    text.remove_prefix(DecodeFirst(text).size);
  }
  return text.empty();
}

bool EndsInNumber(absl::string_view text) {
  return !text.empty() && IsOfNumber(LastOf(text));
}

bool BeginsInNumber(absl::string_view text) {
  return !text.empty() && IsOfNumber(DecodeFirst(text).value);
}

bool IsUnitWord(absl::string_view word) {
  for (absl::string_view unit : kUnits) {
    if (unit == word) return true;
  }
  return false;
}

bool IsUnitCell(absl::string_view text) {
  return std::find(std::begin(kUnitCells), std::end(kUnitCells), text) !=
         std::end(kUnitCells);
}

bool IsUnreadableFigure(absl::string_view text) {
  constexpr size_t kMaxCharacters = 12;
  if (IsTooLongOrTurned(text)) return true;
  if (text.size() > kMaxFigureBytes) return false;
  const std::u32string folded = FoldText(text);
  if (folded.empty() || folded.size() > kMaxCharacters) return false;
  if (IsInWords(folded) || IsVague(folded)) return true;
  const std::u32string_view openings = U"<>~*";
  const bool opens = openings.find(folded[0]) != std::u32string_view::npos;
  const size_t first = opens ? 1 : 0;
  if (first >= folded.size() || !IsAsciiDigit(folded[first])) return false;
  int separators = 0;
  for (char32_t code : folded) {
    if (IsHan(code)) return false;
    if (code == '-' || code == '/' || code == '.') ++separators;
  }
  const std::u32string_view numbering = U".,)、:";
  return separators < 2 &&
         numbering.find(folded.back()) == std::u32string_view::npos;
}

bool ParseFigure(absl::string_view text, Figure* figure) {
  *figure = Figure();
  const absl::string_view print = WithoutReaderMarks(text);
  figure->is_marked = print.size() < text.size();
  figure->is_in_web_font =
      absl::StrContains(text.substr(print.size()), kFigureInWebFont);
  text = print;
  if (text.empty() || text.size() > kMaxFigureBytes) return false;
  if (!MayOpenFigure(Fold(DecodeFirst(text).value))) return false;
  std::u32string folded = FoldText(text);
  if (IsPlaceholder(folded)) {
    figure->placeholder = true;
    return true;
  }
  DropMarks(&folded);
  const size_t total_size = TotalWordSize(folded);
  const bool is_total = total_size > 0;
  folded.erase(0, total_size);
  size_t at = 0;
  if (!ReadSign(folded, &at, figure)) return false;
  if (!ReadInteger(folded, &at, &figure->integer)) return false;
  if (!ReadFraction(folded, &at, &figure->fraction)) return false;
  figure->unit = ReadUnit(folded, &at);
  if (figure->unit.empty() ? is_total : !IsUnitWord(figure->unit)) return false;
  if (!ReadNote(folded, &at, &figure->note)) return false;
  if (figure->note == kInWebFontInText) figure->is_in_web_font = true;
  return at == folded.size();
}

}  // namespace annals::client
