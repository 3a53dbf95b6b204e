// No file takes more than 256 MiB of memory, or more time than its limit
// allows: with the default limit, less than 10 seconds of CPU.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/import/office_files.h"

namespace annals::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr long kMemoryKilobytesMax = 256 << 10;
// With a second for the parser.
constexpr double kCpuSecondsMax = 8;

#if defined(ANNALS_SANITIZED)
constexpr bool kMeasurable = false;
#else
constexpr bool kMeasurable = true;
#endif

constexpr size_t kFileBytes = 16 << 20;
// A font that a page brings along.
constexpr char kFace[] = "@font-face{font-family:x;src:url(a)}";

// Of `unit` as often as it fits.
std::string Filled(const std::string& unit, size_t bytes = kFileBytes,
                   const std::string& start = "") {
  std::string text = start;
  text.reserve(bytes);
  while (text.size() + unit.size() <= bytes) text += unit;
  return text;
}

std::string DocxFilled(const std::string& unit, size_t bytes) {
  return ZipOf(DocxParts(Filled(unit, bytes)));
}

std::string XlsxFilled(const std::string& unit, size_t bytes) {
  return ZipOf(XlsxParts({{"S", Filled(unit, bytes), {}}}, {}));
}

// Rules of one class each, and an element that has all the classes.
std::string HtmlOfClasses() {
  std::string sheet;
  std::string classes;
  for (int i = 0; i < 20000; ++i) {
    absl::StrAppend(&sheet, ".a", i, " .b td{display:none}");
    absl::StrAppend(&classes, "a", i, " ");
  }
  return absl::StrCat(
      "<style>", sheet, "</style><div class=\"", classes, "\"><table>",
      Filled("<tr><td>7</td><td>7</td></tr>", 1 << 19), "</table></div>");
}

// Rows that reach from the first column to the last.
std::string XlsxOfWideRows(const std::string& columns) {
  std::string rows;
  for (int row = 1; row <= 100000; ++row) {
    absl::StrAppend(&rows, "<row r=\"", row, "\"><c r=\"A", row,
                    "\"><v>7</v></c><c r=\"XFD", row, "\"><v>7</v></c></row>");
  }
  ZipParts parts = XlsxParts({{"S", rows, {}}}, {});
  for (auto& [name, content] : parts) {
    const size_t at = content.find("<sheetData>");
    if (at != std::string::npos) content.insert(at, columns);
  }
  return ZipOf(parts);
}

struct Case {
  const char* name;
  std::function<std::string()> file;
};

constexpr size_t kTextBytes = (1 << 20) - 1;

