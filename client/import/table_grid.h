// The rows of a table with merged cells, as lines of a SourceText.

#ifndef ANNALS_CLIENT_IMPORT_TABLE_GRID_H_
#define ANNALS_CLIENT_IMPORT_TABLE_GRID_H_

#include <cstddef>
#include <string>
#include <vector>

#include "client/import/source_text.h"

namespace annals::client {

struct SpannedCell {
  // What it prints, a line for each paragraph.
  std::vector<std::string> paragraphs;
  int columns = 1;  // That it spans.
  int rows = 1;     // That it spans; 0 for all that follow.
  // A figure in it may be of another row or column, or not be seen.
  bool is_doubtful = false;
  // Or is shown in a font of the page's own.
  bool is_in_web_font = false;
};

// The text of a cell.
std::string JoinedParagraphs(const std::vector<std::string>& paragraphs);

class TableGrid {
 public:
  // No form has more columns; those beyond are one column.
  static constexpr int kColumnsMax = 256;

  // `table`: the number of the table in its file. `writer` is not owned.
  TableGrid(int table, SourceTextWriter* writer)
      : table_(table), writer_(*writer) {}

  // Rows and their cells in the order of the print.
  void AddRow(const std::vector<SpannedCell>& cells);
  // A row that is not shown, but whose cells reach into rows below as if it
  // were.
  void PassRow(const std::vector<SpannedCell>& cells);
  // The columns from `begin` to one before `end` are not shown: figures there
  // are in doubt.
  void HideColumns(size_t begin, size_t end);

 private:
  // A cell's columns, from the first to one past the last, and its text.
  struct NamedSpan {
    size_t begin;
    size_t end;
    std::string text;
  };

  // The cells of the row at their places, blank where a cell reaches in.
  std::vector<std::string> Place(const std::vector<SpannedCell>& cells,
                                 std::vector<NamedSpan>* spans);
  void TakeCovered(size_t* column, std::vector<std::string>* row);
  // Whether a figure at these columns stands under two texts, or beside two
  // rows, so that it is not known of which it is; or is not shown.
  bool IsBetween(const SpannedCell& cell, size_t column, size_t end) const;
  // The texts of a row without figures are what the figures below stand under.
  void SetNames(const std::vector<NamedSpan>& spans);
  bool IsCovered(size_t column) const {
    return column < reaches_.size() && reaches_[column] != 0;
  }

  const int table_;
  SourceTextWriter& writer_;
  int row_ = 0;
  // By column: the rows to come that a cell of a row above reaches into; -1 for
  // all.
  std::vector<int> reaches_;
  // By column: the text that is printed last above it, by its number; 0 if none
  // is known.
  std::vector<int> names_;
  int name_count_ = 0;
  std::vector<bool> hidden_;  // By column.
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_IMPORT_TABLE_GRID_H_
