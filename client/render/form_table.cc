#include "client/render/form_table.h"

#include <algorithm>
#include <utility>

#include "annals/v1/schema_options.pb.h"
#include "client/render/table_layout.h"

namespace annals::client {
namespace {

using report::CellIndex;
using report::CellInfo;
using report::EnumLabel;

// The widths of the columns in the template of 国办公开办函〔2021〕30号, in
// twentieths of a point.
constexpr int kRowHeadWidths[] = {754, 921, 3271};
constexpr int kFigureWidth = 685;

// What stands above a column or before a row: heads, then its own label.
using LabelPath = std::vector<std::string>;

// A label over one or more neighbouring lines (columns, or rows).
struct LabelSpan {
  std::string text;
  size_t level = 0;   // Its distance from the outermost.
  size_t levels = 1;  // How many levels it takes.
  size_t line = 0;
  size_t lines = 1;
};

bool SameHeads(const LabelPath& a, const LabelPath& b, size_t level) {
  if (level + 1 >= a.size() || level + 1 >= b.size()) return false;
  return std::equal(a.begin(), a.begin() + level + 1, b.begin());
}

size_t DepthOf(const std::vector<LabelPath>& paths) {
  size_t depth = 0;
  for (const LabelPath& path : paths) depth = std::max(depth, path.size());
  return depth;
}

// Heads that neighbours share are merged; a line's own label takes the levels
// that are left.
std::vector<LabelSpan> SpansOf(const std::vector<LabelPath>& paths) {
  const size_t depth = DepthOf(paths);
  std::vector<LabelSpan> spans;
  for (size_t i = 0; i < paths.size(); ++i) {
    for (size_t level = 0; level < paths[i].size(); ++level) {
      if (i > 0 && SameHeads(paths[i - 1], paths[i], level)) continue;
      LabelSpan span{paths[i][level], level, 1, i, 1};
      if (level + 1 == paths[i].size()) span.levels = depth - level;
      while (i + span.lines < paths.size() &&
             SameHeads(paths[i], paths[i + span.lines], level)) {
        ++span.lines;
      }
      spans.push_back(std::move(span));
    }
  }
  return spans;
}

// Builds one table.
class TableBuilder {
 public:
  TableBuilder(const v1::Report& report, int table_number, Language language)
      : report_(report),
        cells_(report::ReadCells(report)),
        rows_(LayOutTable(report, table_number)),
        edition_(report::EditionOf(report, table_number)),
        language_(language) {
    table_.number = table_number;
  }

  FormTable Build() {
    if (rows_.empty()) return std::move(table_);
    if (table_.number == 2) BuildDocuments();
    if (table_.number == 3) BuildApplications();
    if (table_.number == 4) BuildDisputes();
    return std::move(table_);
  }

 private:
  static const CellInfo& Info(CellIndex cell) {
    return report::Schema::Get().cells()[cell];
  }
  std::string RowLabel(const LayoutRow& row) const {
    return LabelIn(edition_, row.row, language_);
  }
  std::string ColumnLabel(CellIndex cell) const {
    return LabelIn(edition_, Info(cell).figure, language_);
  }

  LabelPath Path(const std::vector<v1::Head>& heads, std::string label) const {
    LabelPath path;
    for (const v1::Head head : heads) {
      path.push_back(EnumLabel(head, language_));
    }
    path.push_back(std::move(label));
    return path;
  }

  FormCell Figure(CellIndex cell, size_t column, size_t span) const {
    const PrintedCell printed = CellAsPrinted(report_, cells_, cell);
    return {.text = printed.text,
            .column = column,
            .column_span = span,
            .cell = cell,
            .is_note = printed.is_note};
  }

  // Table 2: groups under the articles of the 条例, each with its own columns.
  void BuildDocuments() {
    size_t figures = 0;
    for (const LayoutRow& row : rows_) {
      figures = std::max(figures, row.cells.size());
    }
    table_.widths.assign(figures + 1, kFigureWidth);
    const LayoutRow* before = nullptr;
    for (const LayoutRow& row : rows_) {
      if (before == nullptr || before->heads != row.heads) AddGroupHead(row);
      if (before == nullptr || !SameColumns(*before, row)) AddColumnHeads(row);
      FormTableRow line{{{FormRole::kRowHead, RowLabel(row)}}};
      for (size_t i = 0; i < row.cells.size(); ++i) {
        line.cells.push_back(Figure(row.cells[i], i + 1, SpanOf(row, i)));
      }
      table_.rows.push_back(std::move(line));
      before = &row;
    }
  }

