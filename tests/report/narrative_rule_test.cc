#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/report/prose_figure.h"
#include "tests/report/finding_support.h"
#include "tests/support/expected_report.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using ::testing::HasSubstr;

// The prose of the real reports beside which these figures were published.
constexpr char kXigong2024[] =
    "我们严格遵循《条例》规定，规范依申请公开工作流程。本年度，共处理区政府（区"
    "政府"
    "办公室）依申请公开政府信息 30 件，均予以及时答复，答复率达到 "
    "100%，有效保障了公民的知情权、参与权和监督权。";
constexpr char kHongze2023[] =
    "进一步规范依申请公开流程，畅通\n依申请公开受理渠。2023 "
    "年全区受理政府信息公开申请 21 件，\n均在法定期限答复。";
constexpr char kHongze2024[] =
    "根据《条例》和上级部门关于依\n申请办理的规范要求，强化组织领导、规范办理流"
    "程，"
    "指导各部门\n采取自行办理、协同办理、会商办理相结合的工作方式，确保依\n申请"
    "答复"
    "工作规范高效。2024 年，区政府办代表区政府受理政府\n信息公开申请 17 "
    "件，均已在法定期限内予以答复。";
constexpr char kHuaian2024[] =
    "定期对政府信息公开申请集中的领\n域和热点问题进行研判，探索从源头上解决实际"
    "问题"
    "。着力强化\n与申请人的直接沟通，准确了解申请人诉求，提高答复的及时性\n和针"
    "对性"
    "。2024 年，全市共受理政府信息公开申请 3119 件，答\n复 3050 "
    "件（含上年度结转申请 34 件，另有 103 "
    "件顺延到下年度\n答复），均在法定期限内予以"
    "答复。政府信息公开行政复议 351\n件，其中结果维持 72 件，结果纠正 64 "
    "件，其他结果 178 件，尚\n未审结 37 件；政府信息公开行政诉讼 46 "
    "件，其中结果维持 25\n件，结果纠正 5 件，其他结果 9 件，尚未审结 7 件。";
constexpr char kSuqian2023[] =
    "一是强化服务理念，依法规范做好公开案件办理。聚焦企业\n和公众需求，坚持把依"
    "申请"
    "公开工作作为服务公众生产生活、支持市场主体创业创新\n的重要方法。全市全年共"
    "收办"
    "政府信息公开申请案件\n3607件（市政府349件、市各有关部门933件、沭阳县477件"
    "、"
    "泗阳县301件、泗洪\n县874件、宿豫区216件、宿城区348件、宿迁经济技术开发区55"
    "件、"
    "市湖滨新区26\n件、苏州宿迁工业园区12件、市洋河新区16件），同比增长70.3%"
    "，其中"
    "，自然人申\n请3493件，法人或其他组织申请114件；予以公开1191件、部分公开328"
    "件、"
    "不予公\n开142件、无法提供1078件、不予处理406件、作其他处理（含申请人主动撤"
    "回申"
    "\n请）341件、转下年度办理121件。";
constexpr char kSuqian2024[] =
    "严格依申请公开案件办理登记、审核、办理、答复、归档等\n各环节，高质高\n效办"
    "理好每"
    "一件依申请公开案件，有效保障公众的合法权益。全市全年共收办政府信\n息公开申"
    "请案件"
    "3646件，同比增长1.05%"
    "，其中，予以公开1431件、部分公开471\n件、不予公开92件、"
    "无法提供941件、不予处理117件、作其他处理（含申请人主动\n撤回申请）469件、"
    "转下年"
    "度办理125件。";
constexpr char kShanghai2024[] =
    "全年收到政府信息公开申请 34 件，上年结转政府信息公开\n申请 2 "
    "件，所有申请均已按要求办理完成。所有办结的信息公开\n申请中同意公开答复 9 "
    "件，部分公开答复 0 件，不予公开答复 2\n件，无法提供的 10 件，不予处理 0 "
    "件，其他处理 14 件，转下一\n年度办理答复的有 1 件。";

TEST(ApplicationsInProseTest, ReadsRealReports) {
  EXPECT_EQ(ApplicationsInProse(kXigong2024), 30);
  EXPECT_EQ(ApplicationsInProse(kHongze2023), 21);
  EXPECT_EQ(ApplicationsInProse(kHongze2024), 17);
  EXPECT_EQ(ApplicationsInProse(kHuaian2024), 3119);
  EXPECT_EQ(ApplicationsInProse(kSuqian2023), 3607);
  EXPECT_EQ(ApplicationsInProse(kSuqian2024), 3646);
  EXPECT_EQ(ApplicationsInProse(kShanghai2024), 34);
}

TEST(ApplicationsInProseTest, ToleratesHowFiguresArePrinted) {
  EXPECT_EQ(ApplicationsInProse("共受理信息公开申请１２ ３件。"), 123);
  EXPECT_EQ(ApplicationsInProse("共受理信息公开申请1,234件。"), 1234);
  EXPECT_EQ(ApplicationsInProse("共受理信息公开申请1,234,567件。"), 1234567);
  EXPECT_EQ(ApplicationsInProse("新收申请\u3000\n5\u00A0件"), 5);
  EXPECT_EQ(ApplicationsInProse("2024年受理依申请公开0件"), 0);
  EXPECT_EQ(ApplicationsInProse("受理申请9223372036854775807件"),
            9223372036854775807);
}

