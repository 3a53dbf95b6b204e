#include "service/report/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/support/expected_report.h"
#include "tests/support/report_maker.h"

namespace annals::report {
namespace {

TEST(DiffReportsTest, FindsNothingBetweenEquals) {
  EXPECT_TRUE(DiffReports(v1::Report(), v1::Report()).empty());
  EXPECT_TRUE(DiffReports(MakeReport(1), MakeReport(1)).empty());
  v1::Report with_etag = MakeReport(1);
  with_etag.set_etag("\"3\"");
  EXPECT_TRUE(DiffReports(MakeReport(1), with_etag).empty());
}

TEST(DiffReportsTest, FindsExactlyTheCellsThatChanged) {
  std::mt19937_64 random(5);
  const int cell_count = static_cast<int>(Schema::Get().cells().size());
  for (int round = 0; round < 50; ++round) {
    const v1::Report older = MakeReport(random() % 4);
    v1::Report newer = older;
    std::map<CellIndex, std::optional<int64_t>> changes;
    for (int i = 0; i < 6; ++i) {
      const CellIndex cell = static_cast<CellIndex>(random() % cell_count);
      std::optional<int64_t> value;
      if (random() % 3 != 0) value = 1000000 + static_cast<int64_t>(i);
      SetCell(cell, value, &newer);
      changes[cell] = value;
    }
    const Cells before = ReadCells(older);
    std::erase_if(changes, [&before](const auto& change) {
      return before[change.first] == change.second;
    });
    const Difference difference = DiffReports(older, newer);
    EXPECT_TRUE(difference.texts.empty());
    ASSERT_EQ(difference.cells.size(), changes.size());
    auto expected = changes.begin();
    for (const CellDifference& cell : difference.cells) {
      EXPECT_EQ(cell.cell, expected->first);
      EXPECT_EQ(cell.old_value, before[cell.cell]);
      EXPECT_EQ(cell.new_value, expected->second);
      ++expected;
    }
  }
}

TEST(DiffReportsTest, TellsABlankFromAZero) {
  v1::Report older;
  v1::Report newer;
  newer.mutable_t3()->mutable_granted()->set_total(0);
  const Difference difference = DiffReports(older, newer);
  ASSERT_EQ(difference.cells.size(), 1u);
  EXPECT_EQ(difference.cells[0].old_value, std::nullopt);
  EXPECT_EQ(difference.cells[0].new_value, 0);
}

TEST(DiffReportsTest, CountsEverythingElseAsTextInTheOrderOfTheForm) {
  v1::Report older;
  older.set_title("旧");
  older.mutable_t3()->set_edition(v1::EDITION_2019);
  older.set_s6_other("无");
  older.add_printed_headings()->set_text("一、概述");
  v1::Report newer;
  newer.set_title("新");
  newer.set_year(2024);
  newer.set_scope(v1::SCOPE_REGIONAL);
  v1::Date* end = newer.mutable_period()->mutable_end();
  end->set_year(2024);
  end->set_month(12);
  end->set_day(31);
  newer.mutable_publication()->set_source_sha256("\x01\xFF");
  newer.mutable_t3()->set_edition(v1::EDITION_2021);
  newer.mutable_s1_overview()->set_s1_2_on_request("");
  newer.set_s5_problems("有");
  newer.add_printed_headings()->set_text("一、总体情况");
  newer.add_cell_notes()->set_printed("/");

  std::vector<std::string> lines;
  for (const TextDifference& text : DiffReports(older, newer).texts) {
    lines.push_back(text.field + ": " + text.old_text.value_or("(none)") +
                    " -> " + text.new_text.value_or("(none)"));
  }
  EXPECT_THAT(lines, ::testing::ElementsAre(
                         "title: 旧 -> 新", "year: (none) -> 2024",
                         "scope: (none) -> SCOPE_REGIONAL",
                         "period.end: (none) -> 2024-12-31",
                         "publication.source_sha256: (none) -> 01ff",
                         "s1_overview.s1_2_on_request: (none) -> ",
                         "t3.edition: EDITION_2019 -> EDITION_2021",
                         "s5_problems: (none) -> 有", "s6_other: 无 -> (none)",
                         "printed_headings[0].text: 一、概述 -> 一、总体情况",
                         "cell_notes[0].printed: (none) -> /"));
}

TEST(DiffReportsTest, RemarksStandUnderTheirCells) {
  const auto add = [](const char* cell, const char* printed,
                      v1::Report* report) {
    v1::CellNote* note = report->add_cell_notes();
    note->set_cell(cell);
    note->set_printed(printed);
  };
  v1::Report older;
  add("t3.granted.total", "/", &older);
  add("t4.reconsideration.total", "2（含上年1件）", &older);
  add("t4.reconsideration.total", "见说明", &older);
  // One more before them moves none.
  v1::Report newer;
  add("t2.regulations.issued", "/", &newer);
  add("t3.granted.total", "/", &newer);
  add("t4.reconsideration.total", "2", &newer);
  std::vector<std::string> lines;
  for (const TextDifference& text : DiffReports(older, newer).texts) {
    lines.push_back(text.field + ": " + text.old_text.value_or("(none)") +
                    " -> " + text.new_text.value_or("(none)"));
  }
  EXPECT_THAT(lines,
              ::testing::ElementsAre(
                  "cell_notes[t2.regulations.issued]: (none) -> /",
                  "cell_notes[t4.reconsideration.total]: 2（含上年1件） -> 2",
                  "cell_notes[t4.reconsideration.total][2]: 见说明 -> (none)"));
}

TEST(DiffReportsTest, IsItsOwnMirror) {
  const v1::Report older = ExpectedReport("suqian-2023");
  const v1::Report newer = ExpectedReport("suqian-2024");
  const Difference forth = DiffReports(older, newer);
  const Difference back = DiffReports(newer, older);
  EXPECT_GT(forth.cells.size(), 50u);
  ASSERT_EQ(forth.cells.size(), back.cells.size());
  for (size_t i = 0; i < forth.cells.size(); ++i) {
    EXPECT_EQ(forth.cells[i].cell, back.cells[i].cell);
    EXPECT_EQ(forth.cells[i].old_value, back.cells[i].new_value);
    EXPECT_EQ(forth.cells[i].new_value, back.cells[i].old_value);
  }
  ASSERT_EQ(forth.texts.size(), 1u);
  EXPECT_EQ(forth.texts[0].field, "year");
}

}  // namespace
}  // namespace annals::report
