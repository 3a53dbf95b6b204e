// What an Excel sheet shows, where it is not what it stores: number formats,
// struck-out and white fonts, hidden columns.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/import/figure.h"
#include "client/import/xlsx_number_format.h"
#include "client/import/xlsx_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/import/office_files.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::IsEmpty;

// Style 1 has a format of its own; 2 is struck out; 3 is white on nothing; 4 is
// white on a fill; 5 is a built-in date. From 7 on: black on black, red on the
// same red, nearly white, tiny, black on a pale theme colour, white on blue.
std::string Stylesheet(const std::string& format) {
  return absl::StrCat(
      "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"",
      absl::StrReplaceAll(format, {{"\"", "&quot;"}}),
      "\"/></numFmts><fonts><font/><font><strike/></font>"
      "<font><color rgb=\"FFFFFFFF\"/></font>"
      "<font><color rgb=\"FFC00000\"/></font>"
      "<font><color theme=\"0\" tint=\"-0.05\"/></font>"
      "<font><sz val=\"1\"/></font></fonts>"
      "<fills><fill><patternFill patternType=\"none\"/></fill>"
      "<fill><patternFill patternType=\"solid\"/></fill>"
      "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FF000000\"/>"
      "</patternFill></fill>"
      "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFC00000\"/>"
      "</patternFill></fill>"
      "<fill><patternFill patternType=\"solid\"><fgColor theme=\"4\" "
      "tint=\"0.8\"/></patternFill></fill></fills>"
      "<cellXfs><xf/><xf numFmtId=\"164\"/><xf fontId=\"1\"/>"
      "<xf fontId=\"2\"/><xf fontId=\"2\" fillId=\"1\"/>"
      "<xf numFmtId=\"14\"/><xf numFmtId=\"999\"/>"
      "<xf fillId=\"2\"/><xf fontId=\"3\" fillId=\"3\"/><xf fontId=\"4\"/>"
      "<xf fontId=\"5\"/><xf fillId=\"4\"/><xf fontId=\"2\" fillId=\"3\"/>"
      "</cellXfs><dxfs><dxf><fill/></dxf>"
      "<dxf><numFmt numFmtId=\"170\" formatCode=\";;;\"/></dxf>"
      "<dxf><font><strike/></font></dxf>"
      "<dxf><font><color rgb=\"FFFFFFFF\"/></font></dxf>"
      "</dxfs></styleSheet>");
}

ZipParts WithStyles(ZipParts parts, const std::string& format) {
  for (auto& [name, content] : parts) {
    if (name != "xl/_rels/workbook.xml.rels") continue;
    absl::StrReplaceAll(
        {{"</Relationships>",
          "<Relationship Id=\"looks\" Type=\"http://schemas.openxmlformats.org/"
          "officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>"
          "</Relationships>"}},
        &content);
  }
  parts.emplace_back("xl/styles.xml", Stylesheet(format));
  return parts;
}

// `before`: what precedes the rows of the sheet.
std::string TextOf(const std::string& before, const std::string& rows,
                   const std::vector<std::string>& merged = {}) {
  ZipParts parts = WithStyles(XlsxParts({{"S", rows, merged}}, {}), "0,");
  for (auto& [name, content] : parts) {
    absl::StrReplaceAll({{"<sheetData>", before + "<sheetData>"}}, &content);
  }
  const std::string bytes = ZipOf(parts);
  auto package = OfficePackage::Open(bytes, ImportLimits());
  if (!package.ok()) return std::string(package.status().message());
  const auto source = ReadXlsx(&*package, ImportLimits());
  if (!source.ok()) return ErrorReason(source.status());
  return absl::StrReplaceAll(source->text, {{kUnsureFigure, "(?)"}});
}

