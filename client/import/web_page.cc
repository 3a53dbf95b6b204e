#include "client/import/web_page.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "client/import/normalise.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

constexpr size_t kMaxLineBytes = 600;
constexpr size_t kMinIndexNumber = 8;
constexpr size_t kMaxIndexNumber = 60;

using Words = std::vector<std::u32string>;

// Words that begin a line, or a cell, of a page's head.
const Words& HeadWords() {
  static const auto* words = new Words{
      U"首页",     U"当前位置", U"您的位置", U"您现在的位置", U"索引号",
      U"信息索引", U"发布日期", U"发布时间", U"公开日期",     U"公开时间",
      U"生成日期", U"成文日期", U"发布机构", U"公开机构",     U"发文机关",
      U"信息来源", U"来源",     U"稿源",     U"作者",         U"浏览次数",
      U"浏览量",   U"点击",     U"访问量",   U"字体",         U"字号",
      U"打印",     U"关闭",     U"分享",     U"主题分类",     U"信息分类",
      U"体裁分类", U"文号",     U"发文字号", U"有效性",       U"关键词",
      U"名称",     U"标题",     U"发布地址", U"审签人",       U"来源文件"};
  return *words;
}

const Words& FootWords() {
  static const auto* words = new Words{
      U"主办单位",  U"承办单位", U"网站标识码", U"政府网站标识", U"版权所有",
      U"copyright", U"上一篇",   U"下一篇",     U"扫一扫",       U"相关链接",
      U"相关阅读",  U"打印本页", U"关闭窗口",   U"分享到",       U"返回顶部"};
  return *words;
}

bool StartsWith(const std::u32string& text, const std::u32string& start) {
  return text.compare(0, start.size(), start) == 0;
}

bool StartsWithAny(const std::u32string& core, const Words& words) {
  return std::any_of(
      words.begin(), words.end(),
      [&core](const std::u32string& word) { return StartsWith(core, word); });
}

// A value as printed after the words that name it, in its cell, the next one,
// or on the next line.
struct Named {
  std::u32string value;
  int line = 0;
};

// Where the value begins after one of the names in the text; npos if none is
// there. A name is followed by a colon unless it is all of the text.
size_t AfterName(const std::u32string& text, const Words& names) {
  for (const std::u32string& name : names) {
    for (size_t at = text.find(name); at != std::u32string::npos;
         at = text.find(name, at + 1)) {
      const size_t end = at + name.size();
      if (end == text.size()) return end;
      if (text[end] == ':') return end + 1;
    }
  }
  return std::u32string::npos;
}

// The text without blanks, and for each character its place in `folded`.
std::u32string Dense(const std::u32string& folded,
                     std::vector<size_t>* places) {
  std::u32string dense;
  for (size_t i = 0; i < folded.size(); ++i) {
    if (folded[i] == ' ') continue;
    dense.push_back(folded[i]);
    places->push_back(i);
  }
  return dense;
}

