// One report in every layout, with many figures and many accidents.

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/text_layouts.h"

namespace annals::client {
namespace {

using ::testing::IsEmpty;

ImportResult Import(const std::string& text) {
  auto result = ImportText(text);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : ImportResult();
}

using StyleChange = std::function<void(TextStyle*)>;

void ExpectAllCertain(const StyleChange& change) {
  for (Layout layout : kLayouts) {
    for (unsigned seed = 1; seed <= 8; ++seed) {
      SCOPED_TRACE(
          absl::StrCat("layout ", static_cast<int>(layout), " seed ", seed));
      TextStyle style;
      style.layout = layout;
      change(&style);
      const Figures figures = RandomFigures(seed, style);
      const std::string text = RenderReport(figures, style);
      const ImportResult result = Import(text);
      EXPECT_THAT(WrongAndUnmarked(result, figures), IsEmpty()) << text;
      EXPECT_THAT(NotCertain(result), IsEmpty()) << text;
      EXPECT_THAT(result.remarks, IsEmpty());
      EXPECT_EQ(result.cells.size(), figures.size());
      if (testing::Test::HasFailure()) return;
    }
  }
}

// Whatever happens to the text, no figure is wrong and unmarked.
void ExpectNeverWrong(
    const StyleChange& change,
    const std::function<void(std::mt19937*, std::string*)>& damage,
    const std::vector<Layout>& layouts = {std::begin(kLayouts),
                                          std::end(kLayouts)},
    unsigned seeds = 40) {
  for (Layout layout : layouts) {
    for (unsigned seed = 1; seed <= seeds; ++seed) {
      SCOPED_TRACE(
          absl::StrCat("layout ", static_cast<int>(layout), " seed ", seed));
      std::mt19937 random(seed);
      TextStyle style;
      style.layout = layout;
      change(&style);
      const Figures figures = RandomFigures(seed, style);
      std::string text = RenderReport(figures, style);
      damage(&random, &text);
      const ImportResult result = Import(text);
      EXPECT_THAT(WrongAndUnmarked(result, figures), IsEmpty()) << text;
      if (testing::Test::HasFailure()) return;
    }
  }
}

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n');
}

// The lines of table three.
std::pair<size_t, size_t> Table3Lines(const std::vector<std::string>& lines) {
  size_t begin = 0;
  size_t end = lines.size();
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find("三、收到和处理") == 0) begin = i + 3;
    if (lines[i].find("四、政府信息公开行政复议") == 0) end = i;
  }
  return {begin, end};
}

TEST(LayoutsTest, PlainReportIsCertain) {
  ExpectAllCertain([](TextStyle*) {});
}

TEST(LayoutsTest, Edition2019IsCertain) {
  ExpectAllCertain([](TextStyle* style) {
    style->table2 = v1::EDITION_2019;
    style->table3 = v1::EDITION_2019;
  });
}

TEST(LayoutsTest, MixedEditionsAreCertain) {
  ExpectAllCertain([](TextStyle* style) { style->table3 = v1::EDITION_2019; });
}

TEST(LayoutsTest, HalfWidthBracketsAreCertain) {
  ExpectAllCertain([](TextStyle* style) { style->half_width = true; });
}

TEST(LayoutsTest, OtherNumberingIsCertain) {
  ExpectAllCertain([](TextStyle* style) { style->list_commas = true; });
}

TEST(LayoutsTest, FullWidthDigitsAreCertain) {
  ExpectAllCertain([](TextStyle* style) { style->full_width_digits = true; });
}

TEST(LayoutsTest, ThousandsSeparatorsAreCertain) {
  ExpectAllCertain([](TextStyle* style) { style->thousands = true; });
}

TEST(LayoutsTest, NarrowColumnsAreCertain) {
  ExpectAllCertain([](TextStyle* style) { style->narrow_columns = true; });
}

TEST(LayoutsTest, WindowsLineEndsAreCertain) {
  TextStyle style;
  const Figures figures = RandomFigures(3, style);
  const std::string text = absl::StrCat(
      "\xEF\xBB\xBF",
      absl::StrReplaceAll(RenderReport(figures, style), {{"\n", "\r\n"}}));
  const ImportResult result = Import(text);
  EXPECT_THAT(NotCertain(result), IsEmpty());
  EXPECT_THAT(WrongAndUnmarked(result, figures), IsEmpty());
}

