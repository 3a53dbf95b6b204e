// The ways in which titles, the days covered, and sub-topics are printed.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::client {
namespace {

using ::testing::AnyOf;

ImportResult Import(const std::string& title, const std::string& preface,
                    const std::string& overview = "（一）主动公开。") {
  auto result = ImportText(
      absl::StrCat(title, "\n\n", preface, "\n\n一、总体情况\n", overview,
                   "\n五、存在的主要问题及改进情况\n人员不足。\n"
                   "六、其他需要报告的事项\n无。\n"));
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : ImportResult();
}

TEST(TitleFormsTest, AgencyAndYearAreFound) {
  for (const char* title :
       {"【2024年】西工区民政局政府信息公开年报",
        "〔2024年度〕西工区民政局政府信息公开工作年度报告",
        "《西工区民政局2024年政府信息公开工作年度报告》",
        "《2024年西工区民政局政府信息公开工作年度报告》",
        "西工区民政局2024年度政府信息公开年报",
        "西工区民政局政府信息公开年报（2024年）",
        "西工区民政局政府信息公开工作年度报告(2024)",
        "（西工区民政局）2024年政府信息公开工作年度报告",
        "【年报】西工区民政局2024年政府信息公开工作年度报告",
        "【政府信息公开年报】西工区民政局2024年政府信息公开工作年度报告",
        "西工区民政局关于报送2024年政府信息公开工作年度报告的报告",
        "西工区民政局2024年\n政府信息公开工作年度报告",
        "西工区民政局\n2024年度\n政府信息公开工作年度报告",
        "2024年度\n西工区民政局政府信息公开工作年度报告",
        "西工区民政局\n政府信息公开工作年度报告\n（2024年度）"}) {
    const ImportResult result = Import(title, "");
    EXPECT_EQ(result.report.agency_name(), "西工区民政局") << title;
    EXPECT_EQ(result.report.year(), 2024) << title;
    for (const Remark& remark : result.remarks) {
      EXPECT_THAT(remark.code, AnyOf("TABLE4_NOT_FOUND", "HEADING_NOT_FOUND"))
          << title;
    }
  }
}

// The name of a column of a page.
TEST(TitleFormsTest, TheNameOfAColumnIsNoTitle) {
  const ImportResult result = Import(
      "政府信息公开年报\n西工区民政局2024年政府信息公开工作年度报告", "");
  EXPECT_EQ(result.report.title(),
            "西工区民政局2024年政府信息公开工作年度报告");
}

TEST(TitleFormsTest, DaysCoveredAreFound) {
  for (const char* period :
       {"统计期限为2024.1.1-2024.12.31。", "统计期限：2024.01.01—2024.12.31",
        "统计期限自2024-01-01至2024-12-31。", "统计期限为2024/1/1—2024/12/31",
        "统计期限为2024.1.1-12.31。", "统计期限为2024年1月1日—12月31日。",
        "统计期限为2024年1月1日零时至12月31日24时。"}) {
    const v1::StatisticalPeriod found =
        Import("西工区民政局2024年政府信息公开工作年度报告", period)
            .report.period();
    EXPECT_EQ(found.start().ShortDebugString(), "year: 2024 month: 1 day: 1")
        << period;
    EXPECT_EQ(found.end().ShortDebugString(), "year: 2024 month: 12 day: 31")
        << period;
  }
  for (const char* period : {"统计期限为2024.1.1。", "统计期限为1.1-12.31。",
                             "统计期限为2024.1.1-2024.12.312。",
                             "统计期限为2024.13.1-2024.14.1。"}) {
    EXPECT_FALSE(Import("西工区民政局2024年政府信息公开工作年度报告", period)
                     .report.has_period())
        << period;
  }
}

TEST(TitleFormsTest, SubtopicsRunInWithoutNumbersAreFound) {
  const v1::Overview overview =
      Import("西工区民政局2024年政府信息公开工作年度报告", "",
             "主动公开方面。全年公开912条。\n依申请公开。收到35件。\n"
             "依申请公开工作不断规范。按时答复。\n监督保障情况：培训3次。")
          .report.s1_overview();
  EXPECT_EQ(overview.s1_1_proactive(), "全年公开912条。");
  EXPECT_EQ(overview.s1_2_on_request(),
            "收到35件。\n依申请公开工作不断规范。按时答复。");
  EXPECT_EQ(overview.s1_5_supervision(), "培训3次。");
}

}  // namespace
}  // namespace annals::client
