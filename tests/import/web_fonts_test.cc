// Figures in HTML that a page shows in a font that it brings along, whose
// glyphs may be other digits.

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/import/html_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/form_document.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kFace[] = "@font-face{font-family:x;src:url(x.woff)}";

std::string TextOf(const std::string& html) {
  const auto source = ReadHtml(html, ImportLimits());
  EXPECT_TRUE(source.ok()) << source.status();
  return source.ok() ? source->text : std::string();
}

bool IsDoubted(const std::string& sheet, const std::string& cell) {
  const std::string text = TextOf(absl::StrCat(
      "<style>", sheet, "</style><body><div class=b><table><tr><td>a", cell,
      "</table></div>"));
  if (text == "| a | 35 |\n") return false;
  EXPECT_EQ(text, "| a | 35(\uFFFD\uFFFD) |\n") << sheet << cell;
  return true;
}

// With the face that is called x.
bool IsDoubtedIn(const std::string& rules, const std::string& cell) {
  return IsDoubted(absl::StrCat(kFace, rules), cell);
}

TEST(WebFontsTest, WhateverSetsTheFontCounts) {
  for (const char* cell :
       {"<td style='font-family:x'>35", "<td style='font:12px/1.5 x'>35",
        "<td style='font:bold 9pt a, x'>35", "<td style='font:12px\"x\"'>35",
        "<td><font face=x>35</font>", "<td><font face='宋体, X'>35</font>",
        "<td><b style='FONT-FAMILY: X !important'><i>35</i></b>",
        "<td><span style='font-family:x'>3</span>5",
        "<td>3<span style='font-family:x'>5</span>",
        "<td style='color:red;font-family:宋体,\"x\"'>35"}) {
    EXPECT_TRUE(IsDoubtedIn("", cell)) << cell;
    EXPECT_FALSE(IsDoubted("", cell)) << cell;
    EXPECT_FALSE(IsDoubted("@font-face{font-family:y;src:url(x)}", cell))
        << cell;
  }
  for (const char* selector :
       {"td", "*", "tr", "tbody", "table", "body", "html", ".b", "div table",
        "td:last-child", "tr>td", "@media screen{td", "p{} td, th"}) {
    EXPECT_TRUE(
        IsDoubtedIn(absl::StrCat(selector, "{font-family:x}"), "<td>35"))
        << selector;
  }
  // Wherever the font is declared.
  EXPECT_TRUE(
      IsDoubted(absl::StrCat("td{font-family:x}@media all{", kFace), "<td>35"));
  EXPECT_TRUE(IsDoubted(absl::StrCat("td{font-family:x}</style><style>", kFace),
                        "<td>35"));
}

TEST(WebFontsTest, NamesAreComparedAsBrowsersDo) {
  for (const char* face : {"x y", "'x y'", "\"X  Y\"", "x\\ y", "\\78 \\20 y",
                           "'\\58\\000020y'", "x/**/ y", "X Y !important"}) {
    for (const char* used : {"x y", "'X Y'", "\"x y\"", "a,x  y", "\\000078 y",
                             "'x \\79', serif", "sans, x y"}) {
      EXPECT_TRUE(IsDoubted(
          absl::StrCat("@FONT-FACE { src: url('a;}b'), local(z); Font-Family:",
                       face, " } td{font-family:", used, "}"),
          "<td>35"))
          << face << " " << used;
    }
  }
  for (const char* used : {"x", "y", "xyz", "x, y", "serif", "'x,x y'",
                           "serif, x y", "inherit", "initial"}) {
    EXPECT_FALSE(IsDoubted(absl::StrCat("@font-face{font-family:'x y';"
                                        "src:url(a)} td{font-family:",
                                        used, "}"),
                           "<td>35"))
        << used;
  }
  const auto is_same = [](const char* name, const char* used) {
    return IsDoubted(absl::StrCat("@font-face{font-family:", name,
                                  ";src:url(a)}td{font-family:", used, "}"),
                     "<td>35");
  };
  EXPECT_TRUE(is_same("数字", "宋体,数字"));
  EXPECT_FALSE(is_same("数字", "宋体"));
  EXPECT_TRUE(is_same("É", "é"));
  EXPECT_TRUE(is_same("';}'", "\";}\""));
  EXPECT_TRUE(is_same("'a!b'", "a\\!b"));
  EXPECT_TRUE(is_same("'/*'", "'/*'"));
  EXPECT_TRUE(is_same("'serif'", "'serif'"));
  EXPECT_TRUE(is_same("'a,b'", "a\\,b"));
}

