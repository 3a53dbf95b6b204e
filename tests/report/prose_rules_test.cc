#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "service/report/prose_reading.h"
#include "tests/report/finding_support.h"
#include "tests/support/expected_report.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<std::pair<Topic, int64_t>> FiguresIn(const char* text,
                                                 bool is_on_request = true) {
  ProseReading reading;
  reading.Read(text, 0, is_on_request);
  std::vector<std::pair<Topic, int64_t>> figures;
  for (const StatedFigure& figure : reading.figures) {
    figures.emplace_back(figure.topic, figure.value);
  }
  return figures;
}

constexpr char kSuqian2024[] =
    "全市全年共收办政府信\n息公开申请案件3646件，同比增长1.05%，其中，予以公开"
    "1431件、部分公开471\n件、不予公开92件、无法提供941件、不予处理117件、作其"
    "他"
    "处理（含申请人主动\n撤回申请）469件、转下年度办理125件。";
constexpr char kHuaian2024[] =
    "2024 年，全市共受理政府信息公开申请 3119 件，答\n复 3050 "
    "件（含上年度结转申请"
    " 34 件，另有 103 "
    "件顺延到下年度\n答复），均在法定期限内予以答复。政府信息公开"
    "行政复议 351\n件，其中结果维持 72 件，结果纠正 64 件，其他结果 178 "
    "件，尚\n未"
    "审结 37 件；政府信息公开行政诉讼 46 件，其中结果维持 25\n件。";
constexpr char kShanghai2024[] =
    "全年收到政府信息公开申请 34 件，上年结转政府信息公开\n申请 2 "
    "件，所有申请均已"
    "按要求办理完成。所有办结的信息公开\n申请中同意公开答复 9 件，部分公开答复 "
    "0 件"
    "，不予公开答复 2\n件，无法提供的 10 件，不予处理 0 件，其他处理 14 "
    "件，转下一"
    "\n年度办理答复的有 1 件。";

TEST(ProseReadingTest, ReadsRealReports) {
  EXPECT_THAT(
      FiguresIn(kSuqian2024),
      ElementsAre(Pair(Topic::kReceived, 3646), Pair(Topic::kGranted, 1431),
                  Pair(Topic::kPartiallyGranted, 471), Pair(Topic::kDenied, 92),
                  Pair(Topic::kUnable, 941), Pair(Topic::kRefused, 117),
                  Pair(Topic::kCarriedOut, 125)));
  EXPECT_THAT(
      FiguresIn(kHuaian2024),
      ElementsAre(Pair(Topic::kReceived, 3119), Pair(Topic::kAnswered, 3050),
                  Pair(Topic::kCarriedIn, 34), Pair(Topic::kCarriedOut, 103),
                  Pair(Topic::kReconsideration, 351),
                  Pair(Topic::kLitigation, 46)));
  EXPECT_THAT(
      FiguresIn(kShanghai2024),
      ElementsAre(Pair(Topic::kReceived, 34), Pair(Topic::kCarriedIn, 2),
                  Pair(Topic::kGranted, 9), Pair(Topic::kPartiallyGranted, 0),
                  Pair(Topic::kDenied, 2), Pair(Topic::kUnable, 10),
                  Pair(Topic::kRefused, 0), Pair(Topic::kOtherwise, 14),
                  Pair(Topic::kCarriedOut, 1)));
}

TEST(ProseReadingTest, LeavesOtherFiguresAlone) {
  for (const char* text :
       {"", "件", "无", "予以公开若干件。", "予以公开1.5件", "同比增长1.05%",
        "制定政策文件18件", "受理行政许可500件", "办理人大建议50件",
        "办理政协提案85件", "结果维持72件", "受理当面申请3件",
        "受理申请99999999999999999999件", "不予以公开3件",
        "办理信访事项3件，予以答复", "有 1 件涉及行政复议"}) {
    EXPECT_THAT(FiguresIn(text), IsEmpty()) << text;
  }
  // Elsewhere than in the paragraph on applications, only a sentence that
  // speaks of them counts.
  EXPECT_THAT(FiguresIn("办理行政复议案件300件。", false), IsEmpty());
  EXPECT_THAT(FiguresIn("涉及政府信息公开的行政复议3件。", false),
              ElementsAre(Pair(Topic::kReconsideration, 3)));
  EXPECT_THAT(FiguresIn("全年受理事项300件。"), IsEmpty());
}

