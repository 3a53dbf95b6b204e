// Encodings and formats, told by content.

#include "client/import/encoding.h"

#include <iconv.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/import/file_format.h"
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

std::string Encode(std::string text, const char* encoding) {
  iconv_t handle = iconv_open(encoding, "UTF-8");
  EXPECT_NE(handle, reinterpret_cast<iconv_t>(-1));
  std::string out(text.size() * 4 + 8, '\0');
  char* in = text.data();
  size_t in_left = text.size();
  char* to = out.data();
  size_t out_left = out.size();
  EXPECT_NE(iconv(handle, &in, &in_left, &to, &out_left),
            static_cast<size_t>(-1));
  iconv_close(handle);
  out.resize(out.size() - out_left);
  return out;
}

std::string Reason(absl::string_view bytes) {
  return ErrorReason(ImportFile(bytes).status());
}

TEST(EncodingTest, EachEncodingGivesTheSameReport) {
  const std::string text = SampleText("xigong-2024");
  const auto plain = ImportFile(text);
  ASSERT_TRUE(plain.ok());
  const std::vector<std::string> encoded = {
      absl::StrCat("\xEF\xBB\xBF", text), Encode(text, "GB18030"),
      Encode(text, "GBK"), absl::StrCat("\xFF\xFE", Encode(text, "UTF-16LE")),
      absl::StrCat("\xFE\xFF", Encode(text, "UTF-16BE"))};
  for (const std::string& bytes : encoded) {
    const auto result = ImportFile(bytes);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_FALSE(result->HasDoubts());
    EXPECT_EQ(result->report.SerializeAsString(),
              plain->report.SerializeAsString());
  }
}

TEST(EncodingTest, HtmlInGb18030) {
  const Figures figures = RandomFigures(2, TextStyle());
  HtmlStyle style;
  for (const char* charset : {"gb2312", "utf-8", "GBK"}) {
    style.charset = charset;
    const auto result =
        ImportFile(Encode(HtmlOf(OfficialDocument(figures), style), "GB18030"));
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->format, FileFormat::kHtml);
    EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
    EXPECT_THAT(NotCertain(*result), IsEmpty());
  }
}

// A summary that is cut off in the middle of a character, in what no reader
// sees; the same in the text is an error.
TEST(EncodingTest, StrayBytesInThePartsOfAPageThatAreNotShown) {
  const Figures figures = RandomFigures(2, TextStyle());
  const std::string page = HtmlOf(OfficialDocument(figures));
  for (const char* encoding : {"UTF-8", "GB18030"}) {
    const std::string bytes = Encode(page, encoding);
    for (const char* stray : {"\xE6\x94", "\xFF"}) {
      const auto result = ImportFile(absl::StrReplaceAll(
          bytes, {{"<head>", absl::StrCat("<head><meta name=\"Description\" "
                                          "content=\"",
                                          stray, "\">")}}));
      ASSERT_TRUE(result.ok()) << result.status();
      EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
      EXPECT_THAT(NotCertain(*result), IsEmpty());
    }
    EXPECT_FALSE(
        ImportFile(absl::StrReplaceAll(bytes, {{"</h2>", "\xFF\n</h2>"}}))
            .ok());
  }
}

TEST(EncodingTest, HtmlThatDeclaresBig5) {
  const auto text = DecodeText(
      absl::StrCat("<meta charset=\"big5\">", Encode("政府資訊公開", "BIG5")));
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("政府資訊公開"));
}

TEST(EncodingTest, TwoEncodingsInOneTextAreNamed) {
  const auto text = DecodeText(absl::StrCat(
      "政府信息公开\n", Encode("年度报告\n", "GB18030"), "总体情况\n"));
  EXPECT_EQ(ErrorReason(text.status()), "MIXED_ENCODINGS");
  EXPECT_THAT(std::string(text.status().message()),
              HasSubstr("Line 1 is UTF-8, but line 2 is not (byte 19)"));
  EXPECT_THAT(ErrorTextZh(text.status()), HasSubstr("第 1 行"));
}