TEST(WebFontsTest, InstalledFontsAreHarmless) {
  const auto is_doubted = [](const char* face) {
    return IsDoubted(
        absl::StrCat("@font-face{font-family:x;", face, "}td{font-family:x}"),
        "<td>35");
  };
  for (const char* face : {"src:local(SimSun)", "src:local('a, b;'), LOCAL(c)",
                           "", "font-weight:bold"}) {
    EXPECT_FALSE(is_doubted(face)) << face;
  }
  for (const char* face :
       {"src:url(a)", "src:local(a),url(a)", "src:url(local)",
        "src:local(a);src:url(a)", "src:u\\72l(a)",
        "src:url(data:font/woff;base64,aaaa) format('woff')"}) {
    EXPECT_TRUE(is_doubted(face)) << face;
  }
}

TEST(WebFontsTest, FontsOfOtherTextAreHarmless) {
  constexpr char kRules[] =
      ".icon{font-family:x!important}.icon:before{font-family:x}"
      "[class^='icon-'],[class*=' icon-']{font-family:x!important}"
      "td:hover{font-family:x}@media print{td{font-family:x}}"
      "body{font:12px/1.5 \"Microsoft YaHei\",Arial}";
  for (const char* cell :
       {"<td>35", "<td class=num>35", "<td><i class=icon></i>35",
        "<td style='font-family:宋体'>35",
        "<td><i class=icon-a> </i>35<i class='b icon-a'>&nbsp;</i>"}) {
    EXPECT_FALSE(IsDoubtedIn(kRules, cell)) << cell;
  }
  for (const char* cell : {"<td class=icon>35", "<td class=icon-a>35",
                           "<td><b class='b icon-a'>35</b>"}) {
    EXPECT_TRUE(IsDoubtedIn(kRules, cell)) << cell;
  }
}

// Libraries of icons name their classes by how they begin.
TEST(WebFontsTest, SelectorsAskForPartsOfAttributes) {
  const auto is_about = [](const char* selector) {
    return IsDoubtedIn(absl::StrCat(selector, "{font-family:x}"),
                       "<td lang=zh-CN class='c d-e'>35");
  };
  for (const char* selector :
       {"[class]", "[class='c d-e']", "[class^=c]", "[class*=' d']",
        "[ class $= \"E\" i ]", "[class~=d-e]", "[lang|='zh']",
        "[class*='\\64 -']", "[class^='']"}) {
    EXPECT_TRUE(is_about(selector)) << selector;
  }
  for (const char* selector :
       {"[style]", "[class=c]", "[class^=d]", "[class*='icon-']", "[class$=c]",
        "[class~=icon]", "[lang|='en']"}) {
    EXPECT_FALSE(is_about(selector)) << selector;
  }
}

