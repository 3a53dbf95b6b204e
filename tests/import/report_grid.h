// The tables of a report as grids with spans, as the official form has them,
// and the texts that conversions make of such grids.

#ifndef ANNALS_TESTS_IMPORT_REPORT_GRID_H_
#define ANNALS_TESTS_IMPORT_REPORT_GRID_H_

#include <functional>
#include <string>
#include <vector>

#include "annals/v1/report.pb.h"
#include "tests/import/expected_figures.h"

namespace annals::client {

struct MadeCell {
  std::string text;
  // Covered by the span of the cell at its left or above it.
  bool covered_left = false;
  bool covered_above = false;
  bool figure = false;

  bool IsCovered() const { return covered_left || covered_above; }
};

struct MadeRow {
  // The row of the form, such as "t3.granted"; empty in the head.
  std::string id;
  // Printed as it is, between the rows: a footer, a note.
  std::string loose_text;
  std::vector<MadeCell> cells;
};

using Grid = std::vector<MadeRow>;

// Rewrites a label or a column's head.
using Wording = std::function<std::string(const std::string&)>;
// Prints a cell's figure, which may be wanting.
using Print = std::function<std::string(const std::string& cell_id)>;

Grid Table2Grid(v1::Edition edition, const Wording& wording,
                const Print& print);
Grid Table3Grid(v1::Edition edition, const Wording& wording,
                const Print& print);
Grid Table4Grid(const Wording& wording, const Print& print);

// A table with a row for each column of the other.
Grid Transposed(const Grid& grid);

enum class GridLayout {
  kBars,            // | a | b |
  kOpenBars,        // a | b |
  kMarkdown,        // With a rule under the first row.
  kTabs,            // a TAB b
  kCellPerLine,     // Each cell on a line.
  kBlankSeparated,  // The same with blank lines between.
  kColumns,         // Laid out in columns; long cells are wrapped.
  kTightColumns,    // The same without blank lines between the rows.
  kSpaced,          // One space between cells; long labels on lines above.
};

// What becomes of cells that a span covers.
enum class SpanText { kBlank, kRepeated, kLeftOut };

struct GridStyle {
  GridLayout layout = GridLayout::kBars;
  SpanText spans = SpanText::kBlank;
  // In columns: a Han character takes one column, not two.
  bool narrow = false;
  // In columns: the line of a wrapped row that its figures stand on.
  enum class FigureLine {
    kMiddle,
    kFirst,
    kLast
  } figures = FigureLine::kMiddle;
};

std::string RenderGrid(const Grid& grid, const GridStyle& style);

}  // namespace annals::client

#endif  // ANNALS_TESTS_IMPORT_REPORT_GRID_H_
