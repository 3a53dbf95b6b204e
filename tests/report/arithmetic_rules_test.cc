#include "service/report/arithmetic_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/report/finding_support.h"
#include "tests/support/expected_report.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// A report of the 2019 edition that keeps every rule.
v1::Report Report2019() {
  v1::Report report = MakeReport(3, 2020);
  report.clear_t2();
  report.mutable_t2()->set_edition(v1::EDITION_2019);
  report.mutable_t3()->set_edition(v1::EDITION_2019);
  report.mutable_t4()->set_edition(v1::EDITION_2019);
  const Cells cells = ReadCells(report);
  for (const char* column :
       {"natural_person", "commercial_enterprise", "research_institution",
        "public_welfare_org", "legal_service_org", "other_org", "total"}) {
    int64_t other = 0;
    for (const char* row :
         {"other_no_correction", "other_fee_unpaid", "other_other"}) {
      const CellIndex cell = CellOf(absl::StrCat("t3.", row, ".", column));
      other += *cells[cell];
      SetCell(cell, std::nullopt, &report);
    }
    SetCell(CellOf(absl::StrCat("t3.other_unspecified.", column)), other,
            &report);
  }
  const auto& infos = Schema::Get().cells();
  for (size_t i = 0; i < infos.size(); ++i) {
    if (infos[i].table_number != 2 || !infos[i].in_2019) continue;
    SetCell(static_cast<CellIndex>(i), infos[i].may_be_negative ? -3 : 8,
            &report);
  }
  return report;
}

TEST(CheckedSumTest, KnowsWhenItOverflows) {
  CheckedSum sum;
  sum.Add(kMax);
  EXPECT_EQ(sum.Result(), kMax);
  sum.Add(1);
  EXPECT_EQ(sum.Result(), std::nullopt);
  // Coming back does not make it right.
  sum.Subtract(1);
  EXPECT_EQ(sum.Result(), std::nullopt);
  CheckedSum least;
  least.Subtract(kMax);
  least.Subtract(1);
  EXPECT_EQ(least.Result(), std::numeric_limits<int64_t>::min());
  least.Subtract(1);
  EXPECT_EQ(least.Result(), std::nullopt);
}

TEST(ArithmeticRulesTest, HoldForMadeReportsOfBothEditions) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    EXPECT_THAT(Failed(CheckReport(MakeReport(seed), CheckContext())),
                IsEmpty());
  }
  EXPECT_THAT(Failed(CheckReport(Report2019(), CheckContext())), IsEmpty());
}

// The arithmetic rules that read each cell of an edition.
std::map<std::string, std::set<std::string>> RulesByCell(v1::Edition edition) {
  std::map<std::string, std::set<std::string>> rules;
  for (const v1::Rule& rule : RuleCatalogue()) {
    if (!IsArithmetic(rule.id())) continue;
    if (!rule.editions().empty() && rule.editions(0) != edition) continue;
    for (const std::string& cell : rule.cells()) {
      if (Schema::Get().cells()[CellOf(cell)].In(edition)) {
        rules[cell].insert(rule.id());
      }
    }
  }
  return rules;
}

void ExpectEachCellBreaksItsRules(const v1::Report& sound,
                                  v1::Edition edition) {
  const auto rules = RulesByCell(edition);
  for (const CellInfo& cell : Schema::Get().cells()) {
    if (cell.table_number == 2 || !cell.In(edition)) continue;
    const CellIndex index = CellOf(cell.id);
    v1::Report broken = sound;
    SetCell(index, *ReadCells(sound)[index] + 1, &broken);
    const v1::CheckResult check = CheckReport(broken, CheckContext());
    std::set<std::string> failed;
    for (const std::string& id : Failed(check)) {
      if (IsArithmetic(id)) failed.insert(id);
    }
    ASSERT_TRUE(rules.contains(cell.id)) << cell.id;
    EXPECT_EQ(failed, rules.at(cell.id)) << cell.id;
    for (const std::string& id : failed) {
      const v1::Finding finding = FindingOf(check, id);
      EXPECT_EQ(std::abs(finding.left().value() - finding.right().value()), 1);
      EXPECT_EQ(finding.severity(), v1::SEVERITY_ERROR);
      EXPECT_THAT(finding.message().zh(), HasSubstr("相差 1"));
      EXPECT_THAT(finding.message().en(), HasSubstr("difference is 1"));
    }
  }
}

