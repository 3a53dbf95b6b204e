#include "client/import/headings.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/import/label_match.h"
#include "client/import/normalise.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// A longer line is prose.
constexpr size_t kMaxHeadingBytes = 4096;
// Words that a heading may have besides the official ones.
constexpr size_t kMaxExtraCore = 10;
constexpr size_t kMinFuzzyCore = 6;
constexpr size_t kMinContainedCore = 4;

struct SectionWording {
  v1::Section section;
  std::u32string core;
};

const std::vector<SectionWording>& Wordings() {
  static const auto* wordings = [] {
    auto* result = new std::vector<SectionWording>();
    const auto* descriptor = v1::Section_descriptor();
    for (int i = 0; i < descriptor->value_count(); ++i) {
      const auto* value = descriptor->value(i);
      if (value->number() == v1::SECTION_UNSPECIFIED) continue;
      for (const std::string& wording : LabelWordings(value)) {
        result->push_back({static_cast<v1::Section>(value->number()),
                           SegmentsOf(wording).back().core});
      }
    }
    return result;
  }();
  return *wordings;
}

// The text that may be a heading: a whole line, or the only cell of a row.
absl::string_view HeadingText(const Line& line) {
  if (line.decoration || line.text.size() > kMaxHeadingBytes) return {};
  if (!line.delimited) return TrimBlanks(line.text);
  absl::string_view text;
  for (const Atom& atom : line.atoms) {
    if (atom.kind == AtomKind::kBlank) continue;
    if (atom.kind == AtomKind::kFigure || !text.empty()) return {};
    text = atom.text;
  }
  return text;
}

// The length of 第一部分 or of a number such as 一、; 0 if there is none.
size_t SectionNumberLength(absl::string_view text, Segment* numbering) {
  const size_t length = NumberingLength(text, numbering);
  if (length > 0) return length;
  const std::u32string folded = FoldText(text.substr(0, 60));
  // 一 总体情况: a blank for the mark.
  const std::u32string numerals = U"一二三四五六";
  if (folded.size() > 2 && folded[1] == ' ' &&
      numerals.find(folded[0]) != std::u32string::npos) {
    numbering->style = NumberStyle::kHan;
    numbering->number = static_cast<int>(numerals.find(folded[0])) + 1;
    const size_t numeral = DecodeFirst(text).size;
    return numeral + DecodeFirst(text.substr(numeral)).size;
  }
  if (folded.empty() || folded[0] != U'第') return 0;
  const size_t part = folded.find(U"部分");
  if (part == std::u32string::npos || part > 3) return 0;
  numbering->style = NumberStyle::kHan;
  const size_t end = MatchCorePrefix(text, folded.substr(0, part + 2));
  return end == absl::string_view::npos ? 0 : end;
}

// What follows the official words: nothing, an addition in brackets, or, after
// a colon or full stop, the section's text.
enum class Tail { kNone, kText, kOther };

Tail TailKind(absl::string_view tail, absl::string_view* text) {
  tail = TrimBlanks(tail);
  while (!tail.empty() && (tail.front() == '*' || tail.front() == '#')) {
    tail.remove_prefix(1);
  }
  if (tail.empty()) return Tail::kNone;
  const CodePoint first = DecodeFirst(tail);
  const char32_t code = Fold(first.value);
  if (code == '(') {
    const char32_t last =
        FoldText(tail.substr(tail.size() < 3 ? 0 : tail.size() - 3)).back();
    return last == ')' || tail.back() == ')' ? Tail::kNone : Tail::kOther;
  }
  if (code != ':' && code != U'。' && code != U'：') return Tail::kOther;
  *text = TrimBlanks(tail.substr(first.size));
  return text->empty() ? Tail::kNone : Tail::kText;
}

bool IsNear(const std::u32string& core, const std::u32string& wording) {
  if (wording.size() < kMinFuzzyCore) return false;
  const int limit = wording.size() >= 8 ? 2 : 1;
  return EditDistance(core, wording, limit) <= limit;
}

