#include "client/import/xlsx_reader.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/import/figure.h"
#include "client/import/reader_error.h"
#include "client/import/unicode.h"
#include "client/import/xlsx_number.h"
#include "client/import/xlsx_styles.h"
#include "client/import/xml_part.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// ECMA-376: XFD1048576 is the last cell.
constexpr int kColumnsMax = 16384;
constexpr int kRowsMax = 1 << 20;
constexpr size_t kMergedRangesMax = 100000;
// Merged cells do not overlap, so that few meet in one row.
constexpr size_t kMergedInRowMax = 1024;

struct CellRange {
  int first_row = 0;
  int last_row = 0;
  int first_column = 0;
  int last_column = 0;
};

// "C12" as a row from 1 and a column from 0.
bool ParseCell(absl::string_view name, int* row, int* column) {
  size_t letters = 0;
  int number = 0;
  while (letters < name.size() &&
         absl::ascii_isupper(static_cast<unsigned char>(name[letters]))) {
    number = number * 26 + (name[letters++] - 'A' + 1);
    if (number > kColumnsMax) return false;
  }
  *column = number - 1;
  *row = NumberOf(name.substr(letters), 0);
  return letters > 0 && *row > 0 && *row <= kRowsMax;
}

bool ParseRange(absl::string_view text, CellRange* range) {
  const std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  return ParseCell(ends.first, &range->first_row, &range->first_column) &&
         ParseCell(ends.second.empty() ? ends.first : ends.second,
                   &range->last_row, &range->last_column);
}

bool IsOn(absl::string_view value) { return value == "1" || value == "true"; }

bool IsNothing(absl::string_view size) {
  double number = 0;
  return absl::SimpleAtod(size, &number) && number <= 0;
}

// By column from 0, whether it is hidden.
std::vector<bool> HiddenColumns(pugi::xml_node columns) {
  // By column, the change in how many elements hide it.
  std::vector<int> changes(kColumnsMax + 1);
  for (pugi::xml_node node : columns.children()) {
    const int first = NumberOf(AttributeOf(node, "min"), 0);
    const int last =
        std::min(NumberOf(AttributeOf(node, "max"), 0), kColumnsMax);
    const bool hidden = IsOn(AttributeOf(node, "hidden")) ||
                        IsNothing(AttributeOf(node, "width"));
    if (!hidden || first < 1 || first > last) continue;
    ++changes[static_cast<size_t>(first - 1)];
    --changes[static_cast<size_t>(last)];
  }
  std::vector<bool> hidden(kColumnsMax);
  int hiding = 0;
  for (size_t column = 0; column < hidden.size(); ++column) {
    hiding += changes[column];
    hidden[column] = hiding > 0;
  }
  return hidden;
}

// The text of a shared or inline string: of all its runs, without the reading
// aids (rPh) of ideographs.
std::string StringOf(pugi::xml_node node) {
  std::string text;
  for (pugi::xml_node child : node.children()) {
    const absl::string_view name = LocalName(child);
    if (name == "t") text += child.text().get();
    if (name != "r") continue;
    const std::string run = Child(child, "t").text().get();
    const pugi::xml_node properties = Child(child, "rPr");
    const pugi::xml_node strike = Child(properties, "strike");
    if (strike && AttributeOf(strike, "val") != "0") continue;
    const absl::string_view align =
        AttributeOf(Child(properties, "vertAlign"), "val");
    const bool beside_digit =
        !text.empty() && IsAsciiDigit(static_cast<unsigned char>(text.back()));
    const bool apart =
        align == "superscript" || (align == "subscript" && beside_digit);
    absl::StrAppend(&text, apart ? "（" : "", run, apart ? "）" : "");
  }
  return text;
}

bool IsFigure(const std::string& text) {
  Figure figure;
  return ParseFigure(TrimBlanks(text), &figure);
}

// What the cells of all sheets refer to.
struct Workbook {
  std::vector<std::string> strings;
  XlsxStyles styles;
};

// The cells of a row that are not blank, by column.
using SheetRow = std::map<int, std::string>;

