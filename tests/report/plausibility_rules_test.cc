#include "service/report/plausibility_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/report/finding_support.h"
#include "tests/support/expected_report.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using ::testing::HasSubstr;

v1::Agency MakeAgency(const char* division, v1::AgencyKind kind,
                      const char* name = "某机关") {
  v1::Agency agency;
  agency.set_division_code(division);
  agency.set_kind(kind);
  agency.set_display_name(name);
  return agency;
}

TEST(HasRuleMakingPowerTest, FollowsTheLegislationLaw) {
  const auto power = [](const char* division, v1::AgencyKind kind,
                        const char* name = "某机关") {
    return HasRuleMakingPower(MakeAgency(division, kind, name));
  };
  EXPECT_EQ(power("100000", v1::AGENCY_KIND_DEPARTMENT), true);
  EXPECT_EQ(power("410000", v1::AGENCY_KIND_GOVERNMENT), true);
  EXPECT_EQ(power("410000", v1::AGENCY_KIND_GOVERNMENT_OFFICE), true);
  EXPECT_EQ(power("410000", v1::AGENCY_KIND_DEPARTMENT), false);
  EXPECT_EQ(power("410300", v1::AGENCY_KIND_GOVERNMENT), true);
  EXPECT_EQ(power("410300", v1::AGENCY_KIND_DEPARTMENT), false);
  EXPECT_EQ(power("410303", v1::AGENCY_KIND_GOVERNMENT), false);
  EXPECT_EQ(power("410303", v1::AGENCY_KIND_UNSPECIFIED), false);
  EXPECT_EQ(power("410303001", v1::AGENCY_KIND_TOWNSHIP), false);
  EXPECT_EQ(power("419000", v1::AGENCY_KIND_GOVERNMENT), false);
  // Without a kind, the name of a government tells.
  EXPECT_EQ(power("320800", v1::AGENCY_KIND_UNSPECIFIED, "淮安市人民政府"),
            true);
  EXPECT_EQ(power("320800", v1::AGENCY_KIND_UNSPECIFIED, "淮安市财政局"),
            std::nullopt);
  // 21 to 50 are autonomous prefectures, or prefectures and leagues.
  EXPECT_EQ(
      power("532900", v1::AGENCY_KIND_GOVERNMENT, "大理白族自治州人民政府"),
      true);
  EXPECT_EQ(power("652900", v1::AGENCY_KIND_GOVERNMENT, "阿克苏地区行政公署"),
            false);
  EXPECT_EQ(power("152200", v1::AGENCY_KIND_GOVERNMENT), std::nullopt);
  EXPECT_EQ(power("", v1::AGENCY_KIND_GOVERNMENT), std::nullopt);
}

v1::Finding Check(const v1::Report& report, absl::string_view rule_id,
                  const v1::Agency* agency = nullptr,
                  const ReportView* previous = nullptr) {
  CheckContext context;
  context.agency = agency;
  context.previous = previous;
  return FindingOf(CheckReport(report, context), rule_id);
}

v1::Outcome Outcome(const v1::Report& report, absl::string_view rule_id) {
  return OutcomeOf(CheckReport(report, CheckContext()), rule_id);
}

TEST(RegulationPowerRuleTest, AsksWhoMayMakeRules) {
  v1::Report report = ExpectedReport("huaian-2024");
  EXPECT_EQ(Check(report, "P-REG-POWER").outcome(), v1::OUTCOME_NOT_ASSESSABLE);
  const v1::Agency city =
      MakeAgency("320800", v1::AGENCY_KIND_GOVERNMENT_OFFICE);
  EXPECT_EQ(Check(report, "P-REG-POWER", &city).rule_id(), "");
  const v1::Agency county =
      MakeAgency("320813", v1::AGENCY_KIND_GOVERNMENT_OFFICE, "洪泽区政府办");
  const v1::Finding finding = Check(report, "P-REG-POWER", &county);
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_WARNING);
  ASSERT_EQ(finding.left().terms_size(), 2);
  EXPECT_EQ(finding.left().terms(1).value(), 11);
  EXPECT_EQ(
      finding.message().zh(),
      "表二：第二十条第（一）项 规章 · 本年制发件数（1）；第二十条第（一）项"
      " 规章 · 现行有效件数（11）；洪泽区政府办（区划 320813）没有规章制定权"
      "。可能是把行政规范性文件填入了规章一行");
  EXPECT_EQ(Outcome(ExpectedReport("xigong-2024"), "P-REG-POWER"),
            v1::OUTCOME_PASS);
}

