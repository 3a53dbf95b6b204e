#include "client/import/xlsx_form.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/import/cell_print.h"
#include "client/import/document.h"
#include "client/import/figure.h"
#include "client/import/file_format.h"
#include "client/import/form_facts.h"
#include "client/import/limit_error.h"
#include "client/import/office_package.h"
#include "client/import/reader_error.h"
#include "client/import/reading.h"
#include "client/import/unicode.h"
#include "client/import/xlsx_form_names.h"
#include "client/import/xlsx_sight.h"
#include "client/import/xlsx_workbook.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

constexpr int kNoEnd = std::numeric_limits<int>::max();

// The cells of a sheet that are not blank, by row from 1 and column from 0.
struct FormSheet {
  std::map<int, std::map<int, std::string>> rows;
  // The rows of all sheets before it: a reading's line counts on over sheets.
  int rows_before = 0;

  int LastRow() const { return rows.empty() ? 0 : rows.rbegin()->first; }

  std::string At(int row, int column) const {
    const auto found = rows.find(row);
    if (found == rows.end()) return std::string();
    const auto cell = found->second.find(column);
    return cell == found->second.end() ? std::string() : cell->second;
  }

  // What stands in the columns from `column` on: a long text takes several.
  std::string From(int row, int column) const {
    std::string text;
    const auto found = rows.find(row);
    if (found == rows.end()) return text;
    for (auto cell = found->second.lower_bound(column);
         cell != found->second.end(); ++cell) {
      absl::StrAppend(&text, cell->second);
    }
    return text;
  }
};

const ErrorText& PlaceIsGone() {
  static const auto* const text =
      new ErrorText{"The form has no place for it any more; make a new form.",
                    "表格中该单元格已被删除；请重新生成表格。"};
  return *text;
}

class FormReader {
 public:
  FormReader(XlsxWorkbook workbook, OfficePackage* package,
             const ImportLimits& limits)
      : workbook_(std::move(workbook)), package_(*package), limits_(limits) {}

  absl::StatusOr<ImportResult> Read() {
    result_.format = FileFormat::kXlsx;
    RETURN_IF_ERROR(ReadSheets());
    ReadFacts();
    ReadHeadings();
    ReadNotes();
    ReadTexts();
    ReadCells();
    return std::move(result_);
  }

 private:
  using Name = XlsxWorkbook::Name;

  absl::Status ReadSheets() {
    size_t bytes = 0;
    int rows_before = 0;
    for (const XlsxWorkbook::Sheet& sheet : workbook_.sheets()) {
      ASSIGN_OR_RETURN(const XmlPart part, package_.Read(sheet.part));
      FormSheet& read = sheets_[sheet.name];
      read.rows_before = rows_before;
      if (!ReadSheet(part.root(), sheet, &bytes, &read)) {
        return bytes > limits_.text_bytes
                   ? TextTooLarge(limits_.text_bytes)
                   : FileDamaged(FileFormat::kXlsx, sheet.name);
      }
      rows_before += read.LastRow();
    }
    return absl::OkStatus();
  }

  // A figure in a place that is not in sight, or is of several rows, is
  // doubtful. False if the sheet is
  // damaged or the text too long.
  bool ReadSheet(pugi::xml_node worksheet, const XlsxWorkbook::Sheet& info,
                 size_t* bytes, FormSheet* sheet) {
    const XlsxSheetLook look = workbook_.LookOf(worksheet);
    const XlsxHiddenColumns hidden(Child(worksheet, "cols"));
    XlsxMergedCells merged;
    if (!merged.Read(Child(worksheet, "mergeCells"))) return false;
    XlsxCellPlace place;
    for (pugi::xml_node node : Child(worksheet, "sheetData").children()) {
      if (LocalName(node) != "row") continue;
      const int row = NumberOf(AttributeOf(node, "r"), place.row + 1);
      if (row <= place.row || row > kXlsxRowsMax) return false;
      place = {row, -1};
      if (!merged.MoveTo(row)) return false;
      const bool unseen = info.is_hidden || IsXlsxRowHidden(node);
      for (pugi::xml_node cell : node.children()) {
        if (LocalName(cell) != "c") continue;
        std::string text;
        if (!NextXlsxCell(cell, &place) ||
            !workbook_.TextOf(cell, place, look, &text)) {
          return false;
        }
        if (text.empty()) continue;
        const bool elsewhere = unseen || hidden.Has(place.column) ||
                               merged.Covers(place) ||
                               merged.ReachesDownFrom(place);
        if (elsewhere && info.name != kFactsSheet) {
          DoubtXlsxFigure(&text);
        }
        text = absl::StrReplaceAll(text, {{"\r\n", "\n"}});
        *bytes += text.size();
        if (*bytes > limits_.text_bytes) return false;
        sheet->rows[row][place.column] = std::move(text);
      }
    }
    return true;
  }

