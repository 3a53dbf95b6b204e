// Excel workbooks as Excel and other programs write them.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/import/xlsx_number.h"
#include "client/import/xlsx_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/import/office_files.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

absl::StatusOr<SourceText> Source(const std::vector<XlsxSheet>& sheets,
                                  const std::vector<std::string>& strings) {
  const std::string bytes = ZipOf(XlsxParts(sheets, strings));
  auto package = OfficePackage::Open(bytes, ImportLimits());
  if (!package.ok()) return package.status();
  return ReadXlsx(&*package, ImportLimits());
}

std::string TextOf(const std::string& rows,
                   const std::vector<std::string>& strings = {},
                   const std::vector<std::string>& merged = {}) {
  const auto source = Source({{"S", rows, merged}}, strings);
  EXPECT_TRUE(source.ok()) << source.status();
  return source.ok() ? source->text : std::string();
}

void ExpectAllRead(const std::string& xlsx, const Figures& figures) {
  const auto result = ImportFile(xlsx);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->format, FileFormat::kXlsx);
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
  EXPECT_THAT(NotCertain(*result), IsEmpty());
  EXPECT_THAT(result->remarks, IsEmpty());
  EXPECT_EQ(result->cells.size(), figures.size());
  EXPECT_EQ(result->report.year(), 2024);
  EXPECT_THAT(result->report.s5_problems(), HasSubstr("仍有待进一步提升。"));
}

TEST(XlsxTest, OfficialLayoutIsCertainInEveryStyle) {
  for (int style_bits = 0; style_bits < 8; ++style_bits) {
    XlsxStyle style;
    style.inline_strings = (style_bits & 1) != 0;
    style.scientific = (style_bits & 2) != 0;
    style.sheet_per_table = (style_bits & 4) != 0;
    for (unsigned seed = 1; seed <= 4; ++seed) {
      SCOPED_TRACE(absl::StrCat("style ", style_bits, " seed ", seed));
      const Figures figures = RandomFigures(seed, TextStyle());
      ExpectAllRead(XlsxOf(OfficialDocument(figures), style), figures);
    }
  }
}

TEST(XlsxTest, EditionOf2019IsCertain) {
  TextStyle style;
  style.table2 = v1::EDITION_2019;
  style.table3 = v1::EDITION_2019;
  const Figures figures = RandomFigures(3, style);
  ExpectAllRead(
      XlsxOf(OfficialDocument(figures, v1::EDITION_2019, v1::EDITION_2019)),
      figures);
}

TEST(XlsxTest, CellsAreNamedAsExcelNamesThem) {
  const Figures figures = RandomFigures(1, TextStyle());
  const auto result = ImportFile(XlsxOf(OfficialDocument(figures)));
  ASSERT_TRUE(result.ok());
  int seen = 0;
  for (const CellReading& reading : result->cells) {
    const std::string& id = report::Schema::Get().cells()[reading.cell].id;
    // Title, heading one and its two paragraphs, heading two and its table of
    // 14 rows, heading three, three rows of heads; three columns of labels.
    if (id == "t3.new_received.natural_person") {
      EXPECT_EQ(DescribePlace(reading.place).en, "报告!D24");
      ++seen;
    }
    if (id == "t3.granted.total") {
      EXPECT_EQ(DescribePlace(reading.place).en, "报告!J26");
      ++seen;
    }
  }
  EXPECT_EQ(seen, 2);
}

TEST(XlsxTest, RowsAndMergedCells) {
  EXPECT_EQ(TextOf("<row r=\"1\"><c r=\"B1\" t=\"s\"><v>0</v></c></row>"
                   "<row r=\"3\"><c r=\"B3\" t=\"s\"><v>1</v></c>"
                   "<c r=\"D3\"><v>5</v></c><c r=\"F3\"><v>6</v></c></row>"
                   "<row r=\"4\"><c r=\"C4\" t=\"str\"><v>x</v></c>"
                   "<c r=\"D4\"><f>1+1</f><v>2</v></c></row>",
                   {"title", "a"}, {"B3:C3"}),
            "title\n| a | 5 |  | 6 |\n|  | x | 2 |  |  |\n");
}

TEST(XlsxTest, HiddenSheetsAndRowsAreNotRead) {
  ZipParts parts =
      XlsxParts({{"a",
                  "<row r=\"1\" hidden=\"1\"><c r=\"A1\"><v>1</v></c></row>"
                  "<row r=\"2\"><c r=\"A2\"><v>2</v></c></row>",
                  {}},
                 {"b", "<row r=\"1\"><c r=\"A1\"><v>3</v></c></row>", {}}},
                {});
  for (auto& [name, content] : parts) {
    if (name != "xl/workbook.xml") continue;
    content.replace(content.find("<sheet name=\"b\""), 6,
                    "<sheet state=\"hidden\"");
  }
  const std::string bytes = ZipOf(parts);
  auto package = OfficePackage::Open(bytes, ImportLimits());
  ASSERT_TRUE(package.ok());
  const auto source = ReadXlsx(&*package, ImportLimits());
  ASSERT_TRUE(source.ok());
  EXPECT_EQ(source->text, "| 2 |\n");
}

