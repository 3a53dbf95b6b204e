// HTML as publishers' systems write it.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/import/html_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/import/form_document.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string TextOf(absl::string_view html) {
  const auto source = ReadHtml(html, ImportLimits());
  EXPECT_TRUE(source.ok()) << source.status();
  return source.ok() ? source->text : std::string();
}

void ExpectAllRead(const std::string& html, const Figures& figures) {
  const auto result = ImportFile(html);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->format, FileFormat::kHtml);
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty()) << TextOf(html);
  EXPECT_THAT(NotCertain(*result), IsEmpty()) << TextOf(html);
  EXPECT_THAT(result->remarks, IsEmpty());
  EXPECT_EQ(result->cells.size(), figures.size());
  EXPECT_EQ(result->report.agency_name(), "洛阳市西工区人民政府办公室");
  EXPECT_THAT(result->report.s5_problems(), HasSubstr("仍有待进一步提升。"));
}

// A figure under two heads is of one of them at most.
TEST(HtmlTest, AFigureOverSeveralColumnsIsUnsure) {
  const std::string heads = "<table><tr><td>a<td>b<td>c</tr>";
  EXPECT_EQ(TextOf(heads + "<tr><td>x<td colspan=2>5</tr></table>"),
            "| a | b | c |\n| x | 5(\uFFFD) |  |\n");
  EXPECT_EQ(TextOf(heads + "<tr><td>x<td colspan=2>/</tr></table>"),
            "| a | b | c |\n| x | / |  |\n");
  EXPECT_EQ(TextOf(heads + "<tr><td>a<td colspan=2>d</tr>"
                           "<tr><td>x<td colspan=2>5</tr></table>"),
            "| a | b | c |\n| a | d |  |\n| x | 5 |  |\n");
  EXPECT_EQ(TextOf(heads + "<tr><td>x<td rowspan=2>5<td>6</tr>"
                           "<tr><td>y<td>7</tr></table>"),
            "| a | b | c |\n| x | 5(\uFFFD) | 6 |\n| y |  | 7 |\n");
}

struct NamedStyle {
  const char* name;
  HtmlStyle style;
};

std::vector<NamedStyle> Styles() {
  std::vector<NamedStyle> styles;
  styles.push_back({"plain", {}});
  styles.push_back({"split_spans", {}});
  styles.back().style.split_spans = true;
  styles.push_back({"layout_table", {}});
  styles.back().style.layout_table = true;
  styles.push_back({"fragment", {}});
  styles.back().style.fragment = true;
  styles.push_back({"unclosed", {}});
  styles.back().style.unclosed = true;
  HtmlStyle all;
  all.split_spans = all.layout_table = all.fragment = all.unclosed = true;
  styles.push_back({"all", all});
  return styles;
}

TEST(HtmlTest, OfficialLayoutIsCertainInEveryStyle) {
  for (const NamedStyle& named : Styles()) {
    for (unsigned seed = 1; seed <= 8; ++seed) {
      SCOPED_TRACE(absl::StrCat(named.name, " seed ", seed));
      const Figures figures = RandomFigures(seed, TextStyle());
      ExpectAllRead(HtmlOf(OfficialDocument(figures), named.style), figures);
    }
  }
}

TEST(HtmlTest, EditionOf2019IsCertain) {
  TextStyle style;
  style.table2 = v1::EDITION_2019;
  style.table3 = v1::EDITION_2019;
  const Figures figures = RandomFigures(3, style);
  ExpectAllRead(
      HtmlOf(OfficialDocument(figures, v1::EDITION_2019, v1::EDITION_2019)),
      figures);
}

TEST(HtmlTest, CellsKnowTheirPlace) {
  const Figures figures = RandomFigures(1, TextStyle());
  const auto result = ImportFile(HtmlOf(OfficialDocument(figures)));
  ASSERT_TRUE(result.ok());
  for (const CellReading& reading : result->cells) {
    const std::string& id = report::Schema::Get().cells()[reading.cell].id;
    if (id == "t3.granted.total") {
      // Three rows of heads; a cell for each of two labels and seven figures.
      EXPECT_EQ(DescribePlace(reading.place).en, "table 2, row 6, cell 10");
    }
    if (id == "t3.partially_granted.total") {
      EXPECT_EQ(DescribePlace(reading.place).zh, "第 2 个表格第 7 行第 10 格");
    }
  }
}

TEST(HtmlTest, RowsBecomeBarredLines) {
  EXPECT_EQ(TextOf("<table><tr><td rowspan=2>a<td colspan=3>b<td>c|d"
                   "<tr><td>e<br>f<td>g</table>"),
            "| a | b |  |  | c\xC2\xA6"
            "d |\n|  | e f | g |\n");
  EXPECT_EQ(TextOf("<table><tr><td>商业<br>企业</td><td>1<br>2</td></tr>"
                   "<tr><td colspan=2><p>甲<p>乙</td></tr></table>"),
            "| 商业企业 | 1 2 |\n甲\n乙\n");
  EXPECT_EQ(TextOf("<table><tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d</table>"),
            "| a | b |\n|  | c |\n|  | d |\n");
}

