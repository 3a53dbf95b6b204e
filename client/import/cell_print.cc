#include "client/import/cell_print.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "client/import/figure.h"

namespace annals::client {
namespace {

// Whether the print says the figure of the cell.
bool Says(const Figure& print, int64_t value, const report::CellInfo& cell,
          const v1::Report& report) {
  v1::Unit unit = cell.unit;
  if (unit == v1::UNIT_UNSPECIFIED) {
    int64_t count = 0;
    return absl::SimpleAtoi(print.Decimal(), &count) && count == value;
  }
  if (print.unit == "万元") {
    unit = v1::UNIT_WAN_YUAN;
  } else if (print.unit == "元") {
    unit = v1::UNIT_UNSPECIFIED;
  } else if (unit == v1::UNIT_AS_PRINTED) {
    unit = report.t2().procurement_amount_unit();
  }
  const auto fen = report::ParseFen(print.Decimal(), unit);
  return fen.ok() && *fen == value;
}

}  // namespace

PrintedCell CellAsPrinted(const v1::Report& report, const report::Cells& cells,
                          report::CellIndex cell) {
  const report::CellInfo& info = report::Schema::Get().cells()[cell];
  const PrintedCell figure{
      cells[cell].has_value() ? report::FormatFigure(*cells[cell], info, report)
                              : std::string(),
      false};
  for (const v1::CellNote& note : report.cell_notes()) {
    if (note.cell() != info.id || note.printed().empty()) continue;
    if (!cells[cell].has_value()) return {note.printed(), true};
    Figure print;
    // A remark outlives the correction of its figure: it must not hide it.
    const bool holds = ParseFigure(note.printed(), &print) &&
                       !print.placeholder &&
                       Says(print, *cells[cell], info, report);
    return holds ? PrintedCell{note.printed(), true} : figure;
  }
  return figure;
}

}  // namespace annals::client
