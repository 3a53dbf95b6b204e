// Figures in HTML that a page shows otherwise than they are stored.

#include <string>
#include <utility>
#include <vector>

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

std::string CellOf(const std::string& cell, const std::string& sheet = "") {
  const auto source =
      ReadHtml(absl::StrCat("<style>", sheet, "</style><table><tr><td>a", cell,
                            "</table>"),
               ImportLimits());
  EXPECT_TRUE(source.ok()) << source.status();
  if (!source.ok()) return {};
  std::string text = source->text;
  return absl::StrReplaceAll(text, {{"| a | ", ""}, {" |\n", ""}});
}

TEST(HtmlLookTest, RaisedMarksAreSetApart) {
  for (const char* mark :
       {"<span class=MsoFootnoteReference>1</span>",
        "<span class=MsoEndnoteReference>1</span>", "<a href='#_ftn1'>1</a>",
        "<a href='#_ftn1'><sup>1</sup></a>", "<span class=s>1</span>",
        "<small style='vertical-align:top'>1</small>",
        "<span style='vertical-align: 30%'>1</span>",
        "<span style='vertical-align: 3pt'>1</span>"}) {
    EXPECT_EQ(CellOf(absl::StrCat("<td>12", mark),
                     "<!-- p.x {color:red} .s, .t {vertical-align: super} -->"),
              "12（1）")
        << mark;
  }
  EXPECT_EQ(CellOf("<td style='vertical-align:top'>12"), "12");
  EXPECT_EQ(CellOf("<td><a href='#x'>12</a>"), "12");
}

TEST(HtmlLookTest, DigitsThatLookDifferentAreUnsure) {
  for (const char* cell :
       {"12<sub>3</sub>", "12<span style='position:relative;top:-5px'>3</span>",
        "<span class=a>12</span><span class=b>3</span>", "<b>12</b>3",
        "<font size=1>1</font>23", "<span style='color:red'>1</span>23"}) {
    EXPECT_EQ(CellOf(absl::StrCat("<td>", cell)), "123(\uFFFD)") << cell;
  }
}

// What a sheet elsewhere says can't be seen: names that sound as if it hid a
// figure make it doubtful, and no other.
TEST(HtmlLookTest, ClassesOfSheetsElsewhereAreDoubtedByTheirNames) {
  const auto cell_of = [](const std::string& cell, const char* link) {
    const auto source = ReadHtml(
        absl::StrCat(link, "<table><tr><td>a<td class='", cell, "'>12</table>"),
        ImportLimits());
    EXPECT_TRUE(source.ok()) << source.status();
    return source.ok() ? source->text : "";
  };
  constexpr char kLink[] = "<link rel='stylesheet' href='/css/site.css'>";
  for (const char* name : {"hidden", "num is-hide", "text-del", "x d-none"}) {
    EXPECT_EQ(cell_of(name, kLink), "| a | 12(\uFFFD) |\n") << name;
    EXPECT_EQ(cell_of(name, ""), "| a | 12 |\n") << name;
  }
  for (const char* name : {"num", "model", "border-none", "xl65"}) {
    EXPECT_EQ(cell_of(name, kLink), "| a | 12 |\n") << name;
  }
}

TEST(HtmlLookTest, DigitsThatLookAlikeAreOneFigure) {
  for (const char* cell :
       {"<span class=a>12</span><span class=a>3</span>", "<b>12</b><b>3</b>",
        "<span>12</span>3",
        "<span lang=EN-US style='font-size:9pt'>1</span>"
        "<span style='font-size:9pt;font-family:宋体;mso-font-kerning:0'>23"
        "</span>",
        "<b><span>1</span></b><b><o:p>23</o:p></b>"}) {
    EXPECT_EQ(CellOf(absl::StrCat("<td>", cell)), "123") << cell;
  }
}