class SheetReader {
 public:
  SheetReader(const Workbook& workbook, int sheet, SourceTextWriter* writer)
      : workbook_(workbook), sheet_(sheet), writer_(*writer) {}

  // False if it is damaged.
  bool Read(pugi::xml_node worksheet) {
    hidden_ = HiddenColumns(Child(worksheet, "cols"));
    for (pugi::xml_node view : Child(worksheet, "sheetViews").children()) {
      const absl::string_view shows = AttributeOf(view, "showZeros");
      if (shows == "0" || shows == "false") shows_zeros_ = false;
    }
    if (!ReadMerged(Child(worksheet, "mergeCells"))) return false;
    int row = 0;
    for (pugi::xml_node node : Child(worksheet, "sheetData").children()) {
      if (LocalName(node) != "row") continue;
      const int number = NumberOf(AttributeOf(node, "r"), row + 1);
      if (number <= row || number > kRowsMax) return false;
      if (number > row + 1 && !EndTable()) return false;
      row = number;
      SheetRow cells;
      if (!ReadRow(node, row, &cells)) return false;
      const bool hidden = IsOn(AttributeOf(node, "hidden")) ||
                          IsNothing(AttributeOf(node, "ht"));
      if (!hidden && !TakeRow(row, std::move(cells))) return false;
      if (writer_.IsFull()) return true;
    }
    return EndTable();
  }