size_t SkipBlanks(const std::u32string& text, size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

std::vector<Named> ValuesOf(const std::vector<Line>& lines, LineRange range,
                            const Words& names) {
  std::vector<Named> values;
  bool pending = false;
  for (size_t i = range.begin; i < range.end; ++i) {
    const Line& line = lines[i];
    if (line.IsEmpty() || line.text.size() > kMaxLineBytes) continue;
    for (const Atom& atom : line.atoms) {
      if (atom.kind == AtomKind::kBlank) continue;
      const std::u32string folded = FoldText(atom.text);
      if (pending) values.push_back({folded, line.number});
      std::vector<size_t> places;
      const size_t value = AfterName(Dense(folded, &places), names);
      pending = value == places.size();
      if (value >= places.size()) continue;
      values.push_back({folded.substr(places[value]), line.number});
    }
  }
  return values;
}

bool ReadNumber(const std::u32string& text, size_t* at, size_t most,
                int* number) {
  *at = SkipBlanks(text, *at);
  const size_t begin = *at;
  *number = 0;
  while (*at < text.size() && IsAsciiDigit(text[*at]) && *at - begin < most) {
    *number = *number * 10 + static_cast<int>(text[(*at)++] - '0');
  }
  return *at > begin;
}

int DaysOf(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// `2025-01-20`, `2025年1月20日`, `2025/01/20 16:35`.
std::optional<v1::Date> ParseDate(const std::u32string& text) {
  int year = 0;
  int month = 0;
  int day = 0;
  size_t at = text.find_first_of(U"0123456789");
  if (at == std::u32string::npos || at > 1) return std::nullopt;
  const auto mark = [&](char32_t han) {
    at = SkipBlanks(text, at);
    if (at >= text.size()) return false;
    const char32_t code = text[at++];
    return code == han || code == '-' || code == '/' || code == '.';
  };
  if (!ReadNumber(text, &at, 4, &year) || !mark(U'年') ||
      !ReadNumber(text, &at, 2, &month) || !mark(U'月') ||
      !ReadNumber(text, &at, 2, &day)) {
    return std::nullopt;
  }
  if (year < 2000 || year > 2099 || month < 1 || month > 12 || day < 1 ||
      day > DaysOf(year, month)) {
    return std::nullopt;
  }
  v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

// Letters, digits and the marks that index numbers have, at the start.
std::string ParseIndexNumber(const std::u32string& text) {
  std::string number;
  bool digit = false;
  for (char32_t code : text) {
    const bool fits = IsAsciiDigit(code) || IsAsciiLetter(code) ||
                      code == '/' || code == '-' || code == '_' || code == '.';
    if (!fits) break;
    digit = digit || IsAsciiDigit(code);
    number.push_back(static_cast<char>(code));
  }
  const bool known = digit && number.size() >= kMinIndexNumber &&
                     number.size() <= kMaxIndexNumber;
  return known ? number : std::string();
}

std::tuple<int, int, int> Day(const v1::Date& date) {
  return {date.year(), date.month(), date.day()};
}

void ReadDay(const std::vector<Line>& lines, LineRange range,
             v1::Report* report, std::vector<Remark>* remarks) {
  std::set<std::tuple<int, int, int>> days;
  v1::Date date;
  int line = 0;
  for (const Named& named :
       ValuesOf(lines, range,
                {U"发布日期", U"发布时间", U"公开日期", U"公开时间"})) {
    const auto parsed = ParseDate(named.value);
    if (!parsed.has_value()) continue;
    date = *parsed;
    line = named.line;
    days.insert(Day(date));
  }
  if (days.empty()) return;
  if (days.size() == 1 &&
      (report->year() == 0 || date.year() > report->year())) {
    *report->mutable_publication()->mutable_date() = date;
    return;
  }
  AddRemark("PUBLICATION_DATE_DOUBTFUL", line,
            {"The page states several days of publication, or one before the "
             "end of the year reported on; none was taken.",
             "页面注明的发布日期不一致，或早于报告年度结束，未予采用。"},
            remarks);
}

void ReadIndexNumber(const std::vector<Line>& lines, LineRange range,
                     v1::Report* report, std::vector<Remark>* remarks) {
  std::set<std::string> numbers;
  int line = 0;
  for (const Named& named :
       ValuesOf(lines, range, {U"索引号", U"信息索引", U"索引编号"})) {
    const std::string number = ParseIndexNumber(named.value);
    if (number.empty()) continue;
    numbers.insert(number);
    line = named.line;
  }
  if (numbers.empty()) return;
  if (numbers.size() == 1) {
    report->mutable_publication()->set_index_number(*numbers.begin());
    return;
  }
  AddRemark("INDEX_NUMBER_DOUBTFUL", line,
            {"The page states several index numbers; none was taken.",
             "页面注明的索引号不一致，未予采用。"},
            remarks);
}

}  // namespace

bool IsPageHead(const Line& line) {
  if (line.IsEmpty() || line.text.size() > kMaxLineBytes) return false;
  const std::u32string core = CoreOf(line.text);
  return StartsWithAny(core, HeadWords()) &&
         FoldText(line.text).find(U'。') == std::u32string::npos;
}

size_t PageFootBegin(const std::vector<Line>& lines, LineRange range) {
  for (size_t i = range.begin; i < range.end; ++i) {
    if (lines[i].IsEmpty() || lines[i].text.size() > kMaxLineBytes) continue;
    if (StartsWithAny(CoreOf(lines[i].text), FootWords()) &&
        FoldText(lines[i].text).find(U'。') == std::u32string::npos) {
      return i;
    }
  }
  return range.end;
}

void ReadPublication(const std::vector<Line>& lines, LineRange range,
                     v1::Report* report, std::vector<Remark>* remarks) {
  ReadDay(lines, range, report, remarks);
  ReadIndexNumber(lines, range, report, remarks);
}

}  // namespace annals::client