TEST(XlsxLooksTest, PlainFormatsPrintTheNumber) {
  const std::vector<std::pair<const char*, const char*>> plain = {
      {"General", "389.27"},
      {"G/通用格式", "5"},
      {"@", "389.27"},
      {"0", "74640"},
      {"0_ ", "5"},
      {"0.00", "389.27"},
      {"#,##0", "0"},
      {"#,##0.00_);[Red](#,##0.00)", "-12.5"},
      {"0.00_);\\(0.00\\)", "-12.5"},
      {"0_);[Red]\\(0\\)", "5"},
      {"0;-0;;@", "5"},
      {"0;-0;0;@", "0"},
      {"[$-804]0", "5"},
      {"0\"件\"", "5"},
      {"_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", "389.27"},
      {"#.##", "5"},
  };
  for (const auto& [format, number] : plain) {
    EXPECT_TRUE(PrintsNumberAsStored(format, number)) << format;
    EXPECT_TRUE(PrintsTextAsStored(format)) << format;
  }
  for (int id : {0, 1, 2, 3, 4, 37, 38, 39, 40, 41, 43, 49}) {
    EXPECT_TRUE(PrintsNumberAsStored(BuiltInFormat(id), "74640")) << id;
  }
}

TEST(XlsxLooksTest, OtherFormatsDoNot) {
  const std::vector<std::pair<const char*, const char*>> other = {
      {"", "5"},
      {"0,", "74640"},
      {"#,##0.0,", "74640"},
      {"0!.0,", "74640"},
      {"0\"万\"", "7"},
      {"0\"万元\"", "7"},
      {"0万件", "7"},
      {"0\"元\"", "7"},
      {"0\"00\"", "7"},
      {"\"1\"0", "7"},
      {"0百", "7"},
      {"0%", "7"},
      {"0.00E+00", "7"},
      {"# ?/?", "7"},
      {"yyyy-mm-dd", "74640"},
      {"General\"0\"", "7"},
      {";;;", "7"},
      {"\"\"", "7"},
      {"0;-0;;@", "0"},
      {"#", "0"},
      {"0;-0;\"-\"", "0"},
      {"0;0", "-7"},
      {"-0", "7"},
      {"0.0", "389.27"},
      {"0", "5.4"},
      {"General", "123456789012"},
      {"General", "0.3333333333"},
      {"[DBNum1]0", "7"},
      {"[>100]0;0,", "7"},
      {"[White]0", "7"},
      {"[$￥-804]0", "7"},
      {"[$-30804]0", "7"},
      {"0-0", "17"},
      {"0;0;0;0;0", "7"},
  };
  for (const auto& [format, number] : other) {
    EXPECT_FALSE(PrintsNumberAsStored(format, number)) << format;
  }
  for (int id : {9, 10, 11, 12, 14, 22, 31, 48, 57, 999}) {
    EXPECT_FALSE(PrintsNumberAsStored(BuiltInFormat(id), "7")) << id;
  }
  for (const char* format : {";;;", "0;0;0;\"x\"", "@\"0\"", "@@", "*x@"}) {
    EXPECT_FALSE(PrintsTextAsStored(format)) << format;
  }
}

TEST(XlsxLooksTest, FiguresThatMayBeShownOtherwiseAreMarked) {
  EXPECT_EQ(TextOf("",
                   "<row r=\"1\"><c r=\"A1\"><v>1</v></c>"
                   "<c r=\"B1\" s=\"1\"><v>2</v></c>"
                   "<c r=\"C1\" s=\"2\"><v>3</v></c>"
                   "<c r=\"D1\" s=\"3\"><v>4</v></c>"
                   "<c r=\"E1\" s=\"4\"><v>5</v></c>"
                   "<c r=\"F1\" s=\"5\"><v>6</v></c>"
                   "<c r=\"G1\" s=\"6\"><v>7</v></c>"
                   "<c r=\"H1\" s=\"2\" t=\"str\"><v>8</v></c>"
                   "<c r=\"I1\" s=\"2\" t=\"str\"><v>件</v></c>"
                   "<c r=\"J1\" s=\"2\" t=\"str\"><v>/</v></c></row>"),
            "| 1 | 2(?) | 3(?) | 4(?) | 5 | 6(?) | 7(?) | 8(?) | 件 | / |\n");
  EXPECT_EQ(TextOf("<sheetViews><sheetView showZeros=\"0\"/></sheetViews>",
                   "<row r=\"1\"><c r=\"A1\"><v>0</v></c>"
                   "<c r=\"B1\"><v>10</v></c></row>"),
            "| 0(?) | 10 |\n");
  EXPECT_EQ(TextOf("",
                   "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><r><t>1</t>"
                   "</r><r><rPr><vertAlign val=\"subscript\"/></rPr><t>2</t>"
                   "</r></is></c></row>"),
            "| 1（2） |\n");
}

