#include "service/report/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/hash.h"
#include "service/report/rule_table.h"
#include "tests/report/finding_support.h"
#include "tests/support/expected_report.h"
#include "tests/support/matchers.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const char* const kColumns[] = {"natural_person",
                                "commercial_enterprise",
                                "research_institution",
                                "public_welfare_org",
                                "legal_service_org",
                                "other_org",
                                "total"};

bool IsOf(const v1::Rule& rule, v1::Edition edition) {
  return rule.editions().empty() || rule.editions(0) == edition;
}

int CountRules(absl::string_view prefix, v1::Edition edition) {
  int count = 0;
  for (const v1::Rule& rule : RuleCatalogue()) {
    if (absl::StartsWith(rule.id(), prefix) && IsOf(rule, edition)) ++count;
  }
  return count;
}

TEST(RuleCatalogueTest, HasTheArithmeticOfEachEdition) {
  EXPECT_EQ(CountRules("T3-ID-", v1::EDITION_2021), 7);
  EXPECT_EQ(CountRules("T3-SUM-", v1::EDITION_2021), 7);
  EXPECT_EQ(CountRules("T3-ROW-", v1::EDITION_2021), 25);
  EXPECT_EQ(CountRules("T4-SUM-", v1::EDITION_2021), 3);
  int arithmetic = 0;
  for (const v1::Rule& rule : RuleCatalogue()) {
    if (IsArithmetic(rule.id()) && IsOf(rule, v1::EDITION_2021)) ++arithmetic;
  }
  EXPECT_EQ(arithmetic, 42);
  EXPECT_EQ(CountRules("T3-ID-", v1::EDITION_2019), 7);
  EXPECT_EQ(CountRules("T3-SUM-", v1::EDITION_2019), 7);
  EXPECT_EQ(CountRules("T3-ROW-", v1::EDITION_2019), 23);
  EXPECT_EQ(CountRules("T4-SUM-", v1::EDITION_2019), 3);
  EXPECT_EQ(CountRules("T-NN-", v1::EDITION_2021), 10 + 25 * 7 + 15);
  // All but the five signed changes.
  EXPECT_EQ(CountRules("T-NN-", v1::EDITION_2019), 22 - 5 + 23 * 7 + 15);
}

TEST(RuleCatalogueTest, NamesEveryRuleOnceWithWordsInBothLanguages) {
  std::set<std::string> ids;
  for (const v1::Rule& rule : RuleCatalogue()) {
    EXPECT_TRUE(ids.insert(rule.id()).second) << rule.id();
    EXPECT_NE(rule.severity(), v1::SEVERITY_UNSPECIFIED) << rule.id();
    for (const std::string& text :
         {rule.title().zh(), rule.title().en(), rule.basis().zh(),
          rule.basis().en(), rule.rationale().zh(), rule.rationale().en(),
          rule.example().zh(), rule.example().en()}) {
      EXPECT_FALSE(text.empty()) << rule.id();
      EXPECT_EQ(text.find('{'), std::string::npos) << text;
    }
    for (absl::string_view cell : rule.cells()) {
      absl::ConsumePrefix(&cell, "previous.");
      // A cell, or a text or table with a label.
      EXPECT_TRUE(Schema::Get().Find(cell).has_value() ||
                  Schema::Get().TextLabel(cell, Language::kZh) != cell)
          << cell;
    }
  }
  for (const char* id :
       {"T-CELLS",      "S-SECTIONS",   "S-YEAR",
        "Y-REG",        "Y-DOC",        "Y-DOC-IMPLIED",
        "Y-SAME",       "Y-ZERO",       "Y-JUMP",
        "Y-PEND",       "P-REG-POWER",  "P-OTHER-SHARE",
        "P-T4-ORPHAN",  "P-FEE-NOTE",   "P-S5-EMPTY",
        "P-TEMPLATE",   "P-S1-FIVE",    "R-SUM-t3.granted.total",
        "R-MISSING",    "R-DOUBLE",     "N-REQUESTS",
        "N-ANSWERED",   "N-CARRIED-IN", "N-CARRIED-OUT",
        "N-GRANTED",    "N-DENIED",     "N-RECONSIDERATION",
        "N-LITIGATION", "N-PERCENT",    "N-BALANCE",
        "N-FEE"}) {
    EXPECT_TRUE(ids.contains(id)) << id;
  }
  for (const char* column : kColumns) {
    EXPECT_TRUE(ids.contains(absl::StrCat("Y-CARRY-", column)));
  }
}

