#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/report/finding_support.h"
#include "tests/support/expected_report.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class WholeYearTest : public ::testing::Test {
 protected:
  WholeYearTest() {
    previous_.set_year(2023);
    report_.set_year(2024);
  }

  v1::Finding Check(absl::string_view rule_id) {
    CheckContext context;
    const ReportView previous = ReportView::Of(previous_);
    context.previous = &previous;
    context.previous_name = "agencies/X/reports/2023";
    return FindingOf(CheckReport(report_, context), rule_id);
  }

  v1::Outcome OutcomeFor(absl::string_view rule_id) {
    const v1::Finding finding = Check(rule_id);
    return finding.rule_id().empty() ? v1::OUTCOME_PASS : finding.outcome();
  }

  static void SetAll(absl::string_view prefix, int64_t value,
                     v1::Report* report) {
    for (const CellInfo& cell : Schema::Get().cells()) {
      if (absl::StartsWith(cell.id, prefix) && cell.in_2021) {
        SetCell(CellOf(cell.id), value, report);
      }
    }
  }

  v1::Report previous_ = ExpectedReport("hongze-2023");
  v1::Report report_ = ExpectedReport("hongze-2024");
};

TEST_F(WholeYearTest, NeedsLastYearsReport) {
  for (const char* id : {"Y-SAME", "Y-ZERO", "Y-JUMP", "Y-PEND"}) {
    CheckContext context;
    context.previous_name = "agencies/X/reports/2023";
    const v1::Finding finding = FindingOf(CheckReport(report_, context), id);
    EXPECT_EQ(finding.outcome(), v1::OUTCOME_NOT_ASSESSABLE) << id;
    EXPECT_THAT(finding.missing_reports(),
                ElementsAre("agencies/X/reports/2023"));
    previous_.set_year(2022);
    EXPECT_EQ(OutcomeFor(id), v1::OUTCOME_NOT_ASSESSABLE) << id;
    EXPECT_EQ(Check(id).missing_reports_size(), 0);
    previous_.set_year(2023);
  }
}

TEST_F(WholeYearTest, SameFiguresAreAWarning) {
  EXPECT_EQ(OutcomeFor("Y-SAME"), v1::OUTCOME_PASS);
  previous_ = report_;
  previous_.set_year(2023);
  const v1::Finding finding = Check("Y-SAME");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_WARNING);
  EXPECT_THAT(finding.message().zh(), HasSubstr("完全相同"));
  EXPECT_THAT(finding.message().en(),
              HasSubstr("figures of tables 2 to 4 are those of last year"));
  // One figure more, and they are not.
  SetCell(CellOf("t2.penalties.decisions"), 1, &report_);
  EXPECT_EQ(OutcomeFor("Y-SAME"), v1::OUTCOME_PASS);
  // Two years with nothing but documents in force are no copy.
  SetAll("t", 0, &report_);
  SetCell(CellOf("t2.normative_documents.in_force"), 8, &report_);
  previous_ = report_;
  previous_.set_year(2023);
  EXPECT_EQ(OutcomeFor("Y-SAME"), v1::OUTCOME_PASS);
  SetCell(CellOf("t2.normative_documents.issued"), 1, &report_);
  SetCell(CellOf("t2.normative_documents.issued"), 1, &previous_);
  EXPECT_EQ(OutcomeFor("Y-SAME"), v1::OUTCOME_FAIL);
}

TEST_F(WholeYearTest, ARepeatedTextIsAWarning) {
  const v1::Report text = MakeReport(1);
  *report_.mutable_s1_overview() = text.s1_overview();
  *previous_.mutable_s1_overview() = MakeReport(1).s1_overview();
  const v1::Finding finding = Check("Y-SAME");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_THAT(finding.message().zh(), HasSubstr("重复率为 100%"));
  EXPECT_THAT(finding.message().zh(), Not(HasSubstr("完全相同")));
  EXPECT_EQ(finding.left().terms(0).cell(), "s1_overview.introduction");
  EXPECT_EQ(finding.right().terms(0).report(), "agencies/X/reports/2023");
  report_.mutable_s1_overview()->Clear();
  report_.mutable_s1_overview()->set_introduction(
      "今年新建查阅大厅三处，聘请社会监督员，首次发布双语指南。");
  EXPECT_EQ(OutcomeFor("Y-SAME"), v1::OUTCOME_PASS);
}

