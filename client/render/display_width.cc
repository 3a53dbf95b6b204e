#include "client/render/display_width.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace annals::client {
namespace {

struct Range {
  char32_t first = 0;
  char32_t last = 0;
};

// East_Asian_Width W or F, Unicode 15, joined where only unassigned code points
// lie between. Sorted.
constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},
    {0x23E9, 0x23EC},   {0x23F0, 0x23F0},   {0x23F3, 0x23F3},
    {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},
    {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},
    {0x26CE, 0x26CE},   {0x26D4, 0x26D4},   {0x26EA, 0x26EA},
    {0x26F2, 0x26F3},   {0x26F5, 0x26F5},   {0x26FA, 0x26FA},
    {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},
    {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x27B0, 0x27B0},   {0x27BF, 0x27BF},   {0x2B1B, 0x2B1C},
    {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},
    {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x16FE0, 0x1B2FF}, {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A},
    {0x1F200, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C},
    {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3},
    {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E},
    {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D},
    {0x1F54B, 0x1F54E}, {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A},
    {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F},
    {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2},
    {0x1F6D5, 0x1F6D7}, {0x1F6DC, 0x1F6DF}, {0x1F6EB, 0x1F6EC},
    {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7EB}, {0x1F7F0, 0x1F7F0},
    {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945}, {0x1F947, 0x1F9FF},
    {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

// General_Category Mn, Me or Cf of the scripts that occur in Chinese text, and
// variation selectors. Sorted.
constexpr Range kCombining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
    {0x200B, 0x200F}, {0x202A, 0x202E},   {0x2060, 0x2064}, {0x20D0, 0x20FF},
    {0x302A, 0x302D}, {0x3099, 0x309A},   {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};

// East_Asian_Width A, as far as Chinese texts and our own tables use it.
// Sorted.
constexpr Range kAmbiguous[] = {
    {0x00A1, 0x00A1}, {0x00A4, 0x00A4}, {0x00A7, 0x00A8}, {0x00AA, 0x00AA},
    {0x00AD, 0x00AE}, {0x00B0, 0x00B4}, {0x00B6, 0x00BA}, {0x00BC, 0x00BF},
    {0x00D7, 0x00D7}, {0x00E0, 0x00E1}, {0x00E8, 0x00EA}, {0x00EC, 0x00ED},
    {0x00F2, 0x00F3}, {0x00F7, 0x00FA}, {0x0391, 0x03C9}, {0x0401, 0x0401},
    {0x0410, 0x0451}, {0x2010, 0x2010}, {0x2013, 0x2016}, {0x2018, 0x2019},
    {0x201C, 0x201D}, {0x2020, 0x2022}, {0x2024, 0x2027}, {0x2030, 0x2030},
    {0x2032, 0x2033}, {0x2035, 0x2035}, {0x203B, 0x203B}, {0x203E, 0x203E},
    {0x20AC, 0x20AC}, {0x2103, 0x2103}, {0x2109, 0x2109}, {0x2116, 0x2116},
    {0x2121, 0x2122}, {0x2153, 0x2154}, {0x215B, 0x215E}, {0x2160, 0x216B},
    {0x2170, 0x2179}, {0x2190, 0x2199}, {0x21D2, 0x21D2}, {0x21D4, 0x21D4},
    {0x2200, 0x22BF}, {0x2460, 0x24E9}, {0x24EB, 0x254B}, {0x2550, 0x2573},
    {0x2580, 0x258F}, {0x2592, 0x2595}, {0x25A0, 0x25A1}, {0x25A3, 0x25A9},
    {0x25B2, 0x25B3}, {0x25B6, 0x25B7}, {0x25BC, 0x25BD}, {0x25C0, 0x25C1},
    {0x25C6, 0x25C8}, {0x25CB, 0x25CB}, {0x25CE, 0x25D1}, {0x2605, 0x2606},
    {0x2640, 0x2640}, {0x2642, 0x2642}, {0x2776, 0x277F}, {0xE000, 0xF8FF},
    {0xFFFD, 0xFFFD},
};

template <size_t kSize>
bool Contains(const Range (&ranges)[kSize], char32_t code_point) {
  const Range* range = std::lower_bound(
      std::begin(ranges), std::end(ranges), code_point,
      [](const Range& r, char32_t value) { return r.last < value; });
  return range != std::end(ranges) && range->first <= code_point;
}

size_t SequenceLength(unsigned char lead) {
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  if (lead >= 0xE0) return lead < 0xF0 ? 3 : 1;
  return lead >= 0xC2 ? 2 : 1;
}

struct Character {
  absl::string_view bytes;
  char32_t code_point = 0;
};

// The first character of `text`, which is not empty. A byte that begins no
// UTF-8 sequence stands as U+FFFD.
Character FirstCharacter(absl::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {text.substr(0, 1), lead};
  const size_t length = SequenceLength(lead);
  if (length == 1 || length > text.size()) return {text.substr(0, 1), 0xFFFD};
  char32_t code_point = lead & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return {text.substr(0, 1), 0xFFFD};
    code_point = (code_point << 6) | (byte & 0x3F);
  }
  return {text.substr(0, length), code_point};
}

std::vector<Character> Characters(absl::string_view text) {
  std::vector<Character> characters;
  while (!text.empty()) {
    characters.push_back(FirstCharacter(text));
    text.remove_prefix(characters.back().bytes.size());
  }
  return characters;
}

