#include <algorithm>
#include <utility>

#include "client/render/grid.h"
#include "client/render/report_table.h"
#include "client/render/table_layout.h"

namespace annals::client {
namespace {

using report::CellIndex;
using report::EnumLabel;

// Where heads of columns are wrapped, and how narrow a column of figures may
// be. English words are longer.
constexpr size_t kHeadWidthZh = 6;
constexpr size_t kHeadWidthEn = 13;
constexpr size_t kDocumentHeadWidth = 28;
constexpr size_t kRowLabelWidthMax = 56;
constexpr size_t kRowLabelWidthMin = 22;
// Where heads leave less than this for the labels of rows, letters stand for
// them.
constexpr size_t kRowLabelWidthFair = 36;

// What a table is drawn from.
struct Source {
  const v1::Report& report;
  report::Cells cells;
  std::vector<LayoutRow> rows;
  v1::Edition edition;
  Language language;
  AmbiguousWidth ambiguous;

  const report::CellInfo& Info(CellIndex cell) const {
    return report::Schema::Get().cells()[cell];
  }
  std::string RowLabel(const LayoutRow& row) const {
    return LabelIn(edition, row.row, language);
  }
  std::string ColumnLabel(CellIndex cell) const {
    return LabelIn(edition, Info(cell).figure, language);
  }
  std::string Figure(CellIndex cell) const {
    return CellText(cells, cell, report);
  }
  size_t Width(absl::string_view text) const {
    return DisplayWidth(text, ambiguous);
  }
  size_t HeadWidth() const {
    return language == Language::kZh ? kHeadWidthZh : kHeadWidthEn;
  }
};

std::string Balanced(const std::string& text, size_t width,
                     AmbiguousWidth ambiguous) {
  std::string joined;
  for (const std::string& line : WrapBalanced(text, width, ambiguous)) {
    if (!joined.empty()) joined.push_back('\n');
    joined += line;
  }
  return joined;
}

size_t WidestLine(const std::string& text, const Source& source) {
  size_t width = 0;
  for (const std::string& line : Wrap(text, kPageWidth, source.ambiguous)) {
    width = std::max(width, source.Width(line));
  }
  return width;
}

// The width of a column with this head and the figures of `column` in `rows`.
size_t FigureColumnWidth(const Source& source, const std::string& head,
                         size_t column) {
  size_t width = std::max<size_t>(4, WidestLine(head, source));
  for (const LayoutRow& row : source.rows) {
    if (column >= row.cells.size()) continue;
    width = std::max(width, source.Width(source.Figure(row.cells[column])));
  }
  return width;
}

// Table 2: groups under the articles of the 条例, each with its own columns.
bool SameGroup(const Source& source, const LayoutRow& a, const LayoutRow& b) {
  if (a.heads != b.heads || a.cells.size() != b.cells.size()) return false;
  for (size_t i = 0; i < a.cells.size(); ++i) {
    if (source.Info(a.cells[i]).figure != source.Info(b.cells[i]).figure) {
      return false;
    }
  }
  return true;
}

size_t SpanOf(size_t column, size_t used, size_t columns) {
  return column + 1 == used ? columns - column : 1;
}

void AppendGroupHead(const Source& source, const LayoutRow& row, size_t columns,
                     bool new_head, Grid* grid) {
  if (new_head && !row.heads.empty()) {
    grid->rows.push_back({{{EnumLabel(row.heads.front(), source.language),
                            columns + 1, Align::kCenter}},
                          true});
  }
  GridRow head{{{RowLabelHead().In(source.language), 1, Align::kCenter}}, true};
  for (size_t i = 0; i < row.cells.size(); ++i) {
    head.cells.push_back({source.ColumnLabel(row.cells[i]),
                          SpanOf(i, row.cells.size(), columns),
                          Align::kCenter});
  }
  grid->rows.push_back(std::move(head));
}

Grid DocumentsGrid(const Source& source) {
  Grid grid;
  size_t columns = 0;
  size_t label_width = source.Width(RowLabelHead().In(source.language));
  for (const LayoutRow& row : source.rows) {
    columns = std::max(columns, row.cells.size());
    label_width = std::max(label_width, source.Width(source.RowLabel(row)));
  }
  grid.widths.push_back(std::min(label_width, kRowLabelWidthMax));
  grid.widths.resize(columns + 1, 4);
  const LayoutRow* before = nullptr;
  for (const LayoutRow& row : source.rows) {
    if (before == nullptr || !SameGroup(source, *before, row)) {
      AppendGroupHead(source, row, columns,
                      before == nullptr || before->heads != row.heads, &grid);
    }
    GridRow line{{{source.RowLabel(row)}}, true};
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const std::string figure = source.Figure(row.cells[i]);
      const size_t span = SpanOf(i, row.cells.size(), columns);
      line.cells.push_back({figure, span, Align::kRight});
      const std::string label = source.ColumnLabel(row.cells[i]);
      const size_t needed =
          std::max(source.Width(figure),
                   std::min(source.Width(label), kDocumentHeadWidth));
      if (span == 1) grid.widths[i + 1] = std::max(grid.widths[i + 1], needed);
    }
    grid.rows.push_back(std::move(line));
    before = &row;
  }
  return grid;
}

// Table 3: one column of row labels, indented under their heads.
std::vector<std::string> ApplicantHeads(const Source& source) {
  std::vector<std::string> heads;
  if (source.rows.empty()) return heads;
  for (const CellIndex cell : source.rows.front().cells) {
    heads.push_back(Balanced(source.ColumnLabel(cell), source.HeadWidth(),
                             source.ambiguous));
  }
  return heads;
}

// A row of heads at one level: columns with the same head there are joined.
GridRow HeadLevel(const Source& source, const std::vector<CellIndex>& cells,
                  size_t level, std::string first) {
  GridRow row{{{std::move(first), 1, Align::kLeft}}, level == 0};
  v1::Head before = v1::HEAD_UNSPECIFIED;
  for (const CellIndex cell : cells) {
    const std::vector<v1::Head> heads = HeadsOf(source.Info(cell).figure);
    const v1::Head head =
        level < heads.size() ? heads[level] : v1::HEAD_UNSPECIFIED;
    if (head != v1::HEAD_UNSPECIFIED && head == before) {
      ++row.cells.back().span;
    } else {
      row.cells.push_back({head == v1::HEAD_UNSPECIFIED
                               ? std::string()
                               : EnumLabel(head, source.language),
                           1, Align::kCenter});
    }
    before = head;
  }
  return row;
}

std::string TableNote(const google::protobuf::Descriptor* table,
                      Language language) {
  if (!table->options().HasExtension(v1::table_note)) return std::string();
  const v1::Label& note = table->options().GetExtension(v1::table_note);
  return language == Language::kZh ? note.zh() : note.en();
}

void AppendApplicantHeads(const Source& source,
                          const std::vector<std::string>& labels, Grid* grid) {
  const std::vector<CellIndex>& cells = source.rows.front().cells;
  const std::string note = TableNote(
      source.Info(cells.front()).table->message_type(), source.language);
  // The note stands beside the three levels of heads, a part on each.
  const std::vector<std::string> lines =
      Wrap(note, grid->widths.front(), source.ambiguous);
  const auto line = [&lines](size_t i) {
    return i < lines.size() ? lines[i] : std::string();
  };
  grid->rows.push_back(HeadLevel(source, cells, 0, line(0)));
  grid->rows.push_back(HeadLevel(source, cells, 1, line(1)));
  std::string rest;
  for (size_t i = 2; i < lines.size(); ++i) {
    rest += (rest.empty() ? "" : "\n") + lines[i];
  }
  GridRow row{{{rest}}, false};
  for (const std::string& label : labels) {
    row.cells.push_back({label, 1, Align::kCenter});
  }
  grid->rows.push_back(std::move(row));
}

void AppendIndented(const std::string& label, size_t depth,
                    const Source& source, const LayoutRow* figures,
                    Grid* grid) {
  const std::string indent(2 * depth, ' ');
  const size_t width = grid->widths.front() - indent.size();
  std::string text;
  for (const std::string& line : Wrap(label, width, source.ambiguous)) {
    text += (text.empty() ? "" : "\n") + indent + line;
  }
  GridRow row{{{text}}, depth == 0};
  for (size_t i = 1; i < grid->widths.size(); ++i) {
    row.cells.push_back({figures == nullptr || i > figures->cells.size()
                             ? std::string()
                             : source.Figure(figures->cells[i - 1]),
                         1, Align::kRight});
  }
  grid->rows.push_back(std::move(row));
}

// The widths of the columns of figures under `heads`.
std::vector<size_t> FigureWidths(const Source& source,
                                 const std::vector<std::string>& heads) {
  std::vector<size_t> widths;
  for (size_t i = 0; i < heads.size(); ++i) {
    widths.push_back(FigureColumnWidth(source, heads[i], i));
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

GridRow LetterLegend(const Source& source) {
  std::string legend;
  const std::vector<CellIndex>& cells = source.rows.front().cells;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) legend += "; ";
    legend += std::string(1, static_cast<char>('A' + i)) + ": " +
              source.ColumnLabel(cells[i]);
  }
  return GridRow{{{legend, cells.size() + 1, Align::kLeft}}, true};
}

Grid ApplicationsGrid(const Source& source) {
  Grid grid;
  std::vector<std::string> heads = ApplicantHeads(source);
  size_t label_width = 0;
  for (const LayoutRow& row : source.rows) {
    label_width = std::max(
        label_width, source.Width(source.RowLabel(row)) + 2 * row.heads.size());
  }
  const auto lay_out = [&] {
    grid.widths = FigureWidths(source, heads);
    grid.widths.insert(grid.widths.begin(), 0);
    const size_t others = GridWidth(grid);
    return kPageWidth > others ? kPageWidth - others : 0;
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
  std::vector<v1::Head> before;
  for (const LayoutRow& row : source.rows) {
    for (size_t i = 0; i < row.heads.size(); ++i) {
      if (i < before.size() && before[i] == row.heads[i]) continue;
      before.resize(i);
      before.push_back(row.heads[i]);
      AppendIndented(EnumLabel(row.heads[i], source.language), i, source,
                     nullptr, &grid);
    }
    before = row.heads;
    AppendIndented(source.RowLabel(row), row.heads.size(), source, &row, &grid);
  }
  if (lettered) grid.rows.push_back(LetterLegend(source));
  return grid;
}

// Table 4: all figures in one row, as printed.
Grid DisputesGrid(const Source& source) {
  Grid grid;
  GridRow kinds{{}, true};
  GridRow labels{{}, true};
  GridRow figures{{}, true};
  GridRow heads{{}, true};
  v1::Head before = v1::HEAD_UNSPECIFIED;
  for (const LayoutRow& row : source.rows) {
    const size_t span = row.cells.size();
    const v1::Head head =
        row.heads.empty() ? v1::HEAD_UNSPECIFIED : row.heads.front();
    if (head != v1::HEAD_UNSPECIFIED && head == before) {
      heads.cells.back().span += span;
    } else {
      heads.cells.push_back({head == v1::HEAD_UNSPECIFIED
                                 ? source.RowLabel(row)
                                 : EnumLabel(head, source.language),
                             span, Align::kCenter});
    }
    before = head;
    kinds.cells.push_back(
        {head == v1::HEAD_UNSPECIFIED ? std::string() : source.RowLabel(row),
         span, Align::kCenter});
    for (const CellIndex cell : row.cells) {
      const std::string label =
          Balanced(source.ColumnLabel(cell),
                   source.language == Language::kZh ? 4 : kHeadWidthEn,
                   source.ambiguous);
      const std::string figure = source.Figure(cell);
      grid.widths.push_back(std::max(
          {size_t{4}, WidestLine(label, source), source.Width(figure)}));
      labels.cells.push_back({label, 1, Align::kCenter});
      figures.cells.push_back({figure, 1, Align::kRight});
    }
  }
  grid.rows = {heads, kinds, labels, figures};
  return grid;
}

// The same, a kind of dispute to a row: where the printed form is too wide.
Grid DisputesByRow(const Source& source) {
  Grid grid;
  size_t label_width = 0;
  const auto label = [&source](const LayoutRow& row) {
    return row.heads.empty() ? source.RowLabel(row)
                             : EnumLabel(row.heads.front(), source.language) +
                                   " · " + source.RowLabel(row);
  };
  for (const LayoutRow& row : source.rows) {
    label_width = std::max(label_width, source.Width(label(row)));
  }
  grid.widths.push_back(0);
  GridRow head{{{""}}, true};
  for (size_t i = 0; i < source.rows.front().cells.size(); ++i) {
    const std::string column = source.ColumnLabel(source.rows.front().cells[i]);
    grid.widths.push_back(FigureColumnWidth(source, column, i));
    head.cells.push_back({column, 1, Align::kCenter});
  }
  const size_t others = GridWidth(grid);
  const size_t left = kPageWidth > others ? kPageWidth - others : 0;
  grid.widths.front() =
      std::min(label_width, std::max(left, kRowLabelWidthMin));
  grid.rows.push_back(std::move(head));
  for (const LayoutRow& row : source.rows) {
    GridRow line{{{label(row)}}, true};
    for (const CellIndex cell : row.cells) {
      line.cells.push_back({source.Figure(cell), 1, Align::kRight});
    }
    grid.rows.push_back(std::move(line));
  }
  return grid;
}

}  // namespace

std::string RenderTable(const v1::Report& report, int table_number,
                        Language language, AmbiguousWidth ambiguous) {
  const Source source{report,
                      report::ReadCells(report),
                      LayOutTable(report, table_number),
                      report::EditionOf(report, table_number),
                      language,
                      ambiguous};
  if (source.rows.empty()) return std::string();
  if (table_number == 2) return RenderGrid(DocumentsGrid(source), ambiguous);
  if (table_number == 3) return RenderGrid(ApplicationsGrid(source), ambiguous);
  const Grid printed = DisputesGrid(source);
  return RenderGrid(
      GridWidth(printed) <= kPageWidth ? printed : DisputesByRow(source),
      ambiguous);
}

}  // namespace annals::client