// What surely sets another font overrides; what may be about another element,
// or is no font, does not.
TEST(WebFontsTest, TheStrongestRuleHolds) {
  for (const char* rules :
       {"body{font-family:x}td{font-family:宋体}",
        "td{font-family:x}td{font-family:a}", "td{font-family:x;font:9px a}",
        "td{font-family:x}table td{font-family:宋体,serif}",
        "td{font-family:a!important}table td{font-family:x}",
        "table td{font-family:a}td{font-family:x}",
        "*{font-family:x}td{font:bold 9pt/1 宋体}",
        "body{font-family:x}td{font-family:initial}",
        "body{font-family:x}table{font:menu}"}) {
    EXPECT_FALSE(IsDoubtedIn(rules, "<td>35")) << rules;
  }
  for (const char* rules :
       {"td{font-family:宋体}td{font-family:x}",
        "table td{font-family:x}td{font-family:a}",
        "td{font-family:x!important}table td{font-family:a}",
        "td{font-family:x!important;font-family:a}",
        "body{font-family:x}th{font-family:a}",
        "body{font-family:x}td:first-child{font-family:a}",
        "body{font-family:x}div>td{font-family:a}",
        "body{font-family:x}td,:b{font-family:a}",
        "body{font-family:x}@media (min-width:9000px){td{font-family:a}}",
        "body{font-family:x}p{td{font-family:a}}",
        "body{font-family:x}td{font-family:1a}",
        "body{font-family:x}td{font-family:a.b}",
        "body{font-family:x}td{font:9px}",
        "body{font-family:x}td{font:a 9px b}",
        "body{font-family:x}td{font-family:a}td{font-family:inherit}",
        "body{font-family:x}td{font-family:a}table td{all:unset}"}) {
    EXPECT_TRUE(IsDoubtedIn(rules, "<td>35")) << rules;
  }
  constexpr char kOwn[] = "<td style='font-family:宋体'>35";
  EXPECT_FALSE(IsDoubtedIn("#i td.c{font-family:x}", kOwn));
  EXPECT_TRUE(IsDoubtedIn("td{font-family:x!important}", kOwn));
  EXPECT_FALSE(
      IsDoubtedIn("body{font-family:x}", "<td><font face='宋体'>35</font>"));
  EXPECT_TRUE(
      IsDoubtedIn("font{font-family:x}", "<td><font face='宋体'>35</font>"));
  EXPECT_FALSE(IsDoubtedIn("body{font-family:x}", "<td><tt>35</tt>"));
  EXPECT_TRUE(IsDoubtedIn("body{font-family:x}",
                          "<td style='font-family:a'>"
                          "<b style='font-family:x'>35</b>"));
}

TEST(WebFontsTest, ManyRulesForOneTagOverrideNothing) {
  std::string rules = "body{font-family:x}";
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&rules, "p", i, " td{font-family:a}");
  }
  EXPECT_TRUE(IsDoubtedIn(rules, "<td>35"));
}

TEST(WebFontsTest, CustomPropertiesAreFollowed) {
  constexpr char kCell[] = "<td>35";
  EXPECT_TRUE(IsDoubtedIn(":root{--F:a,x}td{font-family:var(--f)}", kCell));
  EXPECT_TRUE(IsDoubtedIn(":root{--f:12px x}td{font:var(--f)}", kCell));
  EXPECT_TRUE(
      IsDoubtedIn(":root{--g:var(--f);--f:x}td{font-family:var(--g)}", kCell));
  EXPECT_TRUE(IsDoubtedIn("td{font-family:var(--none, x)}", kCell));
  EXPECT_TRUE(IsDoubtedIn("td{font-family:var(--f)}", "<td style='--f: x'>35"));
  EXPECT_TRUE(
      IsDoubtedIn("body{font-family:x}td{font-family:var(--none)}", kCell));
  EXPECT_FALSE(
      IsDoubtedIn(":root{--f:a;--icon:x}body{font-family:var(--f)}", kCell));
  std::string rules;
  for (int i = 0; i < 20; ++i) {
    absl::StrAppend(&rules, ":root{--f", i, ":var(--f", i + 1, ")}");
  }
  EXPECT_TRUE(IsDoubtedIn(
      absl::StrCat(rules, ":root{--f20:x}td{font-family:var(--f0)}"), kCell));
}

// Sheets elsewhere are not read, nor doubted.
TEST(WebFontsTest, FontsOfSheetsElsewhereAreNotKnown) {
  EXPECT_FALSE(IsDoubted("@import 'a.css';td{font-family:x}", "<td>35"));
  EXPECT_TRUE(
      IsDoubted(absl::StrCat("@import 'a.css';", kFace, "body{font-family:x}"),
                "<td>35"));
}

