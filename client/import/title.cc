#include "client/import/title.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "client/import/title_choice.h"
#include "client/import/title_lines.h"
#include "client/import/unicode.h"
#include "client/import/web_page.h"

namespace annals::client {
namespace {

// The title stands within so many lines.
constexpr size_t kMaxTitleLine = 400;
constexpr size_t kMaxPeriodText = 20000;
constexpr int kFirstYear = 2008;  // The first 条例.
constexpr int kLastYear = 2099;

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

bool SetKnownDate(int year, int month, int day, v1::Date* date) {
  const bool known = year >= kFirstYear && year <= kLastYear && month >= 1 &&
                     month <= 12 && day >= 1 && day <= 31;
  if (!known) return false;
  date->set_year(year);
  date->set_month(month);
  date->set_day(day);
  return true;
}

// 2024.1.1, 2024-01-01, 2024/1/1; the year as in ReadDate().
bool ReadDottedDate(const std::u32string& text, size_t* at, int default_year,
                    v1::Date* date) {
  for (char32_t mark : {U'.', U'-', U'/'}) {
    int year = default_year;
    int month = 0;
    size_t i = *at;
    if (!ReadPart(text, &i, mark, &month)) continue;
    if (month > 12) {
      year = month;
      if (!ReadPart(text, &i, mark, &month)) continue;
    }
    int day = 0;
    const size_t begin = i;
    while (i < text.size() && IsAsciiDigit(text[i]) && i < begin + 2) {
      day = day * 10 + static_cast<int>(text[i++] - '0');
    }
    const bool ends = i == text.size() || !IsAsciiDigit(text[i]);
    if (!ends || !SetKnownDate(year, month, day, date)) continue;
    *at = i;
    return true;
  }
  return false;
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
  if (!SetKnownDate(year, month, day, date)) return false;
  *at = i;
  return true;
}

bool ReadAnyDate(const std::u32string& text, size_t* at, int default_year,
                 v1::Date* date) {
  return ReadDate(text, at, default_year, date) ||
         ReadDottedDate(text, at, default_year, date);
}

// 零时起至
bool MayJoinDates(char32_t code) {
  constexpr std::u32string_view kCodes = U"起至到-~,零时";
  return kCodes.find(code) != std::u32string_view::npos;
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
      if (!IsAsciiDigit(text[i]) || !ReadAnyDate(text, &at, 0, &start))
        continue;
      while (at < text.size() && MayJoinDates(text[at])) ++at;
      v1::Date end;
      if (!ReadAnyDate(text, &at, start.year(), &end)) break;
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
    const int year = YearAtPlace(text, i);
    if (year != 0) ++named[year];
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
    text += WithoutBlanks(lines[i].text.substr(0, 4 * kMaxPeriodText));
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

void ReadTitle(const std::vector<Line>& lines, const Sections& sections,
               const SourceText& source, v1::Report* report, LineRange* preface,
               std::vector<Remark>* remarks) {
  size_t limit = std::min(sections.line_count, kMaxTitleLine);
  const Heading* first = sections.Find(v1::SECTION_S1_OVERVIEW);
  const size_t overview = first == nullptr ? limit : first->lines.begin;
  limit = std::min(limit, overview);
  const std::u32string opening = Opening(lines);
  if (!ReadPeriod(opening, report->mutable_period())) report->clear_period();
  const auto title = ChooseTitle(FindTitles(lines, limit), lines, source,
                                 report->period().end().year(), remarks);
  if (title.has_value()) {
    report->set_title(title->text);
    report->set_year(title->year);
    report->set_agency_name(title->agency);
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
  CheckYear(opening, report, remarks);
  ReadPublication(lines, {0, limit}, report, remarks);
}

}  // namespace annals::client