TEST(RuleCatalogueTest, WordsARuleByTheOfficialLabels) {
  for (const v1::Rule& rule : RuleCatalogue()) {
    if (rule.id() == "T3-ID-natural_person") {
      EXPECT_EQ(
          rule.title().zh(),
          "自然人：本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四"
          "项之和");
    } else if (rule.id() == "Y-REG") {
      EXPECT_EQ(
          rule.title().zh(),
          "第二十条第（一）项 规章 · 现行有效件数 = 上年度报告 "
          "第二十条第（一）项 规章 · 现行有效件数 + 第二十条第（一）项 规章 "
          "· 本年制发件数 − 第二十条第（一）项 规章 · 本年废止件数");
      EXPECT_THAT(rule.cells(),
                  ::testing::Contains("previous.t2.regulations.in_force"));
    }
  }
}

TEST(CheckReportTest, FindsTheSeedSoundButForItsProse) {
  v1::Report report = ExpectedReport("xigong-2024");
  report.set_title("西工区人民政府办公室 2024 年政府信息公开工作年度报告");
  report.mutable_s1_overview()->set_s1_2_on_request(
      "本年度，共处理区政府（区政府办公室）依申请公开政府信息 30 件。");
  report.mutable_s1_overview()->set_introduction(
      "主动公开、政府信息管理、平台建设、监督保障各项工作有序开展。");
  report.set_s5_problems("政务公开标准化水平有待提升，将加强培训。");
  report.set_s6_other("2024年度我办未收取政府信息公开信息处理费。");
  CheckContext context;
  context.filing_year = 2024;
  const v1::CheckResult check = CheckReport(report, context);
  EXPECT_EQ(Failed(check),
            (std::set<std::string>{"N-REQUESTS", "P-OTHER-SHARE"}));
  EXPECT_OK(RequireNoErrors(check));
  EXPECT_EQ(FailedCount(check, v1::SEVERITY_WARNING), 1);
  EXPECT_EQ(check.rule_set_version(), kRuleSetVersion);
  // The rules that need last year's report: nine on its figures, four on the
  // whole of it.
  EXPECT_EQ(check.not_assessable_count(), 9 + 4);
  EXPECT_EQ(check.failed_count(), 2);
  // 42 arithmetic, 200 figures, three tables, sections, year, implied, and of
  // the seven on what is plausible all but one.
  EXPECT_EQ(check.passed_count(), 42 + 200 + 3 + 1 + 1 + 1 + 6);
}

TEST(CheckReportTest, FindsNoFaultWithTheReportsOfOtherTests) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const v1::CheckResult check = CheckReport(MakeReport(seed), CheckContext());
    EXPECT_EQ(FailedCount(check, v1::SEVERITY_ERROR), 0) << seed;
    EXPECT_EQ(FailedCount(check, v1::SEVERITY_WARNING), 0) << seed;
  }
}

TEST(CheckReportTest, OrdersFindingsByWeight) {
  v1::Report report = MakeReport(1);
  report.mutable_t2()->mutable_normative_documents()->set_issued(100000);
  report.mutable_s1_overview()->set_s1_2_on_request("受理申请987654件。");
  report.mutable_t3()->mutable_granted()->set_total(1);
  const v1::CheckResult check = CheckReport(report, CheckContext());
  int last = 0;
  std::set<int> seen;
  for (const v1::Finding& finding : check.findings()) {
    const int rank = finding.outcome() == v1::OUTCOME_FAIL
                         ? static_cast<int>(finding.severity())
                         : 9;
    EXPECT_GE(rank, last);
    last = rank;
    seen.insert(rank);
  }
  EXPECT_EQ(seen, (std::set<int>{1, 2, 3, 9}));
  EXPECT_EQ(check.failed_count() + check.not_assessable_count(),
            check.findings_size());
}

TEST(CheckReportTest, GivesTheSameFingerprintsOnEveryRun) {
  const v1::CheckResult first = CheckReport(v1::Report(), CheckContext());
  const v1::CheckResult second = CheckReport(v1::Report(), CheckContext());
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  std::set<std::string> fingerprints;
  for (const v1::Finding& finding : first.findings()) {
    EXPECT_THAT(finding.fingerprint(), ::testing::MatchesRegex("[0-9a-f]{16}"));
    EXPECT_TRUE(fingerprints.insert(finding.fingerprint()).second);
    EXPECT_FALSE(finding.message().zh().empty());
    EXPECT_FALSE(finding.message().en().empty());
  }
  // A fixed value: acknowledgements recorded long ago must still match.
  // SHA-256 of "N-REQUESTS" and its four cells, each after a line break.
  EXPECT_EQ(FindingOf(first, "N-REQUESTS").fingerprint(), "5d1aea5451fd59de");
}

