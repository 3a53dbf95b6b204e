#include "client/render/check_html.h"
#include "client/render/findings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/check.h"
#include "service/report/schema.h"
#include "tests/client/report_samples.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

v1::CheckResult CheckXigong(int broken_total) {
  v1::Report report = SampleReport("xigong-2024");
  if (broken_total != 0) {
    report.mutable_t3()->mutable_granted()->set_total(broken_total);
  }
  return report::CheckReport(report, report::CheckContext());
}

TEST(FindingsTest, ShowsBothSidesOfABrokenSum) {
  const std::string zh =
      RenderFindings(CheckXigong(13), Listing::kAll, Language::kZh, false);
  EXPECT_THAT(zh, HasSubstr("错误"));
  EXPECT_THAT(zh, HasSubstr("T3-ROW-granted"));
  EXPECT_THAT(zh, HasSubstr("左：13 (t3.granted.total)"));
  EXPECT_THAT(zh, HasSubstr("右：12 = 12 (t3.granted.natural_person)"));
  const std::string en =
      RenderFindings(CheckXigong(13), Listing::kAll, Language::kEn, false);
  EXPECT_THAT(en, HasSubstr("left:  13 (t3.granted.total)"));
}

TEST(FindingsTest, ShowsASumOfZeros) {
  v1::Report report = SampleReport("xigong-2024");
  for (const report::CellInfo& cell : report::Schema::Get().cells()) {
    if (cell.id.rfind("t3.granted.", 0) != 0) continue;
    report::SetCell(*report::Schema::Get().Find(cell.id), 0, &report);
  }
  report.mutable_t3()->mutable_granted()->set_total(7);
  const v1::CheckResult check =
      report::CheckReport(report, report::CheckContext());
  EXPECT_THAT(RenderFindings(check, Listing::kAll, Language::kZh, false),
              HasSubstr("右：0 = 0 (t3.granted.natural_person) + 0 "
                        "(t3.granted.commercial_enterprise) + 0 "
                        "(t3.granted.research_institution) + 0 "
                        "(t3.granted.public_welfare_org) + …（共 6 "
                        "格，均为 0）\n"));
  EXPECT_THAT(RenderFindings(check, Listing::kAll, Language::kEn, false),
              HasSubstr(" + ... (6 cells, all of them 0)\n"));
  EXPECT_THAT(RenderCheckHtml(report, check, Language::kEn),
              HasSubstr(" + ... (6 cells, all of them 0)"));
}

TEST(FindingsTest, NotAssessableIsNeverUnderAPass) {
  const std::string zh =
      RenderFindings(CheckXigong(0), Listing::kAll, Language::kZh, false);
  EXPECT_THAT(zh, HasSubstr("无法核验（13 项）"));
}

TEST(FindingsTest, WhatSeveralRulesSayStandsOnce) {
  const std::string zh =
      RenderFindings(CheckXigong(0), Listing::kAll, Language::kZh, false);
  EXPECT_THAT(zh, HasSubstr("  Y-CARRY-total\n  Y-REG\n  Y-DOC\n  Y-SAME\n"
                            "  Y-ZERO\n  Y-JUMP\n  Y-PEND\n"
                            "    没有上年度报告可供核对\n"));
  const std::string reason = "没有上年度报告可供核对";
  EXPECT_EQ(zh.find(reason), zh.rfind(reason));
}

TEST(ReassessmentTest, TellsWhatIsNewAndWhatIsGone) {
  v1::Reassessment reassessment;
  reassessment.set_revision("agencies/X/reports/2024/revisions/1");
  EXPECT_THAT(RenderReassessment(reassessment, Language::kZh),
              HasSubstr("与记录时的校验结果相同"));
  const v1::CheckResult check = CheckXigong(13);
  for (const v1::Finding& finding : check.findings()) {
    if (finding.rule_id() == "T3-ROW-granted") {
      *reassessment.add_appeared() = finding;
    } else if (finding.rule_id() == "N-REQUESTS") {
      *reassessment.add_resolved() = finding;
    }
  }
  const std::string zh = RenderReassessment(reassessment, Language::kZh);
  EXPECT_THAT(zh, HasSubstr("agencies/X/reports/2024/revisions/1"));
  EXPECT_THAT(zh, HasSubstr("记录时没有、现在不符（1 项）\n  [错误]  "
                            "T3-ROW-granted  "));
  EXPECT_THAT(zh, HasSubstr("记录时不符、现在没有（1 项）\n  [警告]  "
                            "N-REQUESTS  "));
  EXPECT_THAT(RenderReassessment(reassessment, Language::kEn),
              HasSubstr("failing when it was recorded, and not now (1)"));
}

TEST(ReassessmentTest, TellsWhatFailsWithOtherFigures) {
  const auto finding = [](int broken_total) {
    const v1::CheckResult check = CheckXigong(broken_total);
    for (const v1::Finding& finding : check.findings()) {
      if (finding.rule_id() == "T3-ROW-granted") return finding;
    }
    return v1::Finding();
  };
  v1::Reassessment reassessment;
  v1::FindingChange* change = reassessment.add_changed();
  *change->mutable_recorded() = finding(13);
  *change->mutable_now() = finding(15);
  for (const Appeared appeared : {Appeared::kInFull, Appeared::kByRule}) {
    const std::string zh =
        RenderReassessment(reassessment, Language::kZh, false, appeared);
    EXPECT_THAT(zh, Not(HasSubstr("与记录时的校验结果相同")));
    EXPECT_THAT(zh, HasSubstr("记录时不符、现在仍不符而数有变（1 项）\n"
                              "  [错误]  T3-ROW-granted\n    现在：表三："));
    EXPECT_THAT(zh, HasSubstr("相差 3\n    记录时：表三："));
    EXPECT_THAT(zh, HasSubstr("相差 1\n"));
    const std::string en =
        RenderReassessment(reassessment, Language::kEn, false, appeared);
    EXPECT_THAT(en, HasSubstr("the difference is 3\n    when recorded: "));
    EXPECT_THAT(en, HasSubstr("the difference is 1\n"));
  }
}

TEST(FindingsTest, ColoursOnlyIfAsked) {
  EXPECT_THAT(
      RenderFindings(CheckXigong(0), Listing::kAll, Language::kZh, false),
      Not(HasSubstr("\x1b[")));
  EXPECT_THAT(
      RenderFindings(CheckXigong(0), Listing::kAll, Language::kZh, true),
      HasSubstr("\x1b["));
}

TEST(FindingsTest, AWarningIsCoveredByRuleOrFingerprint) {
  const v1::CheckResult check = CheckXigong(0);
  const auto warnings = UnacknowledgedWarnings(check, {});
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0]->rule_id(), "N-REQUESTS");
  v1::Acknowledgement acknowledgement;
  acknowledgement.set_rule_id("N-REQUESTS");
  EXPECT_THAT(UnacknowledgedWarnings(check, {acknowledgement}), IsEmpty());
  acknowledgement.set_fingerprint("0000000000000000");
  EXPECT_THAT(UnacknowledgedWarnings(check, {acknowledgement}), SizeIs(1));
  acknowledgement.set_fingerprint(warnings[0]->fingerprint());
  EXPECT_THAT(UnacknowledgedWarnings(check, {acknowledgement}), IsEmpty());
}

}  // namespace
}  // namespace annals::client