// A cell is left out of one row of table three: the others must not move up.
TEST(AccidentsTest, DroppedCell) {
  for (size_t column = 0; column < 7; ++column) {
    for (absl::string_view row :
         {"t3.new_received", "t3.granted", "t3.denied_internal_affairs",
          "t3.other_other", "t3.carried_over_out"}) {
      ExpectNeverWrong(
          [column, row](TextStyle* style) {
            style->change_row = [column, row](const std::string& id,
                                              std::vector<std::string>* cells) {
              if (id == row) cells->erase(cells->begin() + column);
            };
          },
          [](std::mt19937*, std::string*) {},
          {std::begin(kLayouts), std::end(kLayouts)}, 3);
      if (testing::Test::HasFailure()) return;
    }
  }
}

// The cell is there but empty. No figure of the truth may be read elsewhere,
// and the empty cell must not be read as anything.
TEST(AccidentsTest, EmptyCell) {
  for (absl::string_view print : {"", "/", "-", "—"}) {
    for (size_t column = 0; column < 7; ++column) {
      for (Layout layout : kLayouts) {
        TextStyle style;
        style.layout = layout;
        style.change_row = [&](const std::string& id,
                               std::vector<std::string>* cells) {
          if (id == "t3.granted") (*cells)[column] = std::string(print);
        };
        Figures figures = RandomFigures(7, style);
        const std::string text = RenderReport(figures, style);
        const auto granted = FormRows(3)[2].cells[column];
        figures.erase(report::Schema::Get().cells()[granted].id);
        const ImportResult result = Import(text);
        EXPECT_THAT(WrongAndUnmarked(result, figures), IsEmpty())
            << static_cast<int>(layout) << " " << column << text;
      }
    }
  }
}

TEST(AccidentsTest, DroppedLine) {
  ExpectNeverWrong(
      [](TextStyle*) {},
      [](std::mt19937* random, std::string* text) {
        std::vector<std::string> lines = Lines(*text);
        const auto [begin, end] = Table3Lines(lines);
        lines.erase(lines.begin() + begin + (*random)() % (end - begin));
        *text = absl::StrJoin(lines, "\n");
      });
}

TEST(AccidentsTest, DroppedLines) {
  ExpectNeverWrong(
      [](TextStyle*) {},
      [](std::mt19937* random, std::string* text) {
        std::vector<std::string> lines = Lines(*text);
        for (int n = 0; n < 5; ++n) {
          const auto [begin, end] = Table3Lines(lines);
          lines.erase(lines.begin() + begin + (*random)() % (end - begin));
        }
        *text = absl::StrJoin(lines, "\n");
      });
}

TEST(AccidentsTest, SwappedLines) {
  ExpectNeverWrong([](TextStyle*) {},
                   [](std::mt19937* random, std::string* text) {
                     std::vector<std::string> lines = Lines(*text);
                     const auto [begin, end] = Table3Lines(lines);
                     const size_t at = begin + (*random)() % (end - begin - 1);
                     std::swap(lines[at], lines[at + 1]);
                     *text = absl::StrJoin(lines, "\n");
                   },
                   {Layout::kTabs, Layout::kShiftedTabs, Layout::kBars,
                    Layout::kOpenBars, Layout::kMarkdown, Layout::kSpaced});
}

TEST(AccidentsTest, PageNumbersAnywhere) {
  ExpectNeverWrong([](TextStyle*) {},
                   [](std::mt19937* random, std::string* text) {
                     std::vector<std::string> lines = Lines(*text);
                     for (int n = 1; n < 6; ++n) {
                       const size_t at = (*random)() % lines.size();
                       const std::string number =
                           (*random)() % 2 == 0 ? absl::StrCat("- ", n, " -")
                                                : absl::StrCat(n);
                       lines.insert(lines.begin() + at, number);
                     }
                     *text = absl::StrJoin(lines, "\n");
                   });
}

bool IsFigureLine(const std::string& line) {
  return line.find_first_not_of("0123456789.- |\t") == std::string::npos &&
         line.find_first_of("0123456789") != std::string::npos;
}

// One accident of any kind, anywhere in the text.
void DamageOnce(std::mt19937* random, std::string* text) {
  std::vector<std::string> lines = Lines(*text);
  const size_t at = (*random)() % (lines.size() - 1);
  std::string& line = lines[at];
  const size_t space = line.find(' ');
  switch ((*random)() % 7) {
    case 0:  // Two lines change places; two figures doing so can't be seen.
      if (!IsFigureLine(line) || !IsFigureLine(lines[at + 1])) {
        std::swap(line, lines[at + 1]);
      }
      break;
    case 1:
      lines.insert(lines.begin() + at, std::string(line));
      break;
    case 2:
      lines.insert(lines.begin() + at, absl::StrCat((*random)() % 30 + 1));
      break;
    case 3:
      lines.insert(lines.begin() + at, "注：本表数据由各部门提供");
      break;
    case 4:
      if (space != std::string::npos) line.erase(0, space + 1);
      break;
    case 5:
      absl::StrAppend(&line, " ", lines[at + 1]);
      lines.erase(lines.begin() + at + 1);
      break;
    default:
      if (space == std::string::npos) break;
      lines.insert(lines.begin() + at + 1, line.substr(space));
      lines[at].resize(space);
  }
  *text = absl::StrJoin(lines, "\n");
}

