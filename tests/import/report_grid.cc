#include "tests/import/report_grid.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/import/reading.h"
#include "client/import/unicode.h"
#include "service/report/schema.h"
#include "tests/import/form_labels.h"

namespace annals::client {
namespace {

constexpr size_t kApplicantColumns = 7;
constexpr size_t kLabelColumns = 3;

MadeCell Text(std::string text) {
  MadeCell cell;
  cell.text = std::move(text);
  return cell;
}

// Appends a cell that spans `columns`.
void Span(const MadeCell& cell, size_t columns, MadeRow* row) {
  row->cells.push_back(cell);
  MadeCell covered = cell;
  covered.covered_left = true;
  for (size_t i = 1; i < columns; ++i) row->cells.push_back(covered);
}

MadeCell FigureCell(report::CellIndex cell, const Print& print) {
  MadeCell figure = Text(print(Info(cell).id));
  figure.figure = true;
  return figure;
}

// The cells of a row spread over the three columns that table two has for them.
void SpreadOverThree(const std::vector<MadeCell>& cells, MadeRow* row) {
  for (size_t i = 0; i < cells.size(); ++i) {
    const bool last = i + 1 == cells.size();
    Span(cells[i], last ? 3 - i : 1, row);
  }
}

// Covers a cell that has the text of the one above, unless it is a figure.
void CoverRepeats(Grid* grid, size_t columns) {
  std::vector<std::string> above(columns);
  for (MadeRow& row : *grid) {
    for (size_t c = 0; c < columns && c < row.cells.size(); ++c) {
      MadeCell& cell = row.cells[c];
      if (!cell.text.empty() && !cell.covered_left && cell.text == above[c]) {
        cell.covered_above = true;
      }
      above[c] = cell.covered_left ? "" : cell.text;
    }
  }
}

Grid Table3Head(v1::Edition edition, const Wording& wording) {
  const std::string note =
      v1::Table3::descriptor()->options().GetExtension(v1::table_note).zh();
  MadeRow applicants;
  Span(Text(wording(absl::StrCat("（", note, "）"))), kLabelColumns,
       &applicants);
  MadeRow kinds = applicants;
  for (MadeCell& cell : kinds.cells) cell.covered_above = true;
  MadeRow organisations = kinds;
  Span(Text(wording("申请人情况")), kApplicantColumns, &applicants);
  const FormRow form = FormRows(3).front();
  for (size_t c = 0; c < form.cells.size(); ++c) {
    MadeCell cell = Text(wording(Label(Info(form.cells[c]).figure, edition)));
    const bool organisation = c > 0 && c + 1 < form.cells.size();
    organisations.cells.push_back(cell);
    organisations.cells.back().covered_above = !organisation;
    if (organisation) cell = Text(wording("法人或其他组织"));
    cell.covered_left = organisation && c > 1;
    kinds.cells.push_back(cell);
  }
  return {applicants, kinds, organisations};
}

int CharacterWidth(char32_t code, bool narrow) {
  return narrow ? 1 : DisplayWidth(code);
}

int Width(const std::string& text, bool narrow) {
  int width = 0;
  for (absl::string_view rest = text; !rest.empty();) {
    const CodePoint point = DecodeFirst(rest);
    width += CharacterWidth(point.value, narrow);
    rest.remove_prefix(point.size);
  }
  return width;
}

std::vector<std::string> Wrap(const std::string& text, int width, bool narrow) {
  std::vector<std::string> lines = {""};
  for (absl::string_view rest = text; !rest.empty();) {
    const CodePoint point = DecodeFirst(rest);
    if (Width(lines.back(), narrow) + CharacterWidth(point.value, narrow) >
        width) {
      lines.emplace_back();
    }
    absl::StrAppend(&lines.back(), rest.substr(0, point.size));
    rest.remove_prefix(point.size);
  }
  return lines;
}

class GridPrinter {
 public:
  GridPrinter(const Grid& grid, const GridStyle& style)
      : grid_(grid), style_(style) {}

  std::string Print() {
    MeasureColumns();
    bool first = true;
    for (const MadeRow& row : grid_) {
      if (!row.loose_text.empty()) {
        absl::StrAppend(&out_, row.loose_text, "\n");
        continue;
      }
      PrintRow(row);
      if (first && style_.layout == GridLayout::kMarkdown) {
        absl::StrAppend(&out_, "|");
        for (size_t i = 0; i < row.cells.size(); ++i) {
          absl::StrAppend(&out_, "---|");
        }
        absl::StrAppend(&out_, "\n");
      }
      first = false;
    }
    return out_;
  }