TEST(RegulationPowerRuleTest, AlsoReadsTheEditionOf2019) {
  v1::Report report = MakeReport(1);
  report.mutable_t2()->Clear();
  report.mutable_t2()->set_edition(v1::EDITION_2019);
  report.mutable_t2()->mutable_regulations()->set_public_total(3);
  const v1::Agency town = MakeAgency("410303001", v1::AGENCY_KIND_TOWNSHIP);
  EXPECT_EQ(Check(report, "P-REG-POWER", &town).outcome(), v1::OUTCOME_FAIL);
}

TEST(OtherShareRuleTest, SaysWhenOtherIsNoRareCase) {
  v1::Report report = ExpectedReport("xigong-2024");
  const v1::Finding finding = Check(report, "P-OTHER-SHARE");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_INFO);
  EXPECT_THAT(finding.message().zh(), HasSubstr(" 的 45.7%；"));
  EXPECT_THAT(finding.message().en(), HasSubstr(" is 45.7% of "));
  const auto outcome = [&report](std::optional<int64_t> part,
                                 std::optional<int64_t> whole) {
    SetCell(CellOf("t3.other_other.total"), part, &report);
    SetCell(CellOf("t3.total_processed.total"), whole, &report);
    return Outcome(report, "P-OTHER-SHARE");
  };
  EXPECT_EQ(outcome(20, 100), v1::OUTCOME_PASS);
  EXPECT_EQ(outcome(21, 100), v1::OUTCOME_FAIL);
  EXPECT_EQ(outcome(4, 4), v1::OUTCOME_PASS);  // Too few.
  EXPECT_EQ(outcome(5, 5), v1::OUTCOME_FAIL);
  EXPECT_EQ(outcome(5, 0), v1::OUTCOME_PASS);  // T3-SUM says so already.
  EXPECT_EQ(outcome(INT64_MAX, INT64_MAX), v1::OUTCOME_FAIL);
  EXPECT_EQ(outcome(std::nullopt, 5), v1::OUTCOME_NOT_ASSESSABLE);
  EXPECT_EQ(outcome(5, std::nullopt), v1::OUTCOME_NOT_ASSESSABLE);
  // The edition of 2019 has no such row.
  outcome(5, 5);
  report.mutable_t3()->set_edition(v1::EDITION_2019);
  EXPECT_EQ(Check(report, "P-OTHER-SHARE").rule_id(), "");
}

TEST(OrphanRuleTest, WantsApplicationsBehindDisputes) {
  v1::Report report = ExpectedReport("xigong-2024");  // 35, and 2 disputes.
  EXPECT_EQ(Outcome(report, "P-T4-ORPHAN"), v1::OUTCOME_PASS);
  SetCell(CellOf("t3.new_received.total"), 0, &report);
  EXPECT_EQ(Outcome(report, "P-T4-ORPHAN"), v1::OUTCOME_NOT_ASSESSABLE);
  v1::Report last_year = report;
  last_year.set_year(2023);
  const ReportView none = ReportView::Of(last_year);
  const v1::Finding finding = Check(report, "P-T4-ORPHAN", nullptr, &none);
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_INFO);
  EXPECT_EQ(finding.left().terms(0).value(), 2);
  EXPECT_THAT(finding.message().zh(), HasSubstr("行政复议 · 总计（2）"));
  SetCell(CellOf("t3.new_received.total"), 4, &last_year);
  const ReportView some = ReportView::Of(last_year);
  EXPECT_EQ(Check(report, "P-T4-ORPHAN", nullptr, &some).rule_id(), "");
  SetCell(CellOf("t3.new_received.total"), std::nullopt, &report);
  EXPECT_EQ(Check(report, "P-T4-ORPHAN", nullptr, &none).outcome(),
            v1::OUTCOME_NOT_ASSESSABLE);
  report.mutable_t4()->mutable_reconsideration()->set_total(0);
  EXPECT_EQ(Outcome(report, "P-T4-ORPHAN"), v1::OUTCOME_PASS);
}