TEST(AccidentsTest, AnyAccidentAnywhere) {
  ExpectNeverWrong([](TextStyle*) {}, DamageOnce,
                   {std::begin(kLayouts), std::end(kLayouts)}, 120);
}

TEST(AccidentsTest, AnyAccidentAnywhereIn2019) {
  ExpectNeverWrong(
      [](TextStyle* style) {
        style->table2 = v1::EDITION_2019;
        style->table3 = v1::EDITION_2019;
      },
      DamageOnce, {std::begin(kLayouts), std::end(kLayouts)}, 60);
}

// Each row's figures are printed on the line above its label.
TEST(AccidentsTest, FiguresBeforeLabels) {
  ExpectNeverWrong(
      [](TextStyle*) {},
      [](std::mt19937*, std::string* text) {
        std::vector<std::string> lines = Lines(*text);
        const auto [begin, end] = Table3Lines(lines);
        for (size_t i = begin; i < end; ++i) {
          const size_t digit = lines[i].find(" 0");
          const size_t first = lines[i].find_first_of(' ');
          if (digit == std::string::npos || first == std::string::npos)
            continue;
          const std::vector<std::string> words = absl::StrSplit(lines[i], ' ');
          if (words.size() < 8) continue;
          const std::vector<std::string> figures(words.end() - 7, words.end());
          const std::vector<std::string> label(words.begin(), words.end() - 7);
          lines[i] = absl::StrCat(absl::StrJoin(figures, " "), "\n",
                                  absl::StrJoin(label, " "));
        }
        *text = absl::StrJoin(lines, "\n");
      },
      {Layout::kSpaced});
}

// All labels, then all figures.
TEST(AccidentsTest, LabelsApartFromFigures) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    TextStyle style;
    style.layout = Layout::kSpaced;
    const Figures truth = RandomFigures(seed, style);
    std::vector<std::string> lines = Lines(RenderReport(truth, style));
    const auto [begin, end] = Table3Lines(lines);
    std::vector<std::string> labels;
    std::vector<std::string> figures;
    for (size_t i = begin; i < end; ++i) {
      const std::vector<std::string> words = absl::StrSplit(lines[i], ' ');
      if (words.size() < 8 || !absl::ascii_isdigit(words.back()[0])) continue;
      labels.push_back(absl::StrJoin(words.begin(), words.end() - 7, " "));
      figures.push_back(absl::StrJoin(words.end() - 7, words.end(), " "));
    }
    ASSERT_EQ(labels.size(), 25);
    lines.erase(lines.begin() + begin, lines.begin() + end);
    lines.insert(lines.begin() + begin, figures.begin(), figures.end());
    lines.insert(lines.begin() + begin, labels.begin(), labels.end());
    const ImportResult result = Import(absl::StrJoin(lines, "\n"));
    EXPECT_THAT(WrongAndUnmarked(result, truth), IsEmpty());
    int read = 0;
    for (const CellReading& reading : result.cells) {
      const auto& cell = report::Schema::Get().cells()[reading.cell];
      if (cell.table_number != 3) continue;
      EXPECT_EQ(reading.certainty, Certainty::kDoubtful) << cell.id;
      if (reading.value == truth.at(cell.id)) ++read;
    }
    EXPECT_EQ(read, 175);
  }
}

TEST(AccidentsTest, MisprintedLabelsAreReadOrMarked) {
  const std::vector<std::pair<std::string, std::string>> misprints = {
      {"重复申请", "重复申清"},
      {"属于国家秘密", "属於国家秘密"},
      {"其他法律行政法规禁止公开", "其他法律行政止公开"},
      {"要求行政机关确认或重新出具已获取信息", "要求行政机关确认或重新出具"},
      {"（六）其他处理", "（六）其他"},
      {"3.其他", "3．其它"},
      {"本机关不掌握相关政府信息", "本机关不掌握相关信息"},
      {"本年废止件数", "本年度止件数"}};
  for (const auto& [official, printed] : misprints) {
    ExpectNeverWrong(
        [](TextStyle*) {},
        [&](std::mt19937*, std::string* text) {
          *text = absl::StrReplaceAll(*text, {{official, printed}});
        });
  }
}

