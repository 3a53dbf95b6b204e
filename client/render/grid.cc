#include "client/render/grid.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/render/printable.h"

namespace annals::client {
namespace {

// Between the text of a cell and the lines beside it.
constexpr size_t kPadding = 1;

// The lines of a box. A junction is chosen by which of its four arms exist.
struct Lines {
  std::string horizontal;
  std::string vertical;
  // Indexed by up | down << 1; at the left edge, inside, at the right edge.
  std::string left[4];
  std::string middle[4];
  std::string right[4];
};

const Lines& LinesFor(AmbiguousWidth ambiguous) {
  static const auto* const box = new Lines{"─",
                                           "│",
                                           {"─", "└", "┌", "├"},
                                           {"─", "┴", "┬", "┼"},
                                           {"─", "┘", "┐", "┤"}};
  static const auto* const ascii = new Lines{"-",
                                             "|",
                                             {"+", "+", "+", "+"},
                                             {"-", "+", "+", "+"},
                                             {"+", "+", "+", "+"}};
  return ambiguous == AmbiguousWidth::kWide ? *ascii : *box;
}

// The columns at which cells of the row begin; the first is always 0.
std::vector<bool> Boundaries(const GridRow* row, size_t columns) {
  std::vector<bool> boundaries(columns + 1, false);
  if (row == nullptr) return boundaries;
  size_t column = 0;
  boundaries[0] = true;
  for (const GridCell& cell : row->cells) {
    column += cell.span;
    if (column <= columns) boundaries[column] = true;
  }
  return boundaries;
}

std::string Rule(const GridRow* above, const GridRow* below,
                 const std::vector<size_t>& widths, const Lines& lines) {
  const std::vector<bool> up = Boundaries(above, widths.size());
  const std::vector<bool> down = Boundaries(below, widths.size());
  std::string rule;
  for (size_t i = 0; i <= widths.size(); ++i) {
    const int arms = (up[i] ? 1 : 0) | (down[i] ? 2 : 0);
    const auto& junctions = i == 0               ? lines.left
                            : i == widths.size() ? lines.right
                                                 : lines.middle;
    absl::StrAppend(&rule, junctions[arms]);
    if (i == widths.size()) break;
    for (size_t j = 0; j < widths[i] + 2 * kPadding; ++j) {
      absl::StrAppend(&rule, lines.horizontal);
    }
  }
  absl::StrAppend(&rule, "\n");
  return rule;
}

// The columns for text in a cell that spans from `column`.
size_t TextWidth(const std::vector<size_t>& widths, size_t column,
                 size_t span) {
  size_t width = (span - 1) * (2 * kPadding + 1);
  for (size_t i = column; i < column + span && i < widths.size(); ++i) {
    width += widths[i];
  }
  return width;
}

std::string RenderRow(const GridRow& row, const std::vector<size_t>& widths,
                      const Lines& lines, AmbiguousWidth ambiguous) {
  std::vector<std::vector<std::string>> texts;
  std::vector<size_t> text_widths;
  size_t height = 1;
  size_t column = 0;
  for (const GridCell& cell : row.cells) {
    text_widths.push_back(TextWidth(widths, column, cell.span));
    texts.push_back(
        Wrap(PrintableText(cell.text), text_widths.back(), ambiguous));
    height = std::max(height, texts.back().size());
    column += cell.span;
  }
  const std::string padding(kPadding, ' ');
  std::string rendered;
  for (size_t line = 0; line < height; ++line) {
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const std::string text = line < texts[i].size() ? texts[i][line] : "";
      absl::StrAppend(&rendered, lines.vertical, padding,
                      Pad(text, text_widths[i], row.cells[i].align, ambiguous),
                      padding);
    }
    absl::StrAppend(&rendered, lines.vertical, "\n");
  }
  return rendered;
}

// Before the columns are measured: escapes take room.
ListTable PrintableTable(ListTable table) {
  for (std::string& head : table.head) head = PrintableLine(head);
  for (auto& row : table.rows) {
    for (std::string& cell : row) cell = PrintableLine(cell);
  }
  return table;
}

}  // namespace

std::string RenderGrid(const Grid& grid, AmbiguousWidth ambiguous) {
  const Lines& lines = LinesFor(ambiguous);
  std::string rendered;
  const GridRow* above = nullptr;
  for (const GridRow& row : grid.rows) {
    if (above == nullptr || row.rule_above) {
      absl::StrAppend(&rendered, Rule(above, &row, grid.widths, lines));
    }
    absl::StrAppend(&rendered, RenderRow(row, grid.widths, lines, ambiguous));
    above = &row;
  }
  absl::StrAppend(&rendered, Rule(above, nullptr, grid.widths, lines));
  return rendered;
}

size_t GridWidth(const Grid& grid) {
  size_t width = 1;
  for (size_t column : grid.widths) width += column + 2 * kPadding + 1;
  return width;
}

std::string RenderList(const ListTable& listed, AmbiguousWidth ambiguous) {
  const ListTable table = PrintableTable(listed);
  std::vector<size_t> widths(table.head.size(), 0);
  const auto widen = [&](const std::vector<std::string>& row) {
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row[i], ambiguous));
    }
  };
  widen(table.head);
  for (const auto& row : table.rows) widen(row);
  std::string rendered;
  const auto append = [&](const std::vector<std::string>& row) {
    std::string line;
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      const Align align =
          i < table.aligns.size() ? table.aligns[i] : Align::kLeft;
      absl::StrAppend(&line, i == 0 ? "" : "  ",
                      Pad(row[i], widths[i], align, ambiguous));
    }
    absl::StrAppend(&rendered, absl::StripTrailingAsciiWhitespace(line), "\n");
  };
  append(table.head);
  for (const auto& row : table.rows) append(row);
  return rendered;
}

}  // namespace annals::client