TEST(HtmlTest, WhatIsNotShownIsNotRead) {
  EXPECT_EQ(TextOf("<p>a<script>1</script><!-- 2 --><s>3</s><del>4</del>"
                   "<span style='display: none'>5</span><i hidden>6</i>"
                   "<span style='text-decoration:line-through'>7</span>b"),
            "ab\n");
}

// A note's mark after a figure is no digit of it.
TEST(HtmlTest, RaisedMarksAreNoDigits) {
  EXPECT_EQ(TextOf("<table><tr><td>a<td>12<sup>1</sup></table>"),
            "| a | 12（1） |\n");
  EXPECT_EQ(TextOf("<table><tr><td>a<td>12<span style='vertical-align: super'>"
                   "1</span></table>"),
            "| a | 12（1） |\n");
}

TEST(HtmlTest, DirectionOverridesMakeNoFigure) {
  Figures figures = RandomFigures(1, TextStyle());
  figures["t3.granted.total"] = 4321;
  const std::string html =
      absl::StrReplaceAll(HtmlOf(OfficialDocument(figures)), {{">4321<",
                                                               ">\xE2\x80\xAE"
                                                               "4321<"}});
  const auto result = ImportFile(html);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
  EXPECT_THAT(NotCertain(*result), Not(IsEmpty()));
}

// A script shows one or the other, by the width of the screen.
TEST(HtmlTest, ATableThatIsShownHasNoHiddenCopy) {
  const std::string table = "<table><tr><td>a<td>1</table>";
  const std::string other = "<table><tr><td>a<td>2</table>";
  const std::string once = "| a | 1 |\n";
  EXPECT_EQ(TextOf(absl::StrCat(table, "<div style='display:none'>", table,
                                "</div>")),
            once);
  EXPECT_EQ(TextOf(absl::StrCat("<style>.m{display:none}</style>",
                                "<div class=m>", table, "</div>", table)),
            once);
  EXPECT_EQ(TextOf(absl::StrCat("<div hidden>", table, "</div>", table)), once);
  EXPECT_EQ(TextOf(absl::StrCat(table, "<div style='display:none'>", other,
                                "</div>")),
            "| a | 1 |\n| a | 2 |\n");
  EXPECT_EQ(TextOf(absl::StrCat("<div style='display:none'>", table, "</div>")),
            once);
  EXPECT_EQ(TextOf(absl::StrCat(table, table)), once + once);
}

TEST(HtmlTest, ColoursByNameLeaveFigures) {
  const Figures figures = RandomFigures(5, {});
  const std::string page = HtmlOf(OfficialDocument(figures));
  const auto doubts = [&](const std::string& sheet, const std::string& cell) {
    const auto result =
        ImportFile(absl::StrCat("<style>", sheet, "</style>",
                                absl::StrReplaceAll(page, {{"<td", cell}})));
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? NotCertain(*result) : std::vector<std::string>();
  };
  const std::string label = "<td data-label='自然人'";
  for (const char* sheet :
       {":root{--text:#333;--bg:white}td{color:var(--text);"
        "background:var(--bg)}",
        ":root{--a:var(--b);--b:rgb(0,0,0)}td{color:var(--a)}",
        "td{color:var(--none,#333)}"}) {
    EXPECT_THAT(doubts(sheet, "<td"), IsEmpty()) << sheet;
  }
  EXPECT_THAT(doubts("</style><link rel=stylesheet href=a.css><style>"
                     "td{color:var(--elsewhere)}",
                     "<td"),
              IsEmpty());
  for (const char* sheet :
       {"td:before{content:attr(data-label)}",
        "td:before{content:attr(data-label, '1')}",
        ":root{--text:#fff}td{color:var(--text)}",
        ":root{--text:#333}.dark{--text:#fff}td{color:var(--text)}",
        "td{color:var(--none,#fff)}", "td{color:var(--none)}",
        ":root{--a:var(--b);--b:var(--a)}td{color:var(--a)}"}) {
    EXPECT_EQ(doubts(sheet, label).size(), figures.size()) << sheet;
  }
}

TEST(HtmlTest, TitleOfTheWindowServesIfThePageHasNone) {
  EXPECT_THAT(TextOf("<title>甲局2024年政府信息公开工作年度报告</title>"
                     "<p>一、总体情况"),
              HasSubstr("甲局2024年政府信息公开工作年度报告\n一、总体情况"));
  EXPECT_EQ(TextOf("<title>年度报告</title><p>2024年度报告"), "2024年度报告\n");
}

TEST(HtmlTest, PreformattedTextKeepsItsColumns) {
  EXPECT_EQ(TextOf("<pre>a   b\n  c</pre>"), "a   b\n  c\n");
}

TEST(HtmlTest, ListsKeepTheirNumbers) {
  EXPECT_EQ(TextOf("<ol><li>a<li>b</ol><ul><li>c</ul>"), "1. a\n2. b\nc\n");
}

