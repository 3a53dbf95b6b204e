// What is no report gets an error that says so; nothing takes longer than its
// size.

#include <chrono>
#include <functional>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/import/expected_figures.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;

absl::Status Error(absl::string_view text) { return ImportText(text).status(); }

TEST(BadInputTest, EmptyFile) {
  for (absl::string_view text : {"", " \n\t\r\n\f"}) {
    EXPECT_EQ(ErrorReason(Error(text)), "EMPTY_FILE");
  }
}

TEST(BadInputTest, BinaryFilesAreNamed) {
  const auto expect = [](absl::string_view text, const char* kind) {
    const absl::Status status = Error(text);
    EXPECT_EQ(ErrorReason(status), "BINARY_FILE");
    EXPECT_THAT(std::string(status.message()), HasSubstr(kind));
    EXPECT_THAT(ErrorTextZh(status), HasSubstr("不是纯文本"));
  };
  expect("%PDF-1.7\n...", "PDF");
  expect("PK\x03\x04....", "DOCX");
  expect("\xD0\xCF\x11\xE0....", "DOC");
  expect("\xFF\xFEt\x01", "UTF-16");
  expect(absl::string_view("一、总体情况\0\0", 20), "zero byte");
}

TEST(BadInputTest, InvalidUtf8NamesThePlace) {
  const absl::Status status = Error("一、总体情况\n二\xFF\n");
  EXPECT_EQ(ErrorReason(status), "INVALID_UTF8");
  EXPECT_THAT(std::string(status.message()), HasSubstr("byte 22 on line 2"));
}

TEST(BadInputTest, Gb18030IsRecognised) {
  // 一、总体情况 in GB18030.
  const absl::Status status =
      Error("\xD2\xBB\xA1\xA2\xD7\xDC\xCC\xE5\xC7\xE9\xBF\xF6\n");
  EXPECT_EQ(ErrorReason(status), "INVALID_UTF8");
  EXPECT_THAT(std::string(status.message()), HasSubstr("GB18030"));
}

TEST(BadInputTest, TooLarge) {
  const auto result = ImportText("一、总体情况\n", 5);
  EXPECT_EQ(ErrorReason(result.status()), "FILE_TOO_LARGE");
}

TEST(BadInputTest, NoReport) {
  EXPECT_EQ(ErrorReason(Error("Dear diary, today 7 7 7 7 7 7 7.\n")),
            "NOT_A_REPORT");
  EXPECT_EQ(ErrorReason(Error("{\"json\": [1, 2, 3]}")), "NOT_A_REPORT");
}

// Overflowing, fractional and negative counts are not made to fit.
TEST(BadInputTest, FiguresThatAreNoCounts) {
  for (const char* print :
       {"99999999999999999999", "1.5", "-3", "1,2,3", "３５元"}) {
    const std::string text = absl::StrCat(
        "二、主动公开政府信息情况\n第二十条第（五）项\n信息内容\t本年处理决定数"
        "量"
        "\n行政许可\t",
        print, "\n");
    const auto result = ImportText(text);
    ASSERT_TRUE(result.ok());
    EXPECT_FALSE(result->report.t2().licences().has_decisions()) << print;
    EXPECT_EQ(result->Count(Certainty::kCertain), 0) << print;
  }
}

constexpr char kOpening[] =
    "一、总体情况\n二、主动公开政府信息情况\n"
    "三、收到和处理政府信息公开申请情况\n";

void ExpectFast(const std::string& unit, const char* opening = kOpening) {
  constexpr size_t kSize = 5 << 20;
  std::string text = opening;
  while (text.size() < kSize) text += unit;
  const auto start = std::chrono::steady_clock::now();
  const auto result = ImportText(text);
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - start;
  // Generous: sanitizers slow it down tenfold.
  EXPECT_LT(took.count(), 60) << unit.substr(0, 60);
}

TEST(HostileInputTest, HugeSingleLine) { ExpectFast("一、总体情况"); }
TEST(HostileInputTest, ManyHeadings) { ExpectFast("一、总体情况\n"); }
TEST(HostileInputTest, ManyCells) { ExpectFast("|1|"); }
TEST(HostileInputTest, ManyFigures) { ExpectFast("0 0 0 0 0 0 0\n"); }
TEST(HostileInputTest, ManyLoneFigures) { ExpectFast("7\n"); }
TEST(HostileInputTest, ManyLabels) { ExpectFast("1.属于国家秘密\n"); }
TEST(HostileInputTest, ManyRows) {
  ExpectFast("1.属于国家秘密 0 0 0 0 0 0 0\n");
}
TEST(HostileInputTest, ManyRowsOfTableTwo) {
  ExpectFast("第二十条 行政许可 1\n", "二、主动公开政府信息情况\n");
}
TEST(HostileInputTest, ManyDisputes) {
  ExpectFast("复议后起诉 1 2 3 4 5\n",
             "四、政府信息公开行政复议、行政诉讼情况\n");
}
TEST(HostileInputTest, ManyBrackets) { ExpectFast("（（（（（1（"); }
TEST(HostileInputTest, ManyPageBreaks) { ExpectFast("\f\n3\n\f"); }

TEST(HostileInputTest, ManyMisprintedLabels) {
  std::mt19937 random(1);
  std::string unit;
  const std::string label = "要求行政机关确认或重新出具已获取信息";
  for (int i = 0; i < 20000; ++i) {
    std::string misprint = label;
    misprint.replace(3 * (random() % 17), 3, absl::StrCat(random() % 1000));
    unit += absl::StrCat("5.", misprint, " 0 0 0 0 0 0 ", i, "\n");
  }
  ExpectFast(unit);
}

// Random pieces of a real report in random order.
TEST(HostileInputTest, ShuffledPieces) {
  const std::string sample = SampleText("huaian-2024");
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (int piece = 0; piece < 30; ++piece) {
      size_t begin = random() % sample.size();
      while (begin > 0 && sample[begin - 1] != '\n') --begin;
      size_t end = std::min(sample.size(), begin + random() % 800);
      while (end < sample.size() && sample[end] != '\n') ++end;
      text += sample.substr(begin, end - begin) + "\n";
    }
    const auto result = ImportText(text);
    if (!result.ok()) {
      EXPECT_EQ(ErrorReason(result.status()), "NOT_A_REPORT");
    }
  }
}

}  // namespace
}  // namespace annals::client