const Case kCases[] = {
    {"TextOfBars", [] { return Filled("|1", kTextBytes); }},
    {"TextOfLines", [] { return Filled("7\n", kTextBytes); }},
    {"TextOfRows", [] { return Filled("1 2 3 4 5 6 7\n", kTextBytes); }},
    {"TextOfHeadings", [] { return Filled("一、总体情况\n", kTextBytes); }},
    {"TextOfPages", [] { return Filled("\f", kTextBytes, "7\n"); }},
    {"LongText", [] { return Filled("7"); }},
    {"LongGb18030", [] { return Filled("\xD2\xBB"); }},
    {"LongUtf16", [] { return Filled("\x8C\x4E", kFileBytes, "\xFF\xFE"); }},
    {"HtmlBlocks", [] { return Filled("<div>", kFileBytes, "<p></p>"); }},
    {"HtmlParagraphs", [] { return Filled("<p>1</p>"); }},
    {"HtmlRows",
     [] { return Filled("<tr><td>1", kFileBytes, "</td><table>"); }},
    {"HtmlTables", [] { return Filled("<table><td>", kFileBytes, "</td>"); }},
    {"HtmlEmptyTables", [] { return Filled("<table></table>"); }},
    {"HtmlFormats", [] { return Filled("<b><i><u></p>"); }},
    {"HtmlAttributes", [] { return Filled(" a=b", kFileBytes, "</p><p"); }},
    {"HtmlEntities", [] { return Filled("&lt;", kFileBytes, "</p>"); }},
    {"HtmlWideCells",
     [] {
       return Filled("<td colspan=999 rowspan=9999>1", kFileBytes,
                     "</td><table>");
     }},
    {"HtmlShortCells",
     [] { return Filled("<tr><td><td><td>", kFileBytes, "</td><table>"); }},
    {"HtmlHeadings",
     [] { return Filled("<div>一、总体情况", 2 << 20, "<p></p>"); }},
    {"HtmlHiddenBlocks",
     [] { return Filled("<div hidden>", 1 << 20, "<p></p>"); }},
    {"HtmlClasses", HtmlOfClasses},
    {"HtmlDeclarations",
     [] {
       return Filled("a:b;", kFileBytes - 9, "<table><tr><td style=\"") +
              "\">1";
     }},
    {"HtmlSheetOfDeclarations",
     [] { return Filled("a:b;", kFileBytes, "<style>td{"); }},
    {"HtmlSelectors",
     [] { return Filled("td,", kFileBytes - 9, "<style>") + "p{top:0}"; }},
    {"HtmlNestedRules", [] { return Filled("a{", kFileBytes, "<style>"); }},
    {"HtmlRules",
     [] { return Filled("td{opacity:0}", kFileBytes, "<style>"); }},
    {"HtmlFontFaces", [] { return Filled(kFace, kFileBytes, "<style>"); }},
    {"HtmlNestedFontFaces",
     [] { return Filled("@font-face{", kFileBytes, "<style>"); }},
    {"HtmlFontFamilies",
     [] {
       return Filled("a,b ", kFileBytes - 90,
                     absl::StrCat("<style>", kFace, "td{font:9px ")) +
              "}</style><table><td>1";
     }},
    {"HtmlFontRules",
     [] {
       return Filled("td{font-family:x}", kFileBytes - 90,
                     absl::StrCat("<style>", kFace)) +
              "</style><table><td>1";
     }},
    {"HtmlCustomProperties",
     [] {
       return Filled("--a:var(--b);", kFileBytes - 90,
                     absl::StrCat("<style>", kFace, "td{")) +
              "font:var(--a)}</style><table><td>1";
     }},
    {"HtmlFontsOfElements",
     [] {
       return Filled("<tr><td style='font:9px x'>1", 2 << 20,
                     absl::StrCat("<style>", kFace, "</style><table>"));
     }},
    {"DocxTags", [] { return DocxFilled("<a/>", 31 << 20); }},
    {"DocxFewerTags", [] { return DocxFilled("<a/>", 5 << 20); }},
    {"DocxText", [] { return DocxFilled(" 7", 31 << 20); }},
    {"DocxParagraphs",
     [] { return DocxFilled("<w:p><w:r><w:t>7</w:t></w:r></w:p>", 5 << 20); }},
    {"DocxRows",
     [] {
       return ZipOf(DocxParts(
           "<w:tbl>" + Filled("<w:tr><w:tc/></w:tr>", 8 << 20) + "</w:tbl>"));
     }},
    {"DocxAttributes",
     [] { return DocxFilled("<a b=\"\" c=\"\" d=\"\" e=\"\"/>", 8 << 20); }},
    {"XlsxRows",
     [] { return XlsxFilled("<row><c><v>7</v></c></row>", 5 << 20); }},
    {"XlsxWideRows", [] { return XlsxOfWideRows(""); }},
    {"XlsxHiddenColumns",
     [] {
       return XlsxOfWideRows(
           "<cols><col min=\"2\" max=\"16383\" hidden=\"1\"/></cols>");
     }},
    {"XlsxEmptyRows", [] { return XlsxFilled("<row/>", 8 << 20); }},
    {"Zip", [] { return Filled("PK\x01\x02", kFileBytes, "PK\x03\x04"); }},
    {"Pdf", [] { return Filled("1 0 obj<<", kFileBytes, "%PDF-1.7\n"); }},
    {"PdfXref",
     [] { return Filled("startxref 9\n", kFileBytes, "%PDF-1.7\n"); }},
};

class LimitsTest : public testing::TestWithParam<Case> {};

TEST_P(LimitsTest, FitsInMemoryAndTime) {
  if (!kMeasurable) GTEST_SKIP() << "sanitizers take time and memory";
  const std::string file = GetParam().file();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  ImportLimits limits;
  limits.parse_seconds = 1;
  if (child == 0) _exit(ImportFile(file, limits).ok() ? 0 : 1);
  int status = 0;
  rusage used{};
  ASSERT_EQ(wait4(child, &status, 0, &used), child);
  EXPECT_TRUE(WIFEXITED(status)) << status;
  const double seconds =
      static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
      static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  EXPECT_LT(seconds, kCpuSecondsMax);
  // The child begins with what this process has, the file included.
  EXPECT_LT(used.ru_maxrss, kMemoryKilobytesMax);
  RecordProperty("kilobytes", static_cast<int>(used.ru_maxrss));
  RecordProperty("milliseconds", static_cast<int>(seconds * 1000));
}

// A sound file is not called damaged for want of memory, however it is wanting.
TEST(ParserMemoryTest, TooLittleIsSaidToBeThat) {
  if (!kMeasurable) GTEST_SKIP() << "sanitizers take all memory";
  const std::string pdf = SampleFile("huaian-2024.pdf");
  int refused = 0;
  for (size_t mib = 1; mib <= 24; ++mib) {
    SCOPED_TRACE(mib);
    ImportLimits limits;
    limits.parse_bytes = mib << 20;
    const auto result = ImportFile(pdf, limits);
    if (result.ok()) {
      EXPECT_EQ(result->Count(Certainty::kCertain), result->cells.size());
      continue;
    }
    ++refused;
    EXPECT_EQ(ErrorReason(result.status()), "FILE_TOO_COMPLEX");
    EXPECT_THAT(std::string(result.status().message()),
                AllOf(HasSubstr("memory"), HasSubstr(absl::StrCat(mib, " MiB")),
                      HasSubstr("--max-parse-mib")));
    EXPECT_THAT(ErrorTextZh(result.status()),
                AllOf(HasSubstr("内存不足"), HasSubstr("--max-parse-mib")));
  }
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(Hostile, LimitsTest, testing::ValuesIn(kCases),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

}  // namespace
}  // namespace annals::client
