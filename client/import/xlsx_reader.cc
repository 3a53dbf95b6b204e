#include "client/import/xlsx_reader.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "client/import/cpu_deadline.h"
#include "client/import/figure.h"
#include "client/import/limit_error.h"
#include "client/import/reader_error.h"
#include "client/import/unicode.h"
#include "client/import/xlsx_form_names.h"
#include "client/import/xlsx_sight.h"
#include "client/import/xlsx_workbook.h"
#include "client/import/xml_part.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

bool IsFigure(const std::string& text) {
  Figure figure;
  return ParseFigure(TrimBlanks(text), &figure);
}

// The cells of a row that are not blank, by column.
using SheetRow = std::map<int, std::string>;

// Elements of rows by number, or of cells by column.
using Numbered = std::vector<std::pair<int, pugi::xml_node>>;

// Some programs write rows and cells in any order, each with its place. False
// if two have the same.
bool Sort(Numbered* nodes) {
  const auto is_less = [](const auto& a, const auto& b) {
    return a.first < b.first;
  };
  std::stable_sort(nodes->begin(), nodes->end(), is_less);
  return std::adjacent_find(nodes->begin(), nodes->end(),
                            [](const auto& a, const auto& b) {
                              return a.first == b.first;
                            }) == nodes->end();
}

// The rows of a sheet; false if it is damaged.
bool RowsOf(pugi::xml_node data, Numbered* rows) {
  int row = 0;
  for (pugi::xml_node node : data.children()) {
    if (LocalName(node) != "row") continue;
    row = NumberOf(AttributeOf(node, "r"), row + 1);
    if (row < 1 || row > kXlsxRowsMax) return false;
    rows->emplace_back(row, node);
  }
  return Sort(rows);
}

bool CellsOf(pugi::xml_node row_node, int row, Numbered* cells) {
  XlsxCellPlace place{row, -1};
  for (pugi::xml_node node : row_node.children()) {
    if (LocalName(node) != "c") continue;
    if (!MoveToXlsxCell(node, &place)) return false;
    cells->emplace_back(place.column, node);
  }
  return Sort(cells);
}

class SheetReader {
 public:
  SheetReader(const XlsxWorkbook& workbook, int sheet,
              const CpuDeadline& deadline, SourceTextWriter* writer)
      : workbook_(workbook),
        sheet_(sheet),
        deadline_(deadline),
        writer_(*writer) {}

  // False if it is damaged. It stops once the text is full or the time over.
  bool Read(pugi::xml_node worksheet) {
    hidden_ = XlsxHiddenColumns(Child(worksheet, "cols"));
    look_ = workbook_.LookOf(worksheet);
    if (!ReadMerged(Child(worksheet, "mergeCells"))) return false;
    Numbered rows;
    if (!RowsOf(Child(worksheet, "sheetData"), &rows)) return false;
    int last = 0;
    for (const auto& [row, node] : rows) {
      if (row > last + 1 && !EndTable()) return false;
      last = row;
      SheetRow cells;
      if (!ReadRow(node, row, &cells)) return false;
      if (!IsXlsxRowHidden(node) && !TakeRow(row, std::move(cells))) {
        return false;
      }
      if (IsStopped()) return true;
    }
    return EndTable();
  }

 private:
  bool IsStopped() const { return writer_.IsFull() || deadline_.IsOver(); }

  bool TakeRow(int row, SheetRow cells) {
    if (!cells.empty() && !IsParagraph(cells)) {
      table_.emplace_back(row, std::move(cells));
      return true;
    }
    if (!EndTable()) return false;
    if (!cells.empty()) WriteParagraph(row, cells);
    return true;
  }

  bool ReadMerged(pugi::xml_node node) {
    if (!covered_.Read(node)) return false;
    merged_ = covered_;
    for (XlsxRange& range : merged_.ranges()) MoveIntoSight(&range);
    return true;
  }

  // A merged cell that begins in a hidden column is printed in the columns that
  // are left of it.
  void MoveIntoSight(XlsxRange* range) {
    int column = range->first_column;
    while (column < range->last_column && IsHidden(column)) ++column;
    if (column == range->first_column || IsHidden(column)) return;
    moved_[{range->first_row, range->first_column}] = column;
    range->first_column = column;
  }

  bool IsHidden(int column) const { return hidden_.Has(column); }

  // Puts a cell where it is printed, if it is.
  void Place(int row, int column, std::string text, SheetRow* cells) const {
    if (TrimBlanks(text).empty()) return;
    if (IsHidden(column)) {
      const auto moved = moved_.find({row, column});
      if (moved == moved_.end()) return;
      column = moved->second;
    }
    cells->emplace(column, std::move(text));
  }

