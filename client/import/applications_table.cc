// Table three: what was applied for, and what became of it.

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/counted.h"
#include "client/import/applications_head.h"
#include "client/import/applications_rows.h"
#include "client/import/blank_rows.h"
#include "client/import/column_grid.h"
#include "client/import/label_match.h"
#include "client/import/runs.h"
#include "client/import/tables.h"

namespace annals::client {
namespace {

// Display columns that a figure may stand aside from its column.
constexpr int kMaxShift = 4;

const ErrorText& NearLabel() {
  static const auto* text =
      new ErrorText{"The row's label is not quite that of the form.",
                    "该行标签与格式中的标签不完全一致。"};
  return *text;
}

const ErrorText& ByPlace() {
  static const auto* text = new ErrorText{
      "The figures stand apart from their label; the row was told by its "
      "place.",
      "数字与标签分离，仅按位置判断所在行。"};
  return *text;
}

const ErrorText& OutOfOrder() {
  static const auto* text = new ErrorText{
      "The row is printed out of the form's order or more than once.",
      "该行的顺序与格式不符，或重复出现。"};
  return *text;
}

const ErrorText& BrokenSum() {
  static const auto* text = new ErrorText{
      "The figures do not stand on their label's line and do not add up; one "
      "may "
      "be missing.",
      "数字与标签不在同一行且合计不符，可能缺少数字。"};
  return *text;
}

ErrorText NamedTwice() {
  return {"Different figures are printed under the name of one column.",
          "同一列名下有不同的数字。"};
}

const ErrorText& UnknownHead() {
  static const auto* text =
      new ErrorText{"The head of the table's columns was not recognised.",
                    "未能识别表头各列名称。"};
  return *text;
}

const ErrorText& ShiftedColumns() {
  static const auto* text = new ErrorText{
      "Many rows of the table do not add up; the columns may be shifted.",
      "表中多行合计不符，各列可能错位。"};
  return *text;
}

ErrorText WrongCount(size_t count) {
  return {absl::StrCat("The row prints ", Counted(count, "figure", "figures"),
                       " for ", kApplicantColumns, " columns."),
          absl::StrCat("该行有 ", count, " 个数字，而表有 ", kApplicantColumns,
                       " 列。")};
}

// Places the figures of a row that has some cells blank under the columns of a
// full row printed nearby. Empty if a figure is between columns.
std::vector<const Atom*> AlignByPlace(const Run& run,
                                      const std::vector<const Atom*>& full) {
  std::vector<const Atom*> cells(kApplicantColumns, nullptr);
  size_t next = 0;
  for (const Atom* atom : run.cells) {
    const int middle = atom->begin + atom->end;
    size_t best = 0;
    for (size_t c = 1; c < kApplicantColumns; ++c) {
      const auto distance = [&](size_t column) {
        return std::abs(full[column]->begin + full[column]->end - middle);
      };
      if (distance(c) < distance(best)) best = c;
    }
    const int shift =
        std::abs(full[best]->begin + full[best]->end - middle) / 2;
    if (best < next || shift > kMaxShift) return {};
    cells[best] = atom;
    next = best + 1;
  }
  return cells;
}

class ApplicationsReader {
 public:
  explicit ApplicationsReader(const TableSource& source)
      : source_(source),
        lines_(source.lines),
        range_(source.range),
        form_(FormRows(3)),
        runs_(FindRuns(source.lines, source.range)) {}

  TableReading Read(std::vector<Remark>* remarks) {
    assignment_ = AssignRows(lines_, range_, runs_, form_, source_.year);
    FindFiller();
    FindGrid();
    FindShapes();
    for (const TableRow& row : assignment_.rows) {
      if (row.row != -1) ReadRow(row);
    }
    if (!readings_.empty()) CheckHead();
    CheckSums();
    RemarkEdition(remarks);
    TableReading table;
    table.edition = assignment_.edition;
    Row cells = Merge();
    LabelMatcher matcher = ApplicationsMatcher(form_);
    AddBlankRows(lines_, range_, form_, table.edition, &matcher, &cells);
    table.cells = CompleteCells(
        3, table.edition, std::move(cells),
        {"The row was not found in the text.", "文本中未找到该行。"});
    return table;
  }

