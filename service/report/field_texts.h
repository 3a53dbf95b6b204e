// Everything of a report that is no figure, as texts in the order of the form.

#ifndef ANNALS_SERVICE_REPORT_FIELD_TEXTS_H_
#define ANNALS_SERVICE_REPORT_FIELD_TEXTS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"
#include "service/report/schema.h"

namespace annals::report {

// Field numbers and element numbers from the report down: they order the texts
// as the form does.
using FieldPlace = std::vector<int>;

struct FieldText {
  // As TextInfo::path, or another field of the report, such as
  // `publication.url`. What is printed in a cell besides its figure stands
  // under the cell, `cell_notes[t3.granted.total]`, and a second remark on it
  // under `cell_notes[t3.granted.total][2]`: notes of other cells that come or
  // go do not move it.
  std::string path;
  std::string text;
};

using FieldTexts = std::map<FieldPlace, FieldText>;

// Whatever is neither a figure nor a text of the schema (editions, period,
// publication, headings, notes) is there as text. The etag is not.
FieldTexts ReadFieldTexts(const v1::Report& report);

// The cell that a path such as `cell_notes[t3.granted.total]` names.
std::optional<CellIndex> CellOfNote(absl::string_view path);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_FIELD_TEXTS_H_