TEST(XlsxTest, NumbersAreExact) {
  const auto decimal = [](const char* stored) {
    return DecimalOfXlsxNumber(stored).value_or("none");
  };
  EXPECT_EQ(decimal("35"), "35");
  EXPECT_EQ(decimal("35.0"), "35");
  EXPECT_EQ(decimal("3.5E1"), "35");
  EXPECT_EQ(decimal("3.5e+2"), "350");
  EXPECT_EQ(decimal("1.1398889E7"), "11398889");
  EXPECT_EQ(decimal("7730.2799999999997"), "7730.28");
  EXPECT_EQ(decimal("2.2999999999999998"), "2.3");
  EXPECT_EQ(decimal("0.30000000000000004"), "0.3");
  EXPECT_EQ(decimal("9.9999999999999995E-7"), "0.000001");
  EXPECT_EQ(decimal("999999999999999.96"), "1000000000000000");
  EXPECT_EQ(decimal("-8"), "-8");
  EXPECT_EQ(decimal("-0.0"), "0");
  EXPECT_EQ(decimal("12345678901234567"), "12345678901234567");
  EXPECT_EQ(decimal("1E400"), "none");
  EXPECT_EQ(decimal("1E"), "none");
  EXPECT_EQ(decimal("."), "none");
  EXPECT_EQ(decimal("1,000"), "none");
  EXPECT_EQ(decimal(""), "none");
}

// What a cell says besides a figure, and what says that there is none.
TEST(XlsxTest, OtherCells) {
  EXPECT_EQ(TextOf("<row r=\"1\"><c r=\"A1\" t=\"b\"><v>1</v></c>"
                   "<c r=\"B1\" t=\"e\"><v>#REF!</v></c>"
                   "<c r=\"C1\" t=\"inlineStr\"><is><r><t>1</t></r>"
                   "<r><rPr><vertAlign val=\"superscript\"/></rPr><t>2</t></r>"
                   "<r><rPr><strike/></rPr><t>3</t></r></is></c>"
                   "<c r=\"D1\" t=\"inlineStr\"><is><t>a\nb|c</t></is></c>"
                   "</row>"),
            "| TRUE | #REF! | 1（2） | a b\xC2\xA6"
            "c |\n");
}

// Each row and cell says where it is.
TEST(XlsxTest, RowsAndCellsMayBeWrittenInAnyOrder) {
  const std::string rows =
      "<row r=\"2\"><c r=\"B2\"><v>4</v></c><c r=\"A2\"><v>3</v></c></row>"
      "<row r=\"3\"><c r=\"C3\"><v>7</v></c><c r=\"A3\"><v>5</v></c>"
      "<c><v>6</v></c></row>"
      "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\"><v>2</v></c></row>";
  EXPECT_EQ(TextOf(rows), "| 1 | 2 |  |\n| 3 | 4 |  |\n| 5 | 6 | 7 |\n");
}

TEST(XlsxTest, DamagedSheetsAreNamed) {
  const auto reason = [](const std::string& rows,
                         const std::vector<std::string>& merged) {
    return ErrorReason(Source({{"S", rows, merged}}, {}).status());
  };
  EXPECT_EQ(reason("<row r=\"2\"/><row r=\"2\"/>", {}), "FILE_DAMAGED");
  EXPECT_EQ(reason("<row r=\"0\"/>", {}), "FILE_DAMAGED");
  EXPECT_EQ(reason("<row r=\"1\"><c r=\"B2\"/></row>", {}), "FILE_DAMAGED");
  EXPECT_EQ(reason("<row r=\"1\"><c r=\"B1\"/><c r=\"B1\"/></row>", {}),
            "FILE_DAMAGED");
  EXPECT_EQ(reason("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row>", {}),
            "FILE_DAMAGED");
  EXPECT_EQ(reason("<row r=\"1048577\"/>", {}), "FILE_DAMAGED");
  EXPECT_EQ(reason("<row r=\"1\"><c r=\"XFE1\"/></row>", {}), "FILE_DAMAGED");
  EXPECT_EQ(reason("", {"A1:ZZZZ9"}), "FILE_DAMAGED");
}

TEST(XlsxTest, CutAndDamagedFilesAreNamed) {
  const Figures figures = RandomFigures(2, TextStyle());
  const std::string xlsx = XlsxOf(OfficialDocument(figures));
  for (size_t size = 4; size < xlsx.size(); size += xlsx.size() / 50) {
    EXPECT_EQ(ErrorReason(ImportFile(xlsx.substr(0, size)).status()),
              "FILE_DAMAGED");
  }
  for (size_t at = 40; at < xlsx.size(); at += xlsx.size() / 200) {
    std::string damaged = xlsx;
    damaged[at] ^= 0x04;
    const auto result = ImportFile(damaged);
    if (result.ok()) {
      EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty()) << at;
    } else {
      EXPECT_THAT(ErrorTextZh(result.status()), Not(IsEmpty()));
    }
  }
}

TEST(XlsxTest, HostileSheets) {
  std::string rows;
  for (int i = 1; i <= 200000; ++i) {
    absl::StrAppend(&rows, "<row r=\"", i, "\"><c><v>1</v></c></row>");
  }
  EXPECT_EQ(ErrorReason(Source({{"S", rows, {}}}, {}).status()),
            "FILE_TOO_LARGE");
  std::vector<std::string> merged;
  for (int i = 0; i < 16000; ++i) {
    merged.push_back(
        absl::StrCat(ColumnName(i), "1:", ColumnName(i), "1048576"));
  }
  rows = "<row r=\"1\"><c><v>1</v></c></row><row r=\"3\"><c><v>1</v></c></row>";
  EXPECT_EQ(ErrorReason(Source({{"S", rows, merged}}, {}).status()),
            "FILE_DAMAGED");
  // One cell at the far corner.
  EXPECT_EQ(TextOf("<row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c>"
                   "<c r=\"XFD1048576\"><v>2</v></c></row>")
                .size(),
            2 + 16382 * 3 + 3 * 2 + 2);
}

}  // namespace
}  // namespace annals::client
