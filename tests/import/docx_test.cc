// Word documents as Word, WPS and careless hands make them.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/import/docx_reader.h"
#include "client/import/word_numbering.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/import/office_files.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

absl::StatusOr<SourceText> Source(const std::string& body) {
  const std::string bytes = ZipOf(DocxParts(body));
  auto package = OfficePackage::Open(bytes, ImportLimits());
  if (!package.ok()) return package.status();
  return ReadDocx(&*package, ImportLimits());
}

std::string TextOf(const std::string& body) {
  const auto source = Source(body);
  EXPECT_TRUE(source.ok()) << source.status();
  return source.ok() ? source->text : std::string();
}

std::string TextRun(const std::string& text,
                    const std::string& properties = "") {
  return absl::StrCat("<w:r><w:rPr>", properties, "</w:rPr><w:t>", text,
                      "</w:t></w:r>");
}

std::string Paragraph(const std::string& runs) {
  return absl::StrCat("<w:p>", runs, "</w:p>");
}

std::string Numbered(int level, const std::string& text) {
  return absl::StrCat("<w:p><w:pPr><w:numPr><w:ilvl w:val=\"", level,
                      "\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>",
                      TextRun(text), "</w:p>");
}

void ExpectAllRead(const std::string& docx, const Figures& figures) {
  const auto result = ImportFile(docx);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->format, FileFormat::kDocx);
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
  EXPECT_THAT(NotCertain(*result), IsEmpty());
  EXPECT_THAT(result->remarks, IsEmpty());
  EXPECT_EQ(result->cells.size(), figures.size());
  EXPECT_EQ(result->report.printed_headings_size(), 6);
  EXPECT_THAT(result->report.s5_problems(), HasSubstr("仍有待进一步提升。"));
}

TEST(DocxTest, OfficialLayoutIsCertainInEveryStyle) {
  for (int style_bits = 0; style_bits < 16; ++style_bits) {
    DocxStyle style;
    style.split_runs = (style_bits & 1) != 0;
    style.tracked_changes = (style_bits & 2) != 0;
    style.numbered_headings = (style_bits & 4) != 0;
    style.wrapped = (style_bits & 8) != 0;
    for (unsigned seed = 1; seed <= 4; ++seed) {
      SCOPED_TRACE(absl::StrCat("style ", style_bits, " seed ", seed));
      const Figures figures = RandomFigures(seed, TextStyle());
      ExpectAllRead(DocxOf(OfficialDocument(figures), style), figures);
    }
  }
}

TEST(DocxTest, EditionOf2019IsCertain) {
  TextStyle style;
  style.table2 = v1::EDITION_2019;
  style.table3 = v1::EDITION_2019;
  const Figures figures = RandomFigures(3, style);
  ExpectAllRead(
      DocxOf(OfficialDocument(figures, v1::EDITION_2019, v1::EDITION_2019)),
      figures);
}