TEST(HtmlLookTest, HiddenAndStruckPartsAreUnsure) {
  for (const char* rule :
       {"display:none", "visibility: hidden", "font-size:0", "opacity:0",
        "text-decoration: underline line-through", "color:#FFF",
        "unicode-bidi:bidi-override", "position:absolute;left:-9999px",
        "overflow:hidden;width:0"}) {
    const std::string sheet = absl::StrCat("td .x { ", rule, " }");
    EXPECT_EQ(CellOf("<td><span class='y x'>1</span>", sheet), "1(\uFFFD)")
        << rule;
    EXPECT_EQ(CellOf("<td><span class=y>1</span>", sheet), "1") << rule;
  }
  for (const char* style :
       {"visibility:hidden", "font-size:0px", "opacity:0", "color:white"}) {
    EXPECT_EQ(CellOf(absl::StrCat("<td><span style='", style, "'>1</span>")),
              "1(\uFFFD)")
        << style;
  }
  EXPECT_EQ(CellOf("<td>1<input value=2>"), "1(\uFFFD)");
  EXPECT_EQ(CellOf("<td><bdo dir=rtl>12</bdo>"), "12(\uFFFD)");
  EXPECT_EQ(CellOf("<td><font color=white>1</font>"), "1(\uFFFD)");
  EXPECT_EQ(CellOf("<td bgcolor=navy><font color=white>1</font>"), "1");
}

TEST(HtmlLookTest, ColoursThatCantBeToldFromWhatIsBehindAreUnsure) {
  for (const char* style :
       {"color:rgba(0,0,0,0)", "color:hsl(0 0% 100%)", "color:#fdfdfd",
        "color:snow", "color:transparent;background:navy", "color:var(--c)",
        "color:rgb(255 255 255 / 90%)", "background:#000;color:#000",
        "background:#000", "background:var(--c)", "background:url(a.png)",
        "color:navy;background:#000080 none"}) {
    EXPECT_EQ(CellOf(absl::StrCat("<td><span style='", style, "'>1</span>")),
              "1(\uFFFD)")
        << style;
    EXPECT_EQ(CellOf("<td><b class=x>1</b>", absl::StrCat(".x{", style, "}")),
              "1(\uFFFD)")
        << style;
  }
  for (const char* style :
       {"color:rgba(0,0,0,.85)", "color:windowtext", "color:#c00",
        "color:hsl(210, 50%, 20%)", "background:rgba(0,0,0,.05)",
        "background:#fff;color:inherit", "background:navy;color:white",
        "background:none", "color:auto"}) {
    EXPECT_EQ(CellOf(absl::StrCat("<td><span style='", style, "'>1</span>")),
              "1")
        << style;
  }
  EXPECT_EQ(CellOf("<td bgcolor=FEFEFE><font color=ffffff>1</font>"),
            "1(\uFFFD)");
  EXPECT_EQ(CellOf("<td>1", "body{color:#fefefe}"), "1(\uFFFD)");
  EXPECT_EQ(CellOf("<td>1", "body{background:url(a.png);color:var(--c)}"), "1");
  EXPECT_EQ(CellOf("<td>1",
                   "@media (prefers-color-scheme:dark){td{color:#fff}"
                   "}[data-dark] td,[hidden]{color:#fff}"),
            "1");
}

