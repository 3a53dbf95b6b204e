#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "absl/strings/str_cat.h"
#include "service/report/roll_up_parts.h"
#include "tests/report/finding_support.h"
#include "tests/support/expected_report.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A city's report and its parts: its own, and those of agencies.
class RollUpTest : public ::testing::Test {
 protected:
  RollUpTest() {
    report_ = MakeReport(1);
    report_.set_scope(v1::SCOPE_REGIONAL);
    agency_.set_division_code("410300");
    for (uint64_t seed = 11; seed < 15; ++seed) {
      AddPart(absl::StrCat("agencies/", seed, "/reports/2024"),
              MakeReport(seed));
    }
    AddUp();
  }

  PartReport& AddPart(const std::string& name, const v1::Report& report) {
    views_.push_back(ReportView::Of(report));
    PartReport part;
    part.name = name;
    part.agency_display_name = absl::StrCat("机关", views_.size());
    part.division_code = "410300";
    part.report = &views_.back();
    parts_.push_back(part);
    return parts_.back();
  }

  // Makes the city's figures what the parts have.
  void AddUp() {
    for (size_t i = 0; i < Schema::Get().cells().size(); ++i) {
      if (!Schema::Get().cells()[i].in_2021) continue;
      int64_t sum = 0;
      for (const PartReport& part : parts_) {
        if (part.report != nullptr) sum += part.report->cells()[i].value_or(0);
      }
      SetCell(static_cast<CellIndex>(i), sum, &report_);
    }
  }

  v1::CheckResult Check() {
    CheckContext context;
    context.parts = parts_;
    context.agency = &agency_;
    return CheckReport(report_, context);
  }

  std::set<std::string> FailedRollUps() {
    std::set<std::string> ids;
    for (const std::string& id : Failed(Check())) {
      if (absl::StartsWith(id, "R-")) ids.insert(id);
    }
    return ids;
  }

  v1::Report report_;
  v1::Agency agency_;
  std::deque<ReportView> views_;
  std::vector<PartReport> parts_;
};

constexpr char kNew[] = "t3.new_received.total";
constexpr char kNewSum[] = "R-SUM-t3.new_received.total";

TEST_F(RollUpTest, PassesWhereEveryFigureIsTheSum) {
  const v1::CheckResult check = Check();
  EXPECT_TRUE(FailedRollUps().empty());
  // One for each of 200 cells; R-MISSING and R-DOUBLE.
  CheckContext without;
  const int passed_without = CheckReport(report_, without).passed_count();
  EXPECT_EQ(check.passed_count() - passed_without, 200 + 2);
}

TEST_F(RollUpTest, WarnsOfEachFigureThatIsNotTheSum) {
  const int64_t sum = *Figure(report_, kNew);
  SetCell(CellOf(kNew), sum + 7, &report_);
  EXPECT_EQ(FailedRollUps(), std::set<std::string>{kNewSum});
  const v1::Finding finding = FindingOf(Check(), kNewSum);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_WARNING);
  EXPECT_EQ(finding.left().value(), sum + 7);
  EXPECT_EQ(finding.right().value(), sum);
  ASSERT_EQ(finding.right().terms_size(), 4);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(finding.right().terms(i).cell(), kNew);
    EXPECT_THAT(finding.right().terms(i).report(), HasSubstr("/reports/2024"));
    if (i > 0) {
      EXPECT_GE(finding.right().terms(i - 1).value(),
                finding.right().terms(i).value());
    }
  }
  EXPECT_EQ(
      finding.message().zh(),
      absl::StrCat("表三：一、本年新收政府信息公开申请数量 · 总计（", sum + 7,
                   "），而所汇总的 4 份报告合计 ", sum, "，相差 7"));
}

TEST_F(RollUpTest, AddsUpTheRealFiguresOfACity) {
  parts_.clear();
  for (const int64_t count :
       {349, 933, 477, 301, 874, 216, 348, 55, 26, 12, 16}) {
    v1::Report part = MakeReport(1);
    SetCell(CellOf(kNew), count, &part);
    AddPart(absl::StrCat("agencies/", count), part);
  }
  SetCell(CellOf(kNew), 3607, &report_);
  EXPECT_EQ(OutcomeOf(Check(), kNewSum), v1::OUTCOME_PASS);
  SetCell(CellOf(kNew), 3511, &report_);
  EXPECT_EQ(FindingOf(Check(), kNewSum).outcome(), v1::OUTCOME_FAIL);
}

