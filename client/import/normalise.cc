#include "client/import/normalise.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "client/import/unicode.h"

namespace annals::client {
namespace {

constexpr int kMaxListNumber = 30;

// 0 if it is none.
int HanNumeral(char32_t code) {
  constexpr char32_t kNumerals[] = U"一二三四五六七八九十";
  for (int i = 0; i < 10; ++i) {
    if (kNumerals[i] == code) return i + 1;
  }
  return 0;
}

bool EndsNumber(char32_t code) {
  return code == '.' || code == U'、' || code == ',' || code == ')' ||
         code == U'．' || code == U'﹒';
}

bool IsCore(char32_t code) {
  return IsHan(code) || IsAsciiDigit(code) || IsAsciiLetter(code);
}

char32_t Lower(char32_t code) {
  return code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code;
}

// Characters that look or sound like the right one, in words that are none with
// them: 其它 is 其他.
struct LookAlike {
  char32_t before;
  char32_t printed;
  char32_t meant;
};
constexpr LookAlike kLookAlikes[] = {
    {U'其', U'它', U'他'}, {U'申', U'清', U'请'}, {U'属', U'於', U'于'}};

// 本年度 is 本年, 上一年度 is 上一年.
bool ClosesYear(const std::u32string& core) {
  constexpr std::u32string_view kWhich = U"本上下一";
  const size_t size = core.size();
  return size >= 2 && core[size - 1] == U'年' &&
         kWhich.find(core[size - 2]) != std::u32string_view::npos;
}

void AppendCore(char32_t code, std::u32string* core) {
  if (code == U'度' && ClosesYear(*core)) return;
  for (const LookAlike& one : kLookAlikes) {
    if (code == one.printed && !core->empty() && core->back() == one.before) {
      code = one.meant;
    }
  }
  core->push_back(Lower(code));
}

// The end of a bracket at `at` that holds nothing but what is counted, such as
// （件） or （宗/件）; `at` if there is none. Not 项, which may be other
// things.
size_t SkipCountedUnit(const std::u32string& text, size_t at) {
  constexpr size_t kMaxSize = 12;
  constexpr std::u32string_view kUnits = U"件宗起例";
  constexpr std::u32string_view kWord = U"单位";
  if (at >= text.size() || text[at] != '(') return at;
  std::u32string words = text.substr(at + 1, kMaxSize);
  const size_t size = words.find(U')');
  if (size == std::u32string::npos) return at;
  words.resize(size);
  words.erase(std::remove(words.begin(), words.end(), U' '), words.end());
  if (words.find(kWord) == 0) {
    const size_t begin = words.find_first_not_of(U":为", kWord.size());
    words.erase(0, begin);
  }
  bool after_unit = false;
  for (char32_t code : words) {
    const bool is_unit = kUnits.find(code) != std::u32string_view::npos;
    const bool goes_on =
        code == U'/' || code == U'、' || code == U'或' || code == U'次';
    if (!is_unit && !(after_unit && goes_on)) return at;
    after_unit = is_unit;
  }
  return words.empty() ? at : at + size + 2;
}

size_t SkipBlanks(const std::u32string& text, size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

// Reads digits or one or two Han numerals at `*at`.
int ReadNumber(const std::u32string& text, size_t* at, bool* han) {
  int number = 0;
  *han = *at < text.size() && HanNumeral(text[*at]) != 0;
  if (*han) {
    number = HanNumeral(text[(*at)++]);
    if (number == 10 && *at < text.size() && HanNumeral(text[*at]) != 0) {
      number += HanNumeral(text[(*at)++]);
    }
    return number;
  }
  size_t digits = 0;
  while (*at < text.size() && IsAsciiDigit(text[*at]) && digits < 2) {
    number = number * 10 + static_cast<int>(text[(*at)++] - '0');
    ++digits;
  }
  return number;
}

// The end of a number in brackets at `at`, such as （一）; `at` if there is
// none.
size_t ReadBracketed(const std::u32string& text, size_t at, Segment* segment) {
  if (at >= text.size() || text[at] != '(') return at;
  size_t end = SkipBlanks(text, at + 1);
  bool han = false;
  const int number = ReadNumber(text, &end, &han);
  end = SkipBlanks(text, end);
  if (number == 0 || end >= text.size() || text[end] != ')') return at;
  segment->style = han ? NumberStyle::kBracket : NumberStyle::kDigit;
  segment->number = number;
  return end + 1;
}

// Where a number stands, and so what it needs to open a piece of text.
enum class NumberPlace {
  kLabelStart,  // `1 属于国家秘密` needs no mark.
  kTextStart,   // `一、` or `1.`
  kInside,      // `1.`
};

// The end of a list number such as `1.` at `at`; `at` if there is none.
size_t ReadListNumber(const std::u32string& text, size_t at, NumberPlace place,
                      Segment* segment) {
  size_t end = at;
  bool han = false;
  const int number = ReadNumber(text, &end, &han);
  if (number == 0 || number > kMaxListNumber ||
      (han && place == NumberPlace::kInside))
    return at;
  const size_t number_end = end;
  end = SkipBlanks(text, end);
  if (end >= text.size()) return at;
  if (EndsNumber(text[end])) {
    ++end;
    if (end < text.size() && IsAsciiDigit(text[end])) return at;
  } else if (han || number_end == end || place != NumberPlace::kLabelStart ||
             !IsHan(text[end])) {
    return at;
  }
  segment->style = han ? NumberStyle::kHan : NumberStyle::kDigit;
  segment->number = number;
  return end;
}

bool MayPrecedeNumber(const std::u32string& text, size_t at) {
  return at == 0 || !(IsAsciiDigit(text[at - 1]) || text[at - 1] == '.' ||
                      text[at - 1] == '-');
}

// The end of a number that opens a piece at `at`, or `at`.
size_t ReadNumbering(const std::u32string& text, size_t at, NumberPlace place,
                     Segment* segment) {
  const size_t end = ReadBracketed(text, at, segment);
  if (end != at) return end;
  if (!MayPrecedeNumber(text, at)) return at;
  return ReadListNumber(text, at, place, segment);
}

size_t SkipMarkdown(const std::u32string& text) {
  size_t at = 0;
  while (at < text.size() && (text[at] == ' ' || text[at] == '#' ||
                              text[at] == '*' || text[at] == '>')) {
    ++at;
  }
  return at;
}

}  // namespace

std::u32string CoreOf(absl::string_view text) {
  std::u32string core;
  const std::u32string folded = FoldText(text);
  for (size_t at = 0; at < folded.size();) {
    const size_t unit_end = SkipCountedUnit(folded, at);
    if (unit_end == at && IsCore(folded[at])) AppendCore(folded[at], &core);
    at = std::max(unit_end, at + 1);
  }
  return core;
}

void AppendSegments(absl::string_view text, std::vector<Segment>* segments) {
  const std::u32string folded = FoldText(text);
  size_t at = SkipMarkdown(folded);
  const size_t start = at;
  while (at < folded.size()) {
    const size_t unit_end = SkipCountedUnit(folded, at);
    if (unit_end != at && !segments->empty()) {
      at = unit_end;
      continue;
    }
    Segment segment;
    const char32_t code = folded[at];
    const bool may_open = at == start || code == '(' || IsAsciiDigit(code);
    const NumberPlace place =
        at == start ? NumberPlace::kLabelStart : NumberPlace::kInside;
    const size_t end =
        may_open ? ReadNumbering(folded, at, place, &segment) : at;
    if (end != at) {
      segments->push_back(segment);
      at = end;
      continue;
    }
    if (segments->empty()) segments->emplace_back();
    if (IsCore(code)) AppendCore(code, &segments->back().core);
    ++at;
  }
}

std::vector<Segment> SegmentsOf(absl::string_view text) {
  std::vector<Segment> segments;
  AppendSegments(text, &segments);
  return segments;
}

absl::string_view WithoutTrailingBracket(absl::string_view text) {
  const absl::string_view trimmed = TrimBlanks(text);
  int depth = 0;
  size_t open = 0;
  char32_t last = 0;
  for (size_t offset = 0; offset < trimmed.size();) {
    const CodePoint point = DecodeFirst(trimmed.substr(offset));
    last = Fold(point.value);
    if (last == '(' && depth++ == 0) open = offset;
    if (last == ')' && depth > 0) --depth;
    offset += point.size;
  }
  if (last != ')' || depth != 0) return trimmed;
  const absl::string_view head = TrimBlanks(trimmed.substr(0, open));
  return head.empty() ? trimmed : head;
}

size_t NumberingLength(absl::string_view text, Segment* numbering) {
  const std::u32string folded = FoldText(text.substr(0, 64));
  const size_t start = SkipMarkdown(folded);
  const size_t end =
      ReadNumbering(folded, start, NumberPlace::kTextStart, numbering);
  if (end == start) return 0;
  size_t bytes = 0;
  for (size_t i = 0; i < end; ++i) {
    bytes += DecodeFirst(text.substr(bytes)).size;
  }
  return bytes;
}

size_t MatchCorePrefix(absl::string_view text, const std::u32string& core) {
  size_t matched = 0;
  size_t offset = 0;
  while (matched < core.size()) {
    if (offset >= text.size()) return absl::string_view::npos;
    const CodePoint point = DecodeFirst(text.substr(offset));
    const char32_t code = Fold(point.value);
    if (IsCore(code)) {
      if (Lower(code) != core[matched]) return absl::string_view::npos;
      ++matched;
    }
    offset += point.size;
  }
  return offset;
}

}  // namespace annals::client