  // Null if the form has lost the place.
  const Name* Find(absl::string_view prefix, absl::string_view name) const {
    const auto found = workbook_.names().find(absl::StrCat(prefix, name));
    if (found == workbook_.names().end()) return nullptr;
    return sheets_.count(found->second.sheet) == 0 ? nullptr : &found->second;
  }

  const FormSheet& SheetOf(const Name& name) const {
    return sheets_.find(name.sheet)->second;
  }

  static std::string PlaceOf(const Name& name) {
    return absl::StrCat(name.sheet, "!", ColumnName(name.range.first_column),
                        name.range.first_row);
  }

  void ReadFacts() {
    for (FormFact fact : FactsOf(v1::Report())) {
      const Name* name = Find(kFactPrefix, fact.path);
      if (name == nullptr) continue;
      fact.value =
          SheetOf(*name).From(name->range.first_row, name->range.first_column);
      if (SetFact(fact, &result_.report)) continue;
      const auto label = [&fact](report::Language language) {
        return report::Schema::Get().TextLabel(fact.path, language);
      };
      Remark remark{"FORM_FACT_UNREADABLE",
                    0,
                    {absl::StrCat(label(report::Language::kEn), ": '",
                                  fact.value, "' can't be read."),
                     absl::StrCat(label(report::Language::kZh), "“", fact.value,
                                  "”无法识别。")},
                    {}};
      remark.place.sheet_cell = PlaceOf(*name);
      result_.remarks.push_back(std::move(remark));
    }
  }

  // The rows of a list below its head, down to the first blank one.
  template <typename Take>
  void ForEachRowOf(absl::string_view list, Take take) const {
    const Name* name = Find(list, "");
    if (name == nullptr) return;
    const FormSheet& sheet = SheetOf(*name);
    for (int row = name->range.first_row + 1; sheet.rows.count(row) > 0;
         ++row) {
      take(sheet, row);
    }
  }

  void ReadHeadings() {
    ForEachRowOf(kHeadingsName, [this](const FormSheet& sheet, int row) {
      v1::Section section = v1::SECTION_UNSPECIFIED;
      v1::Section_Parse(sheet.At(row, 0), &section);
      v1::PrintedHeading* heading = result_.report.add_printed_headings();
      heading->set_section(section);
      heading->set_text(sheet.From(row, 1));
    });
  }

  // The notes as they were, with the figures beside them: both hold as long as
  // the table still prints what they print together.
  void ReadNotes() {
    ForEachRowOf(kNotesName, [this](const FormSheet& sheet, int row) {
      const auto cell = report::Schema::Get().Find(sheet.At(row, 0));
      if (!cell.has_value()) return;
      v1::CellNote* note = result_.report.add_cell_notes();
      note->set_cell(sheet.At(row, 0));
      note->set_printed(sheet.From(row, 2));
      int64_t value = 0;
      if (absl::SimpleAtoi(sheet.At(row, 1), &value)) {
        report::SetCell(*cell, value, &result_.report);
      }
    });
  }

  // A text begins after its heading, or with its own first row, and reaches to
  // the next place that has a name.
  void ReadTexts() {
    for (const report::TextInfo& text : report::Schema::Get().texts()) {
      const Name* own = Find(kTextPrefix, text.path);
      const Name* head = Find(kHeadPrefix, text.path);
      // What is written right below the heading of section one.
      if (head == nullptr && text.parent != nullptr &&
          text.text->number() == 1) {
        head = Find(kHeadPrefix, text.parent->name());
      }
      if (own == nullptr && head == nullptr) continue;
      const Name& from = own != nullptr ? *own : *head;
      const int begin = head != nullptr && head->sheet == from.sheet
                            ? head->range.last_row + 1
                            : from.range.first_row;
      const int end_of_own = own != nullptr ? own->range.last_row : 0;
      std::string read = TextIn(from.sheet, begin, end_of_own);
      if (own == nullptr && TrimBlanks(read).empty()) continue;
      SetText(text, std::move(read));
    }
  }