TEST(HtmlLookTest, WhatIsCutOffOrLaidOverIsUnsure) {
  for (const char* style :
       {"filter:opacity(0)", "clip-path:inset(100%)", "zoom:0.01",
        "overflow:hidden;width:8px", "opacity:1%", "font-size:1px",
        "letter-spacing:-9px", "-webkit-text-security:disc", "float:right",
        "position:relative;top:9px;background:#fff", "margin-left:-999px"}) {
    EXPECT_EQ(CellOf(absl::StrCat("<td><div style='", style, "'>58</div>")),
              "58(\uFFFD)")
        << style;
  }
  EXPECT_EQ(CellOf("<td>58<div style='position:absolute;top:1px'></div>"),
            "58(\uFFFD)");
  EXPECT_EQ(CellOf("<td><b>58</b>",
                   "b:after{content:'';position:absolute;border-top:1px}"),
            "58(\uFFFD)");
  for (const char* rule :
       {"table{clip-path:inset(99%)}", "body{filter:opacity(0)}",
        "table:after{content:\"\";position:absolute}"}) {
    EXPECT_EQ(CellOf("<td>1", rule), "1(\uFFFD)") << rule;
  }
  for (const char* rule :
       {"html{filter:grayscale(1)}", "div{overflow:hidden;width:100%}",
        "div{overflow:auto;max-width:300px}",
        "body:after{content:'x';"
        "position:absolute}",
        "div{position:relative}"}) {
    EXPECT_EQ(CellOf("<td><div>1</div>", rule), "1") << rule;
  }
}

TEST(HtmlLookTest, ElementsThatShowNoTextOfTheirsAreNotRead) {
  for (const char* element :
       {"template", "dialog", "datalist", "noembed", "noframes"}) {
    EXPECT_EQ(CellOf(absl::StrCat("<td><", element, ">9</", element, ">58")),
              "58")
        << element;
  }
  EXPECT_EQ(CellOf("<td><span popover>9</span>58"), "58");
  for (const char* element : {"object", "canvas", "iframe", "meter", "math"}) {
    EXPECT_EQ(CellOf(absl::StrCat("<td><", element, ">9</", element, ">58")),
              "58(\uFFFD)")
        << element;
  }
  EXPECT_EQ(CellOf("<td><svg><text>9</text></svg>58"), "58(\uFFFD)");
  EXPECT_EQ(CellOf("<td><details><summary></summary>58</details>"),
            "58(\uFFFD)");
  EXPECT_EQ(CellOf("<td><details open>58</details>"), "58");
}

TEST(HtmlLookTest, SelectorsAreUnderstood) {
  const auto hides = [](const std::string& selector) {
    return CellOf("<td id=i class='c d'>1",
                  absl::StrCat("/* } */", selector, "{visibility:hidden}")) ==
           "1(\uFFFD)";
  };
  for (const char* selector : {"td",
                               "*",
                               ".c",
                               "#i",
                               "td.c.d#i",
                               "p, td",
                               "table td",
                               "tr > td",
                               "table>tbody>tr>.d",
                               "td + td",
                               "td:last-child",
                               "td[class]",
                               "@media screen { td",
                               "@page { margin: 0 } td",
                               "@media all and (max-width: 99999px) { td",
                               "@media not print { td",
                               "@media print, (min-width: 600px) { td",
                               "@scope (table) { td",
                               "@media (prefers-color-scheme: light) { td",
                               "@container { td",
                               "td { &",
                               "table { td",
                               "tr { > td",
                               "tr { td& , & td",
                               ".d { table &",
                               "td { @media screen { &",
                               "table { tr { p, td",
                               ".\\63",
                               "t\\000064",
                               "p { a:url(it's) } td",
                               "p { content: \"\\\"}\" } td"}) {
    EXPECT_TRUE(hides(selector)) << selector;
  }
  for (const char* selector :
       {"th", ".e", "#j", "td.c.e", "div td", "td:hover", "td p",
        "@media print { td", "@media (max-width: 600px) { td",
        "@media print, (max-width: 1199px) { td", "@media (width<50em) { td",
        "@media (prefers-color-scheme: dark) { td", "@font-face { td",
        "@keyframes f { td", "p { td", "td { &:hover", "td { &.e",
        "td { p &"}) {
    EXPECT_FALSE(hides(selector)) << selector;
  }
}