// The blank form: no figure is made up, and no cell is told from another.
TEST(DocxTest, OfficialFormIsBlank) {
  const auto result = ImportFile(SampleFile("official-form-2021.docx"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->cells.size(), 200);
  EXPECT_EQ(result->Count(Certainty::kMissing), 200);
  for (const CellReading& reading : result->cells) {
    EXPECT_FALSE(reading.value.has_value());
  }
  ASSERT_EQ(result->report.printed_headings_size(), 6);
  EXPECT_EQ(result->report.printed_headings(2).text(),
            "三、收到和处理政府信息公开申请情况");
  EXPECT_EQ(result->report.t2().edition(), v1::EDITION_2021);
  EXPECT_EQ(result->report.t3().edition(), v1::EDITION_2021);
}

TEST(DocxTest, RunsAreShownWithChangesAccepted) {
  EXPECT_EQ(
      TextOf(Paragraph(absl::StrCat(
          TextRun("1"), "<w:del>", TextRun("2"), "</w:del><w:ins>",
          TextRun("3"), "</w:ins><w:hyperlink>", TextRun("4"), "</w:hyperlink>",
          TextRun("5", "<w:vanish/>"), TextRun("6", "<w:vanish w:val=\"0\"/>"),
          TextRun("7", "<w:strike/>"), "<w:r><w:fldChar/></w:r>",
          "<w:r><w:instrText>8</w:instrText></w:r>",
          "<w:r><w:noBreakHyphen/><w:sym w:char=\"2460\"/></w:r>"))),
      "1346-①\n");
}

TEST(DocxTest, BreaksTabsAndRaisedMarks) {
  EXPECT_EQ(TextOf(Paragraph("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/>"
                             "<w:t xml:space=\"preserve\"> </w:t>"
                             "<w:t>c</w:t></w:r>")),
            "a\tb\nc\n");
  EXPECT_EQ(
      TextOf(Paragraph(TextRun("12") +
                       TextRun("1", "<w:vertAlign w:val=\"superscript\"/>"))),
      "12（1）\n");
}

TEST(DocxTest, TextBoxesAreReadOnce) {
  EXPECT_EQ(
      TextOf(Paragraph(
          TextRun("a") +
          "<w:r><mc:AlternateContent xmlns:mc=\"mc\"><mc:Choice><w:drawing>"
          "<w:txbxContent><w:p>" +
          TextRun("box") +
          "</w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict>"
          "<w:txbxContent><w:p>" +
          TextRun("box") +
          "</w:p></w:txbxContent></w:pict></mc:Fallback>"
          "</mc:AlternateContent></w:r>")),
      "a\nbox\n");
}

TEST(DocxTest, NestedTablesAreLayout) {
  const std::string inner =
      "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>"
      "<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
  EXPECT_EQ(TextOf(absl::StrCat(
                "<w:tbl><w:tr><w:tc>", Paragraph(TextRun("a")), inner,
                "</w:tc></w:tr><w:tr><w:trPr><w:del/>"
                "</w:trPr><w:tc>",
                Paragraph(TextRun("gone")), "</w:tc></w:tr></w:tbl>")),
            "a\n| x | 1 |\n");
}

ZipParts WithNumbering(const std::string& levels, const std::string& body) {
  ZipParts parts = DocxParts(body);
  for (auto& [name, content] : parts) {
    if (name != "word/numbering.xml") continue;
    content = absl::StrCat(
        "<w:numbering xmlns:w=\"w\"><w:abstractNum w:abstractNumId=\"0\">",
        levels,
        "</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/>"
        "</w:num></w:numbering>");
  }
  return parts;
}

TEST(DocxTest, NumbersCountOnAndStartAnew) {
  const std::string bytes = ZipOf(WithNumbering(
      "<w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"chineseCounting\"/>"
      "<w:lvlText w:val=\"%1、\"/></w:lvl><w:lvl w:ilvl=\"1\">"
      "<w:start w:val=\"3\"/><w:lvlText w:val=\"%1.%2 \"/><w:isLgl/></w:lvl>"
      "<w:lvl w:ilvl=\"2\"><w:numFmt w:val=\"bullet\"/>"
      "<w:lvlText w:val=\"*\"/></w:lvl>",
      Numbered(0, "a") + Numbered(1, "b") + Numbered(1, "c") +
          Numbered(0, "d") + Numbered(1, "e") + Numbered(2, "f") +
          Numbered(0, "7")));
  auto package = OfficePackage::Open(bytes, ImportLimits());
  ASSERT_TRUE(package.ok());
  const auto source = ReadDocx(&*package, ImportLimits());
  ASSERT_TRUE(source.ok());
  EXPECT_EQ(source->text, "一、a\n1.3 b\n1.4 c\n二、d\n2.3 e\nf\n三、 7\n");
}

TEST(DocxTest, NumberFormats) {
  const auto all = [](const char* format) {
    std::vector<std::string> numbers;
    for (int number : {1, 10, 12, 105}) {
      numbers.push_back(FormatWordNumber(number, format));
    }
    return numbers;
  };
  EXPECT_THAT(all("chineseCounting"),
              ElementsAre("一", "十", "十二", "一百零五"));
  EXPECT_THAT(all("ideographDigital"),
              ElementsAre("一", "一〇", "一二", "一〇五"));
  EXPECT_THAT(all("decimalFullWidth"),
              ElementsAre("１", "１０", "１２", "１０５"));
  EXPECT_THAT(all("upperRoman"), ElementsAre("I", "X", "XII", "CV"));
  EXPECT_THAT(all("lowerLetter"), ElementsAre("a", "j", "l", "aaaaa"));
  EXPECT_THAT(all("decimalEnclosedCircle"), ElementsAre("①", "⑩", "⑫", "105"));
  EXPECT_THAT(all("none"), ElementsAre("", "", "", ""));
  EXPECT_EQ(FormatWordNumber(2024, "chineseCounting"), "二千零二十四");
}

TEST(DocxTest, CutAndDamagedFilesAreNamed) {
  const std::string docx = SampleFile("official-form-2021.docx");
  for (size_t size = 4; size < docx.size(); size += docx.size() / 50) {
    const auto result = ImportFile(docx.substr(0, size));
    EXPECT_EQ(ErrorReason(result.status()), "FILE_DAMAGED") << size;
    EXPECT_THAT(ErrorTextZh(result.status()), HasSubstr("已损坏"));
  }
  // The checksum of each part is looked at.
  for (size_t at = 300; at < docx.size() - 1500; at += docx.size() / 40) {
    std::string damaged = docx;
    damaged[at] ^= 0x10;
    const auto result = ImportFile(damaged);
    if (!result.ok()) continue;
    EXPECT_EQ(result->Count(Certainty::kMissing), 200) << at;
  }
}

std::string Repeat(const std::string& text, size_t count) {
  std::string result;
  for (size_t i = 0; i < count; ++i) result += text;
  return result;
}

TEST(DocxTest, BombsAreRefused) {
  const auto reason = [](const std::string& body) {
    return ErrorReason(ImportFile(ZipOf(DocxParts(body))).status());
  };
  EXPECT_EQ(reason(Repeat(" ", 64 << 20)), "FILE_TOO_LARGE");
  EXPECT_EQ(reason(Repeat("<a/>", 3 << 20)), "FILE_TOO_COMPLEX");
  EXPECT_EQ(reason(Repeat("<w:p>", 100000) + Repeat("</w:p>", 100000)),
            "FILE_TOO_COMPLEX");
  EXPECT_EQ(reason(Repeat("<w:tbl><w:tr><w:tc>", 60) +
                   Repeat("</w:tc></w:tr></w:tbl>", 60)),
            "NO_TEXT_IN_FILE");
  EXPECT_EQ(reason("<w:tbl>" +
                   Repeat("<w:tr><w:tc><w:p><w:r><w:t>123456</w:t></w:r></w:p>"
                          "</w:tc></w:tr>",
                          120000) +
                   "</w:tbl>"),
            "FILE_TOO_LARGE");
  ZipParts many = DocxParts("");
  for (int i = 0; i < 3000; ++i) many.emplace_back(absl::StrCat("x", i), "");
  EXPECT_EQ(ErrorReason(ImportFile(ZipOf(many)).status()), "FILE_TOO_LARGE");
}

// Entities are not expanded, and nothing is fetched.
TEST(DocxTest, EntitiesStayAsTheyAre) {
  std::string entities = "<!DOCTYPE w:document [<!ENTITY a \"0123456789\">";
  for (char c = 'b'; c <= 'k'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    absl::StrAppend(&entities, "<!ENTITY ", std::string(1, c), " \"",
                    Repeat(absl::StrCat("&", before, ";"), 10), "\">");
  }
  entities += "<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
  ZipParts parts = DocxParts("");
  for (auto& [name, content] : parts) {
    if (name != "word/document.xml") continue;
    content =
        absl::StrCat(entities,
                     "<w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>&k;&x;"
                     "</w:t></w:r></w:p></w:body></w:document>");
  }
  const std::string bytes = ZipOf(parts);
  auto package = OfficePackage::Open(bytes, ImportLimits());
  ASSERT_TRUE(package.ok());
  const auto source = ReadDocx(&*package, ImportLimits());
  ASSERT_TRUE(source.ok());
  EXPECT_EQ(source->text, "&k;&x;\n");
}

TEST(DocxTest, OtherArchivesAreNamed) {
  const auto expect = [](const ZipParts& parts, const char* kind) {
    const absl::Status status = ImportFile(ZipOf(parts)).status();
    EXPECT_EQ(ErrorReason(status), "UNSUPPORTED_FORMAT");
    EXPECT_THAT(std::string(status.message()), HasSubstr(kind));
    EXPECT_THAT(ErrorTextZh(status), HasSubstr("不能导入"));
  };
  expect({{"a.txt", "x"}}, "ZIP archive");
  expect({{"OFD.xml", "x"}}, "OFD");
  expect({{"mimetype", "x"}, {"content.xml", "x"}}, "OpenDocument");
  ZipParts slides = DocxParts("");
  slides[0].second = std::string(slides[0].second)
                         .replace(slides[0].second.find("word/document.xml"),
                                  17, "ppt/presentation.xml");
  slides.emplace_back("ppt/presentation.xml", "<p/>");
  expect(slides, "PPTX");
}

}  // namespace
}  // namespace annals::client
