#include "client/blank_form.h"

#include "client/render/form_document.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/check.h"
#include "service/report/diff.h"
#include "service/report/report_json.h"
#include "service/report/schema.h"
#include "service/report/validate.h"
#include "tests/support/matchers.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;

constexpr char kAgency[] = "洛阳市西工区人民政府办公室";

report::ReportName NameOf(int year) { return {"11410303005450123N", year}; }

TEST(BlankFormTest, EachYearHasTheEditionThatApplies) {
  EXPECT_EQ(EditionForYear(2019), v1::EDITION_2019);
  EXPECT_EQ(EditionForYear(2020), v1::EDITION_2019);
  EXPECT_EQ(EditionForYear(2021), v1::EDITION_2021);
  EXPECT_EQ(EditionForYear(2025), v1::EDITION_2021);
}

TEST(BlankFormTest, EveryCellAndTextIsThereAndBlank) {
  for (const int year : {2020, 2025}) {
    const v1::Report form = BlankForm(NameOf(year), kAgency);
    EXPECT_THAT(report::ValidateReport(form, report::ReportLimits()), IsOk());
    EXPECT_THAT(report::ValidateIdentity(form, NameOf(year)), IsOk());
    for (const auto& cell : report::ReadCells(form)) {
      EXPECT_FALSE(cell.has_value());
    }
    const std::string json = report::ReportFormToJson(form);
    size_t blanks = 0;
    for (size_t at = json.find("null"); at != std::string::npos;
         at = json.find("null", at + 1)) {
      ++blanks;
    }
    size_t cells = 0;
    for (const report::CellInfo& cell : report::Schema::Get().cells()) {
      if (cell.In(EditionForYear(year))) ++cells;
    }
    // The introduction may be left out.
    EXPECT_EQ(blanks, cells + 1);
    const auto read = report::ReportFromJson(json);
    ASSERT_THAT(read, IsOk());
    EXPECT_TRUE(report::DiffReports(form, *read).empty());
  }
}

TEST(BlankFormTest, TheFiveSubTopicsHaveTheirHeadings) {
  int topics = 0;
  for (const FormBlock& block : LayOutForm(BlankForm(NameOf(2025), kAgency),
                                           Language::kZh, Absent::kLeftOut)) {
    if (block.kind == BlockKind::kTopicHeading) ++topics;
  }
  EXPECT_EQ(topics, 5);
}

TEST(BlankFormTest, LastYearsOpenApplicationsAreCarriedOver) {
  v1::Report last_year;
  auto* out = last_year.mutable_t3()->mutable_carried_over_out();
  out->set_natural_person(3);
  out->set_commercial_enterprise(0);
  out->set_total(3);
  v1::Report form = BlankForm(NameOf(2025), kAgency);
  EXPECT_EQ(CarryOver(last_year, &form), 3);
  const auto& in = form.t3().carried_over_in();
  EXPECT_EQ(in.natural_person(), 3);
  EXPECT_TRUE(in.has_commercial_enterprise());
  EXPECT_EQ(in.total(), 3);
  // What last year's report left blank is not known to be zero.
  EXPECT_FALSE(in.has_other_org());
  EXPECT_FALSE(form.t3().new_received().has_total());
}

// The rules of the year-over-year agree with what was filled in.
TEST(BlankFormTest, WhatIsCarriedOverPassesTheRules) {
  v1::Report last_year = BlankForm(NameOf(2024), kAgency);
  const report::Schema& schema = report::Schema::Get();
  for (size_t i = 0; i < schema.cells().size(); ++i) {
    if (schema.cells()[i].id.rfind("t3.carried_over_out.", 0) == 0) {
      report::SetCell(static_cast<report::CellIndex>(i),
                      static_cast<int64_t>(i), &last_year);
    }
  }
  v1::Report form = BlankForm(NameOf(2025), kAgency);
  EXPECT_EQ(CarryOver(last_year, &form), 7);
  report::CheckContext context;
  const report::ReportView previous = report::ReportView::Of(last_year);
  context.previous = &previous;
  const v1::CheckResult check = report::CheckReport(form, context);
  for (const v1::Finding& finding : check.findings()) {
    EXPECT_THAT(finding.rule_id(), testing::Not(HasSubstr("Y-CARRY")));
  }
}

}  // namespace
}  // namespace annals::client