TEST(RuleTableTest, KeepsTheFingerprintsOfAllThatWasEverRecorded) {
  // The beginning of SHA-256 over "id fingerprint\n" in the order of the ids,
  // of the rules of the set 2026-11 and of those that 2026-11.2 added.
  std::map<std::string, std::string> fingerprints;
  for (const RuleInstance& instance : RuleTable()) {
    fingerprints[instance.rule.id()] = instance.fingerprint;
  }
  std::string first_set;
  std::string second_set;
  for (const auto& [id, fingerprint] : fingerprints) {
    const bool is_first = IsArithmetic(id) || absl::StartsWith(id, "T-") ||
                          absl::StartsWith(id, "S-") ||
                          absl::StartsWith(id, "Y-CARRY") || id == "Y-REG" ||
                          id == "Y-DOC" || id == "Y-DOC-IMPLIED" ||
                          id == "N-REQUESTS";
    absl::StrAppend(is_first ? &first_set : &second_set, id, " ", fingerprint,
                    "\n");
  }
  const auto digest = [](const std::string& text) {
    return absl::BytesToHexString(ledger::HashBytes(ledger::Sha256(text)))
        .substr(0, 16);
  };
  EXPECT_EQ(digest(first_set), "079c4e8743348aac");
  EXPECT_EQ(digest(second_set), "1dd9dce96267278b");
}

class YearOverYearTest : public ::testing::Test {
 protected:
  v1::CheckResult Check() {
    CheckContext context;
    const ReportView previous = ReportView::Of(previous_);
    context.previous = &previous;
    context.previous_name = "agencies/X/reports/2023-regional";
    return CheckReport(report_, context);
  }

  v1::Report previous_ = ExpectedReport("suqian-2023");
  v1::Report report_ = ExpectedReport("suqian-2024");
};

TEST_F(YearOverYearTest, HoldsForARealPairInEveryColumn) {
  const v1::CheckResult check = Check();
  for (const char* column : kColumns) {
    EXPECT_EQ(OutcomeOf(check, absl::StrCat("Y-CARRY-", column)),
              v1::OUTCOME_PASS);
  }
  EXPECT_EQ(OutcomeOf(check, "Y-REG"), v1::OUTCOME_PASS);
  EXPECT_EQ(OutcomeOf(check, "Y-DOC"), v1::OUTCOME_PASS);
  // The other way round, with the years set right, hardly anything does.
  std::swap(previous_, report_);
  previous_.set_year(2022);
  EXPECT_THAT(Failed(Check()),
              ::testing::IsSupersetOf({"Y-CARRY-natural_person",
                                       "Y-CARRY-total", "Y-REG", "Y-DOC"}));
}

TEST_F(YearOverYearTest, WarnsOfAFigureThatDoesNotCarryOver) {
  SetCell(CellOf("t3.carried_over_in.natural_person"), 117, &report_);
  const v1::CheckResult check = Check();
  const v1::Finding finding = FindingOf(check, "Y-CARRY-natural_person");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_WARNING);
  EXPECT_EQ(finding.left().value(), 117);
  EXPECT_EQ(finding.right().value(), 118);
  EXPECT_EQ(finding.right().terms(0).report(),
            "agencies/X/reports/2023-regional");
  EXPECT_EQ(
      finding.message().zh(),
      "表三：二、上年结转政府信息公开申请数量 · 自然人（117），而 上年度报告 "
      "四、结转下年度继续办理 · 自然人（118），相差 1");
  EXPECT_EQ(OutcomeOf(check, "Y-CARRY-commercial_enterprise"),
            v1::OUTCOME_PASS);
}

TEST_F(YearOverYearTest, WarnsOfDocumentsThatDoNotAddUp) {
  SetCell(CellOf("t2.regulations.repealed"), 2, &report_);
  const v1::Finding finding = FindingOf(Check(), "Y-REG");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);
  EXPECT_EQ(finding.left().value(), 12);
  EXPECT_EQ(finding.right().value(), 11);
  EXPECT_TRUE(finding.right().terms(2).negative());
}