 private:
  bool InColumns() const {
    return style_.layout == GridLayout::kColumns ||
           style_.layout == GridLayout::kTightColumns;
  }

  std::vector<std::string> Texts(const MadeRow& row) const {
    std::vector<std::string> texts;
    for (const MadeCell& cell : row.cells) {
      if (!cell.IsCovered() || style_.spans == SpanText::kRepeated) {
        texts.push_back(cell.text);
      } else if (style_.spans == SpanText::kBlank) {
        texts.emplace_back();
      }
    }
    return texts;
  }

  // The widest cell of each column, up to a limit.
  void MeasureColumns() {
    const int limit = style_.narrow ? 8 : 16;
    for (const MadeRow& row : grid_) {
      for (size_t c = 0; c < row.cells.size(); ++c) {
        if (widths_.size() <= c) widths_.push_back(2);
        const MadeCell& cell = row.cells[c];
        const bool spans =
            c + 1 < row.cells.size() && row.cells[c + 1].covered_left;
        const bool wraps = !cell.figure && cell.text.size() > 24;
        if (cell.covered_left || (spans && !cell.figure)) continue;
        const int width = Width(cell.text, style_.narrow);
        widths_[c] =
            std::max(widths_[c], wraps ? std::min(width, limit) : width);
      }
    }
  }

  void PrintRow(const MadeRow& row) {
    switch (style_.layout) {
      case GridLayout::kBars:
      case GridLayout::kMarkdown:
        absl::StrAppend(&out_, "| ", absl::StrJoin(Texts(row), " | "), " |\n");
        return;
      case GridLayout::kOpenBars:
        absl::StrAppend(&out_, absl::StrJoin(Texts(row), " | "), " |\n");
        return;
      case GridLayout::kTabs:
        absl::StrAppend(&out_, absl::StrJoin(Texts(row), "\t"), "\n");
        return;
      case GridLayout::kCellPerLine:
      case GridLayout::kBlankSeparated:
        PrintVertically(row);
        return;
      case GridLayout::kSpaced:
        PrintSpaced(row);
        return;
      case GridLayout::kColumns:
      case GridLayout::kTightColumns:
        PrintInColumns(row);
    }
  }

  void PrintVertically(const MadeRow& row) {
    for (const MadeCell& cell : row.cells) {
      if (cell.IsCovered() || cell.text.empty()) continue;
      absl::StrAppend(
          &out_, cell.text,
          style_.layout == GridLayout::kBlankSeparated ? "\n\n" : "\n");
    }
  }

  void PrintSpaced(const MadeRow& row) {
    std::string line;
    for (const MadeCell& cell : row.cells) {
      if (cell.IsCovered() || cell.text.empty()) continue;
      const auto pieces = Wrap(cell.text, 24, style_.narrow);
      for (size_t i = 0; i < pieces.size(); ++i) {
        absl::StrAppend(&line, line.empty() ? "" : " ", pieces[i]);
        if (i + 1 == pieces.size() || cell.figure) continue;
        absl::StrAppend(&out_, line, "\n");
        line.clear();
      }
    }
    absl::StrAppend(&out_, line, "\n");
  }

  void PrintInColumns(const MadeRow& row) {
    std::vector<std::vector<std::string>> wrapped(row.cells.size());
    size_t height = 1;
    for (size_t c = 0; c < row.cells.size(); ++c) {
      const MadeCell& cell = row.cells[c];
      if (cell.IsCovered()) continue;
      int width = widths_[c];
      for (size_t next = c + 1;
           next < row.cells.size() && row.cells[next].covered_left; ++next) {
        width += 2 + widths_[next];
      }
      wrapped[c] = Wrap(cell.text, width, style_.narrow);
      if (cell.figure) wrapped[c] = {cell.text};
      height = std::max(height, wrapped[c].size());
    }
    for (size_t i = 0; i < height; ++i) PrintLine(row, wrapped, i, height);
    if (style_.layout == GridLayout::kColumns) absl::StrAppend(&out_, "\n");
  }