bool IsContained(const std::u32string& core, const std::u32string& wording) {
  return wording.size() >= kMinContainedCore &&
         core.size() <= wording.size() + kMaxExtraCore &&
         core.find(wording) != std::u32string::npos;
}

// 五、 and 六、 are often worded freely.
v1::Section FreeWording(const Segment& numbering, const std::u32string& core) {
  const auto has = [&core](const std::u32string& word) {
    return core.find(word) != std::u32string::npos;
  };
  if (numbering.style != NumberStyle::kHan || core.size() > 25) {
    return v1::SECTION_UNSPECIFIED;
  }
  if (numbering.number == 5 && has(U"问题") && has(U"改进")) {
    return v1::SECTION_S5_PROBLEMS;
  }
  if (numbering.number == 6 && has(U"其他") && has(U"报告")) {
    return v1::SECTION_S6_OTHER;
  }
  return v1::SECTION_UNSPECIFIED;
}

// Whether `core` begins a wording that the next printed line completes.
bool ContinuesOn(const std::vector<Line>& lines, size_t line,
                 const std::u32string& core, const std::u32string& wording) {
  if (core.size() < kMinFuzzyCore || core.size() >= wording.size() ||
      wording.compare(0, core.size(), core) != 0 || line + 1 >= lines.size()) {
    return false;
  }
  return CoreOf(HeadingText(lines[line + 1])) == wording.substr(core.size());
}

Heading MakeHeading(v1::Section section, size_t line, absl::string_view printed,
                    bool numbered) {
  Heading heading;
  heading.section = section;
  heading.lines = {line, line + 1};
  heading.printed = std::string(printed);
  heading.numbered = numbered;
  return heading;
}

// The official words at the start of the title, then nothing or the text.
std::optional<Heading> OfficialHeading(absl::string_view text,
                                       absl::string_view title, size_t line,
                                       bool numbered) {
  for (const SectionWording& wording : Wordings()) {
    const size_t end = MatchCorePrefix(title, wording.core);
    if (end == absl::string_view::npos) continue;
    absl::string_view rest;
    const Tail tail = TailKind(title.substr(end), &rest);
    if (tail == Tail::kOther || (tail == Tail::kText && !numbered)) continue;
    const size_t printed_size =
        tail == Tail::kText
            ? static_cast<size_t>(title.data() + end - text.data())
            : text.size();
    Heading heading = MakeHeading(wording.section, line,
                                  text.substr(0, printed_size), numbered);
    heading.rest = rest;
    return heading;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Heading> HeadingAt(const std::vector<Line>& lines, size_t line) {
  const absl::string_view text = HeadingText(lines[line]);
  if (text.empty()) return std::nullopt;
  Segment numbering;
  const size_t number_length = SectionNumberLength(text, &numbering);
  const bool numbered = number_length > 0;
  const absl::string_view title = text.substr(number_length);
  auto official = OfficialHeading(text, title, line, numbered);
  if (official.has_value() || !numbered || text.size() > 300) return official;
  const std::u32string core = CoreOf(WithoutTrailingBracket(title));
  for (const SectionWording& wording : Wordings()) {
    if (IsNear(core, wording.core) || IsContained(core, wording.core)) {
      return MakeHeading(wording.section, line, text, numbered);
    }
    if (ContinuesOn(lines, line, core, wording.core)) {
      Heading heading = MakeHeading(wording.section, line, text, numbered);
      absl::StrAppend(&heading.printed, HeadingText(lines[line + 1]));
      ++heading.lines.end;
      return heading;
    }
  }
  const v1::Section free = FreeWording(numbering, core);
  if (free == v1::SECTION_UNSPECIFIED) return std::nullopt;
  return MakeHeading(free, line, text, numbered);
}

}  // namespace annals::client