  static bool SameColumns(const LayoutRow& a, const LayoutRow& b) {
    return a.heads == b.heads &&
           std::equal(a.cells.begin(), a.cells.end(), b.cells.begin(),
                      b.cells.end(), [](CellIndex left, CellIndex right) {
                        return Info(left).figure == Info(right).figure;
                      });
  }

  // The last column of a group takes what the others leave.
  size_t SpanOf(const LayoutRow& row, size_t i) const {
    return i + 1 == row.cells.size() ? table_.columns() - row.cells.size() : 1;
  }

  void AddGroupHead(const LayoutRow& row) {
    for (const v1::Head head : row.heads) {
      FormCell cell{FormRole::kGroupHead, EnumLabel(head, language_)};
      cell.column_span = table_.columns();
      table_.rows.push_back({{std::move(cell)}});
    }
  }

  void AddColumnHeads(const LayoutRow& row) {
    FormTableRow line{{{FormRole::kColumnHead, RowLabelHead().In(language_)}}};
    for (size_t i = 0; i < row.cells.size(); ++i) {
      FormCell cell{FormRole::kColumnHead, ColumnLabel(row.cells[i]), i + 1};
      cell.column_span = SpanOf(row, i);
      line.cells.push_back(std::move(cell));
    }
    table_.rows.push_back(std::move(line));
  }

  // Adds the heads of columns as the first rows, `offset` columns from the
  // left.
  void AddHeadRows(const std::vector<LabelPath>& columns, size_t offset) {
    table_.head_rows = DepthOf(columns);
    table_.rows.resize(table_.head_rows);
    for (LabelSpan& span : SpansOf(columns)) {
      table_.rows[span.level].cells.push_back(
          {FormRole::kColumnHead, std::move(span.text), offset + span.line,
           span.levels, span.lines});
    }
  }

  // Table 3: who applied above, what came of it at the left.
  void BuildApplications() {
    std::vector<LabelPath> rows;
    for (const LayoutRow& row : rows_) {
      rows.push_back(Path(row.heads, RowLabel(row)));
    }
    const size_t depth = DepthOf(rows);
    for (size_t i = 0; i < depth; ++i) {
      table_.widths.push_back(kRowHeadWidths[std::min<size_t>(i, 2)]);
    }
    std::vector<LabelPath> columns;
    for (const CellIndex cell : rows_.front().cells) {
      columns.push_back(Path(HeadsOf(Info(cell).figure), ColumnLabel(cell)));
      table_.widths.push_back(kFigureWidth);
    }
    AddHeadRows(columns, depth);
    FormCell note{FormRole::kNote, Note()};
    note.row_span = table_.head_rows;
    note.column_span = depth;
    auto& first = table_.rows.front().cells;
    first.insert(first.begin(), std::move(note));
    AddApplicationRows(rows, depth);
  }

  void AddApplicationRows(const std::vector<LabelPath>& labels, size_t depth) {
    const size_t top = table_.rows.size();
    table_.rows.resize(top + rows_.size());
    for (LabelSpan& span : SpansOf(labels)) {
      table_.rows[top + span.line].cells.push_back(
          {FormRole::kRowHead, std::move(span.text), span.level, span.lines,
           span.levels});
    }
    for (size_t i = 0; i < rows_.size(); ++i) {
      size_t column = depth;
      for (const CellIndex cell : rows_[i].cells) {
        table_.rows[top + i].cells.push_back(Figure(cell, column++, 1));
      }
    }
  }

  std::string Note() const {
    const auto& options =
        Info(rows_.front().cells.front()).table->message_type()->options();
    if (!options.HasExtension(v1::table_note)) return std::string();
    const v1::Label& note = options.GetExtension(v1::table_note);
    return language_ == Language::kZh ? note.zh() : note.en();
  }

  // Table 4: all figures in one row.
  void BuildDisputes() {
    std::vector<LabelPath> columns;
    FormTableRow figures;
    for (const LayoutRow& row : rows_) {
      for (const CellIndex cell : row.cells) {
        LabelPath path = Path(row.heads, RowLabel(row));
        path.push_back(ColumnLabel(cell));
        columns.push_back(std::move(path));
        figures.cells.push_back(Figure(cell, figures.cells.size(), 1));
      }
    }
    table_.widths.assign(columns.size(), kFigureWidth);
    AddHeadRows(columns, 0);
    table_.rows.push_back(std::move(figures));
  }

  const v1::Report& report_;
  const report::Cells cells_;
  const std::vector<LayoutRow> rows_;
  const v1::Edition edition_;
  const Language language_;
  FormTable table_;
};

}  // namespace

FormTable LayOutFormTable(const v1::Report& report, int table_number,
                          Language language) {
  return TableBuilder(report, table_number, language).Build();
}

}  // namespace annals::client