  void PrintLine(const MadeRow& row,
                 const std::vector<std::vector<std::string>>& wrapped, size_t i,
                 size_t height) {
    std::string line;
    int column = 0;
    int at = 0;
    for (size_t c = 0; c < row.cells.size(); ++c) {
      const size_t own = wrapped[c].size();
      size_t first = (height - own) / 2;
      if (row.cells[c].figure) {
        if (style_.figures == GridStyle::FigureLine::kFirst) first = 0;
        if (style_.figures == GridStyle::FigureLine::kLast) first = height - 1;
      }
      if (own > 0 && i >= first && i < first + own &&
          !wrapped[c][i - first].empty()) {
        const std::string& piece = wrapped[c][i - first];
        const int pad =
            row.cells[c].figure ? widths_[c] - Width(piece, style_.narrow) : 0;
        const int gap = std::max(at + pad - column, column == 0 ? 0 : 1);
        absl::StrAppend(&line, std::string(gap, ' '), piece);
        column += gap + Width(piece, style_.narrow);
      }
      at += widths_[c] + 2;
    }
    absl::StrAppend(&out_, line, "\n");
  }

  const Grid& grid_;
  const GridStyle& style_;
  std::vector<int> widths_;
  std::string out_;
};

}  // namespace

Grid Table2Grid(v1::Edition edition, const Wording& wording,
                const Print& print) {
  Grid grid;
  std::string article;
  for (const FormRow& form : FormRows(2)) {
    const auto cells = PrintedCells(form, edition);
    if (cells.empty()) continue;
    const std::string head = Heads(form.field).front();
    if (head != article) {
      article = head;
      MadeRow title;
      Span(Text(wording(head)), 4, &title);
      grid.push_back(title);
      MadeRow columns;
      columns.cells.push_back(Text(wording("信息内容")));
      std::vector<MadeCell> names;
      for (report::CellIndex cell : cells) {
        std::string name = Label(Info(cell).figure, edition);
        if (Info(cell).unit == v1::UNIT_AS_PRINTED) name += "（万元）";
        names.push_back(Text(wording(name)));
      }
      SpreadOverThree(names, &columns);
      grid.push_back(columns);
    }
    MadeRow row;
    row.id = absl::StrCat("t2.", form.field->name());
    row.cells.push_back(Text(wording(Label(form.field, edition))));
    std::vector<MadeCell> figures;
    for (report::CellIndex cell : cells) {
      figures.push_back(FigureCell(cell, print));
    }
    SpreadOverThree(figures, &row);
    grid.push_back(row);
  }
  return grid;
}

Grid Table3Grid(v1::Edition edition, const Wording& wording,
                const Print& print) {
  Grid grid = Table3Head(edition, wording);
  for (const FormRow& form : FormRows(3)) {
    if (form.CellsIn(edition).empty()) continue;
    MadeRow row;
    row.id = absl::StrCat("t3.", form.field->name());
    for (const std::string& head : Heads(form.field)) {
      row.cells.push_back(Text(wording(head)));
    }
    Span(Text(wording(Label(form.field, edition))),
         kLabelColumns - row.cells.size(), &row);
    for (report::CellIndex cell : form.cells) {
      row.cells.push_back(FigureCell(cell, print));
    }
    grid.push_back(row);
  }
  CoverRepeats(&grid, 2);
  return grid;
}

Grid Table4Grid(const Wording& wording, const Print& print) {
  MadeRow top;
  MadeRow kinds;
  MadeRow outcomes;
  MadeRow figures;
  figures.id = "t4";
  const auto forms = FormRows(4);
  Span(Text(wording(Label(forms[0].field, v1::EDITION_2021))), 5, &top);
  Span(Text(wording("行政诉讼")), 10, &top);
  for (size_t i = 0; i < forms.size(); ++i) {
    if (i > 0) {
      Span(Text(wording(Label(forms[i].field, v1::EDITION_2021))), 5, &kinds);
    }
    for (report::CellIndex cell : forms[i].cells) {
      MadeCell outcome =
          Text(wording(Label(Info(cell).figure, v1::EDITION_2021)));
      if (i == 0) kinds.cells.push_back(outcome);
      outcome.covered_above = i == 0;
      outcomes.cells.push_back(outcome);
      figures.cells.push_back(FigureCell(cell, print));
    }
  }
  return {top, kinds, outcomes, figures};
}

Grid Transposed(const Grid& grid) {
  Grid turned;
  for (size_t r = 0; r < grid.size(); ++r) {
    for (size_t c = 0; c < grid[r].cells.size(); ++c) {
      if (turned.size() <= c) turned.resize(c + 1);
      MadeCell cell = grid[r].cells[c];
      std::swap(cell.covered_left, cell.covered_above);
      turned[c].cells.resize(r + 1);
      turned[c].cells[r] = cell;
    }
  }
  return turned;
}

std::string RenderGrid(const Grid& grid, const GridStyle& style) {
  return GridPrinter(grid, style).Print();
}

}  // namespace annals::client
