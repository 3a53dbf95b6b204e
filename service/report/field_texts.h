// Everything of a report that is no figure, as texts in the order of the form.

#ifndef ANNALS_SERVICE_REPORT_FIELD_TEXTS_H_
#define ANNALS_SERVICE_REPORT_FIELD_TEXTS_H_

#include <map>
#include <string>
#include <vector>

#include "annals/v1/report.pb.h"

namespace annals::report {

// Field numbers and element numbers from the report down: they order the texts
// as the form does.
using FieldPlace = std::vector<int>;

struct FieldText {
  // As TextInfo::path, or another field of the report, such as
  // `publication.url` or `cell_notes[0].printed`.
  std::string path;
  std::string text;
};

using FieldTexts = std::map<FieldPlace, FieldText>;

// Whatever is neither a figure nor a text of the schema (editions, period,
// publication, headings, notes) is there as text. The etag is not.
FieldTexts ReadFieldTexts(const v1::Report& report);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_FIELD_TEXTS_H_