// What could move or hide a row or a cell makes its figures doubtful.
TEST(HtmlLookTest, MovedPartsOfTablesAreUnsure) {
  for (const char* style : {"display:flex;flex-direction:row-reverse",
                            "position:absolute;top:1px",
                            "position:relative;left:200px",
                            "text-indent:-9999px",
                            "text-indent:-99em",
                            "text-indent:100%",
                            "zoom:0.01",
                            "order:2",
                            "transform:scaleX(-1)",
                            "-webkit-transform:translateX(-99px)",
                            "translate:9px",
                            "display:block;height:0;overflow:hidden",
                            "float:left;max-height:0;overflow:hidden",
                            "margin-left:-9999px",
                            "margin:0 0 0 -999em",
                            "height:0;line-height:0;overflow:hidden",
                            "display:grid;direction:rtl",
                            "animation:a 1s forwards",
                            "-webkit-animation-name:a",
                            "font:0/0 a",
                            "font:bold 1px/2 b",
                            "display:var(--a)",
                            "opacity:var(--a)",
                            "d\\69splay:none",
                            "opacity:/* 1 */0",
                            "display:none;width:1px"}) {
    EXPECT_EQ(CellOf("<td>1", absl::StrCat("td{", style, "}")), "1(\uFFFD)")
        << style;
    EXPECT_EQ(CellOf("<td>1", absl::StrCat("tr{", style, "}")), "1(\uFFFD)")
        << style;
    EXPECT_EQ(CellOf("<td>1", absl::StrCat("table{", style, "}")), "1(\uFFFD)")
        << style;
  }
  EXPECT_EQ(CellOf("<td>1", "tr{display:flex}"), "1(\uFFFD)");
  EXPECT_EQ(CellOf("<td><i style='display:inline-grid;direction:rtl'>1</i>"),
            "1(\uFFFD)");
}

// Word, and the editors and frameworks of web sites, set all of these.
TEST(HtmlLookTest, UsualStylesOfTablesAreHarmless) {
  for (const char* style :
       {"width:54.3pt;padding:0cm 5.4pt 0cm 5.4pt;height:15.0pt",
        "height:0",
        "width:0",
        "width:40px;height:9px;overflow:hidden",
        "text-indent:2em",
        "text-indent:-21.0pt;mso-char-indent-count:-2.0",
        "position:relative",
        "position:sticky;left:0",
        "position:relative;top:1px;left:auto",
        "margin-left:-65.35pt;border-collapse:collapse",
        "margin:0 auto",
        "transform:none",
        "transform:translateZ(0)",
        "transition:all .3s",
        "animation:auto ease 0s 1 normal none running none",
        "order:0",
        "animation:none 0s ease 0s",
        "grid-area:auto / auto / auto / auto",
        "zoom:1",
        "opacity:1",
        "font:bold 9pt/1.5 SimSun",
        "font:inherit",
        "font:700 normal 1em/1 x",
        "display:block;overflow-x:auto",
        "line-height:0",
        "float:left",
        "direction:rtl",
        "flex:1 0 0",
        "display:none\\9",
        "cursor:url(data:image/png;base64,a)"}) {
    for (const char* part : {"td", "tr", "table"}) {
      EXPECT_EQ(CellOf("<td>1", absl::StrCat(part, "{", style, "}")), "1")
          << part << " " << style;
    }
  }
  EXPECT_EQ(CellOf("<td>1", "td{display:flex;align-items:center}"), "1");
  EXPECT_EQ(CellOf("<td>1",
                   "tbody{display:block;height:300px;overflow:auto}"
                   "tbody tr{display:table;width:100%}"),
            "1");
}

TEST(HtmlLookTest, MoreThanIsReadMayHideAnything) {
  std::string declarations;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&declarations, "a:b;");
  EXPECT_EQ(CellOf(absl::StrCat("<td style='", declarations, "'>1")),
            "1(\uFFFD)");
  std::string selectors;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&selectors, "p,");
  EXPECT_EQ(CellOf("<td>1", absl::StrCat(selectors, "p{opacity:0}")),
            "1(\uFFFD)");
}