  void SetText(const report::TextInfo& text, std::string content) {
    google::protobuf::Message* message = &result_.report;
    if (text.parent != nullptr) {
      message = message->GetReflection()->MutableMessage(message, text.parent);
    }
    message->GetReflection()->SetString(message, text.text, std::move(content));
  }

  // The rows from `begin` to `end_of_own`, and those after it that are not
  // blank, before the next place with a name.
  std::string TextIn(const std::string& sheet_name, int begin, int end_of_own) {
    const FormSheet& sheet = sheets_.find(sheet_name)->second;
    const int next = NextHeadAfter(sheet_name, std::max(begin - 1, end_of_own));
    int last = end_of_own;
    for (const auto& [row, cells] : sheet.rows) {
      if (row >= begin && row < next) last = std::max(last, row);
    }
    std::string text;
    for (int row = begin; row <= last; ++row) {
      if (row > begin && !GoesOn(sheet_name, row)) text.push_back('\n');
      absl::StrAppend(&text, sheet.From(row, 0));
    }
    const bool is_blank =
        text.find_first_not_of('\n') == std::string::npos && last >= begin;
    if (is_blank) return std::string();
    // A form to fill in has one blank row; who writes below it means no line.
    if (last > end_of_own && end_of_own - begin <= 0) {
      text.erase(0, text.find_first_not_of('\n'));
    }
    return text;
  }

  int NextHeadAfter(const std::string& sheet, int row) {
    const auto& heads = Heads()[sheet];
    const auto next = heads.upper_bound(row);
    return next == heads.end() ? kNoEnd : *next;
  }

  // By sheet, the rows at which a heading or a text begins.
  std::map<std::string, std::set<int>>& Heads() {
    if (!heads_.empty()) return heads_;
    for (const auto& [name, place] : workbook_.names()) {
      if (absl::StartsWith(name, kHeadPrefix) ||
          absl::StartsWith(name, kTextPrefix) || name == kPeriodName) {
        heads_[place.sheet].insert(place.range.first_row);
      }
      if (absl::StartsWith(name, kMorePrefix)) {
        more_[place.sheet].insert(place.range.first_row);
      }
    }
    return heads_;
  }

  bool GoesOn(const std::string& sheet, int row) {
    Heads();
    return more_[sheet].count(row) > 0;
  }

  void ReadCells() {
    const std::vector<report::CellInfo>& cells = report::Schema::Get().cells();
    const report::Cells noted = report::ReadCells(result_.report);
    std::vector<v1::CellNote> notes;
    for (size_t i = 0; i < cells.size(); ++i) {
      const auto cell = static_cast<report::CellIndex>(i);
      const Name* name = Find(kCellPrefix, cells[i].id);
      v1::Edition edition =
          report::EditionOf(result_.report, cells[i].table_number);
      if (edition == v1::EDITION_UNSPECIFIED) edition = v1::EDITION_2021;
      if (name == nullptr) {
        if (cells[i].In(edition)) {
          result_.cells.push_back(MissingCell(cell, PlaceIsGone()));
        }
        KeepNotesOf(cells[i].id, &notes);
        continue;
      }
      ReadCellAt(*name, cell, noted, &notes);
    }
    result_.report.clear_cell_notes();
    for (v1::CellNote& note : notes) {
      *result_.report.add_cell_notes() = std::move(note);
    }
  }

  void KeepNotesOf(const std::string& cell,
                   std::vector<v1::CellNote>* notes) const {
    for (const v1::CellNote& note : result_.report.cell_notes()) {
      if (note.cell() == cell) notes->push_back(note);
    }
  }