TEST(WebFontsTest, FiguresWithRemarksAndAmongWordsAreMarked) {
  const auto text_of = [](const std::string& content) {
    return TextOf(
        absl::StrCat("<style>", kFace, ".x{font-family:x}</style>", content));
  };
  EXPECT_EQ(text_of("<table class=x><tr><td>a<td><p>22<p>（其中3件）<td>/"
                    "</table>"),
            "| a | 22 （其中3件）(\uFFFD\uFFFD) | /(\uFFFD\uFFFD) |\n");
  EXPECT_EQ(text_of("<table><tr><td>a<td class=x>新收 35 0 件<td>5</table>"),
            "| a | 新收 35(字体?) 0(字体?) 件 | 5 |\n");
  EXPECT_EQ(text_of("<p>新收 <b class=x>3</b>5 0 <b class=x>7</b> 2024年</p>"),
            "新收 35(字体?) 0 7(字体?) 2024年\n");
  EXPECT_EQ(text_of("<div class=x>35</div><div>36</div>"), "35(字体?)\n36\n");
  EXPECT_EQ(text_of("<pre style='font:9px x'>a 1\nb 2</pre>"),
            "a 1(字体?)\nb 2(字体?)\n");
  EXPECT_EQ(text_of("<p class=x>全年新收35件。</p>"), "全年新收35件。\n");
}

TEST(WebFontsTest, TheReasonIsGiven) {
  Figures figures = RandomFigures(1, TextStyle());
  figures["t3.granted.total"] = 4321;
  const std::string html = HtmlOf(OfficialDocument(figures));
  const std::string page = absl::StrCat(
      "<style>", kFace, ".n{font-family:x,serif}</style>",
      absl::StrReplaceAll(html, {{">4321<", "><b class=n>4321</b><"}}));
  ASSERT_TRUE(absl::StrContains(page, "class=n"));
  const auto result = ImportFile(page);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
  EXPECT_THAT(NotCertain(*result),
              ElementsAre(StartsWith("t3.granted.total: '4321' The page shows "
                                     "this figure in a font")));
  EXPECT_EQ(result->report.cell_notes_size(), 0);
  for (const CellReading& reading : result->cells) {
    if (reading.certainty == Certainty::kCertain) continue;
    EXPECT_EQ(reading.value, 4321);
    EXPECT_THAT(reading.reason.zh, StartsWith("网页用自带字体"));
  }
}

// A mark in the place of a figure may be a digit of that font.
TEST(WebFontsTest, AMarkForNoFigureIsDoubtful) {
  Figures figures = RandomFigures(1, TextStyle());
  figures["t3.granted.total"] = 4321;
  const std::string html = HtmlOf(OfficialDocument(figures));
  const auto result = ImportFile(absl::StrCat(
      "<style>", kFace, ".n{font-family:x}</style>",
      absl::StrReplaceAll(html, {{">4321<", "><b class=n>—</b><"}})));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(NotCertain(*result),
              ElementsAre(StartsWith("t3.granted.total: '—' The page shows")));
}

TEST(WebFontsTest, LongListsTakeLittleTime) {
  std::string words;
  std::string faces;
  std::string nested;
  for (int i = 0; i < 100000; ++i) {
    absl::StrAppend(&words, "a ");
    absl::StrAppend(&faces, "@font-face{");
    absl::StrAppend(&nested, "--a:var(--b);");
  }
  for (const std::string& rules :
       {absl::StrCat("td{font:", words, "}"),
        absl::StrCat("td{font-family:var(", words, ")}"), faces,
        absl::StrCat(":root{", nested, "}td{font-family:var(--a)}")}) {
    TextOf(absl::StrCat("<style>", kFace, rules,
                        "</style><table><tr><td>a<td>"
                        "35</table>"));
  }
}

}  // namespace
}  // namespace annals::client