TEST_F(YearOverYearTest, IsNotAssessableWithoutAComparableReport) {
  const auto expect_not_assessable = [this](const char* zh) {
    const v1::CheckResult check = Check();
    for (const char* id : {"Y-CARRY-total", "Y-REG", "Y-DOC"}) {
      const v1::Finding finding = FindingOf(check, id);
      EXPECT_EQ(finding.outcome(), v1::OUTCOME_NOT_ASSESSABLE) << id;
      EXPECT_THAT(finding.message().zh(), HasSubstr(zh));
    }
  };
  previous_.set_scope(v1::SCOPE_REGIONAL);
  expect_not_assessable("口径不同");
  previous_.set_scope(v1::SCOPE_ORGAN);  // The same as not declared.
  EXPECT_EQ(OutcomeOf(Check(), "Y-REG"), v1::OUTCOME_PASS);
  previous_.set_year(2022);
  expect_not_assessable("不是上一年");
  previous_.set_year(2023);
  previous_.mutable_t2()->clear_edition();
  previous_.mutable_t3()->clear_edition();
  expect_not_assessable("未注明格式版本");
  CheckContext context;
  EXPECT_THAT(FindingOf(CheckReport(report_, context), "Y-REG").message().zh(),
              HasSubstr("没有上年度报告"));
}

TEST_F(YearOverYearTest, DoesNotCompareDocumentsAcrossEditions) {
  previous_.mutable_t2()->Clear();
  previous_.mutable_t2()->set_edition(v1::EDITION_2019);
  const v1::CheckResult check = Check();
  EXPECT_THAT(FindingOf(check, "Y-REG").message().zh(), HasSubstr("2019年版"));
  EXPECT_EQ(OutcomeOf(check, "Y-CARRY-total"), v1::OUTCOME_PASS);
  // A 2019 table 2 has no such figures, so the rule does not apply at all.
  report_.mutable_t2()->Clear();
  report_.mutable_t2()->set_edition(v1::EDITION_2019);
  EXPECT_EQ(FindingOf(Check(), "Y-REG").rule_id(), "");
}

TEST_F(YearOverYearTest, ImpliesLastYearsDocumentsOnlyWithoutThem) {
  report_.mutable_t2()->mutable_normative_documents()->set_in_force(3);
  EXPECT_EQ(FindingOf(Check(), "Y-DOC-IMPLIED").rule_id(), "");
  report_.mutable_t2()->mutable_normative_documents()->set_repealed(5);
  const v1::Finding finding =
      FindingOf(CheckReport(report_, CheckContext()), "Y-DOC-IMPLIED");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_FAIL);  // 3 - 50 + 5
  EXPECT_EQ(finding.severity(), v1::SEVERITY_INFO);
  EXPECT_EQ(finding.left().value(), -42);
  EXPECT_THAT(finding.message().zh(), HasSubstr("= -42 为负数"));
}

v1::CheckResult WarningAndError() {
  v1::Report report = ExpectedReport("xigong-2024");
  report.mutable_s1_overview()->set_introduction(
      "主动公开、政府信息管理、平台建设、监督保障。");
  report.mutable_s1_overview()->set_s1_2_on_request("受理申请30件。");
  report.set_s6_other("未收取信息处理费。");
  return CheckReport(report, CheckContext());
}

TEST(RequireNoErrorsTest, ListsTheFirstTwenty) {
  EXPECT_OK(RequireNoErrors(v1::CheckResult()));
  const absl::Status one = RequireNoErrors(WarningAndError());
  EXPECT_THAT(one, StatusHasReason(absl::StatusCode::kInvalidArgument,
                                   "REPORT_BREAKS_RULES"));
  EXPECT_THAT(one.message(), HasSubstr("breaks 1 rule of the form"));
  ASSERT_EQ(FieldViolations(one).size(), 1u);
  EXPECT_EQ(FieldViolations(one)[0].field, "report.s5_problems");
  EXPECT_THAT(ErrorTextZh(one), HasSubstr("五、存在的主要问题及改进情况"));

  v1::Report report = MakeReport(1);
  for (const auto& cell : Schema::Get().cells()) {
    if (cell.figure->name() == "total") {
      SetCell(CellOf(cell.id), 1, &report);
    }
  }
  const absl::Status many =
      RequireNoErrors(CheckReport(report, CheckContext()));
  EXPECT_EQ(FieldViolations(many).size(), 20u);
}