  void ReadCellAt(const Name& name, report::CellIndex cell,
                  const report::Cells& noted,
                  std::vector<v1::CellNote>* notes) {
    const FormSheet& sheet = SheetOf(name);
    const std::string text =
        sheet.At(name.range.first_row, name.range.first_column);
    const PrintedCell before = CellAsPrinted(result_.report, noted, cell);
    const bool unchanged = IsPrintOf(text, before.text);
    CellReading reading = unchanged ? ReadingAsNoted(cell, before, noted[cell])
                                    : ReadingOf(cell, TrimBlanks(text));
    reading.line = sheet.rows_before + name.range.first_row;
    reading.place.sheet_cell = PlaceOf(name);
    report::SetCell(cell, reading.value, &result_.report);
    const std::string& id = report::Schema::Get().cells()[cell].id;
    if (unchanged) {
      KeepNotesOf(id, notes);
    } else if (reading.has_remark) {
      v1::CellNote& note = notes->emplace_back();
      note.set_cell(id);
      note.set_printed(reading.printed);
    }
    result_.cells.push_back(std::move(reading));
  }

  // A print that no cell holds is cut in the table, and ends in an ellipsis.
  static bool IsPrintOf(absl::string_view text, absl::string_view print) {
    constexpr size_t kLongBytes = 1000;
    if (text == print) return true;
    return absl::ConsumeSuffix(&text, "…") && text.size() > kLongBytes &&
           absl::StartsWith(print, text);
  }

  static CellReading ReadingAsNoted(report::CellIndex cell,
                                    const PrintedCell& print,
                                    std::optional<int64_t> value) {
    CellReading reading;
    if (value.has_value()) {
      reading.cell = cell;
      reading.certainty = Certainty::kCertain;
      reading.value = value;
    } else if (print.text.empty()) {
      reading = MissingCell(cell, {"The cell is blank.", "该单元格为空。"});
    } else {
      reading = MissingCell(
          cell, {absl::StrCat("The cell prints '", print.text, "', no figure."),
                 absl::StrCat("该单元格填写“", print.text, "”，没有数字。")});
    }
    reading.printed = print.text;
    reading.has_remark = print.is_note;
    return reading;
  }

  CellReading ReadingOf(report::CellIndex cell, absl::string_view text) const {
    Figure figure;
    if (!text.empty() && !ParseFigure(text, &figure)) {
      CellReading reading =
          UnreadableCell(cell, 0, std::string(text),
                         {absl::StrCat("'", text, "' is no figure."),
                          absl::StrCat("“", text, "”不是数字。")});
      reading.has_remark = true;
      return reading;
    }
    Atom atom;
    atom.kind = text.empty() ? AtomKind::kBlank : AtomKind::kFigure;
    atom.text = text;
    return ReadCell(cell, &atom, 0, UnitOf(cell));
  }

  // The head of the table says the unit.
  v1::Unit UnitOf(report::CellIndex cell) const {
    const v1::Unit unit = report::Schema::Get().cells()[cell].unit;
    return unit == v1::UNIT_AS_PRINTED
               ? result_.report.t2().procurement_amount_unit()
               : unit;
  }

  const XlsxWorkbook workbook_;
  OfficePackage& package_;
  const ImportLimits limits_;
  std::map<std::string, FormSheet> sheets_;
  std::map<std::string, std::set<int>> heads_;
  std::map<std::string, std::set<int>> more_;
  ImportResult result_;
};

}  // namespace

absl::StatusOr<std::optional<ImportResult>> ReadXlsxForm(
    absl::string_view bytes, const ImportLimits& limits) {
  const absl::StatusOr<FileFormat> format = FormatOfBytes(bytes);
  if (!format.ok() || *format != FileFormat::kDocx) return std::nullopt;
  ASSIGN_OR_RETURN(OfficePackage package, OfficePackage::Open(bytes, limits));
  if (package.format() != FileFormat::kXlsx) return std::nullopt;
  ASSIGN_OR_RETURN(XlsxWorkbook workbook, XlsxWorkbook::Read(&package));
  if (workbook.names().count(std::string(kFormName)) == 0) return std::nullopt;
  ASSIGN_OR_RETURN(ImportResult result,
                   FormReader(std::move(workbook), &package, limits).Read());
  return result;
}

}  // namespace annals::client