// Marks that must not begin a line.
bool IsClosing(absl::string_view bytes) {
  static constexpr absl::string_view kClosing =
      "，。、；：？！）》」』】”’·%.,;:?!)]";
  return kClosing.find(bytes) != absl::string_view::npos;
}

// Marks that must not end one.
bool IsOpening(absl::string_view bytes) {
  static constexpr absl::string_view kOpening = "（《「『【“‘([";
  return kOpening.find(bytes) != absl::string_view::npos;
}

bool MayBreakBetween(const Character& before, const Character& after,
                     AmbiguousWidth ambiguous) {
  if (before.bytes == " ") return true;
  if (after.bytes == " " || IsClosing(after.bytes) || IsOpening(before.bytes)) {
    return false;
  }
  if (CodePointWidth(after.code_point, ambiguous) == 0) return false;
  if (before.bytes == "-" && after.code_point < 0x80 &&
      absl::ascii_isalpha(static_cast<unsigned char>(after.code_point))) {
    return true;
  }
  return CodePointWidth(before.code_point, ambiguous) == 2 ||
         CodePointWidth(after.code_point, ambiguous) == 2;
}

std::string Joined(const std::vector<Character>& characters, size_t begin,
                   size_t end) {
  while (end > begin && characters[end - 1].bytes == " ") --end;
  std::string line;
  for (size_t i = begin; i < end; ++i) {
    line.append(characters[i].bytes.data(), characters[i].bytes.size());
  }
  return line;
}

// The end of the line that begins at `begin`.
size_t LineEnd(const std::vector<Character>& characters, size_t begin,
               size_t width, AmbiguousWidth ambiguous) {
  size_t used = 0;
  size_t last_break = 0;
  for (size_t i = begin; i < characters.size(); ++i) {
    const size_t columns = static_cast<size_t>(
        CodePointWidth(characters[i].code_point, ambiguous));
    if (i > begin &&
        MayBreakBetween(characters[i - 1], characters[i], ambiguous)) {
      last_break = i;
    }
    // A space at the end of a line is not drawn.
    if (used + columns > width && characters[i].bytes != " " && i > begin) {
      return last_break > begin ? last_break : i;
    }
    used += columns;
  }
  return characters.size();
}

void WrapParagraph(absl::string_view paragraph, size_t width,
                   AmbiguousWidth ambiguous, std::vector<std::string>* lines) {
  const std::vector<Character> characters = Characters(paragraph);
  size_t begin = 0;
  do {
    const size_t end = LineEnd(characters, begin, width, ambiguous);
    lines->push_back(Joined(characters, begin, end));
    begin = end;
    while (begin < characters.size() && characters[begin].bytes == " ") {
      ++begin;
    }
  } while (begin < characters.size());
}

}  // namespace

int CodePointWidth(char32_t code_point, AmbiguousWidth ambiguous) {
  if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0)) return 0;
  if (code_point < 0x7F) return 1;
  if (Contains(kCombining, code_point)) return 0;
  if (Contains(kWide, code_point)) return 2;
  if (Contains(kAmbiguous, code_point)) return static_cast<int>(ambiguous);
  return 1;
}

size_t DisplayWidth(absl::string_view text, AmbiguousWidth ambiguous) {
  size_t width = 0;
  for (const Character& character : Characters(text)) {
    width +=
        static_cast<size_t>(CodePointWidth(character.code_point, ambiguous));
  }
  return width;
}

std::string Pad(absl::string_view text, size_t width, Align align,
                AmbiguousWidth ambiguous) {
  const size_t used = DisplayWidth(text, ambiguous);
  if (used >= width) return std::string(text);
  const size_t missing = width - used;
  size_t left = 0;
  if (align == Align::kRight) left = missing;
  if (align == Align::kCenter) left = missing / 2;
  return absl::StrCat(std::string(left, ' '), text,
                      std::string(missing - left, ' '));
}

std::string CutToWidth(absl::string_view text, size_t width,
                       AmbiguousWidth ambiguous) {
  constexpr absl::string_view kEllipsis = "…";
  if (DisplayWidth(text, ambiguous) <= width) return std::string(text);
  size_t left = width - std::min(width, DisplayWidth(kEllipsis, ambiguous));
  std::string cut;
  for (const Character& character : Characters(text)) {
    const auto columns =
        static_cast<size_t>(CodePointWidth(character.code_point, ambiguous));
    if (columns > left) break;
    left -= columns;
    absl::StrAppend(&cut, character.bytes);
  }
  return absl::StrCat(cut, kEllipsis);
}

std::vector<std::string> Wrap(absl::string_view text, size_t width,
                              AmbiguousWidth ambiguous) {
  std::vector<std::string> lines;
  for (absl::string_view paragraph : absl::StrSplit(text, '\n')) {
    WrapParagraph(paragraph, width, ambiguous, &lines);
  }
  return lines;
}

std::vector<std::string> WrapBalanced(absl::string_view text, size_t width,
                                      AmbiguousWidth ambiguous) {
  const std::vector<std::string> lines = Wrap(text, width, ambiguous);
  for (size_t narrower = 2; narrower < width; ++narrower) {
    std::vector<std::string> candidate = Wrap(text, narrower, ambiguous);
    const bool whole = std::all_of(
        candidate.begin(), candidate.end(), [&](const std::string& line) {
          return DisplayWidth(line, ambiguous) <= narrower;
        });
    if (whole && candidate.size() <= lines.size()) return candidate;
  }
  return lines;
}

}  // namespace annals::client