TEST_F(WholeYearTest, AReportOfZerosAfterAFullYearIsAWarning) {
  EXPECT_EQ(OutcomeFor("Y-ZERO"), v1::OUTCOME_PASS);
  SetAll("t3.", 0, &report_);
  EXPECT_EQ(OutcomeFor("Y-ZERO"), v1::OUTCOME_PASS);  // Table 4 is not zero.
  SetAll("t4.", 0, &report_);
  const v1::Finding finding = Check("Y-ZERO");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_WARNING);
  EXPECT_THAT(finding.message().zh(),
              HasSubstr("上年度报告 一、本年新收政府信息公开申请数量 · 总计（21"
                        "）"));
  EXPECT_EQ(finding.left().terms(0).value(), 0);
  EXPECT_EQ(finding.right().terms(0).value(), 21);
  SetAll("t3.", 0, &previous_);
  SetAll("t4.", 0, &previous_);
  EXPECT_EQ(OutcomeFor("Y-ZERO"), v1::OUTCOME_PASS);
  report_.clear_t3();
  report_.clear_t4();
  EXPECT_EQ(OutcomeFor("Y-ZERO"), v1::OUTCOME_NOT_ASSESSABLE);
}

TEST_F(WholeYearTest, ATenfoldChangeIsInformation) {
  v1::Finding finding = Check("Y-JUMP");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_INFO);
  EXPECT_EQ(
      finding.message().zh(),
      "与上年度相差十倍以上：表二 第二十条第（五）项 行政许可 · 本年处理决"
      "定数量：550 → 9487；表三 三、本年度办理结果 （一）予以公开 · 总计：0 "
      "→ 50");
  // Exactly ten times is one; less is none; neither is 3 after 0.
  report_ = previous_;
  report_.set_year(2024);
  EXPECT_EQ(OutcomeFor("Y-JUMP"), v1::OUTCOME_PASS);
  SetCell(CellOf("t2.licences.decisions"), 5500, &report_);
  EXPECT_EQ(OutcomeFor("Y-JUMP"), v1::OUTCOME_FAIL);
  SetCell(CellOf("t2.licences.decisions"), 5499, &report_);
  EXPECT_EQ(OutcomeFor("Y-JUMP"), v1::OUTCOME_PASS);
  SetCell(CellOf("t2.licences.decisions"), 55, &report_);
  EXPECT_EQ(OutcomeFor("Y-JUMP"), v1::OUTCOME_FAIL);
  SetCell(CellOf("t2.licences.decisions"), 550, &report_);
  SetCell(CellOf("t3.granted.total"), 49, &report_);
  EXPECT_EQ(OutcomeFor("Y-JUMP"), v1::OUTCOME_PASS);
  SetCell(CellOf("t2.fees.amount_wan_yuan"), 773028000, &report_);
  EXPECT_THAT(Check("Y-JUMP").message().zh(), HasSubstr("7730.28 → 773.028"));
  SetCell(CellOf("t2.fees.amount_wan_yuan"), 5000000, &report_);
  SetCell(CellOf("t2.fees.amount_wan_yuan"), 50000, &previous_);
  EXPECT_EQ(OutcomeFor("Y-JUMP"), v1::OUTCOME_PASS);  // 5 万元.
  SetCell(CellOf("t2.licences.decisions"), INT64_MAX, &report_);
  EXPECT_EQ(OutcomeFor("Y-JUMP"), v1::OUTCOME_FAIL);
  report_.clear_t2();
  report_.clear_t3();
  report_.clear_t4();
  EXPECT_EQ(OutcomeFor("Y-JUMP"), v1::OUTCOME_NOT_ASSESSABLE);
}

TEST_F(WholeYearTest, PendingDisputesAreCountedAgain) {
  EXPECT_EQ(OutcomeFor("Y-PEND"), v1::OUTCOME_PASS);
  SetCell(CellOf("t4.litigation_direct.pending"), 7, &previous_);
  EXPECT_EQ(OutcomeFor("Y-PEND"), v1::OUTCOME_PASS);
  SetCell(CellOf("t4.litigation_direct.total"), 0, &report_);
  const v1::Finding finding = Check("Y-PEND");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_INFO);
  EXPECT_EQ(
      finding.message().zh(),
      "表四：上年度报告 行政诉讼 未经复议直接起诉 · 尚未审结（7），而本年 行"
      "政诉讼 未经复议直接起诉 · 总计（0）");
  EXPECT_EQ(finding.right().terms(0).value(), 7);
  SetCell(CellOf("t4.litigation_direct.total"), std::nullopt, &report_);
  EXPECT_EQ(OutcomeFor("Y-PEND"), v1::OUTCOME_NOT_ASSESSABLE);
}

TEST_F(WholeYearTest, ComparesYearsOfDifferentEditions) {
  previous_.mutable_t2()->Clear();
  previous_.mutable_t2()->set_edition(v1::EDITION_2019);
  SetCell(CellOf("t2.licences.decisions"), 5, &previous_);
  SetCell(CellOf("t2.regulations.public_total"), 100, &previous_);
  EXPECT_THAT(Check("Y-JUMP").message().zh(), HasSubstr("5 → 9487"));
  EXPECT_EQ(OutcomeFor("Y-SAME"), v1::OUTCOME_PASS);
}

}  // namespace
}  // namespace annals::report