TEST_F(RollUpTest, DoesNotJudgeWhileReportsAreMissing) {
  parts_.push_back({"agencies/late/reports/2024", "迟报局", "410300"});
  const int64_t sum = *Figure(report_, kNew);
  v1::CheckResult check = Check();
  const v1::Finding missing = FindingOf(check, "R-MISSING");
  EXPECT_EQ(missing.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(missing.severity(), v1::SEVERITY_INFO);
  EXPECT_THAT(missing.missing_reports(),
              ElementsAre("agencies/late/reports/2024"));
  EXPECT_EQ(missing.message().zh(),
            "所汇总的 5 份报告中有 1 份尚未报送或未生效：迟报局 "
            "agencies/late/reports/2024");
  EXPECT_THAT(missing.message().en(),
              HasSubstr("1 of the 5 reports that it adds up is not filed"));
  EXPECT_EQ(FailedRollUps(), std::set<std::string>{"R-MISSING"});
  for (const int64_t more : {0, 1, 100000}) {
    SetCell(CellOf(kNew), sum + more, &report_);
    const v1::Finding finding = FindingOf(Check(), kNewSum);
    EXPECT_EQ(finding.outcome(), v1::OUTCOME_NOT_ASSESSABLE) << more;
    EXPECT_THAT(finding.missing_reports(),
                ElementsAre("agencies/late/reports/2024"));
    EXPECT_THAT(finding.message().zh(), HasSubstr("迟报局"));
  }
  // What is less already can't become the sum any more.
  SetCell(CellOf(kNew), sum - 1, &report_);
  const v1::Finding less = FindingOf(Check(), kNewSum);
  EXPECT_EQ(less.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(less.severity(), v1::SEVERITY_INFO);
  EXPECT_THAT(less.message().zh(), HasSubstr("另有 1 份尚未报送或未生效"));
  // The fingerprint is the same whatever came of it.
  EXPECT_EQ(less.fingerprint(), FindingOf(Check(), kNewSum).fingerprint());
}

TEST_F(RollUpTest, SaysNothingOfZerosThatMayStillGrow) {
  parts_.push_back({"agencies/late/reports/2024", "迟报局", "410300"});
  for (const PartReport& part : parts_) {
    if (part.report == nullptr) continue;
    EXPECT_EQ(
        part.report
            ->cells()[static_cast<size_t>(CellOf("t2.regulations.issued"))],
        0);
  }
  const v1::Finding finding = FindingOf(Check(), "R-SUM-t2.regulations.issued");
  EXPECT_EQ(finding.rule_id(), "");
}

TEST_F(RollUpTest, NeedsTheParts) {
  CheckContext context;
  v1::CheckResult check = CheckReport(report_, context);
  EXPECT_EQ(FindingOf(check, "R-MISSING").outcome(),
            v1::OUTCOME_NOT_ASSESSABLE);
  EXPECT_EQ(FindingOf(check, "R-DOUBLE").outcome(), v1::OUTCOME_NOT_ASSESSABLE);
  EXPECT_EQ(FindingOf(check, kNewSum).rule_id(), "");
  // It says nothing of an organ's own report.
  report_.set_scope(v1::SCOPE_ORGAN);
  check = Check();
  for (const v1::Finding& finding : check.findings()) {
    EXPECT_FALSE(absl::StartsWith(finding.rule_id(), "R-"));
  }
}

TEST_F(RollUpTest, IsNotAssessableOverABlankOrAnotherEdition) {
  v1::Report blank = MakeReport(11);
  SetCell(CellOf(kNew), std::nullopt, &blank);
  blank.mutable_t2()->Clear();
  blank.mutable_t2()->set_edition(v1::EDITION_2019);
  views_.push_back(ReportView::Of(blank));
  parts_[0].report = &views_.back();
  v1::CheckResult check = Check();
  EXPECT_EQ(FindingOf(check, kNewSum).outcome(), v1::OUTCOME_NOT_ASSESSABLE);
  EXPECT_THAT(FindingOf(check, kNewSum).message().zh(), HasSubstr("机关1"));
  EXPECT_EQ(FindingOf(check, "R-SUM-t2.normative_documents.in_force").outcome(),
            v1::OUTCOME_NOT_ASSESSABLE);
  EXPECT_EQ(OutcomeOf(check, "R-SUM-t3.granted.total"), v1::OUTCOME_PASS);
  SetCell(CellOf("t3.granted.total"), std::nullopt, &report_);
  EXPECT_EQ(FindingOf(Check(), "R-SUM-t3.granted.total").outcome(),
            v1::OUTCOME_NOT_ASSESSABLE);
  // The rule on a cell of the other edition does not apply.
  EXPECT_EQ(FindingOf(check, "R-SUM-t2.regulations.made").rule_id(), "");
}

TEST_F(RollUpTest, StocksAreForInformation) {
  SetCell(CellOf("t2.normative_documents.in_force"), 1, &report_);
  EXPECT_EQ(
      FindingOf(Check(), "R-SUM-t2.normative_documents.in_force").severity(),
      v1::SEVERITY_INFO);
}

TEST_F(RollUpTest, SurvivesSumsBeyond64Bits) {
  for (int i = 0; i < 2; ++i) {
    v1::Report large = MakeReport(21);
    SetCell(CellOf(kNew), INT64_MAX, &large);
    AddPart(absl::StrCat("agencies/large", i), large);
  }
  const v1::Finding finding = FindingOf(Check(), kNewSum);
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_NOT_ASSESSABLE);
  EXPECT_FALSE(finding.right().has_value());
  EXPECT_THAT(finding.message().zh(), HasSubstr("64 位"));
}

TEST_F(RollUpTest, NamesTheLargestPartsOfVeryMany) {
  for (int i = 0; i < 300; ++i) {
    AddPart(absl::StrCat("agencies/many", i, "/reports/2024"), MakeReport(31));
  }
  const v1::Finding finding = FindingOf(Check(), kNewSum);
  EXPECT_EQ(finding.right().terms_size(), 40);
  EXPECT_THAT(finding.message().zh(), HasSubstr("304 份报告"));
  for (int i = 0; i < 1500; ++i) {
    parts_.push_back({absl::StrCat("agencies/late", i), "", ""});
  }
  const v1::CheckResult check = Check();
  EXPECT_EQ(FindingOf(check, "R-MISSING").missing_reports_size(), 1000);
  EXPECT_THAT(FindingOf(check, "R-MISSING").message().zh(),
              HasSubstr("有 1500 份尚未报送或未生效"));
}

TEST_F(RollUpTest, DoesNotCountADistrictsDepartmentTwice) {
  const int64_t sum = *Figure(report_, kNew);
  v1::Report district = MakeReport(41);
  district.set_scope(v1::SCOPE_REGIONAL);
  PartReport& regional = AddPart("agencies/d/reports/2024-regional", district);
  regional.scope = v1::SCOPE_REGIONAL;
  regional.division_code = "410303";
  AddPart("agencies/b/reports/2024", MakeReport(42)).division_code = "410303";
  AddPart("agencies/t/reports/2024", MakeReport(43)).division_code =
      "410303001";
  SetCell(CellOf(kNew), sum + *Figure(district, kNew), &report_);
  const v1::CheckResult check = Check();
  EXPECT_EQ(OutcomeOf(check, kNewSum), v1::OUTCOME_PASS);
  const v1::Finding finding = FindingOf(check, "R-DOUBLE");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_INFO);
  EXPECT_THAT(finding.message().zh(),
              HasSubstr("agencies/b/reports/2024；机关7 "
                        "agencies/t/reports/2024"));
}