TEST(ArithmeticRulesTest, OneChangedCellBreaksExactlyTheRulesThatReadIt) {
  ExpectEachCellBreaksItsRules(MakeReport(11), v1::EDITION_2021);
  ExpectEachCellBreaksItsRules(Report2019(), v1::EDITION_2019);
}

TEST(ArithmeticRulesTest, OneBlankCellLeavesItsRulesNotAssessable) {
  const v1::Report sound = MakeReport(12);
  const auto rules = RulesByCell(v1::EDITION_2021);
  for (const auto& [cell, rule_ids] : rules) {
    v1::Report blank = sound;
    SetCell(CellOf(cell), std::nullopt, &blank);
    const v1::CheckResult check = CheckReport(blank, CheckContext());
    EXPECT_EQ(Failed(check), std::set<std::string>{"T-CELLS"}) << cell;
    for (const std::string& id : rule_ids) {
      const v1::Finding finding = FindingOf(check, id);
      EXPECT_EQ(finding.outcome(), v1::OUTCOME_NOT_ASSESSABLE) << id;
      EXPECT_THAT(finding.message().zh(),
                  HasSubstr(Schema::Get().CellLabel(
                      CellOf(cell), v1::EDITION_2021, Language::kZh)));
      EXPECT_THAT(finding.message().en(), HasSubstr("blank: "));
    }
  }
}

TEST(ArithmeticRulesTest, SumsThatOverflowAreNotAssessable) {
  v1::Report report = MakeReport(13);
  SetCell(CellOf("t3.granted.natural_person"), kMax, &report);
  const v1::CheckResult check = CheckReport(report, CheckContext());
  for (const char* id : {"T3-SUM-natural_person", "T3-ROW-granted"}) {
    const v1::Finding finding = FindingOf(check, id);
    EXPECT_EQ(finding.outcome(), v1::OUTCOME_NOT_ASSESSABLE) << id;
    EXPECT_FALSE(finding.right().has_value());
    EXPECT_TRUE(finding.left().has_value());
    EXPECT_THAT(finding.message().en(), HasSubstr("64 bits"));
  }
}

TEST(ArithmeticRulesTest, EveryNegativeFigureFailsUnlessItIsAChange) {
  for (const v1::Report& sound : {MakeReport(14), Report2019()}) {
    const Cells cells = ReadCells(sound);
    for (size_t i = 0; i < cells.size(); ++i) {
      if (!cells[i].has_value()) continue;
      const CellInfo& info = Schema::Get().cells()[i];
      v1::Report report = sound;
      SetCell(static_cast<CellIndex>(i), -1, &report);
      const std::string rule_id = absl::StrCat("T-NN-", info.id);
      const v1::CheckResult check = CheckReport(report, CheckContext());
      EXPECT_EQ(Failed(check).contains(rule_id), !info.may_be_negative);
      if (info.may_be_negative) continue;
      const v1::Finding finding = FindingOf(check, rule_id);
      EXPECT_EQ(finding.left().value(), -1);
      EXPECT_THAT(
          finding.message().zh(),
          HasSubstr(FieldLabel(info.row, EditionOf(report, info.table_number),
                               Language::kZh)));
    }
  }
}

TEST(ArithmeticRulesTest, ReadTheRowsOfEachTablesOwnEdition) {
  // Table 2 of 2021 beside table 3 of 2019, as real reports have it.
  v1::Report report = Report2019();
  *report.mutable_t2() = MakeReport(1).t2();
  EXPECT_THAT(Failed(CheckReport(report, CheckContext())), IsEmpty());
  // A row of the other edition is named, and does not enter the sums.
  SetCell(CellOf("t3.other_other.natural_person"), 5, &report);
  const v1::CheckResult check = CheckReport(report, CheckContext());
  EXPECT_EQ(Failed(check), std::set<std::string>{"T-CELLS"});
  EXPECT_THAT(FindingOf(check, "T-CELLS").message().zh(), HasSubstr("3.其他"));
}

