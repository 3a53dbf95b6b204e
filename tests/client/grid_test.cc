#include "client/render/grid.h"

#include "gtest/gtest.h"

namespace annals::client {
namespace {

Grid TwoByTwo() {
  Grid grid;
  grid.widths = {4, 3};
  grid.rows = {{{{"总计", 2, Align::kCenter}}, true},
               {{{"甲"}, {"1", 1, Align::kRight}}, true},
               {{{"乙"}, {"", 1, Align::kRight}}, false}};
  return grid;
}

TEST(GridTest, DrawsSpansAndJunctions) {
  EXPECT_EQ(RenderGrid(TwoByTwo(), AmbiguousWidth::kNarrow),
            "┌────────────┐\n"
            "│    总计    │\n"
            "├──────┬─────┤\n"
            "│ 甲   │   1 │\n"
            "│ 乙   │     │\n"
            "└──────┴─────┘\n");
  EXPECT_EQ(GridWidth(TwoByTwo()), 14u);
}

TEST(GridTest, DrawsAsciiWhereLinesAreWide) {
  EXPECT_EQ(RenderGrid(TwoByTwo(), AmbiguousWidth::kWide),
            "+------------+\n"
            "|    总计    |\n"
            "+------+-----+\n"
            "| 甲   |   1 |\n"
            "| 乙   |     |\n"
            "+------+-----+\n");
}

TEST(GridTest, WrapsCells) {
  Grid grid;
  grid.widths = {4};
  grid.rows = {{{{"结果维持"}}, true}};
  EXPECT_EQ(RenderGrid(grid, AmbiguousWidth::kNarrow),
            "┌──────┐\n"
            "│ 结果 │\n"
            "│ 维持 │\n"
            "└──────┘\n");
}

TEST(ListTest, AlignsChineseColumns) {
  ListTable table;
  table.head = {"修订", "操作人", "理由"};
  table.aligns = {Align::kRight};
  table.rows = {{"1", "zhang", "年度报告"}, {"12", "李四", "更正"}};
  EXPECT_EQ(RenderList(table, AmbiguousWidth::kNarrow),
            "修订  操作人  理由\n"
            "   1  zhang   年度报告\n"
            "  12  李四    更正\n");
}

}  // namespace
}  // namespace annals::client
