// Rows that are printed without a figure, and rows that are not printed.

#include "client/import/blank_rows.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"
#include "tests/import/form_document.h"
#include "tests/import/office_files.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::AnyOf;
using ::testing::IsEmpty;

constexpr char kBlank[] = "The row is there, but its cells are blank.";
constexpr char kAlone[] =
    "The row's label is there, but no figure stands beside it.";
constexpr char kNotFound[] = "The row was not found in the text.";

const std::string& IdOf(const CellReading& reading) {
  return report::Schema::Get().cells()[reading.cell].id;
}

Figures Without(const std::string& row, Figures figures) {
  std::erase_if(figures, [&row](const auto& entry) {
    return absl::StartsWith(entry.first, absl::StrCat(row, "."));
  });
  return figures;
}

// The cells of the row: missing, with that reason. All others are as printed.
template <typename Matcher>
void ExpectBlank(const std::string& file, const std::string& row,
                 const Figures& figures, Matcher reason, bool has_line) {
  const auto result = ImportFile(file);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
  size_t blank = 0;
  for (const CellReading& reading : result->cells) {
    if (!absl::StartsWith(IdOf(reading), absl::StrCat(row, "."))) continue;
    ++blank;
    EXPECT_EQ(reading.certainty, Certainty::kMissing);
    EXPECT_FALSE(reading.value.has_value());
    EXPECT_THAT(reading.reason.en, reason) << IdOf(reading);
    EXPECT_EQ(reading.line > 0, has_line);
    EXPECT_EQ(reading.place.IsKnown(), has_line);
  }
  EXPECT_GT(blank, 0u);
}

constexpr const char* kRows[] = {"t2.regulations",         "t2.licences",
                                 "t3.new_received",        "t3.granted",
                                 "t3.denied_state_secret", "t3.other_other"};

TEST(BlankRowsTest, ARowWithBlankCellsIsThere) {
  const Figures all = RandomFigures(1, TextStyle());
  for (const char* row : kRows) {
    SCOPED_TRACE(row);
    const Figures figures = Without(row, all);
    ASSERT_LT(figures.size(), all.size());
    const auto document = OfficialDocument(figures);
    for (const std::string& file : {HtmlOf(document), DocxOf(document)}) {
      ExpectBlank(file, row, figures, kBlank, true);
    }
    // A workbook has no cell where a row is blank to its end.
    ExpectBlank(XlsxOf(document), row, figures, AnyOf(kBlank, kAlone), true);
  }
}

TEST(BlankRowsTest, ARowThatIsNotPrintedWasNotFound) {
  const Figures figures = Without("t3.granted", RandomFigures(1, TextStyle()));
  auto document = OfficialDocument(figures);
  for (DocumentBlock& block : document) {
    std::erase_if(block.table, [](const DocumentRow& row) {
      return std::any_of(row.begin(), row.end(), [](const DocumentCell& cell) {
        return absl::StrContains(cell.text, "予以公开") &&
               !absl::StrContains(cell.text, "不");
      });
    });
  }
  ExpectBlank(HtmlOf(document), "t3.granted", figures, kNotFound, false);
}

TEST(BlankRowsTest, EveryLayoutOfTextTellsThemApart) {
  for (Layout layout :
       {Layout::kTabs, Layout::kBars, Layout::kOpenBars, Layout::kMarkdown,
        Layout::kCellPerLine, Layout::kColumns, Layout::kSpaced}) {
    for (const char* row : kRows) {
      SCOPED_TRACE(absl::StrCat(row, " layout ", static_cast<int>(layout)));
      TextStyle style;
      style.layout = layout;
      const Figures figures = Without(row, RandomFigures(1, style));
      ExpectBlank(RenderReport(figures, style), row, figures,
                  AnyOf(kBlank, kAlone), true);
    }
  }
}

TEST(BlankRowsTest, TableFourMayHaveItsHeadAlone) {
  Figures figures = RandomFigures(1, TextStyle());
  for (const char* row : {"t4.reconsideration", "t4.litigation_direct",
                          "t4.litigation_after_reconsideration"}) {
    figures = Without(row, figures);
  }
  ExpectBlank(HtmlOf(OfficialDocument(figures)), "t4.reconsideration", figures,
              "Table four has its head, but prints no figure.", true);
  ExpectBlank(
      "四、政府信息公开行政复议、行政诉讼情况\n"
      "| | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |\n"
      "|---|---|---|---|---|---|\n"
      "| 行政复议 | 1 | 2 | 3 | 4 | 10 |\n"
      "| 未经复议直接起诉 | | | | | |\n"
      "| 复议后起诉 | 5 | 0 | 0 | 0 | 5 |\n\n"
      "五、存在的主要问题及改进情况\n无。\n",
      "t4.litigation_direct",
      {{"t4.reconsideration.upheld", 1},
       {"t4.reconsideration.corrected", 2},
       {"t4.reconsideration.other_result", 3},
       {"t4.reconsideration.pending", 4},
       {"t4.reconsideration.total", 10},
       {"t4.litigation_after_reconsideration.upheld", 5},
       {"t4.litigation_after_reconsideration.corrected", 0},
       {"t4.litigation_after_reconsideration.other_result", 0},
       {"t4.litigation_after_reconsideration.pending", 0},
       {"t4.litigation_after_reconsideration.total", 5}},
      kBlank, true);
}

}  // namespace
}  // namespace annals::client
