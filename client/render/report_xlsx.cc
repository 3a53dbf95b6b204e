#include "client/render/report_xlsx.h"

#include <xlsxwriter.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/files.h"
#include "client/import/form_facts.h"
#include "client/import/source_text.h"
#include "client/import/xlsx_form_names.h"
#include "client/render/display_width.h"
#include "client/render/form_document.h"
#include "client/render/printable.h"
#include "client/render/workbook_text.h"
#include "client/render/xml_text.h"
#include "client/render/zip_writer.h"
#include "client/temporary_directory.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

// From here on a double loses digits of an integer; of a decimal, beyond so
// many digits.
constexpr int64_t kExactInDouble = int64_t{1} << 53;
constexpr size_t kDecimalDigitsMax = 15;
constexpr size_t kPropertyBytesMax = 255;
// Of sums, which have up to six decimals: each that is there is shown.
constexpr char kCountFormat[] = "0";
constexpr char kSumFormat[] = "0.######;-0.######;0";
constexpr char kGeneralFormat[] = "General";
constexpr size_t kGeneralCharactersMax = 11;
// Together the columns of a sheet are so wide, in characters.
constexpr int kSheetWidth = 100;
constexpr int kPaperA4 = 9;
// Of a row of a table, in points; no row is higher than the most.
constexpr double kLineHeight = 14;
constexpr double kRowMargin = 6;
constexpr double kRowHeightMax = 400;
constexpr absl::string_view kFactsHead =
    "以下各项与表格一并导入（annals import）；不属于公开的报告。"
    "日期写成 2025-01-20 的形式。";
// 2000-01-01: when a file was made is not in the report.
constexpr time_t kFixedTime = 946684800;

absl::Status NotWritten(absl::string_view cause) {
  return MakeError(
      absl::StatusCode::kInternal, "XLSX_NOT_WRITTEN",
      {absl::StrCat("can't make the workbook: ", cause,
                    ". Is there room in the temporary directory?"),
       absl::StrCat("无法生成工作簿：", cause, "。请检查临时目录的空间")});
}

// A figure that a workbook holds exactly.
struct ExactNumber {
  double value = 0;
  size_t decimals = 0;
};

bool IsExact(const std::string& figure, ExactNumber* number) {
  int64_t count = 0;
  if (absl::SimpleAtoi(figure, &count)) {
    if (count <= -kExactInDouble || count >= kExactInDouble) return false;
    *number = {static_cast<double>(count), 0};
    return true;
  }
  const size_t point = figure.find('.');
  const bool is_negative = figure[0] == '-';
  if (point == std::string::npos ||
      figure.size() - 1 - (is_negative ? 1 : 0) > kDecimalDigitsMax) {
    return false;
  }
  number->decimals = figure.size() - point - 1;
  return absl::SimpleAtod(figure, &number->value);
}

// That of a cell to write a figure in, so that what is written over it is shown
// with all its digits.
const char* NumberFormatOf(const FormCell& cell) {
  const bool is_sum =
      cell.cell.has_value() &&
      report::Schema::Get().cells()[*cell.cell].unit != v1::UNIT_UNSPECIFIED;
  if (!is_sum) return kCountFormat;
  int64_t whole = 0;
  if (!absl::SimpleAtoi(cell.text, &whole) || whole == 0) return kSumFormat;
  // Which would show its point: `35.`.
  return cell.text.size() <= kGeneralCharactersMax ? kGeneralFormat
                                                   : kCountFormat;
}

// A decimal and where it stands.
struct Decimal {
  int sheet = 0;          // Counted from 1.
  std::string reference;  // "B15"
  std::string figure;     // "96171.6"
};

// The library prints 16 digits of a double, one more than a decimal survives:
// 96171.6 becomes 96171.60000000001. The digits are set right in its output.
absl::Status SetDecimal(const Decimal& decimal,
                        std::vector<ZipMember>* members) {
  const std::string name =
      absl::StrCat("xl/worksheets/sheet", decimal.sheet, ".xml");
  const std::string cell = absl::StrCat("<c r=\"", decimal.reference, "\"");
  constexpr absl::string_view kOpen = "<v>";
  for (ZipMember& member : *members) {
    if (member.name != name) continue;
    const size_t at = member.content.find(cell);
    const size_t open = member.content.find(kOpen.data(), at);
    const size_t close = member.content.find("</v>", open);
    if (at == std::string::npos || open == std::string::npos ||
        close == std::string::npos) {
      break;
    }
    const size_t begin = open + kOpen.size();
    member.content.replace(begin, close - begin, decimal.figure);
    return absl::OkStatus();
  }
  return NotWritten(absl::StrCat("cell ", decimal.reference, " is missing"));
}

