#include "client/import/title_choice.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::Contains;
using ::testing::Not;

constexpr char kTitle[] = "西工区民政局2024年政府信息公开工作年度报告";
constexpr char kEarlier[] = "西工区民政局2023年政府信息公开工作年度报告";
constexpr char kOther[] = "西工区教育局2024年政府信息公开工作年度报告";
constexpr char kPeriod[] = "统计期限为2024年1月1日至2024年12月31日。";

ImportResult Import(const std::string& file) {
  auto result = ImportFile(file);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : ImportResult();
}

std::vector<std::string> Codes(const ImportResult& result) {
  std::vector<std::string> codes;
  for (const Remark& remark : result.remarks) codes.push_back(remark.code);
  return codes;
}

// A page with `before` before its article, whose title is in `title`.
std::string Page(const std::string& head, const std::string& before,
                 const std::string& title, const std::string& preface = "") {
  return absl::StrCat(
      "<html><head>", head, "</head><body>", before, "<div>", title, "<p>",
      preface, "</p><p>一、总体情况</p><p>（一）主动公开。全年公开912条。</p>",
      "<p>五、存在的主要问题及改进情况</p><p>人员不足，已加强培训。</p>",
      "<p>六、其他需要报告的事项</p><p>无。</p></div></body></html>");
}

std::string Text(const std::string& before, const std::string& preface = "") {
  return absl::StrCat(before, "\n", kTitle, "\n", preface,
                      "\n一、总体情况\n（一）主动公开。全年公开912条。\n"
                      "五、存在的主要问题及改进情况\n人员不足。\n"
                      "六、其他需要报告的事项\n无。\n");
}

void ExpectTitle(const ImportResult& result) {
  EXPECT_EQ(result.report.title(), kTitle);
  EXPECT_EQ(result.report.agency_name(), "西工区民政局");
  EXPECT_EQ(result.report.year(), 2024);
}

void ExpectSure(const ImportResult& result) {
  ExpectTitle(result);
  EXPECT_THAT(Codes(result), Not(Contains("YEAR_DOUBTFUL")));
  EXPECT_THAT(Codes(result), Not(Contains("AGENCY_DOUBTFUL")));
}

// What a page lists beside its article has titles of reports, too.
TEST(TitleChoiceTest, ALinkIsNoTitleBesideOneThatIsNone) {
  const std::string title = absl::StrCat("<p>", kTitle, "</p>");
  for (const char* other : {kEarlier, kOther}) {
    for (const std::string& before :
         {absl::StrCat("<ul><li><a href=1.html>", other, "</a></ul>"),
          absl::StrCat("<a>", other, "</a>"),
          absl::StrCat("<a href=1.html><span><b>", other, "</b></span></a>"),
          absl::StrCat("<nav><p>", other, "</p></nav>"),
          absl::StrCat("<aside>", other, "</aside>")}) {
      SCOPED_TRACE(before);
      ExpectSure(Import(Page("", before, title)));
      ExpectSure(Import(Page("", "", absl::StrCat(title, before))));
    }
  }
  // A mark of a place leads nowhere.
  ExpectSure(Import(
      Page("", "", absl::StrCat("<p><a name=top>", kTitle, "</a></p>"))));
}

TEST(TitleChoiceTest, WhatThePageStatesDecides) {
  const std::string plain = absl::StrCat("<p>", kTitle, "</p>");
  for (const char* other : {kEarlier, kOther}) {
    const std::string before = absl::StrCat("<p>", other, "</p>");
    SCOPED_TRACE(before);
    ExpectSure(Import(Page("", before, absl::StrCat("<h1>", kTitle, "</h1>"))));
    ExpectSure(Import(Page(absl::StrCat("<title>", kTitle, "_西工区</title>"),
                           before, plain)));
    ExpectSure(Import(
        Page(absl::StrCat("<meta name=ArticleTitle content='", kTitle, "'>"),
             before, plain)));
    ExpectSure(Import(
        Page("", "", absl::StrCat("<h1>", kTitle, "</h1><p>", other, "</p>"))));
    ExpectSure(Import(Page(
        "", before, absl::StrCat("<h1><a href=2.html>", kTitle, "</a></h1>"))));
  }
}

TEST(TitleChoiceTest, TheDaysCoveredDecideBetweenYears) {
  ExpectSure(Import(Text(kEarlier, kPeriod)));
  const ImportResult other = Import(Text(kOther, kPeriod));
  ExpectTitle(other);
  EXPECT_THAT(Codes(other), Contains("AGENCY_DOUBTFUL"));
}

TEST(TitleChoiceTest, TheLastTitleIsDoubtfulIfNothingDecides) {
  const ImportResult earlier = Import(Text(kEarlier));
  ExpectTitle(earlier);
  EXPECT_THAT(Codes(earlier), Contains("YEAR_DOUBTFUL"));
  EXPECT_THAT(Codes(earlier), Not(Contains("AGENCY_DOUBTFUL")));
  const ImportResult other = Import(Text(kOther));
  ExpectTitle(other);
  EXPECT_THAT(Codes(other), Contains("AGENCY_DOUBTFUL"));
  EXPECT_THAT(Codes(other), Not(Contains("YEAR_DOUBTFUL")));
  EXPECT_THAT(Codes(Import(Page("", absl::StrCat("<p>", kEarlier, "</p>"),
                                absl::StrCat("<p>", kTitle, "</p>")))),
              Contains("YEAR_DOUBTFUL"));
}

TEST(TitleChoiceTest, ATitleThatIsOnlyALinkIsDoubtful) {
  EXPECT_THAT(
      Codes(Import(Page("", absl::StrCat("<a href=1>", kEarlier, "</a>"), ""))),
      Contains("AGENCY_DOUBTFUL"));
}

TEST(TitleChoiceTest, ATitleOfAnotherYearThanThePageStatesIsDoubtful) {
  EXPECT_THAT(Codes(Import(Page(absl::StrCat("<title>", kTitle, "</title>"),
                                absl::StrCat("<p>", kEarlier, "</p>"), ""))),
              Contains("YEAR_DOUBTFUL"));
}

// 西工区 and 西工区人民政府 are one agency.
TEST(TitleChoiceTest, TwoTitlesThatAgreeAreSure) {
  ExpectSure(Import(Text(kTitle)));
  const ImportResult result =
      Import(Text("西工区民政局人民政府2024年政府信息公开工作年度报告"));
  EXPECT_EQ(result.report.year(), 2024);
  EXPECT_THAT(Codes(result), Not(Contains("AGENCY_DOUBTFUL")));
}

// Without sections, the title of a report below is not the nearest one.
TEST(TitleChoiceTest, TheTitleOfAReportBelowIsNone) {
  TextStyle style;
  style.layout = Layout::kBars;
  const std::string text = RenderReport(RandomFigures(1, style), style);
  std::string tables;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::StartsWith(line, "|")) absl::StrAppend(&tables, line, "\n");
  }
  const ImportResult result = Import(
      absl::StrCat(kTitle, "\n\n", tables, "\n", kEarlier, "\n\n", tables));
  ExpectSure(result);
  EXPECT_THAT(Codes(result), Contains("MORE_THAN_ONE_REPORT"));
}

}  // namespace
}  // namespace annals::client