TEST(XlsxLooksTest, FiguresThatCantBeSeenAreMarked) {
  EXPECT_EQ(TextOf("",
                   "<row r=\"1\"><c r=\"A1\" s=\"7\"><v>1</v></c>"
                   "<c r=\"B1\" s=\"8\"><v>2</v></c>"
                   "<c r=\"C1\" s=\"9\"><v>3</v></c>"
                   "<c r=\"D1\" s=\"10\"><v>4</v></c>"
                   "<c r=\"E1\" s=\"11\"><v>5</v></c>"
                   "<c r=\"F1\" s=\"12\"><v>6</v></c></row>"),
            "| 1(?) | 2(?) | 3(?) | 4(?) | 5 | 6 |\n");
}

TEST(XlsxLooksTest, RunsThatCantBeSeenMakeTheirFigureDoubtful) {
  const auto before_58 = [](const std::string& properties, int style) {
    return TextOf(
        "", absl::StrCat("<row r=\"1\"><c r=\"A1\" s=\"", style,
                         "\" t=\"inlineStr\"><is><r><rPr>", properties,
                         "</rPr><t>9</t></r><r><t>58</t></r></is></c></row>"));
  };
  EXPECT_EQ(before_58("<color rgb=\"FFFFFFFF\"/>", 0), "| 958(?) |\n");
  EXPECT_EQ(before_58("<color rgb=\"FFFDFDFD\"/>", 0), "| 958(?) |\n");
  EXPECT_EQ(before_58("<sz val=\"1\"/>", 0), "| 958(?) |\n");
  EXPECT_EQ(before_58("<color rgb=\"FFC00000\"/>", 12), "| 958(?) |\n");
  EXPECT_EQ(before_58("<color rgb=\"FFFFFFFF\"/>", 12), "| 958 |\n");
  EXPECT_EQ(before_58("<color theme=\"1\"/><sz val=\"9\"/>", 0), "| 958 |\n");
}

TEST(XlsxLooksTest, CellsUnderMergedOnesAreNotRead) {
  EXPECT_EQ(TextOf("",
                   "<row r=\"1\"><c r=\"A1\"><v>1</v></c>"
                   "<c r=\"B1\"><v>2</v></c><c r=\"C1\"><v>3</v></c></row>"
                   "<row r=\"2\"><c r=\"A2\"><v>4</v></c>"
                   "<c r=\"B2\"><v>5</v></c><c r=\"C2\"><v>6</v></c></row>",
                   {"A1:B1", "C1:C2"}),
            "| 1 | 3(?) |\n| 4 | 5 |  |\n");
}

// A figure over several rows may be of another row than the first.
TEST(XlsxLooksTest, FiguresOverSeveralRowsAreMarked) {
  EXPECT_EQ(TextOf("",
                   "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>x</v></c>"
                   "<c r=\"B1\"><v>2</v></c><c r=\"C1\"><v>3</v></c>"
                   "<c r=\"E1\"><v>4</v></c></row>"
                   "<row r=\"2\"><c r=\"E2\"><v>5</v></c></row>",
                   {"A1:A2", "B1:B2", "C1:D2"}),
            "| x | 2(?) | 3(?) | 4 |\n|  |  |  | 5 |\n");
}

TEST(XlsxLooksTest, FiguresUnderAConditionThatMayChangeThemAreMarked) {
  constexpr char kRows[] =
      "<row r=\"1\"><c r=\"A1\"><v>7</v></c><c r=\"B1\"><v>8</v></c>"
      "<c r=\"C1\"><v>9</v></c></row>";
  const auto with = [&kRows](const std::string& rule) {
    return TextOf(absl::StrCat("<conditionalFormatting sqref=\"Z9 B1:C1\">",
                               rule, "</conditionalFormatting>"),
                  kRows);
  };
  for (const char* rule : {"<cfRule dxfId=\"1\"/>", "<cfRule dxfId=\"2\"/>",
                           "<cfRule dxfId=\"0\"/><cfRule dxfId=\"3\"/>",
                           "<cfRule><dataBar showValue=\"0\"/></cfRule>",
                           "<cfRule><iconSet showValue=\"0\"/></cfRule>"}) {
    EXPECT_EQ(with(rule), "| 7 | 8(?) | 9(?) |\n") << rule;
  }
  for (const char* rule :
       {"<cfRule dxfId=\"0\"/>", "<cfRule/>", "<cfRule><dataBar/></cfRule>"}) {
    EXPECT_EQ(with(rule), "| 7 | 8 | 9 |\n") << rule;
  }
  // As Excel 2010 and later add it, with the format in the rule.
  EXPECT_EQ(TextOf("<extLst><ext><x14:conditionalFormattings>"
                   "<x14:conditionalFormatting><x14:cfRule><x14:dxf>"
                   "<numFmt numFmtId=\"170\" formatCode=\";;;\"/></x14:dxf>"
                   "</x14:cfRule><xm:sqref>B1</xm:sqref>"
                   "</x14:conditionalFormatting>"
                   "</x14:conditionalFormattings></ext></extLst>",
                   kRows),
            "| 7 | 8(?) | 9 |\n");
}

