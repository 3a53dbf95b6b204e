#include "client/import/table_grid.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/import/figure.h"
#include "client/import/unicode.h"

namespace annals::client {
namespace {

// Nothing but its first cell has a text: a line of text over the whole table.
bool HasOneText(const std::vector<std::string>& row) {
  return std::all_of(row.begin() + 1, row.end(),
                     [](const std::string& cell) { return cell.empty(); });
}

bool IsFigure(const std::string& text) {
  Figure figure;
  return ParseFigure(TrimBlanks(text), &figure);
}

// Whether it is a number that no reader has marked.
bool IsSureNumber(const std::string& text) {
  Figure figure;
  return ParseFigure(TrimBlanks(text), &figure) && !figure.placeholder &&
         !figure.IsUnsure();
}

}  // namespace

std::string JoinedParagraphs(const std::vector<std::string>& paragraphs) {
  std::string text;
  for (const std::string& paragraph : paragraphs) {
    JoinPrinted(CellLine(paragraph), &text);
  }
  return text;
}

bool TableGrid::IsBetween(const SpannedCell& cell, size_t column,
                          size_t end) const {
  if (cell.rows != 1 || cell.is_doubtful) return true;
  for (size_t c = column; c < std::min(end, hidden_.size()); ++c) {
    if (hidden_[c]) return true;
  }
  int name = 0;  // Of the columns before.
  for (size_t c = column; c < std::min(end, names_.size()); ++c) {
    if (names_[c] == 0) continue;
    if (name != 0 && names_[c] != name) return true;
    name = names_[c];
  }
  return false;
}

void TableGrid::SetNames(const std::vector<NamedSpan>& spans) {
  for (const NamedSpan& span : spans) {
    if (IsFigure(span.text)) return;
  }
  for (const NamedSpan& span : spans) {
    if (names_.size() < span.end) names_.resize(span.end);
    const int name = span.text.empty() ? 0 : ++name_count_;
    for (size_t c = span.begin; c < span.end; ++c) names_[c] = name;
  }
}

void TableGrid::TakeCovered(size_t* column, std::vector<std::string>* row) {
  while (IsCovered(*column)) {
    int& rows = reaches_[*column];
    row->emplace_back();
    if (rows > 0) --rows;
    ++*column;
  }
}

std::vector<std::string> TableGrid::Place(const std::vector<SpannedCell>& cells,
                                          std::vector<NamedSpan>* spans) {
  std::vector<std::string> row;
  size_t column = 0;
  for (const SpannedCell& cell : cells) {
    TakeCovered(&column, &row);
    // A cell over several columns leaves all but the first blank, so that each
    // column of the form is the same cell in every row.
    std::string text = JoinedParagraphs(cell.paragraphs);
    const size_t end = std::min<size_t>(
        column + static_cast<size_t>(std::clamp(cell.columns, 1, kColumnsMax)),
        kColumnsMax);
    spans->push_back({column, end, text});
    if (cell.is_in_web_font && IsFigure(text)) {
      absl::StrAppend(&text, kFigureInWebFont);
    }
    if (IsSureNumber(text) && IsBetween(cell, column, end)) {
      absl::StrAppend(&text, kUnsureFigure);
    }
    row.push_back(std::move(text));
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

void TableGrid::HideColumns(size_t begin, size_t end) {
  end = std::min<size_t>(end, kColumnsMax);
  if (hidden_.size() < end) hidden_.resize(end);
  for (size_t c = begin; c < end; ++c) hidden_[c] = true;
}

void TableGrid::PassRow(const std::vector<SpannedCell>& cells) {
  std::vector<NamedSpan> spans;
  Place(cells, &spans);
}

void TableGrid::AddRow(const std::vector<SpannedCell>& cells) {
  ++row_;
  SourceLine place;
  place.table = table_;
  place.row = row_;
  std::vector<NamedSpan> spans;
  const std::vector<std::string> row = Place(cells, &spans);
  SetNames(spans);
  if (cells.size() == 1 && HasOneText(row) && !IsFigure(row[0])) {
    for (const std::string& paragraph : cells[0].paragraphs) {
      writer_.AddParagraph(paragraph, place);
    }
    return;
  }
  writer_.AddRow(row, place);
}

}  // namespace annals::client
