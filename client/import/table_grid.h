// The rows of a table with merged cells, as lines of a SourceText.

#ifndef ANNALS_CLIENT_IMPORT_TABLE_GRID_H_
#define ANNALS_CLIENT_IMPORT_TABLE_GRID_H_

#include <string>
#include <vector>

#include "client/import/source_text.h"

namespace annals::client {

struct SpannedCell {
  // What it prints, a line for each paragraph.
  std::vector<std::string> paragraphs;
  int columns = 1;  // That it spans.
  int rows = 1;     // That it spans; 0 for all that follow.
};

class TableGrid {
 public:
  // No form has more columns; those beyond are one column.
  static constexpr int kColumnsMax = 256;

  // `table`: the number of the table in its file. `writer` is not owned.
  TableGrid(int table, SourceTextWriter* writer)
      : table_(table), writer_(*writer) {}

  // Rows and their cells in the order of the print.
  void AddRow(const std::vector<SpannedCell>& cells);

 private:
  // The cells of the row at their places, blank where a cell reaches in.
  std::vector<std::string> Place(const std::vector<SpannedCell>& cells);
  void TakeCovered(size_t* column, std::vector<std::string>* row);
  bool IsCovered(size_t column) const {
    return column < reaches_.size() && reaches_[column] != 0;
  }

  const int table_;
  SourceTextWriter& writer_;
  int row_ = 0;
  // By column: the rows to come that a cell of a row above reaches into; -1 for
  // all.
  std::vector<int> reaches_;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_TABLE_GRID_H_
