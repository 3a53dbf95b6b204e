#include "client/import/xlsx_reader.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/import/figure.h"
#include "client/import/reader_error.h"
#include "client/import/unicode.h"
#include "client/import/xlsx_number.h"
#include "client/import/xml_part.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

// ECMA-376: XFD1048576 is the last cell.
constexpr int kColumnsMax = 16384;
constexpr int kRowsMax = 1 << 20;
// Of a merged cell, so many are looked at; no form is wider.
constexpr int kMergedColumnsMax = 256;
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
    const bool raised =
        AttributeOf(Child(properties, "vertAlign"), "val") == "superscript";
    absl::StrAppend(&text, raised ? "（" : "", run, raised ? "）" : "");
  }
  return text;
}

bool IsFigure(const std::string& text) {
  Figure figure;
  return ParseFigure(TrimBlanks(text), &figure);
}

// The cells of a row that are not blank, by column.
using SheetRow = std::map<int, std::string>;

class SheetReader {
 public:
  SheetReader(const std::vector<std::string>& strings, int sheet,
              SourceTextWriter* writer)
      : strings_(strings), sheet_(sheet), writer_(*writer) {}

  // False if it is damaged.
  bool Read(pugi::xml_node worksheet) {
    if (!ReadMerged(Child(worksheet, "mergeCells"))) return false;
    int row = 0;
    for (pugi::xml_node node : Child(worksheet, "sheetData").children()) {
      if (LocalName(node) != "row") continue;
      const int number = NumberOf(AttributeOf(node, "r"), row + 1);
      if (number <= row || number > kRowsMax) return false;
      if (number > row + 1) EndTable();
      row = number;
      SheetRow cells;
      if (!ReadRow(node, row, &cells)) return false;
      const bool hidden = IsOn(AttributeOf(node, "hidden"));
      if (hidden) continue;
      if (cells.empty()) {
        EndTable();
      } else if (IsParagraph(cells)) {
        EndTable();
        WriteParagraph(row, cells);
      } else {
        table_.emplace_back(row, std::move(cells));
      }
      if (writer_.IsFull()) return true;
      if (open_.size() > kMergedInRowMax) return false;
    }
    EndTable();
    return true;
  }

 private:
  bool ReadMerged(pugi::xml_node node) {
    for (pugi::xml_node cell : node.children()) {
      CellRange range;
      if (!ParseRange(AttributeOf(cell, "ref"), &range)) return false;
      merged_.push_back(range);
      if (merged_.size() > kMergedRangesMax) return false;
    }
    std::sort(merged_.begin(), merged_.end(),
              [](const CellRange& a, const CellRange& b) {
                return a.first_row < b.first_row;
              });
    return true;
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
      if (!TrimBlanks(text).empty()) (*cells)[column] = std::move(text);
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
      if (index < 0 || static_cast<size_t>(index) >= strings_.size()) {
        return value.empty();
      }
      *text = strings_[static_cast<size_t>(index)];
    } else if (type == "str" || type == "e" || type == "d") {
      *text = value;
    } else if (type == "b") {
      *text = IsOn(value) ? "TRUE" : "FALSE";
    } else {
      *text = DecimalOfXlsxNumber(value).value_or(value);
    }
    return true;
  }

  // Writes the rows that stand together.
  void EndTable() {
    int first = kColumnsMax;
    int last = 0;
    for (const auto& [row, cells] : table_) {
      first = std::min(first, cells.begin()->first);
      last = std::max(last, cells.rbegin()->first);
    }
    for (const auto& [row, cells] : table_) WriteRow(row, cells, first, last);
    table_.clear();
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
    const std::vector<int> skipped = CoveredBeside(row);
    std::vector<std::string> line;
    for (int column = first; column <= last; ++column) {
      const auto cell = cells.find(column);
      const bool blank = cell == cells.end();
      if (blank && std::binary_search(skipped.begin(), skipped.end(), column)) {
        continue;
      }
      place.columns.push_back(column);
      line.push_back(blank ? "" : cell->second);
    }
    writer_.AddRow(line, place);
  }

  // The columns of the row that belong to a merged cell which begins to the
  // left of them: a merged cell is one cell, however wide.
  std::vector<int> CoveredBeside(int row) {
    while (next_merged_ < merged_.size() &&
           merged_[next_merged_].first_row <= row) {
      open_.push_back(merged_[next_merged_++]);
    }
    open_.erase(
        std::remove_if(open_.begin(), open_.end(),
                       [row](const CellRange& r) { return r.last_row < row; }),
        open_.end());
    std::vector<int> columns;
    for (const CellRange& range : open_) {
      for (int column = range.first_column + 1;
           column <=
           std::min(range.last_column, range.first_column + kMergedColumnsMax);
           ++column) {
        columns.push_back(column);
      }
    }
    std::sort(columns.begin(), columns.end());
    return columns;
  }

  const std::vector<std::string>& strings_;
  const int sheet_;
  SourceTextWriter& writer_;
  std::vector<CellRange> merged_;
  size_t next_merged_ = 0;
  std::vector<CellRange> open_;
  std::vector<std::pair<int, SheetRow>> table_;
};

absl::StatusOr<std::vector<std::string>> ReadStrings(
    const std::map<std::string, OfficePackage::Relationship>& relationships,
    OfficePackage* package) {
  std::vector<std::string> strings;
  for (const auto& [id, relationship] : relationships) {
    if (relationship.type != "sharedStrings") continue;
    ASSIGN_OR_RETURN(const XmlPart part, package->Read(relationship.target));
    for (pugi::xml_node node : part.root().children()) {
      if (LocalName(node) == "si") strings.push_back(StringOf(node));
    }
  }
  return strings;
}

}  // namespace

absl::StatusOr<SourceText> ReadXlsx(OfficePackage* package,
                                    const ImportLimits& limits) {
  ASSIGN_OR_RETURN(const XmlPart workbook, package->Read(package->main_part()));
  ASSIGN_OR_RETURN(const auto relationships,
                   package->RelationshipsOf(package->main_part()));
  ASSIGN_OR_RETURN(const std::vector<std::string> strings,
                   ReadStrings(relationships, package));
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
    SheetReader reader(strings, writer.AddSheet(name), &writer);
    if (!reader.Read(part.root())) return FileDamaged(FileFormat::kXlsx, name);
  }
  return writer.Finish();
}

}  // namespace annals::client