class WorkbookWriter {
 public:
  WorkbookWriter(const v1::Report& report, const std::string& path)
      : report_(report), workbook_(workbook_new(path.c_str())) {}

  // Closes the file whatever happens.
  absl::Status Write() {
    if (workbook_ == nullptr) return NotWritten("out of memory");
    AddProperties();
    for (const FormBlock& block :
         LayOutForm(report_, Language::kZh, Absent::kLeftOut)) {
      AddBlock(block);
    }
    AddFacts();
    const lxw_error closed = workbook_close(workbook_);
    const lxw_error error = error_ != LXW_NO_ERROR ? error_ : closed;
    if (error != LXW_NO_ERROR) return NotWritten(lxw_strerror(error));
    return absl::OkStatus();
  }

  const std::vector<Decimal>& decimals() const { return decimals_; }

 private:
  void Keep(lxw_error error) {
    if (error_ == LXW_NO_ERROR) error_ = error;
  }

  void AddProperties() {
    lxw_doc_properties properties = {};
    std::string title = XmlText(PrintableLine(report_.title()));
    // A longer one is shown in the first sheet only.
    if (title.size() <= kPropertyBytesMax) properties.title = title.data();
    properties.created = kFixedTime;
    // The library copies them.
    Keep(workbook_set_properties(workbook_, &properties));
  }

  void AddBlock(const FormBlock& block) {
    switch (block.kind) {
      case BlockKind::kPublication:
        return;  // Among the facts.
      case BlockKind::kTitle:
        AddSheet("s1_overview");
        return AddText(absl::StrCat(kTextPrefix, block.field), block.text,
                       TitleFormat());
      case BlockKind::kSectionHeading:
        if (block.field != "s1_overview") AddSheet(block.field);
        [[fallthrough]];
      case BlockKind::kTopicHeading:
        return AddText(absl::StrCat(kHeadPrefix, block.field), block.text,
                       HeadingFormat());
      case BlockKind::kPreface:
        return AddText(report_.has_preface()
                           ? absl::StrCat(kTextPrefix, block.field)
                           : std::string(kPeriodName),
                       block.text, TextFormat());
      case BlockKind::kProse:
        return AddText(absl::StrCat(kTextPrefix, block.field), block.text,
                       TextFormat());
      case BlockKind::kTable:
        return AddTable(block.table);
    }
  }

  // A sheet named as the section of the form.
  void AddSheet(const std::string& section) {
    const auto* field = v1::Report::descriptor()->FindFieldByName(section);
    AddSheetNamed(field == nullptr
                      ? section
                      : report::FieldLabel(field, v1::EDITION_UNSPECIFIED,
                                           Language::kZh));
  }

  void AddSheetNamed(const std::string& name) {
    sheet_ = workbook_add_worksheet(workbook_, name.c_str());
    sheet_name_ = name;
    row_ = 0;
    ++sheets_;
    if (sheet_ == nullptr) return Keep(LXW_ERROR_MEMORY_MALLOC_FAILED);
    worksheet_set_paper(sheet_, kPaperA4);
    worksheet_fit_to_pages(sheet_, 1, 0);
    Keep(worksheet_set_column(sheet_, 0, 0, kSheetWidth, nullptr));
  }