// One cell that can't be read leaves the others of its row certain.
TEST(HtmlTest, AnUnreadableFigureIsDoubtfulAlone) {
  const Figures figures = RandomFigures(5, TextStyle());
  std::string html = HtmlOf(OfficialDocument(figures), HtmlStyle());
  const size_t row = html.find("一、本年新收");
  const std::string figure =
      absl::StrCat(figures.at("t3.new_received.natural_person"));
  const size_t at = html.find(absl::StrCat(">", figure, "<"), row);
  ASSERT_NE(at, std::string::npos);
  html.insert(at + 1 + figure.size(), "*");
  const auto result = ImportFile(html);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
  EXPECT_EQ(NotCertain(*result).size(), 1u);
  EXPECT_EQ(result->Count(Certainty::kDoubtful), 1);
}

TEST(HtmlTest, CutPagesAreReadOrMarked) {
  const Figures figures = RandomFigures(5, TextStyle());
  HtmlStyle style;
  for (bool unclosed : {false, true}) {
    style.unclosed = unclosed;
    const std::string html = HtmlOf(OfficialDocument(figures), style);
    for (size_t size = 200; size < html.size(); size += 11) {
      const auto result = ImportFile(html.substr(0, size));
      if (!result.ok()) continue;
      ASSERT_THAT(WrongAndUnmarked(*result, figures), IsEmpty())
          << html.substr(0, size);
    }
  }
}

// Word's settings, and blocks that a script shows.
TEST(HtmlTest, IslandsAreDroppedAndHiddenTablesAreRead) {
  EXPECT_EQ(TextOf("<xml><w:View>Normal</w:View></xml><p>a"
                   "<div style='display:none'>b</div>"
                   "<div style='display:none'><table><tr><td>1<td>2</table>"
                   "</div><div style='visibility:hidden'>c</div>"),
            "a\n| 1 | 2 |\nc\n");
}

TEST(HtmlTest, TheFootOfThePageIsNoPartOfTheReport) {
  const Figures figures = RandomFigures(1, TextStyle());
  HtmlStyle style;
  style.fragment = true;
  const std::string report = HtmlOf(OfficialDocument(figures), style);
  const std::string page = absl::StrCat(
      "<html><body><div class=nav><a>首页</a> &gt; "
      "<a>政府信息公开年报</a></div>"
      "<div class=content><h1>标题</h1><div id=zoom>",
      report, "</div></div><div class=foot>版权所有：西工区 豫ICP备1号</div>",
      "<table><tr><td>友情链接<td>3</table></body></html>");
  const auto result = ImportFile(page);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->report.s6_other(),
            "2024年度未收取政府信息公开信息处理费。");
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
  EXPECT_THAT(NotCertain(*result), IsEmpty());
  // Each section in a block of its own: the last one holds its text.
  EXPECT_EQ(TextOf("<div><div><h2>一、总体情况</h2></div><div><p>甲</div>"
                   "<div><h2>六、其他需要报告的事项</h2></div><div><p>乙</div>"
                   "</div><div>foot</div>"),
            "一、总体情况\n甲\n六、其他需要报告的事项\n乙\n");
}

std::string Repeat(const std::string& text, size_t count) {
  std::string result;
  for (size_t i = 0; i < count; ++i) result += text;
  return result;
}

// Each ends by itself or with a clear error, within the limits.
TEST(HtmlTest, HostileMarkup) {
  const std::string attribute(40, 'a');
  std::string formats;
  for (int i = 0; i < 20000; ++i) absl::StrAppend(&formats, "<font x=", i, ">");
  const std::vector<std::string> pages = {
      Repeat("<div>", 100000),
      Repeat("<div>", 100000) + "<frameset>",
      Repeat("<table><tr><td>", 100000),
      Repeat("<b><p>", 100000),
      Repeat("<span>", 1000000),
      formats + Repeat("<p>x", 20000),
      "<table>" + Repeat("<tr><td>1", 1000000) + "</table>",
      "<table><tr>" + Repeat("<td colspan=1000 rowspan=65534>1", 100000),
      "<table>" + Repeat("<tr><td rowspan=0 colspan=300>1", 100000),
      "<p " + Repeat(attribute + "=1 ", 100000) + ">",
      "<p>" + std::string(3 << 20, '1'),
      "<td>" + Repeat("&#x202e;&#0;&#x1F600;", 100000) + "</td>",
      "<table><tr><td>a</td><td>" + std::string(1000, '9') + "</table>",
      Repeat("<!--", 1000000) + "<p>",
      Repeat("<ol>", 100000) + Repeat("<li>", 100000) + "</ol>",
  };
  for (const std::string& page : pages) {
    SCOPED_TRACE(page.substr(0, 60));
    const auto result = ImportFile(page);
    if (result.ok()) continue;
    EXPECT_THAT(ErrorReason(result.status()),
                testing::AnyOf("FILE_TOO_COMPLEX", "FILE_TOO_LARGE",
                               "NOT_A_REPORT", "NO_TEXT_IN_FILE"));
    EXPECT_THAT(ErrorTextZh(result.status()), Not(IsEmpty()));
  }
}

}  // namespace
}  // namespace annals::client