TEST(ArithmeticRulesTest, ASumOfZerosNamesItsCells) {
  v1::Report report = MakeReport(13);
  for (const CellInfo& cell : Schema::Get().cells()) {
    if (!absl::StartsWith(cell.id, "t3.granted.")) continue;
    SetCell(CellOf(cell.id), 0, &report);
  }
  SetCell(CellOf("t3.granted.total"), 7, &report);
  const v1::Finding finding =
      FindingOf(CheckReport(report, CheckContext()), "T3-ROW-granted");
  const auto label = [](const char* column, Language language) {
    return Schema::Get().CellLabel(CellOf(absl::StrCat("t3.granted.", column)),
                                   v1::EDITION_2021, language);
  };
  EXPECT_THAT(finding.message().zh(),
              HasSubstr(absl::StrCat(
                  "，而 0（", label("natural_person", Language::kZh), "；",
                  label("commercial_enterprise", Language::kZh), "；",
                  label("research_institution", Language::kZh),
                  "等共 6 格，均为 0），相差 7")));
  EXPECT_THAT(
      finding.message().en(),
      HasSubstr(absl::StrCat(", but 0 (all of these are 0: ",
                             label("natural_person", Language::kEn), "; ",
                             label("commercial_enterprise", Language::kEn),
                             "; ", label("research_institution", Language::kEn),
                             "; and 3 more); the difference is 7")));
}

TEST(ArithmeticRulesTest, SumMessagesGoWithoutRowsOfTheOtherEdition) {
  v1::Report report = Report2019();
  SetCell(CellOf("t3.other_other.natural_person"), 5, &report);
  SetCell(CellOf("t3.total_processed.natural_person"), 1, &report);
  const v1::Finding finding =
      FindingOf(CheckReport(report, CheckContext()), "T3-SUM-natural_person");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.message().zh().find("3.其他"), std::string::npos);
  for (const v1::Term& term : finding.right().terms()) {
    EXPECT_NE(term.cell(), "t3.other_other.natural_person");
  }
  EXPECT_EQ(finding.right().terms_size(), 19);
}

TEST(ArithmeticRulesTest, WithoutAnEditionNothingOfTheTablePasses) {
  v1::Report report = MakeReport(15);
  report.mutable_t3()->clear_edition();
  const v1::CheckResult check = CheckReport(report, CheckContext());
  EXPECT_EQ(Failed(check), std::set<std::string>{"T-CELLS"});
  int not_assessable = 0;
  for (const std::string& id : RuleIds(check, v1::OUTCOME_NOT_ASSESSABLE)) {
    not_assessable += absl::StartsWith(id, "T3-") ? 1 : 0;
  }
  EXPECT_EQ(not_assessable, 7 + 7 + 25);
  EXPECT_THAT(FindingOf(check, "T3-ROW-granted").message().zh(),
              HasSubstr("表三未注明格式版本"));
}

TEST(ArithmeticRulesTest, FindWhatRealReportsGetWrong) {
  // As published: 10 + 1 reconsiderations with a total of 0, and 5 lawsuits.
  const v1::CheckResult hongze =
      CheckReport(ExpectedReport("hongze-2023"), CheckContext());
  std::set<std::string> broken;
  for (const std::string& id : Failed(hongze)) {
    if (IsArithmetic(id)) broken.insert(id);
  }
  EXPECT_EQ(broken, (std::set<std::string>{"T4-SUM-A", "T4-SUM-C"}));
  const v1::Finding finding = FindingOf(hongze, "T4-SUM-A");
  EXPECT_EQ(finding.left().value(), 0);
  EXPECT_EQ(finding.right().value(), 11);
  EXPECT_EQ(
      finding.message().zh(),
      "表四：行政复议 · 总计（0），而 行政复议 · 结果维持（10） + 行政复议 "
      "· 结果纠正（1） + 行政复议 · 其他结果（0） + 行政复议 · "
      "尚未审结（0） = 11，相差 11");
  for (const char* name :
       {"xigong-2024", "hongze-2024", "huaian-2024", "shanghai-kewei-2024",
        "suqian-2023", "suqian-2024"}) {
    for (const std::string& id :
         Failed(CheckReport(ExpectedReport(name), CheckContext()))) {
      EXPECT_FALSE(IsArithmetic(id)) << name << " " << id;
    }
  }
}

}  // namespace
}  // namespace annals::report
