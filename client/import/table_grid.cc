#include "client/import/table_grid.h"

#include <algorithm>
#include <cstddef>

#include "client/import/figure.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

std::string Joined(const std::vector<std::string>& paragraphs) {
  std::string text;
  for (const std::string& paragraph : paragraphs) {
    JoinPrinted(CellLine(paragraph), &text);
  }
  return text;
}

// Nothing but its first cell has a text: a line of text over the whole table.
bool HasOneText(const std::vector<std::string>& row) {
  return std::all_of(row.begin() + 1, row.end(),
                     [](const std::string& cell) { return cell.empty(); });
}

bool IsFigure(const std::string& text) {
  Figure figure;
  return ParseFigure(TrimBlanks(text), &figure);
}

}  // namespace

void TableGrid::TakeCovered(size_t* column, std::vector<std::string>* row) {
  while (IsCovered(*column)) {
    int& rows = reaches_[*column];
    row->emplace_back();
    if (rows > 0) --rows;
    ++*column;
  }
}

std::vector<std::string> TableGrid::Place(
    const std::vector<SpannedCell>& cells) {
  std::vector<std::string> row;
  size_t column = 0;
  for (const SpannedCell& cell : cells) {
    TakeCovered(&column, &row);
    // A cell over several columns leaves all but the first blank, so that each
    // column of the form is the same cell in every row.
    row.push_back(Joined(cell.paragraphs));
    const size_t end = std::min<size_t>(
        column + static_cast<size_t>(std::clamp(cell.columns, 1, kColumnsMax)),
        kColumnsMax);
    if (reaches_.size() < end) reaches_.resize(end);
    const size_t first = column;
    for (; column < end && !IsCovered(column); ++column) {
      reaches_[column] = cell.rows == 0 ? -1 : std::max(cell.rows, 1) - 1;
      if (column > first) row.emplace_back();
    }
  }
  while (column < reaches_.size()) {
    TakeCovered(&column, &row);
    ++column;
  }
  return row;
}

void TableGrid::AddRow(const std::vector<SpannedCell>& cells) {
  ++row_;
  SourceLine place;
  place.table = table_;
  place.row = row_;
  const std::vector<std::string> row = Place(cells);
  if (cells.size() == 1 && HasOneText(row) && !IsFigure(row[0])) {
    for (const std::string& paragraph : cells[0].paragraphs) {
      writer_.AddParagraph(paragraph, place);
    }
    return;
  }
  writer_.AddRow(row, place);
}

}  // namespace annals::client
