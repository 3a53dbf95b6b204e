// The official tables on a terminal, fitted to its width.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/import/cell_print.h"
#include "client/render/form_table.h"
#include "client/render/grid.h"
#include "client/render/printable.h"
#include "client/render/report_table.h"
#include "client/render/table_layout.h"

namespace annals::client {
namespace {

// Where heads of columns are wrapped, and how narrow a column of figures may
// be. English words are longer.
constexpr size_t kHeadWidthZh = 6;
constexpr size_t kHeadWidthEn = 13;
constexpr size_t kDisputeHeadWidthZh = 4;
constexpr size_t kDocumentHeadWidth = 28;
constexpr size_t kFigureWidthMin = 4;
constexpr size_t kRowLabelWidthMax = 56;
constexpr size_t kRowLabelWidthMin = 22;
// Where heads leave less than this for the labels of rows, letters stand for
// them.
constexpr size_t kRowLabelWidthFair = 36;

// What a table is drawn from.
struct Source {
  const v1::Report& report;
  report::Cells cells;
  FormTable table;
  Language language;
  AmbiguousWidth ambiguous;

  std::string Figure(const FormCell& cell) const { return Figure(*cell.cell); }

  // A short remark as the cell prints it, such as `/`. For a longer one the
  // figure with a star: it is printed below the table.
  std::string Figure(report::CellIndex cell) const {
    const std::string figure = CellText(cells, cell, report);
    for (const v1::CellNote& note : report.cell_notes()) {
      if (note.printed().empty() ||
          note.cell() != report::Schema::Get().cells()[cell].id) {
        continue;
      }
      const std::string printed =
          PrintableLine(CellAsPrinted(report, cells, cell).text);
      if (printed != figure && Width(printed) <= kFigureWidthMin) {
        return printed;
      }
      return absl::StrCat(figure, "*");
    }
    return figure;
  }
  size_t Width(absl::string_view text) const {
    return DisplayWidth(text, ambiguous);
  }
  size_t HeadWidth() const {
    return language == Language::kZh ? kHeadWidthZh : kHeadWidthEn;
  }
  std::string Balanced(const std::string& text, size_t width) const {
    std::string joined;
    for (const std::string& line : WrapBalanced(text, width, ambiguous)) {
      if (!joined.empty()) joined.push_back('\n');
      joined += line;
    }
    return joined;
  }
  size_t WidestLine(const std::string& text) const {
    size_t width = 0;
    for (const std::string& line : Wrap(text, kPageWidth, ambiguous)) {
      width = std::max(width, Width(line));
    }
    return width;
  }
};

// The first row below the heads that has figures.
const FormTableRow& FirstBodyRow(const Source& source) {
  return source.table.rows[source.table.head_rows];
}

std::vector<const FormCell*> FiguresOf(const FormTableRow& row) {
  std::vector<const FormCell*> figures;
  for (const FormCell& cell : row.cells) {
    if (cell.role == FormRole::kFigure) figures.push_back(&cell);
  }
  return figures;
}

size_t OuterWidth(const Grid& grid) {
  const size_t others = GridWidth(grid);
  return kPageWidth > others ? kPageWidth - others : 0;
}

Align AlignOf(FormRole role) {
  switch (role) {
    case FormRole::kGroupHead:
    case FormRole::kColumnHead:
      return Align::kCenter;
    case FormRole::kRowHead:
    case FormRole::kNote:
      return Align::kLeft;
    case FormRole::kFigure:
      return Align::kRight;
  }
  return Align::kLeft;
}

// Table 2: as printed.
Grid DocumentsGrid(const Source& source) {
  Grid grid;
  grid.widths.resize(source.table.columns(), kFigureWidthMin);
  for (const FormTableRow& row : source.table.rows) {
    GridRow line{{}, true};
    for (const FormCell& cell : row.cells) {
      const bool is_figure = cell.role == FormRole::kFigure;
      const std::string text = is_figure ? source.Figure(cell) : cell.text;
      line.cells.push_back({text, cell.column_span, AlignOf(cell.role)});
      if (cell.column_span > 1) continue;
      size_t needed = source.Width(text);
      if (cell.column == 0) needed = std::min(needed, kRowLabelWidthMax);
      if (cell.column > 0 && !is_figure) {
        needed = std::min(needed, kDocumentHeadWidth);
      }
      size_t& width = grid.widths[cell.column];
      width = std::max(width, needed);
    }
    grid.rows.push_back(std::move(line));
  }
  return grid;
}

// The labels of the single columns.
std::vector<std::string> ColumnLabels(const Source& source) {
  std::vector<std::string> labels;
  for (size_t i = 0; i < source.table.head_rows; ++i) {
    for (const FormCell& cell : source.table.rows[i].cells) {
      const size_t bottom = i + cell.row_span;
      if (cell.role != FormRole::kColumnHead ||
          bottom != source.table.head_rows) {
        continue;
      }
      labels.resize(std::max(labels.size(), cell.column + 1));
      labels[cell.column] = cell.text;
    }
  }
  // The labels of rows have the first columns.
  const size_t offset = FiguresOf(FirstBodyRow(source)).front()->column;
  labels.erase(labels.begin(), labels.begin() + static_cast<long>(offset));
  return labels;
}

// The heads above the labels of columns at one level. Columns that have none
// there are one blank.
std::vector<GridCell> HeadsAt(const Source& source, size_t level) {
  std::vector<GridCell> cells;
  bool after_blank = false;
  size_t column = FiguresOf(FirstBodyRow(source)).front()->column;
  const auto blanks_to = [&](size_t end) {
    if (column >= end) return;
    if (after_blank) {
      cells.back().span += end - column;
    } else {
      cells.push_back({"", end - column, Align::kCenter});
    }
    after_blank = true;
    column = end;
  };
  for (const FormCell& cell : source.table.rows[level].cells) {
    const bool is_label = level + cell.row_span == source.table.head_rows;
    if (cell.role != FormRole::kColumnHead || is_label) continue;
    blanks_to(cell.column);
    cells.push_back({cell.text, cell.column_span, Align::kCenter});
    after_blank = false;
    column += cell.column_span;
  }
  blanks_to(source.table.columns());
  return cells;
}

// Table 3: one column of row labels, indented under their heads. The note
// stands beside the levels of heads, a part on each.
void AppendApplicantHeads(const Source& source,
                          const std::vector<std::string>& labels, Grid* grid) {
  const std::vector<std::string> lines =
      Wrap(source.table.rows.front().cells.front().text, grid->widths.front(),
           source.ambiguous);
  const size_t above = source.table.head_rows - 1;
  for (size_t level = 0; level < above; ++level) {
    GridRow row{{{level < lines.size() ? lines[level] : ""}}, level == 0};
    for (GridCell& cell : HeadsAt(source, level)) {
      row.cells.push_back(std::move(cell));
    }
    grid->rows.push_back(std::move(row));
  }
  std::string rest;
  for (size_t i = above; i < lines.size(); ++i) {
    rest += (rest.empty() ? "" : "\n") + lines[i];
  }
  GridRow row{{{rest}}, false};
  for (const std::string& label : labels) {
    row.cells.push_back({label, 1, Align::kCenter});
  }
  grid->rows.push_back(std::move(row));
}

void AppendIndented(const FormCell& label, const Source& source,
                    const std::vector<const FormCell*>& figures, Grid* grid) {
  const std::string indent(2 * label.column, ' ');
  const size_t width = grid->widths.front() - indent.size();
  std::string text;
  for (const std::string& line : Wrap(label.text, width, source.ambiguous)) {
    text += (text.empty() ? "" : "\n") + indent + line;
  }
  GridRow row{{{text}}, label.column == 0};
  for (size_t i = 1; i < grid->widths.size(); ++i) {
    row.cells.push_back(
        {i > figures.size() ? std::string() : source.Figure(*figures[i - 1]), 1,
         Align::kRight});
  }
  grid->rows.push_back(std::move(row));
}

// The widths of the columns of figures under `heads`.
std::vector<size_t> FigureWidths(const Source& source,
                                 const std::vector<std::string>& heads) {
  std::vector<size_t> widths;
  for (const std::string& head : heads) {
    widths.push_back(std::max(kFigureWidthMin, source.WidestLine(head)));
  }
  for (size_t r = source.table.head_rows; r < source.table.rows.size(); ++r) {
    const auto figures = FiguresOf(source.table.rows[r]);
    for (size_t i = 0; i < figures.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], source.Width(source.Figure(*figures[i])));
    }
  }
  return widths;
}