TEST(ApplicationsInProseTest, LeavesOtherFiguresAlone) {
  for (const char* prose :
       {"", "件", "无。", "依申请公开工作有序开展。",
        "处理政策文件咨询申请30件。", "申请答复率达到100%。",
        "受理行政复议申请3件。", "收到自然人申请3件。", "共收到来信20件。",
        "办理上年结转申请2件。", "不予处理申请4件。", "收到申请30余件。",
        "收到申请3万件。", "受理申请18条。", "依申请公开30件。",
        "受理申请（其中网上30件）。", "受理申请99999999999999999999件。",
        "共受理申请\xFF 3件"}) {
    EXPECT_EQ(ApplicationsInProse(prose), std::nullopt) << prose;
  }
  // An open bracket does not swallow the next sentence.
  EXPECT_EQ(ApplicationsInProse("规范流程（见附件。受理申请8件。"), 8);
}

v1::CheckResult CheckWithProse(const std::string& name, const char* prose) {
  v1::Report report = ExpectedReport(name);
  report.mutable_s1_overview()->set_s1_2_on_request(prose);
  return CheckReport(report, CheckContext());
}

TEST(NarrativeRuleTest, JudgesRealReports) {
  const auto outcome = [](const std::string& name, const char* prose) {
    return OutcomeOf(CheckWithProse(name, prose), "N-REQUESTS");
  };
  EXPECT_EQ(outcome("xigong-2024", kXigong2024), v1::OUTCOME_FAIL);
  EXPECT_EQ(outcome("hongze-2024", kHongze2024), v1::OUTCOME_FAIL);
  EXPECT_EQ(outcome("hongze-2023", kHongze2023), v1::OUTCOME_PASS);
  EXPECT_EQ(outcome("huaian-2024", kHuaian2024), v1::OUTCOME_PASS);
  EXPECT_EQ(outcome("suqian-2023", kSuqian2023), v1::OUTCOME_PASS);
  EXPECT_EQ(outcome("suqian-2024", kSuqian2024), v1::OUTCOME_PASS);
  EXPECT_EQ(outcome("shanghai-kewei-2024", kShanghai2024), v1::OUTCOME_PASS);
}

TEST(NarrativeRuleTest, SaysWhatAClerkMustKnow) {
  const v1::Finding finding =
      FindingOf(CheckWithProse("xigong-2024", kXigong2024), "N-REQUESTS");
  EXPECT_EQ(finding.severity(), v1::SEVERITY_WARNING);
  EXPECT_EQ(finding.left().value(), 30);
  EXPECT_EQ(finding.left().terms(0).cell(), "s1_overview.s1_2_on_request");
  ASSERT_EQ(finding.right().terms_size(), 4);
  EXPECT_EQ(finding.right().terms(0).cell(), "t3.new_received.total");
  EXPECT_EQ(finding.right().terms(0).value(), 35);
  EXPECT_EQ(
      finding.message().zh(),
      "正文“一、总体情况 · 依申请公开”写依申请公开 30 件，表三为 35 件，相差 5 "
      "件。表三中：一、本年新收政府信息公开申请数量 · 总计（35）；"
      "三、本年度办理结果 （七）总计 · 总计（35）");
  EXPECT_THAT(finding.message().en(),
              HasSubstr("says 30 applications, table 3 says 35, a difference "
                        "of 5"));
}

TEST(NarrativeRuleTest, AcceptsEachFigureThatTheProseMayMean) {
  v1::Report report = MakeReport(1);
  const auto set_total = [&report](const char* row, int64_t value) {
    SetCell(CellOf(absl::StrCat("t3.", row, ".total")), value, &report);
  };
  set_total("new_received", 100);
  set_total("carried_over_in", 7);
  set_total("total_processed", 95);
  set_total("carried_over_out", 12);
  for (int figure = 90; figure < 112; ++figure) {
    report.mutable_s1_overview()->set_s1_2_on_request(
        absl::StrCat("全年受理申请", figure, "件。"));
    const bool is_accepted = figure == 100 || figure == 107 || figure == 95;
    EXPECT_EQ(OutcomeOf(CheckReport(report, CheckContext()), "N-REQUESTS"),
              is_accepted ? v1::OUTCOME_PASS : v1::OUTCOME_FAIL)
        << figure;
  }
}

TEST(NarrativeRuleTest, ReadsTheWholeOverviewWhereSubTopicsAreNotToldApart) {
  v1::Report report = ExpectedReport("xigong-2024");
  report.mutable_s1_overview()->set_introduction(
      absl::StrCat("全年发布文件18件。", kXigong2024));
  const v1::Finding finding =
      FindingOf(CheckReport(report, CheckContext()), "N-REQUESTS");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.left().terms(0).cell(), "s1_overview.introduction");
}

TEST(NarrativeRuleTest, IsNotAssessableWithoutAFigure) {
  v1::Report report = MakeReport(1);
  report.mutable_s1_overview()->set_s1_2_on_request("依法办理。");
  v1::Finding finding =
      FindingOf(CheckReport(report, CheckContext()), "N-REQUESTS");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_NOT_ASSESSABLE);
  EXPECT_FALSE(finding.left().has_value());
  report.mutable_s1_overview()->set_s1_2_on_request("受理申请987654件。");
  SetCell(CellOf("t3.carried_over_out.total"), std::nullopt, &report);
  finding = FindingOf(CheckReport(report, CheckContext()), "N-REQUESTS");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_NOT_ASSESSABLE);
  EXPECT_THAT(finding.message().zh(),
              HasSubstr("四、结转下年度继续办理 · 总计"));
}

}  // namespace
}  // namespace annals::report