TEST(SortPartsTest, GoesByDivisionCodes) {
  const ReportView view = ReportView::Of(MakeReport(1));
  const auto twice = [&view](const char* own, const char* regional,
                             const char* organ) {
    return SortParts({{"r", "", regional, v1::SCOPE_REGIONAL, &view},
                      {"o", "", organ, v1::SCOPE_ORGAN, &view}},
                     own)
               .twice.size() == 1;
  };
  EXPECT_TRUE(twice("410300", "410303", "410303"));
  EXPECT_TRUE(twice("410300", "410303", "410303002"));
  EXPECT_TRUE(twice("410000", "410300", "410303"));
  EXPECT_TRUE(twice("410000", "410300", "410300"));
  EXPECT_FALSE(twice("410300", "410303", "410304"));
  EXPECT_FALSE(twice("410300", "410300", "410300"));  // Its own division.
  EXPECT_FALSE(twice("410300", "410303", "410300"));
  EXPECT_FALSE(twice("410300", "410303", ""));
  EXPECT_FALSE(twice("410300", "", "410303"));
}

// Whatever the parts are: the rule passes exactly for the sum.
TEST(RollUpPropertyTest, AgreesWithASimpleSum) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 40; ++round) {
    std::deque<ReportView> views;
    CheckContext context;
    context.parts.emplace();
    std::vector<int64_t> sums(Schema::Get().cells().size());
    const int count = 1 + static_cast<int>(random() % 6);
    for (int i = 0; i < count; ++i) {
      views.push_back(ReportView::Of(MakeReport(random())));
      context.parts->push_back({absl::StrCat("agencies/", i), "", "",
                                v1::SCOPE_ORGAN, &views.back()});
      for (size_t c = 0; c < sums.size(); ++c) {
        sums[c] += views.back().cells()[c].value_or(0);
      }
    }
    v1::Report report = MakeReport(random());
    report.set_scope(v1::SCOPE_REGIONAL);
    std::set<std::string> expected;
    for (size_t c = 0; c < sums.size(); ++c) {
      const CellInfo& cell = Schema::Get().cells()[c];
      if (!cell.in_2021) continue;
      const bool is_wrong = random() % 3 == 0;
      SetCell(static_cast<CellIndex>(c), sums[c] + (is_wrong ? 1 : 0), &report);
      if (is_wrong) expected.insert(absl::StrCat("R-SUM-", cell.id));
    }
    std::set<std::string> failed;
    for (const std::string& id : Failed(CheckReport(report, context))) {
      if (absl::StartsWith(id, "R-")) failed.insert(id);
    }
    EXPECT_EQ(failed, expected);
  }
}

}  // namespace
}  // namespace annals::report