// "A", "B", … and, as a last row, what they stand for.
std::vector<std::string> LetterHeads(size_t count) {
  std::vector<std::string> letters;
  for (size_t i = 0; i < count; ++i) {
    letters.push_back(std::string(1, static_cast<char>('A' + i)));
  }
  return letters;
}

GridRow LetterLegend(const std::vector<std::string>& labels) {
  std::string legend;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (i > 0) legend += "; ";
    legend += std::string(1, static_cast<char>('A' + i)) + ": " + labels[i];
  }
  return GridRow{{{legend, labels.size() + 1, Align::kLeft}}, true};
}

void AppendApplicationRows(const Source& source, Grid* grid) {
  for (size_t r = source.table.head_rows; r < source.table.rows.size(); ++r) {
    const FormTableRow& row = source.table.rows[r];
    const auto figures = FiguresOf(row);
    for (size_t i = 0; i < row.cells.size(); ++i) {
      if (row.cells[i].role != FormRole::kRowHead) break;
      const bool is_own =
          i + 1 == row.cells.size() || row.cells[i + 1].cell.has_value();
      AppendIndented(row.cells[i], source,
                     is_own ? figures : std::vector<const FormCell*>(), grid);
    }
  }
}

Grid ApplicationsGrid(const Source& source) {
  Grid grid;
  const std::vector<std::string> labels = ColumnLabels(source);
  std::vector<std::string> heads;
  for (const std::string& label : labels) {
    heads.push_back(source.Balanced(label, source.HeadWidth()));
  }
  size_t label_width = 0;
  for (const FormTableRow& row : source.table.rows) {
    for (const FormCell& cell : row.cells) {
      if (cell.role != FormRole::kRowHead || cell.row_span > 1) continue;
      label_width =
          std::max(label_width, source.Width(cell.text) + 2 * cell.column);
    }
  }
  const auto lay_out = [&] {
    grid.widths = FigureWidths(source, heads);
    grid.widths.insert(grid.widths.begin(), 0);
    return OuterWidth(grid);
  };
  size_t left = lay_out();
  const bool lettered = left < kRowLabelWidthFair;
  if (lettered) {
    heads = LetterHeads(heads.size());
    left = lay_out();
  }
  grid.widths.front() = std::min(
      label_width, std::clamp(left, kRowLabelWidthMin, kRowLabelWidthMax));
  AppendApplicantHeads(source, heads, &grid);
  AppendApplicationRows(source, &grid);
  if (lettered) grid.rows.push_back(LetterLegend(labels));
  return grid;
}