TEST(EncodingTest, WhatIsNoTextIsNotReadAsGb18030) {
  EXPECT_EQ(Reason("caf\xE9 au lait \xE8\xE9\n"), "INVALID_UTF8");
  EXPECT_EQ(Reason("一、总体情况\n二\xFF\n"), "MIXED_ENCODINGS");
  EXPECT_EQ(Reason(absl::string_view("\xFF\xFE\x00\xD8", 4)), "INVALID_UTF16");
  EXPECT_EQ(Reason(absl::string_view("\0\1\2", 3)), "BINARY_FILE");
  EXPECT_EQ(Reason(absl::string_view("\xFF\xFE\0\0", 4)), "BINARY_FILE");
}

// GB18030 that is cut off in the middle of a character, at any byte.
TEST(EncodingTest, CutTextIsReadOrNamed) {
  const std::string bytes = Encode(SampleText("xigong-2024"), "GB18030");
  const Figures truth = ExpectedFigures("xigong-2024");
  for (size_t size = 1; size < bytes.size(); size += 7) {
    const auto result = ImportFile(bytes.substr(0, size));
    if (!result.ok()) {
      EXPECT_THAT(ErrorTextZh(result.status()), Not(IsEmpty()));
      continue;
    }
    EXPECT_THAT(WrongAndUnmarked(*result, truth), IsEmpty()) << size;
  }
}

TEST(FileFormatTest, UnsupportedFormatsAreNamedWithAdvice) {
  const auto expect = [](absl::string_view bytes, const char* kind,
                         const char* advice) {
    const absl::Status status = ImportFile(bytes).status();
    EXPECT_EQ(ErrorReason(status), "UNSUPPORTED_FORMAT") << kind;
    EXPECT_THAT(std::string(status.message()), HasSubstr(kind));
    EXPECT_THAT(std::string(status.message()), HasSubstr(advice));
    EXPECT_THAT(ErrorTextZh(status), HasSubstr("不能导入"));
  };
  expect("\xD0\xCF\x11\xE0....", "DOC", "save it as DOCX");
  expect("{\\rtf1 ...", "RTF", "save it as DOCX");
  expect("MIME-Version: 1.0\r\n", "MHTML", "save it as DOCX");
  expect("\x89PNG\r\n", "PNG", "OCR");
  expect("\xFF\xD8\xFF\xE0", "JPEG", "OCR");
  expect("\x1F\x8B\x08", "gzip", "Unpack");
  expect("Rar!\x1A", "RAR", "Unpack");
  expect(absl::StrCat(std::string(257, 'x'), "ustar"), "TAR", "Unpack");
}

TEST(FileFormatTest, HtmlIsToldByItsTags) {
  EXPECT_TRUE(LooksLikeHtml("<!DOCTYPE HTML><p>x"));
  EXPECT_TRUE(LooksLikeHtml("<TD>x</TD>"));
  EXPECT_FALSE(LooksLikeHtml("| a<br>b | 1 < 2 |"));
}

TEST(FileFormatTest, MarkdownCellsMayBreakLinesByHtml) {
  TextStyle style;
  style.layout = Layout::kMarkdown;
  const Figures figures = RandomFigures(4, style);
  const auto result = ImportFile(absl::StrReplaceAll(
      RenderReport(figures, style), {{"商业企业", "商业<br/>企业"}}));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->format, FileFormat::kText);
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
  EXPECT_THAT(NotCertain(*result), IsEmpty());
}

TEST(FileFormatTest, TextKnowsItsLines) {
  const auto result = ImportFile(SampleText("xigong-2024"));
  ASSERT_TRUE(result.ok());
  for (const CellReading& reading : result->cells) {
    EXPECT_EQ(DescribePlace(reading.place).en,
              absl::StrCat("line ", reading.line));
  }
}

TEST(FileFormatTest, LimitsAreKept) {
  ImportLimits limits;
  limits.file_bytes = 10;
  EXPECT_EQ(ErrorReason(ImportFile("一、总体情况", limits).status()),
            "FILE_TOO_LARGE");
  limits = ImportLimits();
  limits.text_bytes = 10;
  EXPECT_EQ(ErrorReason(ImportFile("一、总体情况", limits).status()),
            "FILE_TOO_LARGE");
  EXPECT_EQ(ErrorReason(ImportFile("<p>一、总体情况</p>", limits).status()),
            "FILE_TOO_LARGE");
  EXPECT_EQ(Reason(" \n"), "EMPTY_FILE");
  EXPECT_EQ(Reason("<p></p>"), "NO_TEXT_IN_FILE");
}

}  // namespace
}  // namespace annals::client