TEST(FeeNoteRuleTest, WantsASentenceInSectionSix) {
  v1::Report report = MakeReport(1);
  const auto outcome = [&report](const char* text) {
    report.set_s6_other(text);
    return Outcome(report, "P-FEE-NOTE");
  };
  // As real reports put it.
  for (const char* text :
       {"2024年度我办未收取政府信息公开信息处理费。",
        "全年收取政府信息公开信息处理费 0 元。",
        "本年度信息公开处理费收费情况：未发生政府信息公开收费事项。",
        "2024年有3件政府信息公开申请案件收取信息处理费2230元。"}) {
    EXPECT_EQ(outcome(text), v1::OUTCOME_PASS) << text;
  }
  EXPECT_EQ(outcome("无其他需要报告的事项。"), v1::OUTCOME_FAIL);
  EXPECT_EQ(Check(report, "P-FEE-NOTE").severity(), v1::SEVERITY_WARNING);
  EXPECT_EQ(Check(report, "P-FEE-NOTE").left().terms(0).cell(), "s6_other");
  EXPECT_EQ(outcome("\u3000"), v1::OUTCOME_NOT_ASSESSABLE);
  report.clear_s6_other();
  EXPECT_EQ(Outcome(report, "P-FEE-NOTE"), v1::OUTCOME_NOT_ASSESSABLE);
}

TEST(ProblemsRuleTest, WantsMoreThanAWord) {
  v1::Report report = MakeReport(1);
  const auto outcome = [&report](const char* text) {
    report.set_s5_problems(text);
    return Outcome(report, "P-S5-EMPTY");
  };
  EXPECT_EQ(outcome("一二三四五六七八九十"), v1::OUTCOME_PASS);
  EXPECT_EQ(outcome("一二三四五六 七八\n九"), v1::OUTCOME_FAIL);
  EXPECT_EQ(outcome("无。"), v1::OUTCOME_FAIL);
  EXPECT_THAT(Check(report, "P-S5-EMPTY").message().zh(), HasSubstr("无。"));
  EXPECT_EQ(outcome(""), v1::OUTCOME_NOT_ASSESSABLE);
}

TEST(TemplateRuleTest, FindsWhatWasToBeFilledIn) {
  v1::Report report = MakeReport(1);
  EXPECT_EQ(Outcome(report, "P-TEMPLATE"), v1::OUTCOME_PASS);
  for (const char* text :
       {"该部分以表格形式报告", "编写说明：……", "（文字描述）", "(文字描述)",
        "公开信息××条", "XX局", "XXX局", "ＸＸ县"}) {
    report.mutable_s1_overview()->set_s1_4_platform(text);
    const v1::Finding finding = Check(report, "P-TEMPLATE");
    EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL) << text;
    EXPECT_EQ(finding.severity(), v1::SEVERITY_WARNING);
    EXPECT_EQ(finding.left().terms(0).cell(), "s1_overview.s1_4_platform");
    EXPECT_THAT(finding.message().zh(), HasSubstr("政府信息公开平台建设"));
  }
  for (const char* text : {"A×B", "FOXX", "XX", "第XX（二十）", "表格形式"}) {
    report.mutable_s1_overview()->set_s1_4_platform(text);
    EXPECT_EQ(Outcome(report, "P-TEMPLATE"), absl::StrContains(text, "XX（")
                                                 ? v1::OUTCOME_FAIL
                                                 : v1::OUTCOME_PASS)
        << text;
  }
}

TEST(SubTopicsRuleTest, WantsAllFive) {
  v1::Report report = MakeReport(1);
  EXPECT_EQ(Outcome(report, "P-S1-FIVE"), v1::OUTCOME_PASS);
  v1::Overview* overview = report.mutable_s1_overview();
  overview->clear_s1_5_supervision();
  const v1::Finding finding = Check(report, "P-S1-FIVE");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_WARNING);
  EXPECT_EQ(finding.message().zh(),
            "第一部分没有写到：一、总体情况 · 监督保障");
  // It may stand in another one's paragraph.
  overview->set_s1_4_platform("平台建设与监督保障工作。");
  EXPECT_EQ(Outcome(report, "P-S1-FIVE"), v1::OUTCOME_PASS);
  // One text for all: words of each.
  overview->Clear();
  overview->set_introduction(
      "主动公开文件18份；受理公开申请3件；完善保密审查；改版门户网站；开展培"
      "训");
  EXPECT_EQ(Outcome(report, "P-S1-FIVE"), v1::OUTCOME_PASS);
  overview->set_introduction("工作有序开展。");
  EXPECT_EQ(Check(report, "P-S1-FIVE").left().terms_size(), 5);
  overview->Clear();
  EXPECT_EQ(Outcome(report, "P-S1-FIVE"), v1::OUTCOME_NOT_ASSESSABLE);
}

}  // namespace
}  // namespace annals::report