TEST(HtmlLookTest, RulesNestedTooDeepMayBeOfAnyElement) {
  for (const int depth : {3, 20, 30000}) {
    std::string sheet;
    for (int i = 0; i < depth; ++i) absl::StrAppend(&sheet, "p,b{");
    absl::StrAppend(&sheet, "display:none");
    EXPECT_EQ(CellOf("<td>1", sheet), depth == 3 ? "1" : "1(\uFFFD)") << depth;
  }
}

TEST(HtmlLookTest, TextOfTheSheetIsUnsure) {
  EXPECT_EQ(CellOf("<td><b class=c>46</b>", ".c:before{content:\"7\"}"),
            "46(\uFFFD)");
  EXPECT_EQ(CellOf("<td>46<b class=c></b>", ".c::after{content:'7'}"),
            "46(\uFFFD)");
  EXPECT_EQ(CellOf("<td class=c>46", ".c::after{content:''}"), "46");
}

TEST(HtmlLookTest, ManyRulesStillCount) {
  std::string sheet;
  for (int i = 0; i < 5000; ++i) {
    absl::StrAppend(&sheet, "p", i, " .c { display:none }");
  }
  EXPECT_EQ(CellOf("<td class=c>1", sheet), "1(\uFFFD)");
  EXPECT_EQ(CellOf("<td class=d>1", sheet), "1");
}

TEST(HtmlLookTest, StylesOfRowsAndTablesReachTheirCells) {
  for (const char* selector : {"tr", "tbody", "table"}) {
    EXPECT_EQ(CellOf("<td>1", absl::StrCat(selector, "{display:none}")),
              "1(\uFFFD)");
    EXPECT_EQ(CellOf("<td>1", absl::StrCat(selector, ":before{content:'2'}")),
              "1");
  }
  EXPECT_EQ(CellOf("<td>1", "body{display:none}"), "1");
  EXPECT_EQ(CellOf("<td>1", "body{text-decoration:line-through}"), "1(\uFFFD)");
}

std::string TextOfTable(const std::string& content) {
  const auto source =
      ReadHtml(absl::StrCat("<table>", content, "</table>"), ImportLimits());
  EXPECT_TRUE(source.ok()) << source.status();
  return source.ok() ? source->text : std::string();
}

// A row that takes no room is not shown, whatever its cells say of themselves.
TEST(HtmlLookTest, CollapsedRowsAreNotShown) {
  const std::string rows = "<td>b<td>9<tr><td>c<td>8";
  for (const char* begin :
       {"<tr style='visibility:collapse'>",
        "<tr style='visibility: visible; VISIBILITY: Collapse !important'>",
        "<tbody style='visibility:collapse'><tr><td>a<td>1<tbody "
        "style='visibility:collapse'><tr>"}) {
    EXPECT_EQ(TextOfTable(absl::StrReplaceAll(
                  absl::StrCat(begin, rows),
                  {{"<tr><td>c", "</tbody><tbody><tr><td>c"}})),
              "| c | 8 |\n")
        << begin;
  }
  EXPECT_EQ(TextOfTable("<tbody style='visibility:collapse'>"
                        "<tr style='visibility:visible'><td>b<td>9"),
            "| b | 9(\uFFFD) |\n");
  // Its cells reach down as if it were there.
  EXPECT_EQ(TextOfTable("<tr style='visibility:collapse'><td rowspan=2>b<td>9"
                        "<tr><td>8<tr><td>c<td>7"),
            "|  | 8 |\n| c | 7 |\n");
  const std::string shown = "<td style='visibility:visible'>1";
  EXPECT_EQ(CellOf(shown, "tr{visibility:hidden}"), "1");
  for (const char* part : {"tr", "tbody", "table"}) {
    EXPECT_EQ(CellOf(shown, absl::StrCat(part, "{visibility:collapse}")),
              "1(\uFFFD)")
        << part;
  }
  EXPECT_EQ(CellOf("<td style='visibility:collapse'>1"), "1(\uFFFD)");
  EXPECT_EQ(CellOf("<td><i style='visibility:collapse'>1</i>"), "1(\uFFFD)");
}