  // A row for each line of a text, and more for one that no cell holds. A form
  // to fill in has a blank row for what is to be written.
  void AddText(const std::string& name, const std::string& text,
               lxw_format* format) {
    if (sheet_ == nullptr) return;
    const lxw_row_t first = row_;
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      bool goes_on = false;
      for (const std::string& part : CellParts(XmlText(line))) {
        if (goes_on) Name(absl::StrCat(kMorePrefix, ++more_), row_, row_, 0);
        WriteString(row_++, 0, part, format);
        goes_on = true;
      }
    }
    Name(name, first, row_ - 1, 0);
  }

  void WriteString(lxw_row_t row, lxw_col_t column, const std::string& text,
                   lxw_format* format) {
    Keep(worksheet_write_string(sheet_, row, column, WorkbookText(text).c_str(),
                                format));
  }

  // Names cells of a column, for the importer.
  void Name(absl::string_view name, lxw_row_t first, lxw_row_t last,
            lxw_col_t column) {
    const std::string letters = ColumnName(column);
    std::string place =
        absl::StrCat("='", sheet_name_, "'!$", letters, "$", first + 1);
    if (last > first) absl::StrAppend(&place, ":$", letters, "$", last + 1);
    Keep(workbook_define_name(workbook_, std::string(name).c_str(),
                              place.c_str()));
  }

  // A text in as many cells of a row as it takes.
  void AddWide(lxw_col_t column, absl::string_view text) {
    for (const std::string& part : CellParts(XmlText(text))) {
      WriteString(row_, column++, part, FactFormat());
    }
  }

  // What else is known of the report, for the importer.
  void AddFacts() {
    AddSheetNamed(std::string(kFactsSheet));
    if (sheet_ == nullptr) return;
    constexpr double kWidths[] = {30, 30, 60};
    for (lxw_col_t i = 0; i < std::size(kWidths); ++i) {
      Keep(worksheet_set_column(sheet_, i, i, kWidths[i], nullptr));
    }
    Name(kFormName, row_, row_, 0);
    AddWide(0, kFactsHead);
    ++row_;
    for (const FormFact& fact : FactsOf(report_)) {
      AddWide(0, report::Schema::Get().TextLabel(fact.path, Language::kZh));
      AddWide(1, fact.value);
      Name(absl::StrCat(kFactPrefix, fact.path), row_, row_, 1);
      ++row_;
    }
    ++row_;
    AddPrintedHeadings();
    ++row_;
    AddNotes();
  }

  void AddPrintedHeadings() {
    AddListHead(kHeadingsName, "printed_headings");
    for (const v1::PrintedHeading& heading : report_.printed_headings()) {
      AddWide(0, v1::Section_Name(heading.section()));
      AddWide(1, heading.text());
      ++row_;
    }
  }

  void AddNotes() {
    AddListHead(kNotesName, "cell_notes");
    const report::Cells cells = report::ReadCells(report_);
    for (const v1::CellNote& note : report_.cell_notes()) {
      AddWide(0, note.cell());
      const auto cell = report::Schema::Get().Find(note.cell());
      if (cell.has_value() && cells[*cell].has_value()) {
        AddWide(1, absl::StrCat(*cells[*cell]));
      }
      AddWide(2, note.printed());
      ++row_;
    }
  }

  void AddListHead(absl::string_view name, absl::string_view field) {
    AddWide(0, report::Schema::Get().TextLabel(field, Language::kZh));
    Name(name, row_, row_, 0);
    ++row_;
  }

  void AddTable(const FormTable& table) {
    if (sheet_ == nullptr || table.rows.empty()) return;
    const std::vector<double> widths = ColumnWidths(table);
    for (size_t i = 0; i < widths.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      Keep(worksheet_set_column(sheet_, column, column, widths[i], nullptr));
    }
    if (table.head_rows > 0) {
      Keep(worksheet_repeat_rows(
          sheet_, row_, row_ + static_cast<lxw_row_t>(table.head_rows) - 1));
    }
    for (const FormTableRow& row : table.rows) {
      Keep(worksheet_set_row(sheet_, row_, RowHeight(row, widths), nullptr));
      for (const FormCell& cell : row.cells) AddCell(cell);
      ++row_;
    }
  }

  static std::vector<double> ColumnWidths(const FormTable& table) {
    int total = 0;
    for (const int width : table.widths) total += width;
    std::vector<double> widths;
    for (const int width : table.widths) {
      widths.push_back(static_cast<double>(kSheetWidth) * width / total);
    }
    return widths;
  }

  // Programs do not fit a row to merged cells by themselves.
  static double RowHeight(const FormTableRow& row,
                          const std::vector<double>& widths) {
    size_t lines = 1;
    for (const FormCell& cell : row.cells) {
      if (cell.row_span > 1) continue;
      double width = 0;
      for (size_t i = 0; i < cell.column_span; ++i) {
        width += widths[cell.column + i];
      }
      // Part of a column is margin.
      const auto room = static_cast<size_t>(std::max(2.0, width - 1));
      lines = std::max(lines, Wrap(cell.text, room).size());
    }
    return std::min(kRowHeightMax,
                    kLineHeight * static_cast<double>(lines) + kRowMargin);
  }

  void AddCell(const FormCell& cell) {
    const auto column = static_cast<lxw_col_t>(cell.column);
    ExactNumber number;
    const bool is_number = cell.role == FormRole::kFigure && !cell.is_note &&
                           !cell.text.empty() && IsExact(cell.text, &number);
    lxw_format* const format = CellFormat(
        cell.role, cell.role == FormRole::kFigure ? NumberFormatOf(cell) : "");
    if (cell.row_span > 1 || cell.column_span > 1) {
      Keep(worksheet_merge_range(
          sheet_, row_, column,
          row_ + static_cast<lxw_row_t>(cell.row_span) - 1,
          static_cast<lxw_col_t>(cell.column + cell.column_span - 1), "",
          format));
    }
    if (is_number) {
      Keep(worksheet_write_number(sheet_, row_, column, number.value, format));
      if (number.decimals > 0) NoteDecimal(column, cell.text);
    } else if (cell.text.empty()) {
      Keep(worksheet_write_blank(sheet_, row_, column, format));
    } else {
      const std::vector<std::string> parts = CellParts(XmlText(cell.text));
      // Nothing that is left out goes unsaid.
      const std::string text =
          parts.size() == 1 ? parts.front() : absl::StrCat(parts.front(), "…");
      WriteString(row_, column, text, format);
    }
    if (cell.cell.has_value()) {
      Name(absl::StrCat(kCellPrefix,
                        report::Schema::Get().cells()[*cell.cell].id),
           row_, row_, column);
    }
  }

  void NoteDecimal(lxw_col_t column, const std::string& figure) {
    char reference[LXW_MAX_CELL_NAME_LENGTH];
    lxw_rowcol_to_cell(reference, row_, column);
    decimals_.push_back({sheets_, reference, figure});
  }

  lxw_format* NewFormat(const char* font, double size) {
    lxw_format* const format = workbook_add_format(workbook_);
    format_set_font_name(format, font);
    format_set_font_size(format, size);
    format_set_text_wrap(format);
    return format;
  }

  lxw_format* TitleFormat() {
    lxw_format* const format = NewFormat("SimHei", 18);
    format_set_align(format, LXW_ALIGN_CENTER);
    return format;
  }

  lxw_format* HeadingFormat() {
    if (heading_format_ == nullptr) {
      heading_format_ = NewFormat("SimHei", 14);
      // Beside a table the column is narrow.
      heading_format_->text_wrap = LXW_FALSE;
    }
    return heading_format_;
  }

  lxw_format* TextFormat() {
    if (text_format_ == nullptr) {
      text_format_ = NewFormat("FangSong", 14);
      format_set_align(text_format_, LXW_ALIGN_VERTICAL_TOP);
      format_set_indent(text_format_, 1);
    }
    return text_format_;
  }

  // A format of text (@), so that a program takes no number or day for another.
  lxw_format* FactFormat() {
    if (fact_format_ == nullptr) {
      fact_format_ = NewFormat("SimSun", 10.5);
      format_set_num_format(fact_format_, "@");
    }
    return fact_format_;
  }

  lxw_format* CellFormat(FormRole role, const std::string& number_format) {
    lxw_format*& format = cell_formats_[{role, number_format}];
    if (format != nullptr) return format;
    format = NewFormat("SimSun", 10.5);
    format_set_border(format, LXW_BORDER_THIN);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    const bool is_left = role == FormRole::kRowHead || role == FormRole::kNote;
    format_set_align(format, is_left ? LXW_ALIGN_LEFT : LXW_ALIGN_CENTER);
    if (!number_format.empty()) {
      format_set_num_format(format, number_format.c_str());
    }
    return format;
  }

  const v1::Report& report_;
  lxw_workbook* const workbook_;  // Freed by workbook_close.
  lxw_worksheet* sheet_ = nullptr;
  std::string sheet_name_;
  int more_ = 0;
  int sheets_ = 0;
  lxw_row_t row_ = 0;
  std::vector<Decimal> decimals_;
  lxw_format* heading_format_ = nullptr;
  lxw_format* text_format_ = nullptr;
  lxw_format* fact_format_ = nullptr;
  std::map<std::pair<FormRole, std::string>, lxw_format*> cell_formats_;
  lxw_error error_ = LXW_NO_ERROR;
};

}  // namespace

absl::StatusOr<std::string> RenderReportXlsx(const v1::Report& report) {
  const auto directory = TemporaryDirectory::Make();
  if (directory == nullptr) return NotWritten("no temporary directory");
  const std::string path = directory->path() + "/report.xlsx";
  WorkbookWriter writer(report, path);
  RETURN_IF_ERROR(writer.Write());
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(path));
  ASSIGN_OR_RETURN(std::vector<ZipMember> members, ReadOwnZip(bytes));
  for (const Decimal& decimal : writer.decimals()) {
    RETURN_IF_ERROR(SetDecimal(decimal, &members));
  }
  return WriteZip(members);
}

}  // namespace annals::client
