#include "client/import/title_lines.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/import/normalise.h"
#include "client/import/unicode.h"
#include "client/import/web_page.h"

namespace annals::client {
namespace {

// A title takes at most so many lines.
constexpr size_t kMaxTitleLines = 3;
constexpr size_t kMaxTitleBytes = 600;
constexpr int kFirstYear = 2008;  // The first 条例.
constexpr int kLastYear = 2099;

bool IsSentence(absl::string_view text) {
  for (char32_t code : FoldText(text)) {
    if (code == U'。' || code == ',' || code == U'；' || code == ':')
      return true;
  }
  return false;
}

// The digits of a year at `at`, in figures or as 二〇二四; 0 if there is none.
int YearAt(const std::u32string& text, size_t at) {
  constexpr char32_t kDigits[] = U"〇一二三四五六七八九";
  int year = 0;
  for (size_t i = at; i < at + 4; ++i) {
    if (i >= text.size()) return 0;
    int digit = -1;
    if (IsAsciiDigit(text[i])) digit = static_cast<int>(text[i] - '0');
    for (int d = 0; d < 10; ++d) {
      if (kDigits[d] == text[i]) digit = d;
    }
    if (text[i] == U'零' || text[i] == U'○') digit = 0;
    if (digit < 0) return 0;
    year = year * 10 + digit;
  }
  return year >= kFirstYear && year <= kLastYear ? year : 0;
}

bool IsYear(const std::u32string& text, size_t at, int* year) {
  if (at > 0 && IsAsciiDigit(text[at - 1])) return false;
  *year = YearAt(text, at);
  return *year != 0 && at + 4 < text.size() && text[at + 4] == U'年';
}

// (2024)
bool IsYearInBrackets(const std::u32string& text, size_t at, int* year) {
  if (at == 0 || text[at - 1] != '(') return false;
  *year = YearAt(text, at);
  return *year != 0 && at + 4 < text.size() && text[at + 4] == ')';
}

int YearOfTitle(const std::u32string& title, size_t* place) {
  for (size_t i = 0; i < title.size(); ++i) {
    int year = 0;
    if (!IsYear(title, i, &year) && !IsYearInBrackets(title, i, &year)) {
      continue;
    }
    *place = i;
    return year;
  }
  return 0;
}

bool Has(const std::u32string& text, const std::u32string& word) {
  return text.find(word) != std::u32string::npos;
}

bool EndsTitle(const std::u32string& core) {
  constexpr size_t kMaxAfter = 8;
  if (!Has(core, U"信息公开")) return false;
  if (Has(core, U"报告")) return core.find(U"报告") + kMaxAfter >= core.size();
  // Menus and columns have 年报 without a year.
  size_t place = 0;
  return Has(core, U"年报") && core.find(U"年报") + kMaxAfter >= core.size() &&
         YearOfTitle(core, &place) != 0;
}

// The text of a line, or of the only cell of a barred or tabbed one that has
// any; empty if several have.
absl::string_view LineText(const Line& line) {
  if (!line.delimited) return TrimBlanks(line.text);
  absl::string_view text;
  for (const Atom& atom : line.atoms) {
    if (atom.kind == AtomKind::kBlank) continue;
    if (!text.empty()) return {};
    text = atom.text;
  }
  return text;
}

std::string JoinLines(const std::vector<Line>& lines, size_t begin,
                      size_t end) {
  std::string text;
  for (size_t i = begin; i < end; ++i) {
    if (!lines[i].IsEmpty()) absl::StrAppend(&text, LineText(lines[i]));
  }
  return text;
}

// A line of a title is no sentence, and nothing that a page prints around it.
bool MayBeTitle(const Line& line) {
  if (line.IsEmpty()) return true;
  const absl::string_view text = LineText(line);
  return !text.empty() && text.size() <= kMaxTitleBytes && !IsSentence(text) &&
         text.find('>') == absl::string_view::npos &&
         text.find("\u00BB") == absl::string_view::npos && !IsPageHead(line);
}

// How agencies' names end.
bool EndsAsAgency(const std::u32string& core) {
  constexpr absl::string_view kEnds[] = {
      "局",   "委",   "委员会", "办公室", "政府", "厅",    "院",   "中心",
      "处",   "队",   "所",     "站",     "镇",   "乡",    "街道", "区",
      "市",   "县",   "部",     "署",     "社",   "馆",    "司",   "公司",
      "学校", "大学", "办",     "办事处", "会",   "管委会"};
  for (absl::string_view end : kEnds) {
    const std::u32string word = FoldText(end);
    if (core.size() > word.size() && core.size() >= 3 &&
        core.compare(core.size() - word.size(), word.size(), word) == 0) {
      return true;
    }
  }
  return false;
}

// The content of a pair of brackets that the title begins with, and the rest;
// a word such as 【年报】 before it is no part of the title.
std::u32string WithoutBracketAtStart(const std::u32string& title) {
  constexpr std::u32string_view kOpen = U"【[〔《(";
  constexpr std::u32string_view kClose = U"】]〕》)";
  if (title.empty()) return title;
  const size_t kind = kOpen.find(title.front());
  if (kind == std::u32string_view::npos) return title;
  const size_t end = title.find(kClose[kind]);
  if (end == std::u32string::npos) return title.substr(1);
  const std::u32string content = title.substr(1, end - 1);
  const std::u32string rest = title.substr(end + 1);
  const bool is_mark = kind < 3 && !Has(content, U"报告") &&
                       YearAt(content, 0) == 0 && !EndsAsAgency(content);
  return is_mark ? rest : content + rest;
}

// The title's first line alone names no agency: the line above does.
bool NeedsAgency(std::u32string title) {
  int year = 0;
  if (title.compare(0, 2, U"关于") == 0) title.erase(0, 2);
  if (title.find(U"政府信息公开") == 0) return true;
  const size_t words = title.find(U"政府信息公开");
  if (!IsYear(title, 0, &year) || words == std::u32string::npos) return false;
  return words <= 6;  // 2024年度政府信息公开
}

bool IsYearAlone(const std::u32string& core) {
  int year = 0;
  return core.size() <= 6 && IsYear(core, 0, &year);
}

// 2024年 and 2024年度 cut off.
std::u32string WithoutYearAtEnd(const std::u32string& core) {
  size_t place = 0;
  const bool ends_in_year =
      YearOfTitle(core, &place) != 0 && IsYearAlone(core.substr(place));
  return ends_in_year ? core.substr(0, place) : core;
}

// The first of the lines above the title that name the agency, or the year on
// a line of its own, as far as the title does not: `core` is what it says.
size_t WithLinesAbove(const std::vector<Line>& lines, size_t begin,
                      const std::u32string& core) {
  size_t place = 0;
  bool needs_agency = NeedsAgency(core);
  bool needs_year = YearOfTitle(core, &place) == 0;
  while (needs_agency || needs_year) {
    size_t above = begin;
    while (above > 0 && lines[above - 1].IsEmpty()) --above;
    if (above == 0 || !MayBeTitle(lines[above - 1])) break;
    const std::u32string printed = CoreOf(LineText(lines[above - 1]));
    if (needs_year && IsYearAlone(printed)) {
      needs_year = false;
    } else if (needs_agency &&
               EndsAsAgency(needs_year ? WithoutYearAtEnd(printed) : printed)) {
      needs_agency = false;
      needs_year = false;
    } else {
      break;
    }
    begin = above - 1;
  }
  return begin;
}

// The end of the title if the year stands on a line of its own below it.
size_t WithYearLine(const std::vector<Line>& lines, size_t end) {
  size_t below = end;
  while (below < lines.size() && lines[below].IsEmpty()) ++below;
  if (below == lines.size()) return end;
  return IsYearAlone(CoreOf(LineText(lines[below]))) ? below + 1 : end;
}

// The fewest lines down to `end` that end as a title does and begin with its
// first words.
std::optional<TitleLines> TitleEndingAt(const std::vector<Line>& lines,
                                        size_t end) {
  size_t printed = 0;
  for (size_t begin = end; begin-- > 0 && printed < kMaxTitleLines;) {
    if (!MayBeTitle(lines[begin])) return std::nullopt;
    if (lines[begin].IsEmpty()) continue;
    ++printed;
    const std::u32string core = CoreOf(JoinLines(lines, begin, end));
    if (!EndsTitle(core)) continue;
    begin = WithLinesAbove(lines, begin, core);
    size_t place = 0;
    const std::u32string dense = WithoutBlanks(JoinLines(lines, begin, end));
    if (YearOfTitle(dense, &place) == 0) end = WithYearLine(lines, end);
    return TitleLines{{begin, end}, JoinLines(lines, begin, end)};
  }
  return std::nullopt;
}

std::string AgencyOfTitle(const std::u32string& printed) {
  const std::u32string title = WithoutBracketAtStart(printed);
  size_t year_at = title.size();
  const int year = YearOfTitle(title, &year_at);
  const size_t words =
      std::min(title.find(U"政府信息公开"), title.find(U"信息公开"));
  std::u32string agency;
  if (year != 0 && year_at > 0 && year_at < words) {
    agency = title.substr(0, year_at);
  } else if (year != 0 && year_at == 0) {
    size_t begin = 5;
    if (begin < title.size() && title[begin] == U'度') ++begin;
    if (begin < words) agency = title.substr(begin, words - begin);
  } else {
    agency = title.substr(0, words);
  }
  while (!agency.empty() && (agency.front() == '#' || agency.front() == '*')) {
    agency.erase(0, 1);
  }
  if (agency.compare(0, 2, U"关于") == 0) agency.erase(0, 2);
  agency.resize(std::min(agency.size(), agency.find(U"关于")));
  while (!agency.empty() && (agency.back() == '(' || agency.back() == ')' ||
                             agency.back() == U'《')) {
    agency.pop_back();
  }
  return ToUtf8(agency);
}

// Filled from its text.
void Describe(TitleLines* title) {
  const std::u32string dense = WithoutBlanks(title->text);
  size_t place = 0;
  title->year = YearOfTitle(dense, &place);
  title->agency = AgencyOfTitle(dense);
}

}  // namespace

std::u32string WithoutBlanks(absl::string_view text) {
  std::u32string dense;
  for (char32_t code : FoldText(text)) {
    if (code != ' ') dense.push_back(code);
  }
  return dense;
}

int YearAtPlace(const std::u32string& text, size_t at) {
  int year = 0;
  return IsYear(text, at, &year) ? year : 0;
}

int YearAtStart(const std::u32string& text) { return YearAtPlace(text, 0); }

int TitleYear(const Line& line) {
  if (line.IsEmpty() || line.text.size() > kMaxTitleBytes ||
      IsSentence(line.text) || !EndsTitle(CoreOf(line.text))) {
    return 0;
  }
  size_t place = 0;
  return YearOfTitle(WithoutBlanks(line.text), &place);
}

int TitleLines::Named() const {
  return (year != 0 ? 2 : 0) + (agency.empty() ? 0 : 1);
}

std::vector<TitleLines> FindTitles(const std::vector<Line>& lines,
                                   size_t limit) {
  std::vector<TitleLines> titles;
  for (size_t end = 1; end <= limit; ++end) {
    if (lines[end - 1].IsEmpty()) continue;
    auto title = TitleEndingAt(lines, end);
    if (!title.has_value()) continue;
    Describe(&*title);
    // A title with the line below it is the same one.
    const bool again =
        !titles.empty() && title->lines.begin < titles.back().lines.end;
    if (!again) {
      titles.push_back(*std::move(title));
    } else if (title->Named() > titles.back().Named()) {
      titles.back() = *std::move(title);
    }
  }
  return titles;
}

}  // namespace annals::client