 private:
  using Row = std::vector<CellReading>;

  struct TableLine {
    int row = -1;  // Of the form.
    bool in_grid = false;
    Row cells;
  };

  void FindFiller() {
    size_t rows = 0;
    size_t wide = 0;
    for (const TableRow& row : assignment_.rows) {
      if (row.row == -1) continue;
      const Run& run = runs_[row.run];
      if (run.delimited && run.cells.size() > kApplicantColumns) {
        has_filler_ = true;
      }
      ++rows;
      if (run.FigureCount() > kApplicantColumns) ++wide;
    }
    has_extra_column_ = wide > 1 || wide * 4 > rows;
  }

  // The grid of most rows.
  void FindGrid() {
    std::map<int, int> rows_with;
    int cells = 0;
    for (const TableRow& row : assignment_.rows) {
      if (row.row == -1) continue;
      const Line& line = lines_[runs_[row.run].first_line];
      if (!line.barred || runs_[row.run].vertical) continue;
      if (++rows_with[line.cells] > rows_with[cells]) cells = line.cells;
    }
    if (cells == 0) return;
    std::vector<std::vector<std::u32string>> wordings;
    for (report::CellIndex cell : form_[0].cells) {
      wordings.push_back(ApplicantNames(cell));
    }
    grid_ = ColumnGrid::Find(lines_,
                             {range_.begin, runs_[FirstRowRun()].first_line},
                             cells, wordings);
  }

  bool InGrid(const Run& run) const {
    if (!grid_.has_value() || run.vertical ||
        !grid_->Fits(lines_[run.first_line])) {
      return false;
    }
    return grid_->NamedColumns() == kApplicantColumns ||
           run.FigureCount() != kApplicantColumns;
  }

  // How a barred row is cut into cells: how many there are, and which ones are
  // the figures'.
  struct Shape {
    int cells = 0;
    int first = 0;
    int last = 0;

    bool operator<(const Shape& other) const {
      return std::tie(cells, first, last) <
             std::tie(other.cells, other.first, other.last);
    }
  };

  Shape ShapeOf(const Run& run) const {
    return {lines_[run.first_line].cells, run.cells.front()->cell,
            run.cells.back()->cell};
  }

  bool MayHaveShape(const Run& run) const {
    return lines_[run.first_line].barred && !run.vertical &&
           run.cells.size() == kApplicantColumns;
  }

  // A row of fewer cells than others lacks some: its blank cells may be those
  // of its label, and its figures not at their places.
  bool IsShort(const Run& run) const {
    const Line& line = lines_[run.first_line];
    return line.barred && line.cells < widest_;
  }

  // Full rows that are cut alike show which cells are the columns.
  void FindShapes() {
    for (size_t i = range_.begin; i < range_.end; ++i) {
      widest_ = std::max(widest_, lines_[i].cells);
    }
    for (const TableRow& row : assignment_.rows) {
      const Run& run = runs_[row.run];
      if (row.row != -1 && MayHaveShape(run) &&
          run.FigureCount() == kApplicantColumns) {
        ++full_rows_[ShapeOf(run)];
      }
    }
  }

  bool HasShapeOfFullRows(const Run& run) const {
    constexpr int kMinFullRows = 3;
    if (!MayHaveShape(run)) return false;
    const auto found = full_rows_.find(ShapeOf(run));
    return found != full_rows_.end() && found->second >= kMinFullRows;
  }

  static std::vector<const Atom*> WithoutBlanks(const Run& run) {
    std::vector<const Atom*> cells = run.cells;
    for (const Atom*& atom : cells) {
      if (atom->kind == AtomKind::kBlank) atom = nullptr;
    }
    return cells;
  }

