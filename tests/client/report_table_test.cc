#include "client/render/report_table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/render/grid.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/report_samples.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr AmbiguousWidth kNarrow = AmbiguousWidth::kNarrow;
constexpr char kGolden[] = ANNALS_CLIENT_GOLDEN;

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

void ExpectAligned(const std::string& table, AmbiguousWidth ambiguous) {
  const std::vector<std::string> lines = Lines(table);
  ASSERT_FALSE(lines.empty());
  for (const std::string& line : lines) {
    EXPECT_EQ(DisplayWidth(line, ambiguous),
              DisplayWidth(lines.front(), ambiguous))
        << line;
  }
}

TEST(ReportTableTest, TheXigongReportReadsAsPrinted) {
  EXPECT_EQ(RenderReport(SampleReport("xigong-2024"), Language::kZh, kNarrow),
            ReadTestFile(absl::StrCat(kGolden, "/xigong-2024.zh.txt")));
  EXPECT_EQ(RenderReport(SampleReport("xigong-2024"), Language::kEn, kNarrow),
            ReadTestFile(absl::StrCat(kGolden, "/xigong-2024.en.txt")));
}

TEST(ReportTableTest, LinesOfATableAreEquallyWide) {
  for (const char* name :
       {"xigong-2024", "hongze-2023", "huaian-2024", "suqian-2024"}) {
    const v1::Report report = SampleReport(name);
    for (int table : {2, 3, 4}) {
      for (Language language : {Language::kZh, Language::kEn}) {
        for (AmbiguousWidth ambiguous :
             {AmbiguousWidth::kNarrow, AmbiguousWidth::kWide}) {
          SCOPED_TRACE(name);
          ExpectAligned(RenderTable(report, table, language, ambiguous),
                        ambiguous);
        }
      }
    }
  }
}

TEST(ReportTableTest, TablesFitThePage) {
  for (const char* name : {"xigong-2024", "hongze-2024", "huaian-2024"}) {
    const v1::Report report = SampleReport(name);
    for (int table : {2, 3, 4}) {
      for (Language language : {Language::kZh, Language::kEn}) {
        const std::string text = RenderTable(report, table, language, kNarrow);
        EXPECT_LE(DisplayWidth(Lines(text).front()), kPageWidth) << text;
      }
    }
  }
}

TEST(ReportTableTest, ABlankIsNotAZero) {
  v1::Report report;
  report.mutable_t4()->set_edition(v1::EDITION_2021);
  report.mutable_t4()->mutable_reconsideration()->set_upheld(7);
  const std::string table = RenderTable(report, 4, Language::kZh, kNarrow);
  EXPECT_THAT(table, HasSubstr("7"));
  EXPECT_THAT(table, Not(HasSubstr("0")));
}

TEST(ReportTableTest, WhatACellSaysIsShown) {
  v1::Report report;
  auto* table = report.mutable_t4();
  table->set_edition(v1::EDITION_2021);
  table->mutable_reconsideration()->set_upheld(22);
  table->mutable_reconsideration()->set_pending(0);
  const auto add = [&report](const char* cell, const char* printed) {
    v1::CellNote* note = report.add_cell_notes();
    note->set_cell(cell);
    note->set_printed(printed);
  };
  add("t4.reconsideration.upheld", "22（含上年结转16件）");
  add("t4.reconsideration.corrected", "/");
  add("t4.reconsideration.other_result", "-");
  const std::string text = RenderTable(report, 4, Language::kZh, kNarrow);
  ExpectAligned(text, kNarrow);
  for (const char* shown : {" 22* ", " / ", " - ", " 0 "}) {
    EXPECT_THAT(text, HasSubstr(shown));
  }
  EXPECT_THAT(RenderReport(report, Language::kZh, kNarrow),
              HasSubstr("* 原文印作“22（含上年结转16件）”："));
}

TEST(ReportTableTest, LargeFiguresTurnTableFourOnItsSide) {
  v1::Report report;
  auto* table = report.mutable_t4();
  table->set_edition(v1::EDITION_2021);
  table->mutable_reconsideration()->set_upheld(1'000'000'000'000);
  table->mutable_litigation_direct()->set_total(INT64_MAX);
  const std::string text = RenderTable(report, 4, Language::kZh, kNarrow);
  ExpectAligned(text, kNarrow);
  EXPECT_THAT(text, HasSubstr("9223372036854775807"));
  EXPECT_LE(DisplayWidth(Lines(text).front()), kPageWidth);
}

TEST(ReportTableTest, EditionsHaveTheirOwnRows) {
  const v1::Report report = SampleReport("hongze-2023");
  ASSERT_EQ(report.t3().edition(), v1::EDITION_2019);
  const std::string text = RenderTable(report, 3, Language::kZh, kNarrow);
  EXPECT_THAT(text, Not(HasSubstr("3.其他")));
}

TEST(ReportTableTest, AFigureOfAnotherEditionIsNotHidden) {
  v1::Report report = SampleReport("xigong-2024");
  report.mutable_t3()->mutable_other_unspecified()->set_total(4321);
  EXPECT_THAT(RenderTable(report, 3, Language::kZh, kNarrow),
              HasSubstr("4321"));
}

}  // namespace
}  // namespace annals::client
