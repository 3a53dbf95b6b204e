#include "client/import/title_choice.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace annals::client {
namespace {

// So many agencies are named to a person.
constexpr size_t kMaxNamed = 4;

// 洪泽区 and 洪泽区人民政府 are one.
absl::string_view ShortName(absl::string_view agency) {
  absl::ConsumeSuffix(&agency, "政府");
  absl::ConsumeSuffix(&agency, "人民");
  return agency;
}

std::set<int> YearsOf(const std::vector<TitleLines>& titles) {
  std::set<int> years;
  for (const TitleLines& title : titles) years.insert(title.year);
  return years;
}

std::set<std::string> AgenciesOf(const std::vector<TitleLines>& titles) {
  std::set<std::string> agencies;
  for (const TitleLines& title : titles) {
    if (title.agency.empty()) continue;
    agencies.insert(std::string(ShortName(title.agency)));
  }
  return agencies;
}

bool Agree(const std::vector<TitleLines>& titles) {
  return YearsOf(titles).size() <= 1 && AgenciesOf(titles).size() <= 1;
}

// Leaves those that fit, if any does.
template <typename Fits>
void Keep(Fits fits, std::vector<TitleLines>* titles) {
  if (std::none_of(titles->begin(), titles->end(), fits)) return;
  titles->erase(
      std::remove_if(titles->begin(), titles->end(),
                     [&fits](const TitleLines& title) { return !fits(title); }),
      titles->end());
}

// The first of those that name most.
TitleLines BestNamed(const std::vector<TitleLines>& titles) {
  return *std::max_element(titles.begin(), titles.end(),
                           [](const TitleLines& a, const TitleLines& b) {
                             return a.Named() < b.Named();
                           });
}

// The last one, or the one that agrees with it and names the agency too.
TitleLines Nearest(const std::vector<TitleLines>& titles) {
  std::vector<TitleLines> alike = titles;
  const TitleLines& last = titles.back();
  Keep([&last](const TitleLines& title) { return title.year == last.year; },
       &alike);
  return last.agency.empty() && Agree(alike) ? BestNamed(alike) : last;
}

void RemarkYears(const std::set<int>& years, const TitleLines& chosen, int line,
                 std::vector<Remark>* remarks) {
  const std::string named = absl::StrJoin(years, "、");
  AddRemark("YEAR_DOUBTFUL", line,
            {absl::StrCat("Titles of reports for several years stand before "
                          "section one (",
                          absl::StrJoin(years, ", "), "); ", chosen.year,
                          ", that of the last one, was taken."),
             absl::StrCat("第一部分之前有多个年度的报告标题（", named,
                          "），取最后一个，即 ", chosen.year, " 年。")},
            remarks);
}

void RemarkAgencies(const std::set<std::string>& agencies,
                    const TitleLines& chosen, int line,
                    std::vector<Remark>* remarks) {
  std::set<std::string> some;
  for (const std::string& agency : agencies) {
    if (some.size() < kMaxNamed) some.insert(agency);
  }
  AddRemark("AGENCY_DOUBTFUL", line,
            {absl::StrCat("Titles of reports of several agencies stand before "
                          "section one (",
                          absl::StrJoin(some, ", "), "); ", chosen.agency,
                          ", that of the last one, was taken."),
             absl::StrCat("第一部分之前有多个机关的报告标题（",
                          absl::StrJoin(some, "、"), "），取最后一个，即“",
                          chosen.agency, "”。")},
            remarks);
}

// The years of the reports that the file states for its title.
std::set<int> StatedYears(const std::vector<std::u32string>& stated) {
  std::set<int> years;
  for (const std::u32string& text : stated) {
    if (text.find(U"信息公开") == std::u32string::npos) continue;
    for (size_t at = 0; at < text.size(); ++at) {
      const int year = YearAtPlace(text, at);
      if (year != 0) years.insert(year);
    }
  }
  return years;
}

class Chooser {
 public:
  Chooser(const std::vector<Line>& lines, const SourceText& source)
      : lines_(lines), source_(source) {
    for (const std::string& title : source.stated_titles) {
      stated_.push_back(WithoutBlanks(title));
    }
  }

  TitleLines Choose(std::vector<TitleLines> titles, int period_year,
                    std::vector<Remark>* remarks) const {
    const auto is_stated = [this](const TitleLines& title) {
      return IsStated(title);
    };
    const auto may_be_it = [this](const TitleLines& title) {
      return IsStated(title) || !IsLink(title);
    };
    const auto is_of_period = [period_year](const TitleLines& title) {
      return title.year == period_year;
    };
    Keep(may_be_it, &titles);
    if (!Agree(titles)) Keep(is_stated, &titles);
    if (!Agree(titles)) Keep(is_of_period, &titles);
    const bool agree = Agree(titles);
    const TitleLines chosen = agree ? BestNamed(titles) : Nearest(titles);
    const int line = LineOf(chosen);
    const std::set<int> years = YearsOf(titles);
    const std::set<std::string> agencies = AgenciesOf(titles);
    if (years.size() > 1) RemarkYears(years, chosen, line, remarks);
    if (agencies.size() > 1) RemarkAgencies(agencies, chosen, line, remarks);
    if (!may_be_it(chosen)) RemarkLink(line, remarks);
    const std::set<int> stated_years = StatedYears(stated_);
    if (!stated_years.empty() && stated_years.count(chosen.year) == 0) {
      RemarkStated(*stated_years.begin(), chosen.year, line, remarks);
    }
    return chosen;
  }

 private:
  int LineOf(const TitleLines& title) const {
    return lines_[title.lines.begin].number;
  }

  bool IsLink(const TitleLines& title) const {
    const auto index = static_cast<size_t>(LineOf(title)) - 1;
    return index < source_.lines.size() && source_.lines[index].is_link;
  }

  bool IsStated(const TitleLines& title) const {
    const std::u32string text = WithoutBlanks(title.text);
    return std::any_of(stated_.begin(), stated_.end(),
                       [&text](const std::u32string& one) {
                         return one.find(text) != std::u32string::npos;
                       });
  }

  static void RemarkLink(int line, std::vector<Remark>* remarks) {
    AddRemark("AGENCY_DOUBTFUL", line,
              {"The only title of a report before section one is a link, "
               "perhaps to another report; year and agency were taken from it.",
               "第一部分之前仅有的报告标题是链接，可能指向另一报告；年度和机关"
               "取自该标题。"},
              remarks);
  }

  static void RemarkStated(int stated, int year, int line,
                           std::vector<Remark>* remarks) {
    AddRemark("YEAR_DOUBTFUL", line,
              {absl::StrCat("The page states ", stated,
                            " for its title, but the title in its text is of ",
                            year, "."),
               absl::StrCat("网页标题为 ", stated, " 年，而正文标题为 ", year,
                            " 年。")},
              remarks);
  }

  const std::vector<Line>& lines_;
  const SourceText& source_;
  std::vector<std::u32string> stated_;
};

}  // namespace

std::optional<TitleLines> ChooseTitle(std::vector<TitleLines> titles,
                                      const std::vector<Line>& lines,
                                      const SourceText& source, int period_year,
                                      std::vector<Remark>* remarks) {
  if (titles.empty()) return std::nullopt;
  Keep([](const TitleLines& title) { return title.year != 0; }, &titles);
  if (titles.front().year == 0) return BestNamed(titles);
  return Chooser(lines, source).Choose(std::move(titles), period_year, remarks);
}

}  // namespace annals::client
