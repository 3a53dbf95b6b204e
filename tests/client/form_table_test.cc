#include "client/render/form_table.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/render/table_layout.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/report_samples.h"

namespace annals::client {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// `column:columns x rows:text` of each cell, a row to a line.
std::string Notation(const FormTable& table) {
  std::string text = absl::StrCat("table ", table.number, "\n");
  for (const FormTableRow& row : table.rows) {
    std::vector<std::string> cells;
    for (const FormCell& cell : row.cells) {
      cells.push_back(absl::StrCat(cell.column, ":", cell.column_span, "x",
                                   cell.row_span, ":", cell.text));
    }
    absl::StrAppend(&text, absl::StrJoin(cells, " "), "\n");
  }
  return text;
}

v1::Report Blank(v1::Edition edition) {
  v1::Report report;
  report.mutable_t2()->set_edition(edition);
  report.mutable_t3()->set_edition(edition);
  report.mutable_t4()->set_edition(edition);
  return report;
}

// The golden file was made from the template of the notice itself, not by this
// program.
TEST(FormTableTest, TheBlankFormIsTheOfficialTemplate) {
  const v1::Report report = Blank(v1::EDITION_2021);
  std::string text;
  for (const int table : {2, 3, 4}) {
    text += Notation(LayOutFormTable(report, table, Language::kZh));
  }
  EXPECT_EQ(text, ReadTestFile(std::string(ANNALS_CLIENT_GOLDEN) +
                               "/official-form-2021.layout.txt"));
}

// How often the cells of a table cover each place of its grid.
std::vector<int> Coverage(const FormTable& table) {
  std::vector<int> covered(table.rows.size() * table.columns());
  for (size_t r = 0; r < table.rows.size(); ++r) {
    for (const FormCell& cell : table.rows[r].cells) {
      for (size_t down = 0; down < cell.row_span; ++down) {
        for (size_t right = 0; right < cell.column_span; ++right) {
          const size_t place =
              (r + down) * table.columns() + cell.column + right;
          if (place < covered.size()) ++covered[place];
        }
      }
    }
  }
  return covered;
}

TEST(FormTableTest, CellsFillTheGridOnce) {
  std::vector<v1::Report> reports = {Blank(v1::EDITION_2019),
                                     Blank(v1::EDITION_2021),
                                     Blank(v1::EDITION_UNSPECIFIED)};
  for (const char* name :
       {"xigong-2024", "hongze-2023", "huaian-2024", "suqian-2023"}) {
    reports.push_back(SampleReport(name));
  }
  // A figure of the other edition in each table.
  v1::Report mixed = Blank(v1::EDITION_2021);
  mixed.mutable_t2()->mutable_licences()->set_items_delta(-3);
  mixed.mutable_t2()->mutable_procurement()->set_projects(4);
  mixed.mutable_t3()->mutable_other_unspecified()->set_total(5);
  reports.push_back(mixed);
  for (const v1::Report& report : reports) {
    for (const int number : {2, 3, 4}) {
      for (const Language language : {Language::kZh, Language::kEn}) {
        const FormTable table = LayOutFormTable(report, number, language);
        ASSERT_GT(table.rows.size(), table.head_rows);
        EXPECT_THAT(Coverage(table), Each(1)) << Notation(table);
      }
    }
  }
}

std::vector<std::string> FigureIds(const FormTable& table) {
  std::vector<std::string> ids;
  for (const FormTableRow& row : table.rows) {
    for (const FormCell& cell : row.cells) {
      if (cell.cell.has_value()) {
        ids.push_back(report::Schema::Get().cells()[*cell.cell].id);
      }
    }
  }
  return ids;
}

TEST(FormTableTest, ATableHasEveryCellOfItsEditionOnce) {
  for (const v1::Edition edition : {v1::EDITION_2019, v1::EDITION_2021}) {
    for (const int number : {2, 3, 4}) {
      std::vector<std::string> expected;
      for (const report::CellInfo& cell : report::Schema::Get().cells()) {
        if (cell.table_number == number && cell.In(edition)) {
          expected.push_back(cell.id);
        }
      }
      EXPECT_THAT(
          FigureIds(LayOutFormTable(Blank(edition), number, Language::kZh)),
          ::testing::UnorderedElementsAreArray(expected));
    }
  }
}

TEST(FormTableTest, TheFormOf2019HasDecisionsLast) {
  const FormTable table =
      LayOutFormTable(Blank(v1::EDITION_2019), 2, Language::kZh);
  std::vector<std::string> licences;
  for (const std::string& id : FigureIds(table)) {
    if (id.rfind("t2.licences.", 0) == 0) licences.push_back(id);
  }
  EXPECT_THAT(licences,
              ElementsAre("t2.licences.items_prev_year",
                          "t2.licences.items_delta", "t2.licences.decisions"));
}

TEST(FormTableTest, AFigureOfAnotherEditionStandsUnderItsOwnHeads) {
  v1::Report report = Blank(v1::EDITION_2021);
  report.mutable_t3()->mutable_other_unspecified()->set_total(5);
  const FormTable table = LayOutFormTable(report, 3, Language::kZh);
  const FormTableRow* row = nullptr;
  for (const FormTableRow& candidate : table.rows) {
    if (candidate.cells.front().text == "（六）其他处理" &&
        candidate.cells.size() == 8) {
      row = &candidate;
    }
  }
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->cells.back().text, "5");
  EXPECT_EQ(row->cells.back().column, table.columns() - 1);
}

