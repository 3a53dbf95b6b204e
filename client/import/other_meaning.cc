#include "client/import/other_meaning.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <string_view>

#include "client/import/title_lines.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

constexpr const char32_t* kOthers[] = {U"上年", U"去年", U"下年", U"次年",
                                       U"历年", U"累计", U"其中"};
constexpr const char32_t* kOtherScales[] = {U"万件", U"万项", U"万个"};
// The last row of table three may stand above table four, so that a word of
// another year counts only before what the table is about; and 尚未 may stand
// on the line above 维持.
constexpr const char32_t* kOtherDisputes[] = {
    U"上年行政", U"上年度行政", U"去年行政",   U"上年复议",   U"上年诉讼",
    U"累计行政", U"结果未维持", U"结果不维持", U"结果未纠正", U"结果不纠正"};

// A caption or a note has them only for other figures than the year's.
constexpr const char32_t* kOtherPeriods[] = {
    U"上年", U"上一年", U"去年", U"前年",   U"往年", U"历年",
    U"同期", U"累计",   U"上期", U"上半年", U"季度", U"历史数据"};
// The figures of a caption's table are of several years then.
constexpr const char32_t* kComparingTables[] = {U"对照表", U"比较表",
                                                U"对比表"};
// The form's own words, and what is carried over.
constexpr const char32_t* kOwnPeriods[] = {U"上年结转",   U"上年度结转",
                                           U"上一年结转", U"上一年度结转",
                                           U"上一年项目", U"上期结转"};
constexpr const char32_t* kComparisons[] = {U"比", U"较", U"增",   U"减",
                                            U"降", U"升", U"持平", U"结转"};
constexpr const char32_t* kThisYear[] = {U"本年", U"今年", U"报告期"};
// What is dated, where the text tells of a rule or of the form.
constexpr const char32_t* kDatedTexts[] = {U"号",   U"修订", U"修正",
                                           U"印发", U"施行", U"格式"};

template <size_t N>
bool HasOneOf(const std::u32string& text, const char32_t* const (&words)[N]) {
  return std::any_of(std::begin(words), std::end(words),
                     [&text](const char32_t* word) {
                       return text.find(word) != std::u32string::npos;
                     });
}

// The years that a text names, 2023 without 年 too; and whether as days.
struct YearMentions {
  std::set<int> years;
  bool with_month = false;
};

// -01-20, /1/20: what makes a day of the year before it. Pages and prints carry
// the day on which they were made.
bool BeginsDay(const std::u32string& text, size_t at) {
  const size_t month = at + 1;
  if (month >= text.size() || !IsAsciiDigit(text[month])) return false;
  const size_t end = text.find_first_not_of(U"0123456789", month);
  return (text[at] == U'-' || text[at] == U'/' || text[at] == U'.') &&
         end != std::u32string::npos && end - month <= 2 &&
         text[end] == text[at];
}

// 2025-01-20 10:23 without its blank: what follows the month is no year.
bool EndsDay(const std::u32string& text, size_t at) {
  return at >= 2 && IsAsciiDigit(text[at - 2]) &&
         (text[at - 1] == U'-' || text[at - 1] == U'/' || text[at - 1] == U'.');
}

// A year of four digits that are no part of a longer number.
int BareYearAt(const std::u32string& text, size_t at) {
  constexpr size_t kDigits = 4;
  constexpr int kFirst = 2008;
  constexpr int kLast = 2099;
  int year = 0;
  for (size_t i = at; i < at + kDigits; ++i) {
    if (i >= text.size() || !IsAsciiDigit(text[i])) return 0;
    year = year * 10 + static_cast<int>(text[i] - U'0');
  }
  const size_t end = at + kDigits;
  if (end < text.size() && IsAsciiDigit(text[end])) return 0;
  if (BeginsDay(text, end) || EndsDay(text, at)) return 0;
  return year >= kFirst && year <= kLast ? year : 0;
}

// 23年, which is no span of years; 0 if it is none.
int ShortYearAt(const std::u32string& text, size_t at) {
  constexpr int kCentury = 2000;
  constexpr int kFirst = 8;
  if (at + 2 >= text.size() || !IsAsciiDigit(text[at]) ||
      !IsAsciiDigit(text[at + 1]) || text[at + 2] != U'年') {
    return 0;
  }
  constexpr std::u32string_view kBeforeSpan = U"第近满达足前后约逾超过.";
  constexpr std::u32string_view kAfterSpan = U"以来间内前后多";
  const bool is_span =
      (at > 0 && kBeforeSpan.find(text[at - 1]) != std::u32string_view::npos) ||
      (at + 3 < text.size() &&
       kAfterSpan.find(text[at + 3]) != std::u32string_view::npos);
  const int year = static_cast<int>(text[at] - U'0') * 10 +
                   static_cast<int>(text[at + 1] - U'0');
  return is_span || year < kFirst ? 0 : kCentury + year;
}

YearMentions YearsOf(const std::u32string& text, bool is_sentence) {
  constexpr size_t kYearSize = 5;
  YearMentions named;
  for (size_t at = 0; at < text.size(); ++at) {
    if (at > 0 && IsAsciiDigit(text[at - 1])) continue;
    const int year = YearAtStart(text.substr(at, kYearSize));
    if (year != 0) {
      named.years.insert(year);
      const std::u32string month = text.substr(at + kYearSize, 3);
      named.with_month =
          named.with_month || month.find(U'月') != std::u32string::npos;
    } else if (!is_sentence) {
      const int bare = std::max(BareYearAt(text, at), ShortYearAt(text, at));
      if (bare != 0) named.years.insert(bare);
    }
  }
  return named;
}

}  // namespace

bool NamesOtherFigures(const std::u32string& head) {
  const auto is_there = [&head](const char32_t* word) {
    return head.find(word) != std::u32string::npos;
  };
  return std::any_of(std::begin(kOthers), std::end(kOthers), is_there) ||
         std::any_of(std::begin(kOtherScales), std::end(kOtherScales),
                     is_there);
}

bool NamesOtherDisputes(const std::u32string& head) {
  return std::any_of(std::begin(kOtherDisputes), std::end(kOtherDisputes),
                     [&head](const char32_t* word) {
                       return head.find(word) != std::u32string::npos;
                     });
}

bool NamesOtherYear(const std::u32string& text, bool is_sentence, int year) {
  const YearMentions named = YearsOf(text, is_sentence);
  const bool own = named.years.count(year) > 0;
  const bool other =
      std::any_of(named.years.begin(), named.years.end(), [&](int one) {
        // The next year's days are those of writing.
        return one != year && !(one == year + 1 && named.with_month);
      });
  if (year == 0 || !other || HasOneOf(text, kDatedTexts)) return false;
  if (own && named.with_month) return false;
  return !is_sentence ||
         !(own || HasOneOf(text, kComparisons) || HasOneOf(text, kThisYear));
}

bool NamesOtherPeriod(const std::u32string& text, bool is_sentence) {
  if (is_sentence &&
      (HasOneOf(text, kComparisons) || HasOneOf(text, kThisYear))) {
    return false;
  }
  std::u32string rest = text;
  for (const std::u32string_view own : kOwnPeriods) {
    for (size_t at = rest.find(own); at != std::u32string::npos;
         at = rest.find(own)) {
      rest.erase(at, own.size());
    }
  }
  // A piece of the head of 2019, broken over lines.
  if (std::u32string_view(U"上一年项目").find(rest) == 0) return false;
  return HasOneOf(rest, kOtherPeriods) ||
         (!is_sentence && HasOneOf(rest, kComparingTables));
}

}  // namespace annals::client