TEST(ProseReadingTest, ToleratesHowFiguresArePrinted) {
  EXPECT_THAT(FiguresIn("予以公开１２ ３件"),
              ElementsAre(Pair(Topic::kGranted, 123)));
  EXPECT_THAT(FiguresIn("予以公开1,234件"),
              ElementsAre(Pair(Topic::kGranted, 1234)));
  EXPECT_THAT(FiguresIn("结转下年度继续办理 7 宗"),
              ElementsAre(Pair(Topic::kCarriedOut, 7)));
  EXPECT_THAT(FiguresIn("上一年度结转\u3000 7 件"),
              ElementsAre(Pair(Topic::kCarriedIn, 7)));
  EXPECT_THAT(FiguresIn("结转 7 件"), IsEmpty());  // Which way?
}

TEST(ProseReadingTest, IsLinearInHugeTexts) {
  std::string text = "受理申请";
  while (text.size() < (1U << 20)) text += "12件3";
  ProseReading reading;
  reading.Read(text, 0, true);
  EXPECT_FALSE(reading.figures.empty());
  std::string marks;
  while (marks.size() < (1U << 20)) marks += "，1(";
  reading.Read(marks, 0, true);
}

TEST(HandlingFeeInTest, ReadsTheAmountInFen) {
  EXPECT_EQ(HandlingFeeIn("全年收取政府信息公开信息处理费 0 元。"), 0);
  EXPECT_EQ(
      HandlingFeeIn("2023年对25件政府信息公开申请案件收取了信息处理费2950元"
                    "。其中，沭阳县1件，收取420元"),
      295000);
  EXPECT_EQ(HandlingFeeIn("收取信息处理费1.25万元"), 1250000);
  EXPECT_EQ(HandlingFeeIn("信息处理费12.5元"), 1250);
  EXPECT_EQ(HandlingFeeIn("未收取信息处理费。"), std::nullopt);
  EXPECT_EQ(HandlingFeeIn("罚款 500 元。"), std::nullopt);
  EXPECT_EQ(HandlingFeeIn("信息处理费9999999999999999999999元"), std::nullopt);
  EXPECT_EQ(HandlingFeeIn("信息处理费9223372036854775807元"), std::nullopt);
}

class ProseRuleTest : public ::testing::Test {
 protected:
  v1::CheckResult CheckWith(absl::string_view text) {
    report_.mutable_s1_overview()->set_s1_2_on_request(std::string(text));
    return CheckReport(report_, CheckContext());
  }

  v1::Finding Check(absl::string_view text, absl::string_view rule_id) {
    return FindingOf(CheckWith(text), rule_id);
  }

  // A passing rule and one with nothing to say both give no finding: whether
  // one more rule passes than with a text that states nothing.
  bool Passes(absl::string_view text, absl::string_view rule_id) {
    const int without = CheckWith("依法办理。").passed_count();
    const v1::CheckResult check = CheckWith(text);
    return FindingOf(check, rule_id).rule_id().empty() &&
           check.passed_count() > without;
  }

  v1::Report report_ = ExpectedReport("huaian-2024");
};

TEST_F(ProseRuleTest, FindsRealReportsSound) {
  const std::set<std::string> silent = Failed(CheckWith("依法办理。"));
  EXPECT_EQ(Failed(CheckWith(kHuaian2024)), silent);
  report_ = ExpectedReport("suqian-2024");
  EXPECT_EQ(Failed(CheckWith(kSuqian2024)), Failed(CheckWith("依法办理。")));
  report_ = ExpectedReport("shanghai-kewei-2024");
  EXPECT_EQ(Failed(CheckWith(kShanghai2024)), Failed(CheckWith("依法办理。")));
}

