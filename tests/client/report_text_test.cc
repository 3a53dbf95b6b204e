#include "client/render/report_text.h"

#include <algorithm>

#include "client/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"
#include "tests/client/report_samples.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;

void ExpectSameFigures(const v1::Report& report, const ImportResult& again) {
  EXPECT_EQ(report::ReadCells(again.report), report::ReadCells(report))
      << RenderReportText(report);
  for (int table : {2, 3, 4}) {
    EXPECT_EQ(report::EditionOf(again.report, table),
              report::EditionOf(report, table));
  }
}

std::string TextOf(const v1::Report& report, const report::TextInfo& info) {
  const std::string* text = report::FindText(report, info);
  return text == nullptr ? std::string() : *text;
}

// What reads back must be the same figures and texts.
void ExpectReadsBack(const v1::Report& report) {
  const std::string text = RenderReportText(report);
  ASSERT_OK_AND_ASSIGN(const ImportResult again, ImportText(text));
  ExpectSameFigures(report, again);
  for (const report::TextInfo& info : report::Schema::Get().texts()) {
    EXPECT_EQ(TextOf(again.report, info), TextOf(report, info))
        << info.path << "\n"
        << text;
  }
}

class ReportTextTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ReportTextTest, ReadsBackWhatItWrote) {
  ExpectReadsBack(SampleReport(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Samples, ReportTextTest,
                         ::testing::Values("xigong-2024", "hongze-2023",
                                           "hongze-2024", "huaian-2024"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// Their texts are cut from a side-by-side print, with other matter between.
TEST(ReportTextTest, ReadsBackTheFiguresOfTornTexts) {
  for (const char* name : {"suqian-2023", "suqian-2024"}) {
    const v1::Report report = SampleReport(name);
    ASSERT_OK_AND_ASSIGN(const ImportResult again,
                         ImportText(RenderReportText(report)));
    ExpectSameFigures(report, again);
  }
}

TEST(ReportTextTest, EveryFigureIsReadWithCertainty) {
  const v1::Report report = SampleReport("xigong-2024");
  ASSERT_OK_AND_ASSIGN(const ImportResult again,
                       ImportText(RenderReportText(report)));
  EXPECT_EQ(again.Count(Certainty::kCertain), 200);
  EXPECT_FALSE(again.HasDoubts());
}

TEST(ReportTextTest, ABlankCellStaysBlank) {
  v1::Report report = SampleReport("xigong-2024");
  report.mutable_t3()->mutable_granted()->clear_research_institution();
  report.mutable_t2()->mutable_regulations()->clear_repealed();
  report.mutable_t4()->mutable_litigation_direct()->clear_pending();
  ExpectReadsBack(report);
}

TEST(ReportTextTest, MoneyIsPrintedInItsUnit) {
  v1::Report report = SampleReport("xigong-2024");
  report.mutable_t2()->mutable_fees()->set_amount_fen(592372449);
  EXPECT_THAT(RenderReportText(report), HasSubstr("\t592.372449\n"));
  ExpectReadsBack(report);
}

}  // namespace
}  // namespace annals::client