TEST(FormTableTest, BlanksAreBlankAndZerosAreZeros) {
  v1::Report report = Blank(v1::EDITION_2021);
  report.mutable_t4()->mutable_reconsideration()->set_upheld(0);
  const FormTable table = LayOutFormTable(report, 4, Language::kZh);
  const FormTableRow& figures = table.rows.back();
  EXPECT_EQ(figures.cells[0].text, "0");
  for (size_t i = 1; i < figures.cells.size(); ++i) {
    EXPECT_THAT(figures.cells[i].text, IsEmpty());
  }
}

PrintedCell Printed(const v1::Report& report, const std::string& id) {
  return CellAsPrinted(report, report::ReadCells(report),
                       *report::Schema::Get().Find(id));
}

TEST(FormTableTest, ARemarkIsPrintedAsLongAsItHolds) {
  const std::string id = "t2.normative_documents.in_force";
  v1::Report report = Blank(v1::EDITION_2021);
  v1::CellNote* note = report.add_cell_notes();
  note->set_cell(id);
  note->set_printed("22（其中修订16件）");
  auto* documents = report.mutable_t2()->mutable_normative_documents();
  documents->set_in_force(22);
  EXPECT_EQ(Printed(report, id).text, "22（其中修订16件）");
  EXPECT_TRUE(Printed(report, id).is_note);
  documents->set_in_force(23);
  EXPECT_EQ(Printed(report, id).text, "23");
  EXPECT_FALSE(Printed(report, id).is_note);
}

TEST(FormTableTest, APlaceholderStandsForABlankOnly) {
  const std::string id = "t4.reconsideration.upheld";
  v1::Report report = Blank(v1::EDITION_2021);
  v1::CellNote* note = report.add_cell_notes();
  note->set_cell(id);
  note->set_printed("/");
  EXPECT_EQ(Printed(report, id).text, "/");
  report.mutable_t4()->mutable_reconsideration()->set_upheld(3);
  EXPECT_EQ(Printed(report, id).text, "3");
}

TEST(FormTableTest, MoneyIsComparedInItsPrintedUnit) {
  const std::string id = "t2.fees.amount_wan_yuan";
  v1::Report report = Blank(v1::EDITION_2021);
  v1::CellNote* note = report.add_cell_notes();
  note->set_cell(id);
  note->set_printed("251000元");
  report.mutable_t2()->mutable_fees()->set_amount_fen(25100000);
  EXPECT_EQ(Printed(report, id).text, "251000元");
  report.mutable_t2()->mutable_fees()->set_amount_fen(25100001);
  EXPECT_EQ(Printed(report, id).text, "25.100001");
}

}  // namespace
}  // namespace annals::client