TEST_F(ProseRuleTest, ComparesEachTopicWithItsCells) {
  struct Case {
    const char* rule_id;
    const char* right;
    const char* wrong;
    v1::Severity severity;
  };
  for (const Case& c : std::vector<Case>{
           {"N-CARRIED-IN", "上年结转 34 件", "上年结转 33 件",
            v1::SEVERITY_WARNING},
           {"N-CARRIED-OUT", "结转下年度 103 件", "结转下年度 104 件",
            v1::SEVERITY_WARNING},
           {"N-GRANTED", "予以公开 1362 件", "予以公开 1361 件",
            v1::SEVERITY_WARNING},
           {"N-GRANTED", "予以公开 1816 件", "予以公开 1817 件",  // Both.
            v1::SEVERITY_WARNING},
           {"N-PARTIALLY-GRANTED", "部分公开 447 件", "部分公开 448 件",
            v1::SEVERITY_WARNING},
           {"N-DENIED", "不予公开 178 件", "不予公开 177 件",
            v1::SEVERITY_INFO},
           {"N-UNABLE", "无法提供 781 件", "无法提供 780 件",
            v1::SEVERITY_INFO},
           {"N-REFUSED", "不予处理 88 件", "不予处理 87 件", v1::SEVERITY_INFO},
           {"N-OTHER", "其他处理 187 件", "其他处理 186 件", v1::SEVERITY_INFO},
           {"N-ANSWERED", "受理申请3119件，答复 3050 件",
            "受理申请3119件，答复 3051 件", v1::SEVERITY_INFO},
           {"N-NATURAL-PERSON", "自然人申请 3035 件", "自然人申请 3036 件",
            v1::SEVERITY_INFO},
           {"N-ORGANISATION", "法人或其他组织申请 118 件",
            "法人或其他组织申请 119 件", v1::SEVERITY_INFO},
           {"N-RECONSIDERATION", "行政复议 314 件", "行政复议 315 件",
            v1::SEVERITY_INFO},
           {"N-LITIGATION", "行政诉讼 46 件", "行政诉讼 45 件",
            v1::SEVERITY_INFO},
           {"N-LITIGATION", "行政诉讼 39 件", "行政诉讼 38 件",  // Decided.
            v1::SEVERITY_INFO}}) {
    EXPECT_TRUE(Passes(c.right, c.rule_id)) << c.right;
    const v1::Finding finding = Check(c.wrong, c.rule_id);
    EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL) << c.wrong;
    EXPECT_EQ(finding.severity(), c.severity) << c.wrong;
    EXPECT_TRUE(finding.left().has_value());
    EXPECT_EQ(finding.left().terms(0).cell(), "s1_overview.s1_2_on_request");
    EXPECT_GT(finding.right().terms_size(), 0);
    EXPECT_EQ(Check("依法办理。", c.rule_id).rule_id(), "") << c.rule_id;
  }
}

TEST_F(ProseRuleTest, SaysWhatItCouldHaveMeant) {
  EXPECT_EQ(
      Check("予以公开 1361 件", "N-GRANTED").message().zh(),
      "正文“一、总体情况 · 依申请公开”写予以公开 1361 件，与表三各数都不相"
      "符：三、本年度办理结果 （一）予以公开 · 总计（1362）；三、本年度办理结"
      "果 （一）予以公开 · 自然人（1288）；三、本年度办理结果 （一）予以公开 "
      "· 总计（1362） + 三、本年度办理结果 （二）部分公开（区分处理的，只计这"
      "一情形，不计其他情形） · 总计（454） = 1816");
  EXPECT_THAT(Check("予以公开 1361 件", "N-GRANTED").message().en(),
              HasSubstr("says 1361 disclosed, table 3 has none such: "));
}

TEST_F(ProseRuleTest, DoesNotJudgeOtherApplicationsOrBlanks) {
  // 17 applications of the office, and a table of the region.
  const char* text = "区政府办受理政府信息公开申请 17 件，予以公开 5 件。";
  EXPECT_EQ(Check(text, "N-GRANTED").outcome(), v1::OUTCOME_NOT_ASSESSABLE);
  EXPECT_EQ(Check(text, "N-REQUESTS").outcome(), v1::OUTCOME_FAIL);
  SetCell(CellOf("t3.granted.natural_person"), std::nullopt, &report_);
  const v1::Finding finding = Check("予以公开 1361 件", "N-GRANTED");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_NOT_ASSESSABLE);
  EXPECT_THAT(finding.message().zh(), HasSubstr("有空白"));
  // The same number is not found wrong twice.
  EXPECT_EQ(Check("共处理申请 30 件。", "N-ANSWERED").rule_id(), "");
  EXPECT_EQ(Check("共处理申请 30 件。", "N-REQUESTS").outcome(),
            v1::OUTCOME_FAIL);
}

