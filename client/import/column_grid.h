// Tells the columns of a barred table by the cells of its head: every line has
// as many cells, so that a figure stands under the name of its column whatever
// the order, and whatever is blank. Tabs are too often shifted to say as much.

#ifndef ANNALS_CLIENT_IMPORT_COLUMN_GRID_H_
#define ANNALS_CLIENT_IMPORT_COLUMN_GRID_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "client/import/document.h"
#include "client/import/runs.h"
#include "client/import/sections.h"

namespace annals::client {

class ColumnGrid {
 public:
  // The grid of lines with `cells` cells each under the head in `head`.
  // `wordings`: how each column may be named. Absent if the head has no line
  // of so many cells that names one of them.
  static std::optional<ColumnGrid> Find(
      const std::vector<Line>& lines, LineRange head, int cells,
      const std::vector<std::vector<std::u32string>>& wordings);

  // The number of columns that the head names.
  size_t NamedColumns() const;

  // The figures of a run of the grid by column; null where the cell is blank.
  // Where one column's name is printed over several cells, they must agree:
  // `*conflict` says whether some do not.
  std::vector<const Atom*> Align(const Run& run, bool* conflict) const;

  // Whether a figure of the run stands where the head has no name, as under one
  // that is merged over several cells: it may be the one that is meant.
  bool HasNamelessFigure(const Run& run) const;

  // Whether the line has the grid's number of cells and no text where the
  // named columns are.
  bool Fits(const Line& line) const;

 private:
  static constexpr int kOther = -1;
  static constexpr int kNameless = -2;

  // By cell: the column, or one of these.
  std::vector<int> columns_;
  size_t column_count_ = 0;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_COLUMN_GRID_H_
