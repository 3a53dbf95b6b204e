#include "client/render/report_csv.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/render/cell_list.h"
#include "client/render/printable.h"
#include "client/render/table_layout.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr absl::string_view kLineEnd = "\r\n";

// What spreadsheet programs take for the beginning of a formula, the full-width
// forms included.
constexpr absl::string_view kFormulaStarts[] = {"=",  "+",  "-",  "@",  "\t",
                                                "\r", "＝", "＋", "－", "＠"};

std::string Quoted(absl::string_view text) {
  if (text.find_first_of("\",\r\n") == absl::string_view::npos &&
      text == absl::StripAsciiWhitespace(text)) {
    return std::string(text);
  }
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

// A dash alone is what a cell prints for nothing.
bool MayBeFormula(absl::string_view text) {
  if (text == "-" || text == "－") return false;
  const absl::string_view rest = absl::StripLeadingAsciiWhitespace(text);
  for (absl::string_view start : kFormulaStarts) {
    if (absl::StartsWith(text, start) || absl::StartsWith(rest, start)) {
      return true;
    }
  }
  return false;
}

std::string Printed(const v1::Report& report, const std::string& id) {
  for (const v1::CellNote& note : report.cell_notes()) {
    if (note.cell() == id) return note.printed();
  }
  return std::string();
}

}  // namespace

std::string CsvText(absl::string_view text) {
  const std::string printable = PrintableText(text);
  return Quoted(MayBeFormula(printable) ? absl::StrCat("'", printable)
                                        : printable);
}

std::string RenderReportCsv(const v1::Report& report, Language language,
                            bool with_mark) {
  const report::Schema& schema = report::Schema::Get();
  const report::Cells cells = report::ReadCells(report);
  std::string csv(with_mark ? kByteOrderMark : "");
  absl::StrAppend(&csv, "cell,label,value,printed", kLineEnd);
  for (report::CellIndex index : ListedCells(report)) {
    const report::CellInfo& info = schema.cells()[index];
    const std::string label = schema.CellLabel(
        index, report::EditionOf(report, info.table_number), language);
    absl::StrAppend(&csv, info.id, ",", CsvText(label), ",",
                    CellText(cells, index, report), ",",
                    CsvText(Printed(report, info.id)), kLineEnd);
  }
  return csv;
}

}  // namespace annals::client
