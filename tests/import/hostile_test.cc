// Reports in prints that the importer was not written for: whatever it is sure
// of is right, and where labels tell the cells, it is sure of them.

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/hostile_text.h"

namespace annals::client {
namespace {

using ::testing::IsEmpty;

constexpr unsigned kSeeds = 60;

// How many of the cells, in percent, must be certain.
struct Recall {
  Twist twist;
  int floor;
};

class HostileTest : public testing::TestWithParam<Recall> {};

TEST_P(HostileTest, WhateverIsCertainIsRight) {
  const Twist twist = GetParam().twist;
  int certain = 0;
  int cells = 0;
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    const HostileText hostile =
        MakeHostileText(1000 * static_cast<unsigned>(twist) + seed, twist);
    const auto result = ImportText(hostile.text);
    ASSERT_TRUE(result.ok()) << hostile.recipe << "\n" << hostile.text;
    ASSERT_THAT(WrongAndUnmarked(*result, hostile.truth), IsEmpty())
        << hostile.recipe << "\n"
        << hostile.text;
    certain += result->Count(Certainty::kCertain);
    cells += static_cast<int>(hostile.truth.size());
  }
  EXPECT_GE(certain * 100, GetParam().floor * cells)
      << certain << " of " << cells;
}

INSTANTIATE_TEST_SUITE_P(
    Twists, HostileTest,
    testing::Values(
        Recall{Twist::kNone, 95}, Recall{Twist::kRowDropped, 94},
        Recall{Twist::kRowAdded, 90}, Recall{Twist::kColumnAdded, 40},
        Recall{Twist::kColumnsSwapped, 20}, Recall{Twist::kTotalFirst, 15},
        Recall{Twist::kColumnsMerged, 20}, Recall{Twist::kTransposed, 5},
        Recall{Twist::kPrintedTwice, 90}, Recall{Twist::kPrintedOtherwise, 80},
        Recall{Twist::kLastYearBelow, 94}, Recall{Twist::kLastYearTables, 90},
        Recall{Twist::kYearsCompared, 10}, Recall{Twist::kHeadingsMissing, 94},
        Recall{Twist::kHeadingsTwice, 94}, Recall{Twist::kTablesFirst, 94},
        Recall{Twist::kProseLikeHeadings, 94}, Recall{Twist::kHeadMissing, 10},
        Recall{Twist::kTorn, 90}, Recall{Twist::kDigitsBroken, 80},
        Recall{Twist::kGlued, 80}, Recall{Twist::kYearsBeside, 10},
        Recall{Twist::kSubtotals, 93}),
    [](const auto& info) {
      std::string name = TwistName(info.param.twist);
      for (char& c : name) {
        if (c == ' ' || c == '\'') c = '_';
      }
      return name;
    });

// Pieces of the form in any order: whatever comes out, the importer ends.
std::string Garbage(std::mt19937* random, size_t pieces) {
  static constexpr const char* kPieces[] = {
      "一、总体情况\n",
      "二、主动公开政府信息情况\n",
      "三、收到和处理政府信息公开申请情况\n",
      "四、政府信息公开行政复议、行政诉讼情况\n",
      "五、存在的主要问题及改进情况\n",
      "六、其他需要报告的事项\n",
      "2024年政府信息公开工作年度报告\n",
      "2023年",
      "第二十条第（一）项",
      "本年制发件数",
      "本年废止件数",
      "现行有效件数",
      "规章",
      "行政许可",
      "自然人",
      "法人或其他组织",
      "商业企业",
      "其他",
      "总计",
      "1.属于国家秘密",
      "（六）其他处理",
      "四、结转下年度继续办理",
      "行政复议",
      "结果维持",
      "尚未审结",
      "索引号：",
      "发布日期：2025-01-",
      "| ",
      "|",
      "\t",
      "\n",
      "\n",
      "\f",
      " ",
      "  ",
      "0 ",
      "17",
      "-",
      "/",
      "减 ",
      "（",
      "）",
      "99999999999999999999",
      "1,234",
      "\u3000",
      "\uFF11"};
  std::string text;
  for (size_t i = 0; i < pieces; ++i) {
    text += kPieces[(*random)() % std::size(kPieces)];
  }
  return text;
}

TEST(GarbageTest, NeverStopsTheImporter) {
  std::mt19937 random(4);
  for (int round = 0; round < 2000; ++round) {
    const auto result = ImportText(Garbage(&random, 1 + random() % 400));
    if (!result.ok()) continue;
    for (const CellReading& reading : result->cells) {
      EXPECT_TRUE(reading.certainty != Certainty::kCertain ||
                  reading.value.has_value());
    }
  }
}

// A megabyte takes less than a second; sanitizers slow it down tenfold.
TEST(GarbageTest, AMegabyteIsRead) {
  std::mt19937 random(5);
  std::vector<std::string> texts = {Garbage(&random, 120000), "", ""};
  for (unsigned seed = 1; texts[1].size() < (1 << 20); ++seed) {
    texts[1] += MakeHostileText(seed, Twist::kNone).text;
  }
  const std::string row = "2.重复申清 0 0 3 0 0 0 3\n";
  texts[2] = "三、收到和处理政府信息公开申请情况\n";
  while (texts[2].size() < (1 << 20)) texts[2] += row;
  for (const std::string& text : texts) {
    const auto start = std::chrono::steady_clock::now();
    const auto result = ImportText(text);
    const std::chrono::duration<double> took =
        std::chrono::steady_clock::now() - start;
    EXPECT_LT(took.count(), 10) << text.size();
  }
}

}  // namespace
}  // namespace annals::client