// Cells that say more than a figure.
TEST(CellsTest, RemarksAreKept) {
  TextStyle style;
  style.change_row = [](const std::string& id,
                        std::vector<std::string>* cells) {
    if (id == "t2.normative_documents") (*cells)[2] = "22（其中修订16件）";
    if (id == "t2.fees") (*cells)[0] = "251000元";
    if (id == "t3.granted") (*cells)[1] = "/";
  };
  Figures truth = RandomFigures(5, style);
  const ImportResult result = Import(RenderReport(truth, style));
  EXPECT_EQ(result.report.t2().normative_documents().in_force(), 22);
  EXPECT_EQ(result.report.t2().fees().amount_fen(), 25100000);
  EXPECT_FALSE(result.report.t3().granted().has_commercial_enterprise());
  ASSERT_EQ(result.report.cell_notes_size(), 3);
  EXPECT_EQ(result.report.cell_notes(0).cell(),
            "t2.normative_documents.in_force");
  EXPECT_EQ(result.report.cell_notes(0).printed(), "22（其中修订16件）");
  EXPECT_EQ(result.report.cell_notes(1).printed(), "251000元");
  EXPECT_EQ(result.report.cell_notes(2).printed(), "/");
  for (const CellReading& reading : result.cells) {
    const auto& id = report::Schema::Get().cells()[reading.cell].id;
    if (id == "t2.normative_documents.in_force") {
      EXPECT_EQ(reading.certainty, Certainty::kCertain);
    }
    if (id == "t2.fees.amount_wan_yuan") {
      EXPECT_EQ(reading.certainty, Certainty::kDoubtful);
    }
    if (id == "t3.granted.commercial_enterprise") {
      EXPECT_EQ(reading.certainty, Certainty::kMissing);
    }
  }
}

// 万元 and 元 are ten thousand apart: the unit must be printed.
TEST(CellsTest, FeesInAnotherUnitAreDoubtful) {
  for (const char* unit : {"（单位：元）", ""}) {
    TextStyle style;
    const Figures truth = RandomFigures(5, style);
    const std::string text = absl::StrReplaceAll(RenderReport(truth, style),
                                                 {{"（单位：万元）", unit}});
    const ImportResult result = Import(text);
    EXPECT_THAT(WrongAndUnmarked(result, truth), IsEmpty());
    EXPECT_EQ(NotCertain(result).size(), 1) << unit;
  }
}

// Table four with a row for each kind of dispute.
TEST(CellsTest, DisputesByRow) {
  const std::string text =
      "四、政府信息公开行政复议、行政诉讼情况\n"
      "| 类型 | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |\n"
      "|---|---|---|---|---|---|\n"
      "| 行政复议 | 1 | 2 | 3 | 4 | 10 |\n"
      "| 未经复议直接起诉 | 0 | 1 | 0 | 1 | 2 |\n"
      "| 复议后起诉 | 5 | 0 | 0 | 0 | 5 |\n\n"
      "五、存在的主要问题及改进情况\n无。\n";
  const ImportResult result = Import(text);
  EXPECT_EQ(result.Count(Certainty::kCertain), 15);
  EXPECT_EQ(result.report.t4().reconsideration().pending(), 4);
  EXPECT_EQ(result.report.t4().litigation_direct().corrected(), 1);
  EXPECT_EQ(result.report.t4().litigation_after_reconsideration().total(), 5);
}

// A row with blank cells is laid under the columns of the rows around it, and
// marked.
TEST(CellsTest, BlankCellsInColumnsAreDoubtful) {
  TextStyle style;
  style.layout = Layout::kColumns;
  style.change_row = [](const std::string& id,
                        std::vector<std::string>* cells) {
    if (id == "t3.granted") *cells = {"12", "", "", "", "", "", "12"};
  };
  const Figures truth = RandomFigures(5, style);
  const ImportResult result = Import(RenderReport(truth, style));
  const v1::ApplicantCounts& granted = result.report.t3().granted();
  EXPECT_EQ(granted.natural_person(), 12);
  EXPECT_FALSE(granted.has_commercial_enterprise());
  EXPECT_EQ(granted.total(), 12);
  EXPECT_EQ(result.Count(Certainty::kDoubtful), 2);
  EXPECT_EQ(result.Count(Certainty::kMissing), 5);
}

TEST(CellsTest, ColumnsInAnotherOrderAreNotTakenByPlace) {
  TextStyle style;
  const Figures truth = RandomFigures(5, style);
  const std::string text = RenderReport(truth, style);
  const std::string swapped = absl::StrReplaceAll(
      text, {{"商业企业", "科研机构"}, {"科研机构", "商业企业"}});
  const ImportResult result = Import(swapped);
  for (const CellReading& reading : result.cells) {
    const auto& cell = report::Schema::Get().cells()[reading.cell];
    if (cell.table_number == 3) {
      EXPECT_EQ(reading.certainty, Certainty::kDoubtful) << cell.id;
    }
  }
}

}  // namespace
}  // namespace annals::client