TEST_F(ProseRuleTest, AddsUpTheOtherOutcomesOfEitherEdition) {
  report_.mutable_t3()->Clear();
  report_.mutable_t3()->set_edition(v1::EDITION_2019);
  for (const CellInfo& cell : Schema::Get().cells()) {
    if (cell.table_number == 3 && cell.in_2019) {
      SetCell(CellOf(cell.id), 0, &report_);
    }
  }
  SetCell(CellOf("t3.other_unspecified.total"), 9, &report_);
  EXPECT_TRUE(Passes("其他处理 9 件", "N-OTHER"));
  EXPECT_EQ(Check("其他处理 8 件", "N-OTHER").outcome(), v1::OUTCOME_FAIL);
}

TEST_F(ProseRuleTest, ChecksShares) {
  SetCell(CellOf("t3.total_processed.total"), 805, &report_);
  for (const char* right :
       {"予以公开265件，占32.9%", "予以公开265件，占总数的32.91%",
        "予以公开265件（占32.9％）", "不予公开402件，占比49.9%",
        "不予公开402件，占比50%", "自然人申请805件，占100%"}) {
    EXPECT_EQ(Check(right, "N-PERCENT").rule_id(), "") << right;
  }
  for (const char* wrong :
       {"予以公开265件，占31.9%", "予以公开265件，占33.0%",
        "予以公开265件，占3.29%", "自然人申请805件，占99%"}) {
    const v1::Finding finding = Check(wrong, "N-PERCENT");
    EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL) << wrong;
    EXPECT_EQ(finding.severity(), v1::SEVERITY_INFO);
  }
  EXPECT_THAT(Check("予以公开265件，占31.9%", "N-PERCENT").message().zh(),
              HasSubstr("写予以公开 265 件，占 31.9%；以表三各总数"));
  // Growth and rates are no shares.
  for (const char* other :
       {"予以公开265件，同比增长70.3%", "予以公开265件，答复率100%", "占比12%",
        "发布政策文件265件，占12%"}) {
    EXPECT_EQ(Check(other, "N-PERCENT").rule_id(), "") << other;
  }
  SetCell(CellOf("t3.carried_over_out.total"), std::nullopt, &report_);
  EXPECT_EQ(Check("予以公开265件，占31.9%", "N-PERCENT").outcome(),
            v1::OUTCOME_NOT_ASSESSABLE);
}

TEST_F(ProseRuleTest, ChecksThatAParagraphBalances) {
  for (const char* right :
       {kHuaian2024, kShanghai2024, kSuqian2024,
        "收到申请10件，上年结转2件，办结11件，结转下年度1件。",
        "收到申请12件（含上年结转2件），办结11件，结转下年度1件。",
        "收到申请10件，上年结转2件，办结12件。", "收到申请10件，办结10件。"}) {
    EXPECT_EQ(Check(right, "N-BALANCE").rule_id(), "") << right;
  }
  const v1::Finding finding = Check(
      "收到申请10件，上年结转2件，办结10件，结转下年度1件。", "N-BALANCE");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_INFO);
  EXPECT_EQ(finding.left().terms_size(), 2);
  EXPECT_EQ(finding.right().terms_size(), 2);
  EXPECT_EQ(
      finding.message().zh(),
      "正文“一、总体情况 · 依申请公开”各数不平：收到 10，上年结转 2，答复办"
      "结 10，结转下年度 1");
}

TEST_F(ProseRuleTest, TellsTheTwoKindsOfFeesApart) {
  const auto check = [this](const char* text) {
    report_.set_s6_other(text);
    return FindingOf(CheckReport(report_, CheckContext()), "N-FEE");
  };
  EXPECT_EQ(check("未收取信息处理费。").rule_id(), "");
  EXPECT_EQ(check("收取信息处理费2950元。").rule_id(), "");
  const v1::Finding finding = check("收取信息处理费96171.6万元。");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_INFO);
  EXPECT_EQ(finding.right().terms(0).cell(), "t2.fees.amount_wan_yuan");
  EXPECT_EQ(finding.left().terms(0).value(), finding.right().terms(0).value());
  EXPECT_THAT(finding.message().zh(), HasSubstr("961716000 元"));
  report_.mutable_s1_overview()->set_s1_2_on_request("收取信息处理费300元。");
  EXPECT_THAT(check("收取信息处理费290元。").message().zh(),
              HasSubstr("第六部分写信息处理费 290 元，第一部分写 300 元"));
  SetCell(CellOf("t2.fees.amount_wan_yuan"), 0, &report_);
  report_.mutable_s1_overview()->clear_s1_2_on_request();
  EXPECT_EQ(check("收取信息处理费0元。").rule_id(), "");
}

}  // namespace
}  // namespace annals::report