TEST(XlsxLooksTest, SuchFiguresAreDoubtfulAndTheOthersCertain) {
  const Figures figures = RandomFigures(2, TextStyle());
  XlsxStyle layout;
  layout.inline_strings = true;
  ZipParts parts =
      WithStyles(XlsxPartsOf(OfficialDocument(figures), layout), "0.00,");
  for (auto& [name, content] : parts) {
    absl::StrReplaceAll({{"<c r=\"E24\">", "<c r=\"E24\" s=\"1\">"}}, &content);
  }
  const auto result = ImportFile(ZipOf(parts));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->Count(Certainty::kDoubtful), 1);
  EXPECT_EQ(result->Count(Certainty::kMissing), 0);
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
  EXPECT_THAT(result->report.cell_notes(), IsEmpty());
  for (const CellReading& reading : result->cells) {
    if (reading.certainty == Certainty::kCertain) continue;
    EXPECT_EQ(report::Schema::Get().cells()[reading.cell].id,
              "t3.new_received.commercial_enterprise");
    EXPECT_THAT(reading.reason.en, ::testing::HasSubstr("number format"));
    EXPECT_EQ(reading.printed, absl::StrCat(*reading.value));
  }
}

TEST(XlsxLooksTest, HiddenColumnsAreNotRead) {
  const std::string rows =
      "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\"><v>2</v></c>"
      "<c r=\"D1\"><v>4</v></c></row>";
  EXPECT_EQ(
      TextOf("<cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols>", rows),
      "| 1 | 4 |\n");
  EXPECT_EQ(TextOf("<cols><col min=\"1\" max=\"1\" width=\"9\"/>"
                   "<col min=\"2\" max=\"2\" width=\"0\"/></cols>",
                   rows),
            "| 1 |  | 4 |\n");
  EXPECT_EQ(
      TextOf("<cols><col min=\"2\" max=\"2\" width=\"0.1\"/></cols>", rows),
      "| 1 |  | 4 |\n");
  EXPECT_EQ(TextOf("<cols><col min=\"1\" max=\"99999\" hidden=\"true\"/>"
                   "<col min=\"7\" max=\"3\" hidden=\"1\"/></cols>",
                   rows),
            "NO_TEXT_IN_FILE");
}

TEST(XlsxLooksTest, MergedCellsThatBeginInHiddenColumnsAreShown) {
  EXPECT_EQ(TextOf("<cols><col min=\"1\" max=\"2\" hidden=\"1\"/></cols>",
                   "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>x</v></c>"
                   "<c r=\"C1\"><v>9</v></c><c r=\"E1\"><v>5</v></c></row>"
                   "<row r=\"2\"><c r=\"E2\"><v>6</v></c></row>",
                   {"A1:D2"}),
            "| x | 5 |\n|  | 6 |\n");
}

TEST(XlsxLooksTest, MergedCellsThatOverlapAreRefusedAtOnce) {
  std::string rows;
  for (int row = 1; row <= 200; ++row) {
    absl::StrAppend(&rows, "<row r=\"", row, "\"><c><v>1</v></c></row>");
  }
  EXPECT_EQ(TextOf("", rows, std::vector<std::string>(20000, "A1:XFD1048576")),
            "FILE_DAMAGED");
  EXPECT_EQ(
      TextOf("", rows, std::vector<std::string>(20000, "A900:XFD1000")).size(),
      200 * 6);
}

}  // namespace
}  // namespace annals::client
