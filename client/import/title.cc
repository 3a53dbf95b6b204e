#include "client/import/title.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/import/normalise.h"
#include "client/import/unicode.h"
#include "client/import/web_page.h"

namespace annals::client {
namespace {

// The title stands within so many lines, and takes at most three.
constexpr size_t kMaxTitleLine = 400;
constexpr size_t kMaxTitleLines = 3;
constexpr size_t kMaxTitleBytes = 600;
constexpr size_t kMaxPeriodText = 20000;
constexpr int kFirstYear = 2008;  // The first 条例.
constexpr int kLastYear = 2099;

struct TitleLines {
  LineRange lines;
  std::string text;
};

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

int YearOfTitle(const std::u32string& title, size_t* place) {
  for (size_t i = 0; i < title.size(); ++i) {
    int year = 0;
    if (!IsYear(title, i, &year)) continue;
    *place = i;
    return year;
  }
  return 0;
}

// The text without blanks.
std::u32string Dense(absl::string_view text) {
  std::u32string dense;
  for (char32_t code : FoldText(text)) {
    if (code != ' ') dense.push_back(code);
  }
  return dense;
}

bool Has(const std::u32string& text, const std::u32string& word) {
  return text.find(word) != std::u32string::npos;
}

bool EndsTitle(const std::u32string& core) {
  return Has(core, U"信息公开") && Has(core, U"报告") &&
         core.find(U"报告") + 8 >= core.size();
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

// The title's first line alone names no agency: the line above does.
bool NeedsAgency(std::u32string title) {
  int year = 0;
  if (title.compare(0, 2, U"关于") == 0) title.erase(0, 2);
  if (title.find(U"政府信息公开") == 0) return true;
  const size_t words = title.find(U"政府信息公开");
  if (!IsYear(title, 0, &year) || words == std::u32string::npos) return false;
  return words <= 6;  // 2024年度政府信息公开
}

// The line above the title, if it can name the agency.
size_t WithAgencyLine(const std::vector<Line>& lines, size_t begin) {
  size_t above = begin;
  while (above > 0 && lines[above - 1].IsEmpty()) --above;
  if (above == 0 || !MayBeTitle(lines[above - 1]) ||
      !EndsAsAgency(CoreOf(LineText(lines[above - 1])))) {
    return begin;
  }
  return above - 1;
}

// The end of the title if the year stands on a line of its own below it.
size_t WithYearLine(const std::vector<Line>& lines, size_t end) {
  size_t below = end;
  while (below < lines.size() && lines[below].IsEmpty()) ++below;
  if (below == lines.size()) return end;
  const std::u32string core = CoreOf(LineText(lines[below]));
  int year = 0;
  return core.size() <= 6 && IsYear(core, 0, &year) ? below + 1 : end;
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
    if (NeedsAgency(core)) begin = WithAgencyLine(lines, begin);
    size_t place = 0;
    if (YearOfTitle(core, &place) == 0) end = WithYearLine(lines, end);
    return TitleLines{{begin, end}, JoinLines(lines, begin, end)};
  }
  return std::nullopt;
}

bool EndsWith(const std::u32string& text, const std::u32string& end) {
  return text.size() >= end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string AgencyOfTitle(const std::u32string& title) {
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
  if (EndsWith(agency, U"关于")) agency.resize(agency.size() - 2);
  if (agency.compare(0, 2, U"关于") == 0) agency.erase(0, 2);
  while (!agency.empty() && (agency.back() == '(' || agency.back() == ')' ||
                             agency.back() == U'《')) {
    agency.pop_back();
  }
  return ToUtf8(agency);
}

// The first title that names a year and an agency; else the one that names
// most: menus and paths have titles, too.
std::optional<TitleLines> FindTitle(const std::vector<Line>& lines,
                                    size_t limit) {
  std::optional<TitleLines> best;
  int most = -1;
  for (size_t end = 1; end <= limit; ++end) {
    if (lines[end - 1].IsEmpty()) continue;
    auto title = TitleEndingAt(lines, end);
    if (!title.has_value()) continue;
    const std::u32string dense = Dense(title->text);
    size_t place = 0;
    const int named = (YearOfTitle(dense, &place) != 0 ? 2 : 0) +
                      (AgencyOfTitle(dense).empty() ? 0 : 1);
    if (named > most) best = std::move(title);
    most = std::max(most, named);
    if (most == 3) break;
  }
  return best;
}

// Reads a number and the character that must follow it.
bool ReadPart(const std::u32string& text, size_t* at, char32_t unit,
              int* part) {
  int number = 0;
  size_t i = *at;
  while (i < text.size() && IsAsciiDigit(text[i]) && i < *at + 4) {
    number = number * 10 + static_cast<int>(text[i++] - '0');
  }
  if (i == *at || i >= text.size() || text[i] != unit) return false;
  *at = i + 1;
  *part = number;
  return true;
}

// `default_year`: the year of a day that prints none; 0 if it must.
bool ReadDate(const std::u32string& text, size_t* at, int default_year,
              v1::Date* date) {
  int year = default_year;
  int month = 0;
  int day = 0;
  size_t i = *at;
  if (!ReadPart(text, &i, U'年', &year) && default_year == 0) return false;
  if (!ReadPart(text, &i, U'月', &month)) return false;
  if (!ReadPart(text, &i, U'日', &day)) return false;
  const bool known = year >= kFirstYear && year <= kLastYear && month >= 1 &&
                     month <= 12 && day >= 1 && day <= 31;
  if (!known) return false;
  date->set_year(year);
  date->set_month(month);
  date->set_day(day);
  *at = i;
  return true;
}

// `2024年1月1日起至2024年12月31日止`, near a word that says what it is.
bool ReadPeriodNear(const std::u32string& text, const std::u32string& word,
                    v1::StatisticalPeriod* period) {
  for (size_t anchor = text.find(word); anchor != std::u32string::npos;
       anchor = text.find(word, anchor + 1)) {
    const size_t limit = std::min(text.size(), anchor + 30);
    for (size_t i = anchor; i < limit; ++i) {
      size_t at = i;
      v1::Date start;
      if (!IsAsciiDigit(text[i]) || !ReadDate(text, &at, 0, &start)) continue;
      while (at < text.size() &&
             (text[at] == U'起' || text[at] == U'至' || text[at] == U'到' ||
              text[at] == '-' || text[at] == '~' || text[at] == ',')) {
        ++at;
      }
      v1::Date end;
      if (!ReadDate(text, &at, start.year(), &end)) break;
      *period->mutable_start() = start;
      *period->mutable_end() = end;
      return true;
    }
  }
  return false;
}

bool ReadPeriod(const std::u32string& text, v1::StatisticalPeriod* period) {
  return ReadPeriodNear(text, U"统计", period) ||
         ReadPeriodNear(text, U"期限", period);
}

// The year that the text names most; 0 if it names none.
int MostNamedYear(const std::u32string& text) {
  std::map<int, int> named;
  for (size_t i = 0; i + 4 < text.size(); ++i) {
    int year = 0;
    if (IsYear(text, i, &year)) ++named[year];
  }
  int best = 0;
  for (const auto& [year, count] : named) {
    if (best == 0 || count > named[best]) best = year;
  }
  return best;
}

void CheckYear(const std::u32string& text, v1::Report* report,
               std::vector<Remark>* remarks) {
  const int period_year = report->period().end().year();
  if (report->year() != 0) {
    if (period_year == 0 || period_year == report->year()) return;
    AddRemark("YEAR_DISAGREES", 0,
              {absl::StrCat("The title says ", report->year(),
                            ", the days covered end in ", period_year, "."),
               absl::StrCat("标题年度为 ", report->year(), "，统计期限止于 ",
                            period_year, " 年。")},
              remarks);
    return;
  }
  const int year = period_year != 0 ? period_year : MostNamedYear(text);
  report->set_year(year);
  if (year == 0) {
    AddRemark("YEAR_NOT_FOUND", 0,
              {"The text does not say which year it reports on.",
               "文本未说明报告年度。"},
              remarks);
    return;
  }
  AddRemark("YEAR_DOUBTFUL", 0,
            {absl::StrCat("The title does not name the year; ", year,
                          " was taken from the text."),
             absl::StrCat("标题未注明年度，据正文取 ", year, " 年。")},
            remarks);
}

// The start of the text without blanks.
std::u32string Opening(const std::vector<Line>& lines) {
  std::u32string text;
  for (size_t i = 0; i < lines.size() && text.size() < kMaxPeriodText; ++i) {
    if (lines[i].decoration) continue;
    text += Dense(lines[i].text.substr(0, 4 * kMaxPeriodText));
  }
  return text;
}

// What the page prints below the title is no preface.
void SkipPageHead(const std::vector<Line>& lines, LineRange* preface) {
  size_t line = preface->begin;
  while (line < preface->end &&
         (lines[line].IsEmpty() || IsPageHead(lines[line]))) {
    ++line;
    if (!lines[line - 1].IsEmpty()) preface->begin = line;
  }
}

}  // namespace

int YearAtStart(const std::u32string& text) {
  int year = 0;
  return IsYear(text, 0, &year) ? year : 0;
}

int TitleYear(const Line& line) {
  if (line.IsEmpty() || line.text.size() > kMaxTitleBytes ||
      IsSentence(line.text) || !EndsTitle(CoreOf(line.text))) {
    return 0;
  }
  size_t place = 0;
  return YearOfTitle(Dense(line.text), &place);
}

void ReadTitle(const std::vector<Line>& lines, const Sections& sections,
               v1::Report* report, LineRange* preface,
               std::vector<Remark>* remarks) {
  size_t limit = std::min(lines.size(), kMaxTitleLine);
  const Heading* first = sections.Find(v1::SECTION_S1_OVERVIEW);
  const size_t overview = first == nullptr ? limit : first->lines.begin;
  limit = std::min(limit, overview);
  const auto title = FindTitle(lines, limit);
  if (title.has_value()) {
    const std::u32string dense = Dense(title->text);
    size_t place = 0;
    report->set_title(title->text);
    report->set_year(YearOfTitle(dense, &place));
    report->set_agency_name(AgencyOfTitle(dense));
    *preface = {title->lines.end, overview};
    SkipPageHead(lines, preface);
  } else {
    AddRemark("TITLE_NOT_FOUND", 0,
              {"The title of the report was not found.", "未找到报告标题。"},
              remarks);
  }
  if (title.has_value() && report->agency_name().empty()) {
    AddRemark("AGENCY_NOT_FOUND", lines[title->lines.begin].number,
              {"The title does not name the agency.", "标题未注明机关名称。"},
              remarks);
  }
  const std::u32string opening = Opening(lines);
  if (!ReadPeriod(opening, report->mutable_period())) report->clear_period();
  CheckYear(opening, report, remarks);
  ReadPublication(lines, {0, limit}, report, remarks);
}

}  // namespace annals::client
