#include "client/import/column_grid.h"

#include <string>
#include <vector>

#include "client/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"
#include "tests/import/form_document.h"
#include "tests/import/office_files.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// The cell of the label's row that has the figure, over all columns.
void SplitFigure(const std::string& label, const std::vector<std::string>& into,
                 std::vector<DocumentBlock>* document) {
  for (DocumentBlock& block : *document) {
    for (DocumentRow& row : block.table) {
      if (row.size() != 2 || row[0].text != label) continue;
      ASSERT_EQ(row[1].columns, static_cast<int>(into.size()));
      row.pop_back();
      for (const std::string& text : into) row.push_back({text});
    }
  }
}

// Which of the figures under one merged head is meant, nobody can tell.
TEST(ColumnGridTest, FiguresUnderOneMergedHeadAreDoubtful) {
  const Figures figures = RandomFigures(1, TextStyle());
  for (const std::vector<std::string>& cells :
       {std::vector<std::string>{"3", "4", "5"},
        {"3", "", "5"},
        {"3", "4", ""},
        {"", "3", "5"}}) {
    std::vector<DocumentBlock> document = OfficialDocument(figures);
    SplitFigure("行政许可", cells, &document);
    for (const std::string& file :
         {HtmlOf(document), DocxOf(document), XlsxOf(document)}) {
      const auto result = ImportFile(file);
      ASSERT_TRUE(result.ok()) << result.status();
      EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
      EXPECT_THAT(NotCertain(*result),
                  ElementsAre(StartsWith("t2.licences.decisions")));
    }
  }
}

TEST(ColumnGridTest, OneFigureInASplitCellIsRead) {
  Figures figures = RandomFigures(1, TextStyle());
  figures["t2.licences.decisions"] = 345;
  std::vector<DocumentBlock> document = OfficialDocument(figures);
  SplitFigure("行政许可", {"345", "", ""}, &document);
  for (const std::string& file : {HtmlOf(document), DocxOf(document)}) {
    const auto result = ImportFile(file);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_THAT(NotCertain(*result), IsEmpty());
    EXPECT_EQ(result->report.t2().licences().decisions(), 345);
  }
}

// A column that is named otherwise leaves the others where they are.
TEST(ColumnGridTest, OneHeadOfOtherWordsMovesNoColumn) {
  const Figures figures = RandomFigures(1, TextStyle());
  for (const char* head : {"本年制定件数", "本年新公开数量"}) {
    std::vector<DocumentBlock> document = OfficialDocument(figures);
    for (DocumentBlock& block : document) {
      for (DocumentRow& row : block.table) {
        for (DocumentCell& cell : row) {
          if (cell.text == "本年制发件数") cell.text = head;
        }
      }
    }
    const auto result = ImportFile(HtmlOf(document));
    ASSERT_TRUE(result.ok()) << result.status();
    for (const CellReading& reading : result->cells) {
      const auto& id = report::Schema::Get().cells()[reading.cell].id;
      EXPECT_EQ(reading.value, figures.at(id)) << id;
    }
  }
}

}  // namespace
}  // namespace annals::client
