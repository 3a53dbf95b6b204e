#include "client/import/disputed_note.h"

#include <cstdint>
#include <string>
#include <vector>

#include "client/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/form_document.h"
#include "tests/import/office_files.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(DisputedNoteTest, TellsWhatSaysThatTheFigureIsWrong) {
  for (const char* note : {"(应为36)",       "（应为 36 件）",
                           "(应该是36)",     "(应：36)",
                           "(应填三十六)",   "(数据应为“36”)",
                           "(更正为36)",     "(更正：36件)",
                           "(更正36)",       "(经核实，更正后为36)",
                           "(改为36)",       "(修改为36件)",
                           "(订正为36)",     "(实为36)",
                           "(实际为36)",     "(实际36件)",
                           "(实有约36)",     "(核实为36)",
                           "(正确数字为36)", "(原为34，实为36)",
                           "(应为空)",       "(不是35)",
                           "(有误)",         "（数据有误，共36件）",
                           "(经核实有误)",   "(统计错误)",
                           "(错误)",         "(笔误)",
                           "(误)",           "(误，36件)",
                           "(误填)",         "(以36为准)",
                           "(應為36)",       "(更正為36)",
                           "(數據有誤)",     "(should be 36)",
                           "(sic)",          "(Error)"}) {
    EXPECT_TRUE(DisputesFigure(note)) << note;
  }
}

TEST(DisputedNoteTest, OtherRemarksExplain) {
  for (const char* note : {"",
                           "(其中修订16件)",
                           "（其中：修改3件，废止1件）",
                           "(含自然失效29件)",
                           "(其中更正2件)",
                           "(更正2件)",
                           "(其中申请更正信息1件)",
                           "(其中结果纠正1件)",
                           "(其中答复有误1件)",
                           "(其中举报不实2件)",
                           "(因程序错误被撤销1件)",
                           "(其中应诉3件)",
                           "(对应3项)",
                           "(响应2件)",
                           "(应公开3件)",
                           "(其中改为主动公开2件)",
                           "(落实为36件)",
                           "(原为36)",
                           "(含上年结转3件)",
                           "(万元)",
                           "(已更正)",
                           "(36件)",
                           "(a)",
                           "(1)",
                           "(其中实际公开2件)",
                           "(事实不清1件)",
                           "(准确率100%)"}) {
    EXPECT_FALSE(DisputesFigure(note)) << note;
  }
}

void ExpectDoubtful(const std::string& file, const Figures& figures) {
  const auto result = ImportFile(file);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(WrongAndUnmarked(*result, figures), IsEmpty());
  EXPECT_THAT(NotCertain(*result),
              ElementsAre(StartsWith(
                  "t3.granted.total: '4321（应为4320）' The cell itself")));
  ASSERT_EQ(result->report.cell_notes_size(), 2);
  for (const CellReading& reading : result->cells) {
    if (reading.certainty == Certainty::kCertain) continue;
    EXPECT_EQ(reading.value, 4321);
    EXPECT_THAT(reading.reason.zh, StartsWith("该单元格自注其数字有误"));
  }
}

// In every format, that figure is doubtful, and one with another remark is not.
TEST(DisputedNoteTest, FiguresThatTheirCellDeniesAreDoubtful) {
  Figures figures = RandomFigures(1, TextStyle());
  int64_t& total = figures["t3.granted.total"];
  figures["t3.granted.natural_person"] += 4321 - total;
  total = 4321;
  figures["t2.normative_documents.in_force"] = 1234;
  constexpr char kDisputed[] = "4321（应为4320）";
  constexpr char kExplained[] = "1234（其中修订16件）";
  std::vector<DocumentBlock> document = OfficialDocument(figures);
  for (DocumentBlock& block : document) {
    for (DocumentRow& row : block.table) {
      for (DocumentCell& cell : row) {
        if (cell.text == "4321") cell.text = kDisputed;
        if (cell.text == "1234") cell.text = kExplained;
      }
    }
  }
  for (const std::string& file :
       {HtmlOf(document), DocxOf(document), XlsxOf(document)}) {
    SCOPED_TRACE(file.substr(0, 20));
    ExpectDoubtful(file, figures);
  }
  for (const Layout layout :
       {Layout::kTabs, Layout::kBars, Layout::kMarkdown, Layout::kCellPerLine,
        Layout::kBlankSeparated, Layout::kColumns, Layout::kSpaced}) {
    SCOPED_TRACE(static_cast<int>(layout));
    TextStyle style;
    style.layout = layout;
    style.change_row = [&](const std::string&,
                           std::vector<std::string>* cells) {
      for (std::string& cell : *cells) {
        if (cell == "4321") cell = kDisputed;
        if (cell == "1234") cell = kExplained;
      }
    };
    ExpectDoubtful(RenderReport(figures, style), figures);
  }
}

}  // namespace
}  // namespace annals::client