  bool ReadRow(pugi::xml_node node, int row, SheetRow* cells) {
    Numbered written;
    if (!covered_.MoveTo(row) || !CellsOf(node, row, &written)) return false;
    for (const auto& [column, cell] : written) {
      const XlsxCellPlace place{row, column};
      std::string text;
      if (!workbook_.TextOf(cell, place, look_, &text)) return false;
      if (covered_.Covers(place)) continue;
      // A figure of several rows may be of another one.
      if (covered_.ReachesDownFrom(place)) DoubtXlsxFigure(&text);
      Place(row, place.column, std::move(text), cells);
    }
    return true;
  }

  // Writes the rows that stand together. False if merged cells overlap.
  bool EndTable() {
    int first = kXlsxColumnsMax;
    int last = 0;
    for (const auto& [row, cells] : table_) {
      first = std::min(first, cells.begin()->first);
      last = std::max(last, cells.rbegin()->first);
    }
    for (const auto& [row, cells] : table_) {
      if (IsStopped()) break;
      if (!merged_.MoveTo(row)) return false;
      WriteRow(row, cells, first, last);
    }
    table_.clear();
    return true;
  }

  static bool IsParagraph(const SheetRow& cells) {
    return cells.size() == 1 && !IsFigure(cells.begin()->second);
  }

  void WriteParagraph(int row, const SheetRow& cells) {
    SourceLine place;
    place.sheet = sheet_;
    place.row = row;
    place.columns = {cells.begin()->first};
    for (absl::string_view line :
         absl::StrSplit(cells.begin()->second, absl::ByAnyChar("\r\n"))) {
      writer_.AddParagraph(line, place);
    }
  }

  void WriteRow(int row, const SheetRow& cells, int first, int last) {
    SourceLine place;
    place.sheet = sheet_;
    place.row = row;
    const std::vector<bool> covered = CoveredBeside(first, last);
    std::vector<std::string> line;
    for (int column = first; column <= last; ++column) {
      const auto cell = cells.find(column);
      const bool blank = cell == cells.end();
      if (blank &&
          (IsHidden(column) || covered[static_cast<size_t>(column - first)])) {
        continue;
      }
      place.columns.push_back(column);
      line.push_back(blank ? "" : cell->second);
    }
    writer_.AddRow(line, place);
  }

  // By column from `first` to `last`, whether it belongs to a merged cell which
  // begins to the left of it: a merged cell is one cell, however wide.
  std::vector<bool> CoveredBeside(int first, int last) const {
    const auto width = static_cast<size_t>(last - first + 1);
    std::vector<int> changes(width + 1);
    const auto place = [first, last](int column) {
      return static_cast<size_t>(std::min(std::max(column, first), last + 1) -
                                 first);
    };
    for (const XlsxRange& range : merged_.open()) {
      if (range.first_column >= range.last_column) continue;
      ++changes[place(range.first_column + 1)];
      --changes[place(range.last_column + 1)];
    }
    std::vector<bool> covered(width);
    int covering = 0;
    for (size_t i = 0; i < width; ++i) {
      covering += changes[i];
      covered[i] = covering > 0;
    }
    return covered;
  }

  const XlsxWorkbook& workbook_;
  const int sheet_;
  const CpuDeadline deadline_;
  SourceTextWriter& writer_;
  XlsxHiddenColumns hidden_;
  XlsxSheetLook look_;
  // The column of a merged cell by its first row and hidden column.
  std::map<std::pair<int, int>, int> moved_;
  // As they are stored; and where they are in sight, met as rows are written.
  XlsxMergedCells covered_;
  XlsxMergedCells merged_;
  std::vector<std::pair<int, SheetRow>> table_;
};

}  // namespace

absl::StatusOr<SourceText> ReadXlsx(OfficePackage* package,
                                    const ImportLimits& limits) {
  ASSIGN_OR_RETURN(const XlsxWorkbook workbook, XlsxWorkbook::Read(package));
  const CpuDeadline deadline(limits.parse_seconds);
  SourceTextWriter writer(FileFormat::kXlsx, limits);
  for (const XlsxWorkbook::Sheet& sheet : workbook.sheets()) {
    if (sheet.is_hidden || sheet.name == kFactsSheet) continue;
    ASSIGN_OR_RETURN(const XmlPart part, package->Read(sheet.part));
    SheetReader reader(workbook, writer.AddSheet(sheet.name), deadline,
                       &writer);
    if (!reader.Read(part.root())) {
      return FileDamaged(FileFormat::kXlsx, sheet.name);
    }
    if (deadline.IsOver()) return TooMuchTime(FileFormat::kXlsx, limits);
  }
  return writer.Finish();
}

}  // namespace annals::client
