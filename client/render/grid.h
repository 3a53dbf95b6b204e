// Tables for a terminal: boxed ones with heads that span columns, and plain
// lists.

#ifndef ANNALS_CLIENT_RENDER_GRID_H_
#define ANNALS_CLIENT_RENDER_GRID_H_

#include <string>
#include <vector>

#include "client/render/display_width.h"

namespace annals::client {

struct GridCell {
  std::string text;
  size_t span = 1;  // Columns.
  Align align = Align::kLeft;
};

struct GridRow {
  std::vector<GridCell> cells;
  // Whether a line is drawn above the row (always above the first).
  bool rule_above = false;
};

struct Grid {
  // The width of each column; cells are wrapped to it.
  std::vector<size_t> widths;
  std::vector<GridRow> rows;
};

// A table in a box. Spans of a row must add up to the number of columns. Box
// lines are of ambiguous width: where those are wide, plain ASCII is drawn.
std::string RenderGrid(const Grid& grid, AmbiguousWidth ambiguous);

// How many columns of the terminal it takes.
size_t GridWidth(const Grid& grid);

// A list with a head: columns as wide as needed, two spaces between, numbers
// right-aligned where `aligns` says so.
struct ListTable {
  std::vector<std::string> head;
  std::vector<Align> aligns;
  std::vector<std::vector<std::string>> rows;
};

std::string RenderList(const ListTable& table, AmbiguousWidth ambiguous);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_RENDER_GRID_H_
