// What a report and the page around it say of themselves: title, agency, year,
// days covered, day of publication, index number.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/expected_figures.h"

namespace annals::client {
namespace {

using ::testing::Contains;
using ::testing::Not;

constexpr char kBody[] =
    "\n一、总体情况\n（一）主动公开。全年公开信息912条。\n"
    "五、存在的主要问题及改进情况\n人员不足，已加强培训。\n"
    "六、其他需要报告的事项\n本年度未收取信息处理费。\n";

ImportResult Import(const std::string& text) {
  auto result = ImportText(text);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : ImportResult();
}

std::vector<std::string> Codes(const ImportResult& result) {
  std::vector<std::string> codes;
  for (const Remark& remark : result.remarks) codes.push_back(remark.code);
  return codes;
}

struct TitleCase {
  const char* opening;
  const char* agency;
  int year;
};

TEST(TitleTest, AgencyAndYearOfManyForms) {
  const TitleCase cases[] = {
      {"西工区民政局2024年政府信息公开工作年度报告\n", "西工区民政局", 2024},
      {"西工区民政局2024年度政府信息公开工作年度报告\n", "西工区民政局", 2024},
      {"西工区民政局 2024 年度政府信息公开年度报告\n", "西工区民政局", 2024},
      {"2024年度西工区民政局政府信息公开工作年度报告\n", "西工区民政局", 2024},
      {"西工区民政局\n2024年政府信息公开工作年度报告\n", "西工区民政局", 2024},
      {"西工区民政局\n2024年度政府信息公开工作\n年度报告\n", "西工区民政局",
       2024},
      {"西工区民政局政府信息公开工作\n2024年度报告\n", "西工区民政局", 2024},
      {"西工区民政局政府信息公开工作年度报告\n（2024年度）\n", "西工区民政局",
       2024},
      {"西工区民政局\n政府信息公开工作年度报告\n（2024年）\n", "西工区民政局",
       2024},
      {"西工区民政局关于2024年政府信息公开工作情况的报告\n", "西工区民政局",
       2024},
      {"关于西工区民政局2024年政府信息公开工作的报告\n", "西工区民政局", 2024},
      {"西工区民政局\n关于2024年度政府信息公开工作年度报告\n", "西工区民政局",
       2024},
      {"西工区民政局二〇二四年政府信息公开工作年度报告\n", "西工区民政局",
       2024},
      {"# 西工区民政局2024年政府信息公开工作年度报告\n", "西工区民政局", 2024},
      {"| 西工区民政局2024年政府信息公开工作年度报告 |\n", "西工区民政局",
       2024},
      {"西工区民政局２０２４年政府信息公开工作年度报告\n", "西工区民政局",
       2024},
      {"长安街道办事处2020年政府信息公开工作年度报告\n", "长安街道办事处",
       2020},
      {"首页 > 政府信息公开 > 政府信息公开工作年度报告\n政府信息公开指南\n"
       "政府信息公开年度报告\n西工区民政局2024年政府信息公开工作年度报告\n",
       "西工区民政局", 2024},
      {"当前位置：首页 > 西工区民政局2023年政府信息公开工作年度报告\n"
       "西工区民政局2024年政府信息公开工作年度报告\n发布日期：2025-01-20\n",
       "西工区民政局", 2024},
  };
  for (const TitleCase& example : cases) {
    const ImportResult result = Import(absl::StrCat(example.opening, kBody));
    EXPECT_EQ(result.report.agency_name(), example.agency) << example.opening;
    EXPECT_EQ(result.report.year(), example.year) << example.opening;
  }
}

TEST(TitleTest, ALineOfAPageIsNoAgency) {
  const ImportResult result = Import(
      absl::StrCat("打印 关闭\n2024年政府信息公开工作年度报告\n", kBody));
  EXPECT_EQ(result.report.agency_name(), "");
  EXPECT_EQ(result.report.year(), 2024);
  EXPECT_THAT(Codes(result), Contains("AGENCY_NOT_FOUND"));
}

TEST(TitleTest, WhatIsNotFoundIsRemarked) {
  const ImportResult result = Import(kBody);
  EXPECT_THAT(Codes(result), Contains("TITLE_NOT_FOUND"));
  EXPECT_THAT(Codes(result), Contains("YEAR_NOT_FOUND"));
}

TEST(PeriodTest, ManyForms) {
  for (const char* printed :
       {"本报告统计期限从2024年1月1日起至2024年12月31日止。",
        "（统计期限：2024年1月1日至12月31日）",
        "本报告所列数据的统计期限自2024年1月1日起，至2024年12月31日止。",
        "报告中数据期限为 2024 年 1 月 1 日—2024 年 12 月 31 日。",
        "本年度报告中所列数据的统计周期为2024年1月1日到12月31日。"}) {
    const ImportResult result = Import(absl::StrCat(
        "西工区民政局2024年政府信息公开工作年度报告\n", printed, kBody));
    const v1::StatisticalPeriod& period = result.report.period();
    EXPECT_EQ(period.start().year(), 2024) << printed;
    EXPECT_EQ(period.start().month(), 1) << printed;
    EXPECT_EQ(period.start().day(), 1) << printed;
    EXPECT_EQ(period.end().year(), 2024) << printed;
    EXPECT_EQ(period.end().month(), 12) << printed;
    EXPECT_EQ(period.end().day(), 31) << printed;
  }
}

// As printed: the rules say what is wrong with it.
TEST(PeriodTest, AWrongDayIsKept) {
  const ImportResult result =
      Import(absl::StrCat("西工区民政局2024年政府信息公开工作年度报告\n"
                          "统计期限为2024年1月1日至2024年12月30日。",
                          kBody));
  EXPECT_EQ(result.report.period().end().day(), 30);
}

TEST(PeriodTest, OtherDaysAreNone) {
  const ImportResult result =
      Import(absl::StrCat("西工区民政局2024年政府信息公开工作年度报告\n"
                          "数据公示时间为2025年3月1日至3月5日。",
                          kBody));
  EXPECT_FALSE(result.report.has_period());
}

std::string Page(const std::string& head) {
  return absl::StrCat(head,
                      "西工区民政局2024年政府信息公开工作年度报告\n"
                      "发布机构：西工区民政局 【字体：大 中 小】 打印 关闭\n"
                      "本报告由西工区民政局编制。\n",
                      kBody);
}

TEST(PublicationTest, DateAndIndexNumberAreRead) {
  for (const char* head :
       {"索引号：12620600MB0523338C/2025-04735\n发布日期：2025-01-20\n",
        "索 引 号： 12620600MB0523338C/2025-04735 发布时间： 2025-01-20 16:35 "
        "信息来源： 民政局\n",
        "| 索引号 | 12620600MB0523338C/2025-04735 | 发布日期 | 2025年1月20日 "
        "|\n",
        "索引号\t12620600MB0523338C/2025-04735\t公开日期\t2025/1/20 8:00\n",
        "索引号：\n12620600MB0523338C/2025-04735\n发布日期：\n2025-01-20\n"}) {
    const ImportResult result = Import(Page(head));
    const v1::Publication& publication = result.report.publication();
    EXPECT_EQ(publication.index_number(), "12620600MB0523338C/2025-04735")
        << head;
    EXPECT_EQ(publication.date().year(), 2025) << head;
    EXPECT_EQ(publication.date().month(), 1) << head;
    EXPECT_EQ(publication.date().day(), 20) << head;
    EXPECT_EQ(result.report.agency_name(), "西工区民政局");
    EXPECT_EQ(result.report.preface(), "本报告由西工区民政局编制。");
  }
}

TEST(PublicationTest, WhatIsInDoubtIsLeftOut) {
  const ImportResult twice =
      Import(Page("发布日期：2025-01-20\n发布时间：2025-01-22\n"));
  EXPECT_FALSE(twice.report.publication().has_date());
  EXPECT_THAT(Codes(twice), Contains("PUBLICATION_DATE_DOUBTFUL"));
  const ImportResult early = Import(Page("发布日期：2024-01-20\n"));
  EXPECT_FALSE(early.report.publication().has_date());
  EXPECT_THAT(Codes(early), Contains("PUBLICATION_DATE_DOUBTFUL"));
  const ImportResult none = Import(Page("发布日期：2025-02-30\n索引号：无\n"));
  EXPECT_FALSE(none.report.has_publication());
  EXPECT_THAT(Codes(none), Not(Contains("PUBLICATION_DATE_DOUBTFUL")));
}

struct OverviewCase {
  const char* heads[5];
};

TEST(OverviewTest, SubtopicsOfManyForms) {
  const OverviewCase cases[] = {
      {{"（一）主动公开。", "（二）依申请公开。", "（三）政府信息管理。",
        "（四）政府信息公开平台建设。", "（五）监督保障。"}},
      {{"(一)主动公开情况\n", "(二)依申请公开办理情况\n",
        "(三)加强政府信息管理\n", "(四)公开平台建设情况\n",
        "(五)监督和保障情况\n"}},
      {{"1.主动公开方面：", "2.依申请公开方面：", "3.政府信息管理方面：",
        "4.平台建设方面：", "5.监督保障方面："}},
      {{"1、主动公开政府信息。", "2、政府信息依申请公开。", "3、政府信息管理。",
        "4、政府信息公开平台建设。", "5、强化监督保障。"}},
      {{"主动公开情况\n", "依申请公开情况\n", "政府信息管理情况\n",
        "政府信息公开平台建设\n", "监督保障情况\n"}},
      {{"**（一）主动公开**\n", "**（二）依申请公开**\n",
        "**（三）政府信息管理**\n", "**（四）平台建设**\n",
        "**（五）监督与保障**\n"}},
      {{"主动公开：", "依申请公开：", "政府信息管理：", "平台建设：",
        "监督保障："}},
  };
  for (const OverviewCase& example : cases) {
    std::string text =
        "西工区民政局2024年政府信息公开工作年度报告\n一、总体情况\n";
    for (int i = 0; i < 5; ++i) {
      absl::StrAppend(&text, example.heads[i], "全年共", i, "项。\n");
    }
    const v1::Overview overview = Import(text).report.s1_overview();
    EXPECT_EQ(overview.s1_1_proactive(), "全年共0项。") << text;
    EXPECT_EQ(overview.s1_2_on_request(), "全年共1项。") << text;
    EXPECT_EQ(overview.s1_3_information_management(), "全年共2项。") << text;
    EXPECT_EQ(overview.s1_4_platform(), "全年共3项。") << text;
    EXPECT_EQ(overview.s1_5_supervision(), "全年共4项。") << text;
    EXPECT_FALSE(overview.has_introduction()) << text;
  }
}

TEST(HeadingsTest, NumbersOfManyForms) {
  for (const char* form : {"%s、%s", "%s. %s", "%s．%s", "%s %s", "（%s）%s",
                           "第%s部分 %s", "%s，%s", "## %s、%s", "%s、 %s："}) {
    const char* const numbers[] = {"一", "五", "六"};
    const char* const titles[] = {"总体情况", "存在的主要问题及改进情况",
                                  "其他需要报告的事项"};
    std::string text = "西工区民政局2024年政府信息公开工作年度报告\n";
    for (int i = 0; i < 3; ++i) {
      std::string heading = form;
      heading.replace(heading.find("%s"), 2, numbers[i]);
      heading.replace(heading.find("%s"), 2, titles[i]);
      absl::StrAppend(&text, heading, "\n正文", i, "。\n");
    }
    const v1::Report report = Import(text).report;
    EXPECT_EQ(report.s1_overview().introduction(), "正文0。") << text;
    EXPECT_EQ(report.s5_problems(), "正文1。") << text;
    EXPECT_EQ(report.s6_other(), "正文2。") << text;
  }
}

TEST(PageFootTest, IsNoPartOfSectionSix) {
  const ImportResult result =
      Import(absl::StrCat(Page(""),
                          "主办单位：西工区人民政府 网站标识码：4103030001\n"
                          "上一篇：2023年政府信息公开工作年度报告\n"));
  EXPECT_EQ(result.report.s6_other(), "本年度未收取信息处理费。");
}

}  // namespace
}  // namespace annals::client