  Alignment Align(const Run& run) const {
    if (InGrid(run)) {
      bool conflict = false;
      Alignment alignment = {grid_->Align(run, &conflict), true};
      if (conflict) alignment.cells.clear();
      return alignment;
    }
    if (HasShapeOfFullRows(run)) return {WithoutBlanks(run), true};
    Alignment alignment =
        AlignRun(run, kApplicantColumns, has_filler_ || IsShort(run));
    if (!alignment.cells.empty() || run.delimited || run.vertical ||
        run.FigureCount() >= kApplicantColumns || last_full_.empty()) {
      return alignment;
    }
    return {AlignByPlace(run, last_full_), false};
  }

  void ReadRow(const TableRow& row) {
    const Run& run = runs_[row.run];
    const auto cells = form_[row.row].CellsIn(assignment_.edition);
    const Alignment alignment = Align(run);
    Row readings;
    for (size_t c = 0; c < cells.size(); ++c) {
      if (alignment.cells.empty()) {
        readings.push_back(UnreadableCell(
            cells[c], run.LineNumber(), run.Printed(),
            InGrid(run) ? NamedTwice() : WrongCount(run.FigureCount())));
        continue;
      }
      readings.push_back(ReadCell(cells[c], alignment.cells[c],
                                  run.LineNumber(), v1::UNIT_UNSPECIFIED));
      CellReading& reading = readings.back();
      if (!alignment.certain) Doubt(WrongCount(run.FigureCount()), &reading);
      if (row.basis == RowBasis::kPlace) Doubt(ByPlace(), &reading);
      if (row.basis == RowBasis::kDisorder) Doubt(OutOfOrder(), &reading);
      if (row.basis == RowBasis::kNearLabel) Doubt(NearLabel(), &reading);
    }
    if (alignment.certain && !run.delimited &&
        run.FigureCount() == kApplicantColumns && !run.vertical) {
      last_full_ = alignment.cells;
    }
    DoubtLayout(row, &readings);
    readings_.push_back({row.row, InGrid(run), std::move(readings)});
  }

  void DoubtLayout(const TableRow& row, Row* readings) const {
    const Run& run = runs_[row.run];
    const bool adds_up = RowAddsUp(*readings);
    if (!row.beside && !adds_up) DoubtAll(BrokenSum(), readings);
    const bool shifted =
        run.delimited && !InGrid(run) && run.cells.size() != kApplicantColumns;
    const bool has_more =
        InGrid(run) ? grid_->HasNamelessFigure(run) : has_extra_column_;
    if (has_more || (shifted && (!adds_up || !IsFull(*readings)))) {
      DoubtAll(MaybeShifted(), readings);
    }
    if (MayGoOnBelow(lines_, runs_, row.run)) {
      const Run& below = runs_[row.run + 1];
      // A page number may stand below a row, or another row.
      const bool other =
          (below.FigureCount() == 1 && !below.delimited &&
           AddsUpWithBlanks(*readings)) ||
          assignment_.rows[row.run + 1].basis == RowBasis::kLabel;
      if (!other) DoubtAll(MaybeBroken(), readings);
    }
    DoubtPageNumbers(source_, run, readings);
  }

  static bool AddsUpWithBlanks(const Row& row) {
    int64_t sum = 0;
    for (size_t c = 0; c + 1 < row.size(); ++c) {
      if (__builtin_add_overflow(sum, row[c].value.value_or(0), &sum)) {
        return false;
      }
    }
    return row.back().value == sum;
  }

  static bool IsFull(const Row& row) {
    return std::all_of(row.begin(), row.end(), [](const CellReading& reading) {
      return reading.value.has_value();
    });
  }

  static void DoubtAll(const ErrorText& reason, Row* row) {
    for (CellReading& reading : *row) Doubt(reason, &reading);
  }