// Table 4: all figures in one row, as printed.
Grid DisputesGrid(const Source& source) {
  Grid grid;
  const size_t width =
      source.language == Language::kZh ? kDisputeHeadWidthZh : kHeadWidthEn;
  for (size_t level = 0; level + 1 < source.table.head_rows; ++level) {
    grid.rows.push_back({HeadsAt(source, level), true});
  }
  GridRow labels{{}, true};
  std::vector<std::string> heads;
  for (const std::string& label : ColumnLabels(source)) {
    heads.push_back(source.Balanced(label, width));
    labels.cells.push_back({heads.back(), 1, Align::kCenter});
  }
  grid.rows.push_back(std::move(labels));
  GridRow figures{{}, true};
  for (const FormCell* cell : FiguresOf(source.table.rows.back())) {
    figures.cells.push_back({source.Figure(*cell), 1, Align::kRight});
  }
  grid.rows.push_back(std::move(figures));
  grid.widths = FigureWidths(source, heads);
  return grid;
}

// The same, a kind of dispute to a row: where the printed form is too wide.
Grid DisputesByRow(const Source& source) {
  const std::vector<LayoutRow> rows = LayOutTable(source.report, 4);
  const auto label_in = [&](const google::protobuf::FieldDescriptor* field) {
    return LabelIn(report::EditionOf(source.report, 4), field, source.language);
  };
  Grid grid;
  GridRow head{{{""}}, true};
  std::vector<GridRow> lines;
  grid.widths.push_back(0);
  size_t label_width = 0;
  for (const LayoutRow& row : rows) {
    std::string label = label_in(row.row);
    if (!row.heads.empty()) {
      label =
          report::EnumLabel(row.heads.front(), source.language) + " · " + label;
    }
    label_width = std::max(label_width, source.Width(label));
    GridRow line{{{label}}, true};
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const std::string figure = source.Figure(row.cells[i]);
      const std::string column =
          label_in(report::Schema::Get().cells()[row.cells[i]].figure);
      if (grid.widths.size() <= i + 1) {
        head.cells.push_back({column, 1, Align::kCenter});
        grid.widths.push_back(
            std::max(kFigureWidthMin, source.WidestLine(column)));
      }
      grid.widths[i + 1] = std::max(grid.widths[i + 1], source.Width(figure));
      line.cells.push_back({figure, 1, Align::kRight});
    }
    lines.push_back(std::move(line));
  }
  grid.widths.front() =
      std::min(label_width, std::max(OuterWidth(grid), kRowLabelWidthMin));
  grid.rows.push_back(std::move(head));
  for (GridRow& line : lines) grid.rows.push_back(std::move(line));
  return grid;
}

}  // namespace

std::string RenderTable(const v1::Report& report, int table_number,
                        Language language, AmbiguousWidth ambiguous) {
  const Source source{report, report::ReadCells(report),
                      LayOutFormTable(report, table_number, language), language,
                      ambiguous};
  if (source.table.rows.empty()) return std::string();
  if (table_number == 2) return RenderGrid(DocumentsGrid(source), ambiguous);
  if (table_number == 3) return RenderGrid(ApplicationsGrid(source), ambiguous);
  const Grid printed = DisputesGrid(source);
  return RenderGrid(
      GridWidth(printed) <= kPageWidth ? printed : DisputesByRow(source),
      ambiguous);
}

}  // namespace annals::client