google::protobuf::RepeatedPtrField<v1::Acknowledgement> Acknowledge(
    const std::string& rule_id, const std::string& fingerprint,
    const std::string& reason) {
  google::protobuf::RepeatedPtrField<v1::Acknowledgement> acknowledgements;
  v1::Acknowledgement* acknowledgement = acknowledgements.Add();
  acknowledgement->set_rule_id(rule_id);
  acknowledgement->set_fingerprint(fingerprint);
  acknowledgement->set_reason(reason);
  return acknowledgements;
}

TEST(RequireAcknowledgedTest, WantsAReasonForEachWarning) {
  const v1::CheckResult check = WarningAndError();
  const std::string fingerprint = FindingOf(check, "N-REQUESTS").fingerprint();
  const absl::Status open = RequireAcknowledged(check, {});
  EXPECT_THAT(open, StatusHasReason(absl::StatusCode::kFailedPrecondition,
                                    "WARNINGS_NOT_ACKNOWLEDGED"));
  EXPECT_THAT(std::string(open.message()), HasSubstr("N-REQUESTS"));
  EXPECT_EQ(FieldViolations(open).size(), 1u);
  for (const auto& acknowledgements :
       {Acknowledge("N-REQUESTS", "", "口径不同"),
        Acknowledge("N-REQUESTS", fingerprint, "口径不同"),
        Acknowledge("", fingerprint, "口径不同")}) {
    EXPECT_OK(RequireAcknowledged(check, acknowledgements));
  }
}

TEST(RequireAcknowledgedTest, RefusesWhatMatchesNoWarning) {
  const v1::CheckResult check = WarningAndError();
  for (const auto& acknowledgements : {
           Acknowledge("N-REQUESTS", "", ""),
           Acknowledge("N-REQUESTS", "", " \n"),
           Acknowledge("N-REQUESTS", "0123456789abcdef", "口径不同"),
           Acknowledge("", "", "口径不同"), Acknowledge("N-", "", "口径不同"),
           Acknowledge("Y-REG", "", "口径不同"),      // Not assessable.
           Acknowledge("S-SECTIONS", "", "口径不同")  // An error.
       }) {
    EXPECT_THAT(RequireAcknowledged(check, acknowledgements),
                StatusHasReason(absl::StatusCode::kInvalidArgument,
                                "UNKNOWN_ACKNOWLEDGEMENT"));
  }
  EXPECT_THAT(
      RequireAcknowledged(
          check, Acknowledge("N-REQUESTS", "", std::string(2001, 'a'))),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "TEXT_TOO_LONG"));
}

TEST(RequireAcknowledgedTest, OneReasonMayStandBehindAFamily) {
  v1::Report previous = ExpectedReport("suqian-2023");
  v1::Report report = ExpectedReport("suqian-2024");
  SetCell(CellOf("t3.carried_over_in.natural_person"), 1, &report);
  SetCell(CellOf("t3.carried_over_in.other_org"), 1, &report);
  CheckContext context;
  const ReportView previous_view = ReportView::Of(previous);
  context.previous = &previous_view;
  const v1::CheckResult check = CheckReport(report, context);
  EXPECT_OK(RequireAcknowledged(check, Acknowledge("Y-CARRY-*", "", "合并")));
  for (const char* name :
       {"Y-CAR-*", "Y-*", "Y-CARRY*", "-*", "*", "Y-CARRY-natural*", "T3-ID-*",
        "Y-CARRY-natural_person-*"}) {
    EXPECT_THAT(RequireAcknowledged(check, Acknowledge(name, "", "合并")),
                StatusHasReason(absl::StatusCode::kInvalidArgument,
                                "UNKNOWN_ACKNOWLEDGEMENT"))
        << name;
  }
}

TEST(RequireAcknowledgedTest, TellsWarningsOfOneFamilyApart) {
  v1::Report previous = ExpectedReport("suqian-2023");
  v1::Report report = ExpectedReport("suqian-2024");
  SetCell(CellOf("t3.carried_over_in.natural_person"), 1, &report);
  SetCell(CellOf("t3.carried_over_in.other_org"), 1, &report);
  CheckContext context;
  const ReportView previous_view = ReportView::Of(previous);
  context.previous = &previous_view;
  const v1::CheckResult check = CheckReport(report, context);
  const absl::Status status = RequireAcknowledged(
      check, Acknowledge("Y-CARRY-natural_person", "", "机构改革"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("Y-CARRY-other_org"));
  EXPECT_EQ(FieldViolations(status).size(), 1u);
}

}  // namespace
}  // namespace annals::report
