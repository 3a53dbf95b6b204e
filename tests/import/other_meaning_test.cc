// Heads and labels that are near the form's and say something else.

#include "client/import/other_meaning.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/import/importer.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::client {
namespace {

TEST(OtherMeaningTest, AHeadBrokenOverLinesSaysNothingElse) {
  EXPECT_FALSE(NamesOtherDisputes(U"结果结果其他尚未维持纠正结果审结"));
  EXPECT_TRUE(NamesOtherDisputes(U"行政复议结果未维持"));
  EXPECT_FALSE(NamesOtherFigures(U"本年制发件数本年废止件数现行有效件数"));
  EXPECT_TRUE(NamesOtherFigures(U"上年制发件数"));
}

struct Wording {
  const char* name;
  const char* from;
  const char* to;
  // A cell that must not be certain then.
  const char* cell;
};

class OtherWordingTest : public ::testing::TestWithParam<Wording> {};

TEST_P(OtherWordingTest, IsNotCertain) {
  const std::string text =
      ReadFile(absl::StrCat(ANNALS_TEST_DATA, "/xigong-2024.txt"));
  const std::string other =
      absl::StrReplaceAll(text, {{GetParam().from, GetParam().to}});
  ASSERT_NE(other, text);
  ASSERT_OK_AND_ASSIGN(const ImportResult result, ImportText(other));
  for (const CellReading& reading : result.cells) {
    if (report::Schema::Get().cells()[reading.cell].id == GetParam().cell) {
      EXPECT_NE(reading.certainty, Certainty::kCertain);
      return;
    }
  }
  FAIL() << "no cell " << GetParam().cell;
}

INSTANTIATE_TEST_SUITE_P(
    Wordings, OtherWordingTest,
    ::testing::Values(Wording{"LastYearsDecisions", "本年处理决定数量",
                              "上年处理决定数量", "t2.licences.decisions"},
                      Wording{"LargerUnit", "万元", "百万元",
                              "t2.fees.amount_wan_yuan"},
                      Wording{"NextYear", "上年结转政府信息",
                              "下年结转政府信息", "t3.carried_over_in.total"},
                      Wording{"NoSecret", "属于国家秘密", "不属于国家秘密",
                              "t3.denied_state_secret.total"},
                      Wording{"NotDisclosed", "行政许可", "未公开的行政许可",
                              "t2.licences.decisions"}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace annals::client