TEST(HtmlLookTest, FiguresOfCollapsedColumnsAreUnsure) {
  const std::string row = "<tr><td>a<td>1<td>2<td>3";
  constexpr char kSecond[] = "| a | 1(\uFFFD) | 2 | 3 |\n";
  EXPECT_EQ(TextOfTable("<col><col style='visibility:collapse'>" + row),
            kSecond);
  EXPECT_EQ(TextOfTable("<style>.x{visibility:collapse}</style>"
                        "<colgroup><col><col class=x><col></colgroup>" +
                        row),
            kSecond);
  EXPECT_EQ(TextOfTable("<colgroup span=2><colgroup span=2 "
                        "style='visibility:collapse'></colgroup>" +
                        row),
            "| a | 1 | 2(\uFFFD) | 3(\uFFFD) |\n");
  EXPECT_EQ(TextOfTable("<colgroup style='visibility:collapse'><col>"
                        "<col style='visibility:visible'><col></colgroup>" +
                        row),
            "| a | 1 | 2(\uFFFD) | 3 |\n");
  EXPECT_EQ(TextOfTable("<col><col style='visibility:hidden'>" + row),
            "| a | 1 | 2 | 3 |\n");
  EXPECT_EQ(TextOfTable("<col><col style='visibility:collapse'>"
                        "<tr><td>a<td colspan=2>1<td>2"),
            "| a | 1(\uFFFD) |  | 2 |\n");
}

// Tables may be laid out without a table.
TEST(HtmlLookTest, NumbersHiddenInALineOfTextAreUnsure) {
  const auto text_of = [](const std::string& number) {
    const auto source = ReadHtml(
        absl::StrCat("<style>.x{display:none}.y{visibility:hidden}</style>"
                     "<p>a ",
                     number, "</p>"),
        ImportLimits());
    return source.ok() ? source->text : std::string();
  };
  for (const char* number : {"<b class=x>5</b>", "<i class=y><b>5</b></i>",
                             "<span style='visibility:collapse'>5</span>",
                             "<span style='font-size:0'>5</span>",
                             "<span style='opacity:0'>5</span>"}) {
    EXPECT_EQ(text_of(number), "a 5(?)\n") << number;
  }
  EXPECT_EQ(text_of("<b class=x>5件</b>"), "a 5件(?)\n");
  for (const char* number :
       {"<b>5</b>", "<i class=y><b style='visibility:visible'>5</b></i>",
        "<span style='color:#fff'>5</span>"}) {
    EXPECT_EQ(text_of(number), "a 5\n") << number;
  }
}

TEST(HtmlLookTest, OnlyTheFigureInDoubtIsDoubtful) {
  Figures figures = RandomFigures(1, TextStyle());
  figures["t3.granted.total"] = 4321;
  const std::string html = HtmlOf(OfficialDocument(figures));
  for (const char* cell :
       {"4321<span class=s>1</span>", "4321<sub>1</sub>",
        "<span class=h>1</span>4321", "<span class=b>321</span>",
        "<bdo dir=rtl>1234</bdo>"}) {
    SCOPED_TRACE(cell);
    const std::string page = absl::StrCat(
        "<style>.s{vertical-align:super}.h{display:none}"
        ".b:before{content:'4'}</style>",
        absl::StrReplaceAll(html, {{">4321<", absl::StrCat(">", cell, "<")}}));
    ASSERT_NE(page.find(cell), std::string::npos);
    const auto result = ImportFile(page);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
    EXPECT_THAT(NotCertain(*result),
                ElementsAre(StartsWith("t3.granted.total:")));
  }
}

}  // namespace
}  // namespace annals::client
