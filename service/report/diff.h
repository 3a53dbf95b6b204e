// What differs between two reports: figures and texts, each in the order of the
// form.

#ifndef ANNALS_SERVICE_REPORT_DIFF_H_
#define ANNALS_SERVICE_REPORT_DIFF_H_

#include <optional>
#include <string>
#include <vector>

#include "annals/v1/report.pb.h"
#include "service/report/schema.h"

namespace annals::report {

struct CellDifference {
  CellIndex cell = 0;
  std::optional<int64_t> old_value;
  std::optional<int64_t> new_value;
};

struct TextDifference {
  std::string field;  // As TextInfo::path, or another field of the report.
  std::optional<std::string> old_text;
  std::optional<std::string> new_text;
};

struct Difference {
  std::vector<CellDifference> cells;
  std::vector<TextDifference> texts;
  bool empty() const { return cells.empty() && texts.empty(); }
};

// Everything of a report counts: whatever is neither a figure nor a text of the
// schema (editions, period, publication, headings, notes) is compared as text
// under its field path. The etag does not count.
Difference DiffReports(const v1::Report& older, const v1::Report& newer);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_DIFF_H_
