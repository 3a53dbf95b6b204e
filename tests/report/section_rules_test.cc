#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/report/finding_support.h"
#include "tests/support/expected_report.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Finding FindingFor(const v1::Report& report, absl::string_view rule_id,
                       int filing_year = 0) {
  CheckContext context;
  context.filing_year = filing_year;
  return FindingOf(CheckReport(report, context), rule_id);
}

TEST(CellsRuleTest, ListsTheBlanksOfATable) {
  v1::Report report = MakeReport(1);
  SetCell(CellOf("t3.granted.total"), std::nullopt, &report);
  SetCell(CellOf("t3.refused_duplicate.other_org"), std::nullopt, &report);
  const v1::Finding finding = FindingFor(report, "T-CELLS");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_ERROR);
  ASSERT_EQ(finding.left().terms_size(), 2);
  EXPECT_EQ(finding.left().terms(0).cell(), "t3.granted.total");
  EXPECT_FALSE(finding.left().terms(0).has_value());
  EXPECT_EQ(finding.message().zh(),
            "表三（2021年版）有 2 个单元格空白：三、本年度办理结果 "
            "（一）予以公开 · 总计；三、本年度办理结果 （五）不予处理 "
            "2.重复申请 · 法人或其他组织·其他");
  EXPECT_THAT(finding.message().en(), HasSubstr("has 2 blank cells"));
}

TEST(CellsRuleTest, CountsBlanksBeyondTheFirstTen) {
  v1::Report report = MakeReport(1);
  report.mutable_t4()->Clear();
  report.mutable_t4()->set_edition(v1::EDITION_2021);
  const v1::Finding finding = FindingFor(report, "T-CELLS");
  EXPECT_EQ(finding.left().terms_size(), 15);
  EXPECT_THAT(finding.message().zh(), HasSubstr("等共 15 格"));
  EXPECT_THAT(finding.message().en(), HasSubstr("and 5 more"));
}

TEST(CellsRuleTest, NamesCellsOfTheOtherEdition) {
  v1::Report report = MakeReport(1);
  report.mutable_t2()->mutable_procurement()->set_projects(3);
  const v1::Finding finding = FindingFor(report, "T-CELLS");
  ASSERT_EQ(finding.right().terms_size(), 1);
  EXPECT_EQ(finding.right().terms(0).cell(), "t2.procurement.projects");
  EXPECT_EQ(finding.right().terms(0).value(), 3);
  EXPECT_THAT(finding.message().zh(), HasSubstr("政府集中采购 · 采购项目数量"));
}

TEST(CellsRuleTest, FindsTablesWithoutAnEditionOneByOne) {
  const v1::CheckResult check = CheckReport(v1::Report(), CheckContext());
  std::set<std::string> fingerprints;
  int failed = 0;
  for (const v1::Finding& finding : check.findings()) {
    if (finding.rule_id() != "T-CELLS") continue;
    ++failed;
    EXPECT_EQ(finding.left().terms(0).cell(), absl::StrCat("t", failed + 1));
    fingerprints.insert(finding.fingerprint());
  }
  EXPECT_EQ(failed, 3);
  EXPECT_EQ(fingerprints.size(), 3u);
}

TEST(SectionsRuleTest, WantsAllSixSections) {
  EXPECT_EQ(FindingFor(MakeReport(1), "S-SECTIONS").rule_id(), "");
  struct Case {
    const char* missing;
    void (*remove)(v1::Report*);
  };
  const Case cases[] = {
      {"s1_overview", [](v1::Report* r) { r->clear_s1_overview(); }},
      {"s1_overview",
       [](v1::Report* r) {
         r->mutable_s1_overview()->Clear();
         r->mutable_s1_overview()->set_s1_4_platform(" \n\u3000");
       }},
      {"t2", [](v1::Report* r) { r->clear_t2(); }},
      {"t3", [](v1::Report* r) { r->clear_t3(); }},
      {"t4", [](v1::Report* r) { r->clear_t4(); }},
      {"s5_problems", [](v1::Report* r) { r->clear_s5_problems(); }},
      {"s6_other", [](v1::Report* r) { r->set_s6_other("  "); }},
  };
  for (const Case& c : cases) {
    v1::Report report = MakeReport(1);
    c.remove(&report);
    const v1::Finding finding = FindingFor(report, "S-SECTIONS");
    EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL) << c.missing;
    ASSERT_EQ(finding.left().terms_size(), 1) << c.missing;
    EXPECT_EQ(finding.left().terms(0).cell(), c.missing);
    EXPECT_THAT(finding.message().zh(),
                HasSubstr(Schema::Get().TextLabel(c.missing, Language::kZh)));
  }
}