 private:
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
    for (pugi::xml_node cell : node.children()) {
      CellRange range;
      if (!ParseRange(AttributeOf(cell, "ref"), &range)) return false;
      MoveIntoSight(&range);
      merged_.push_back(range);
      if (merged_.size() > kMergedRangesMax) return false;
    }
    std::sort(merged_.begin(), merged_.end(),
              [](const CellRange& a, const CellRange& b) {
                return a.first_row < b.first_row;
              });
    return true;
  }

  // A merged cell that begins in a hidden column is printed in the columns that
  // are left of it.
  void MoveIntoSight(CellRange* range) {
    int column = range->first_column;
    while (column < range->last_column && IsHidden(column)) ++column;
    if (column == range->first_column || IsHidden(column)) return;
    moved_[{range->first_row, range->first_column}] = column;
    range->first_column = column;
  }

  bool IsHidden(int column) const {
    return hidden_[static_cast<size_t>(column)];
  }

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
    int column = -1;
    for (pugi::xml_node cell : node.children()) {
      if (LocalName(cell) != "c") continue;
      int named_row = row;
      int named_column = column + 1;
      const absl::string_view name = AttributeOf(cell, "r");
      if (!name.empty() && !ParseCell(name, &named_row, &named_column)) {
        return false;
      }
      if (named_row != row || named_column <= column ||
          named_column >= kColumnsMax) {
        return false;
      }
      column = named_column;
      std::string text;
      if (!TextOf(cell, &text)) return false;
      Place(row, column, std::move(text), cells);
    }
    return true;
  }

  bool TextOf(pugi::xml_node cell, std::string* text) const {
    const absl::string_view type = AttributeOf(cell, "t");
    const std::string value = Child(cell, "v").text().get();
    if (type == "inlineStr") {
      *text = StringOf(Child(cell, "is"));
    } else if (type == "s") {
      const int index = NumberOf(value, -1);
      const std::vector<std::string>& strings = workbook_.strings;
      if (index < 0 || static_cast<size_t>(index) >= strings.size()) {
        return value.empty();
      }
      *text = strings[static_cast<size_t>(index)];
    } else if (type == "str" || type == "e" || type == "d") {
      *text = value;
    } else if (type == "b") {
      *text = IsOn(value) ? "TRUE" : "FALSE";
    } else {
      *text = DecimalOfXlsxNumber(value).value_or(value);
      const bool plain =
          (shows_zeros_ || *text != "0") &&
          workbook_.styles.PrintsNumber(AttributeOf(cell, "s"), *text);
      if (!plain) DoubtFigure(text);
      return true;
    }
    if (!workbook_.styles.PrintsText(AttributeOf(cell, "s"))) DoubtFigure(text);
    return true;
  }

  static void DoubtFigure(std::string* text) {
    Figure figure;
    if (!ParseFigure(TrimBlanks(*text), &figure) || figure.placeholder) return;
    absl::StrAppend(text, kUnsureFigure);
  }

  // Writes the rows that stand together. False if merged cells overlap.
  bool EndTable() {
    int first = kColumnsMax;
    int last = 0;
    for (const auto& [row, cells] : table_) {
      first = std::min(first, cells.begin()->first);
      last = std::max(last, cells.rbegin()->first);
    }
    for (const auto& [row, cells] : table_) {
      if (!OpenMerged(row)) return false;
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

  // Leaves in `open_` the merged cells that the row meets. False if they are
  // too many.
  bool OpenMerged(int row) {
    const auto is_above = [row](const CellRange& range) {
      return range.last_row < row;
    };
    open_.erase(std::remove_if(open_.begin(), open_.end(), is_above),
                open_.end());
    while (next_merged_ < merged_.size() &&
           merged_[next_merged_].first_row <= row) {
      const CellRange& range = merged_[next_merged_++];
      if (!is_above(range)) open_.push_back(range);
      if (open_.size() > kMergedInRowMax) return false;
    }
    return true;
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
    for (const CellRange& range : open_) {
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

  const Workbook& workbook_;
  const int sheet_;
  SourceTextWriter& writer_;
  std::vector<bool> hidden_;
  bool shows_zeros_ = true;
  // The column of a merged cell by its first row and hidden column.
  std::map<std::pair<int, int>, int> moved_;
  std::vector<CellRange> merged_;
  size_t next_merged_ = 0;
  std::vector<CellRange> open_;
  std::vector<std::pair<int, SheetRow>> table_;
};

absl::StatusOr<Workbook> ReadShared(
    const std::map<std::string, OfficePackage::Relationship>& relationships,
    OfficePackage* package) {
  Workbook workbook;
  for (const auto& [id, relationship] : relationships) {
    const bool styles =
        relationship.type == "styles" && package->Has(relationship.target);
    if (!styles && relationship.type != "sharedStrings") continue;
    ASSIGN_OR_RETURN(const XmlPart part, package->Read(relationship.target));
    if (styles) {
      workbook.styles = XlsxStyles(part.root());
      continue;
    }
    for (pugi::xml_node node : part.root().children()) {
      if (LocalName(node) == "si") workbook.strings.push_back(StringOf(node));
    }
  }
  return workbook;
}

}  // namespace

absl::StatusOr<SourceText> ReadXlsx(OfficePackage* package,
                                    const ImportLimits& limits) {
  ASSIGN_OR_RETURN(const XmlPart workbook, package->Read(package->main_part()));
  ASSIGN_OR_RETURN(const auto relationships,
                   package->RelationshipsOf(package->main_part()));
  ASSIGN_OR_RETURN(const Workbook shared, ReadShared(relationships, package));
  SourceTextWriter writer(FileFormat::kXlsx, limits);
  for (pugi::xml_node sheet : Child(workbook.root(), "sheets").children()) {
    const absl::string_view state = AttributeOf(sheet, "state");
    if (LocalName(sheet) != "sheet" || state == "hidden" ||
        state == "veryHidden") {
      continue;
    }
    // Not `sheetId`, which is another attribute.
    const auto found =
        relationships.find(std::string(AttributeOf(sheet, "id")));
    const std::string name(AttributeOf(sheet, "name"));
    if (found == relationships.end()) {
      return FileDamaged(FileFormat::kXlsx, name);
    }
    if (found->second.type != "worksheet") continue;
    ASSIGN_OR_RETURN(const XmlPart part, package->Read(found->second.target));
    SheetReader reader(shared, writer.AddSheet(name), &writer);
    if (!reader.Read(part.root())) return FileDamaged(FileFormat::kXlsx, name);
  }
  return writer.Finish();
}

}  // namespace annals::client
