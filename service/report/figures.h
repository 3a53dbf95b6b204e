// The figures of a report, read from its bytes without the rest: for what adds
// up or lists those of many.

#ifndef ANNALS_SERVICE_REPORT_FIGURES_H_
#define ANNALS_SERVICE_REPORT_FIGURES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "service/report/schema.h"

namespace annals::report {

// The edition that reports for a year follow.
v1::Edition EditionForYear(int year);

struct Figures {
  std::string agency_name;
  // By the number of the table: 2, 3 and 4.
  std::array<v1::Edition, 5> editions = {};
  Cells cells;

  bool Has(const CellInfo& cell) const {
    return cell.In(editions[static_cast<size_t>(cell.table_number)]);
  }
  // The figure as sums count it: absent if the cell is blank or not in the
  // edition of its table.
  std::optional<int64_t> Counted(CellIndex cell) const;
};

// Reads a serialized v1::Report, making use again of what `figures` holds.
// False if the bytes are malformed.
bool ReadFigures(absl::string_view report, Figures* figures);

// The same of a message.
Figures FiguresOf(const v1::Report& report);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_FIGURES_H_