TEST(SectionsRuleTest, TakesMissingSubTopicsForWhatTheyAre) {
  v1::Report report = MakeReport(1);
  report.mutable_s1_overview()->Clear();
  report.mutable_s1_overview()->set_introduction("总体情况如下。");
  EXPECT_EQ(FindingFor(report, "S-SECTIONS").rule_id(), "");
}

TEST(SectionsRuleTest, WantsThePrintedHeadingsInOrder) {
  const auto with_headings = [](const std::vector<int>& sections) {
    v1::Report report = MakeReport(1);
    for (int section : sections) {
      v1::PrintedHeading* heading = report.add_printed_headings();
      heading->set_section(static_cast<v1::Section>(section));
      heading->set_text(absl::StrCat("标题", section));
    }
    return FindingFor(report, "S-SECTIONS");
  };
  EXPECT_EQ(with_headings({1, 2, 3, 4, 5, 6}).rule_id(), "");
  for (const std::vector<int>& sections : {std::vector<int>{1, 2, 3, 4, 6},
                                           {1, 2, 3, 4, 5},
                                           {1, 2, 3, 4, 5, 6, 6},
                                           {1, 1, 2, 3, 4, 5, 6},
                                           {2, 1, 3, 4, 5, 6},
                                           {1, 2, 3, 4, 5, 0, 6}}) {
    const v1::Finding finding = with_headings(sections);
    EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
    EXPECT_THAT(finding.message().zh(), HasSubstr("标题1"));
  }
}

void SetDay(int year, int month, int day, v1::Date* date) {
  date->set_year(year);
  date->set_month(month);
  date->set_day(day);
}

TEST(YearRuleTest, ComparesWhatIsStated) {
  const v1::Report sound = MakeReport(1);
  EXPECT_EQ(FindingFor(sound, "S-YEAR", 2024).rule_id(), "");
  EXPECT_EQ(FindingFor(sound, "S-YEAR").rule_id(), "");
  EXPECT_EQ(FindingFor(sound, "S-YEAR", 2023).outcome(), v1::OUTCOME_FAIL);

  v1::Report title = sound;
  title.set_title("某市 ２０２３ 年政府信息公开工作年度报告");
  const v1::Finding finding = FindingFor(title, "S-YEAR");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.left().value(), 2023);
  EXPECT_EQ(finding.right().terms(0).value(), 2024);
  EXPECT_EQ(finding.message().zh(),
            "标题为 2023，年度为 2024，统计期限 · 起为 2024，统计期限 · 止为 "
            "2024");

  title.set_title("第9503厂 2024 年政府信息公开工作年度报告");
  EXPECT_EQ(FindingFor(title, "S-YEAR", 2024).rule_id(), "");
  title.set_title("第9503厂年政府信息公开工作年度报告");
  EXPECT_EQ(FindingFor(title, "S-YEAR").outcome(), v1::OUTCOME_FAIL);

  // One real report ends its year a day early.
  v1::Report period = sound;
  SetDay(2024, 12, 30, period.mutable_period()->mutable_end());
  EXPECT_THAT(FindingFor(period, "S-YEAR").message().zh(),
              HasSubstr("实为 2024-01-01 至 2024-12-30"));
  SetDay(2025, 12, 31, period.mutable_period()->mutable_end());
  EXPECT_EQ(FindingFor(period, "S-YEAR").outcome(), v1::OUTCOME_FAIL);
}

TEST(YearRuleTest, SkipsWhatIsNotAtHand) {
  v1::Report report = MakeReport(1);
  report.clear_period();
  report.set_title("政府信息公开工作年度报告");
  EXPECT_EQ(FindingFor(report, "S-YEAR", 2024).rule_id(), "");
  EXPECT_EQ(FindingFor(report, "S-YEAR").outcome(), v1::OUTCOME_NOT_ASSESSABLE);
  report.clear_year();
  EXPECT_EQ(FindingFor(report, "S-YEAR").outcome(), v1::OUTCOME_NOT_ASSESSABLE);
  // Longer numbers are no years.
  report.set_year(2024);
  report.set_title("第20230001号 2024年年度报告");
  EXPECT_EQ(FindingFor(report, "S-YEAR").rule_id(), "");
}

}  // namespace
}  // namespace annals::report