  // True also if there is nothing to add.
  static bool RowAddsUp(const Row& row) {
    int64_t sum = 0;
    for (size_t c = 0; c < row.size(); ++c) {
      if (!row[c].value.has_value()) return true;
      const int64_t value = *row[c].value;
      const bool total = c + 1 == row.size();
      if (total) return sum == value;
      if (__builtin_add_overflow(sum, value, &sum)) return false;
    }
    return true;
  }

  static bool HasFigures(const Row& row) {
    return std::any_of(row.begin(), row.end(), [](const CellReading& reading) {
      return reading.value.value_or(0) != 0;
    });
  }

  // Figures are told to columns by their count only if the head above them
  // names the official columns, and nothing else.
  void CheckHead() {
    if (NamesApplicantsOnly(lines_, {range_.begin, FirstFigures()}, form_)) {
      return;
    }
    for (TableLine& row : readings_) {
      if (!row.in_grid) DoubtAll(UnknownHead(), &row.cells);
    }
  }

  // The line of the first row, known or not.
  size_t FirstFigures() const {
    const size_t known = runs_[FirstRowRun()].first_line;
    for (const Run& run : runs_) {
      if (run.FigureCount() >= kApplicantColumns) {
        return std::min(known, run.first_line);
      }
    }
    return known;
  }

  size_t FirstRowRun() const {
    for (const TableRow& row : assignment_.rows) {
      if (row.row != -1) return row.run;
    }
    return 0;
  }

  void CheckSums() {
    size_t rows = 0;
    size_t broken = 0;
    for (const TableLine& row : readings_) {
      if (!HasFigures(row.cells)) continue;
      ++rows;
      if (!RowAddsUp(row.cells)) ++broken;
    }
    if (rows < 4 || broken * 4 <= rows) return;
    for (TableLine& row : readings_) DoubtAll(ShiftedColumns(), &row.cells);
  }

  void RemarkEdition(std::vector<Remark>* remarks) const {
    if (assignment_.edition_printed || readings_.empty()) return;
    AddRemark("TABLE3_EDITION_ASSUMED", lines_[range_.begin].number,
              {"Table three does not show its edition; that of the year is "
               "assumed.",
               "表三未能看出格式版本，按年度推定。"},
              remarks);
  }

  // One reading per cell; a row printed more than once is certain only if all
  // prints agree.
  std::vector<CellReading> Merge() {
    std::map<report::CellIndex, CellReading> merged;
    for (TableLine& row : readings_) {
      for (CellReading& reading : row.cells) {
        const auto [known, is_new] = merged.emplace(reading.cell, reading);
        if (is_new) continue;
        if (known->second.value == reading.value) continue;
        Doubt(OutOfOrder(), &known->second);
      }
    }
    std::vector<CellReading> result;
    for (auto& [cell, reading] : merged) result.push_back(std::move(reading));
    return result;
  }

  const TableSource& source_;
  const std::vector<Line>& lines_;
  const LineRange range_;
  const std::vector<FormRow> form_;
  const std::vector<Run> runs_;
  RowAssignment assignment_;
  bool has_filler_ = false;
  // The most cells that a line of the table has.
  int widest_ = 0;
  std::vector<const Atom*> last_full_;
  std::optional<ColumnGrid> grid_;
  std::map<Shape, int> full_rows_;
  // Many rows have more figures than the form has columns.
  bool has_extra_column_ = false;
  std::vector<TableLine> readings_;
};

}  // namespace

TableReading ReadApplicationsTable(const TableSource& source,
                                   std::vector<Remark>* remarks) {
  if (source.range.IsEmpty()) {
    TableReading table;
    table.edition = EditionOfYear(source.year);
    table.cells = CompleteCells(
        3, table.edition, {},
        {"Table three was not found in the text.", "文本中未找到表三。"});
    return table;
  }
  return ApplicationsReader(source).Read(remarks);
}

}  // namespace annals::client
