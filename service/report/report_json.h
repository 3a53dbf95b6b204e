// Reports as JSON files: the protobuf JSON mapping with the schema's own field
// names.

#ifndef ANNALS_SERVICE_REPORT_REPORT_JSON_H_
#define ANNALS_SERVICE_REPORT_REPORT_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"

namespace annals::report {

// INVALID_ARGUMENT, naming the line and the field, with reason INVALID_UTF8,
// INVALID_JSON (a field given twice and nesting beyond 32 levels included),
// UNKNOWN_FIELD, INVALID_VALUE or COUNT_OUT_OF_RANGE.
absl::StatusOr<v1::Report> ReportFromJson(absl::string_view json);

// Indented, fields in the order of the schema, counts as numbers where they are
// exact in any reader (below 2^53) and as strings above.
std::string ReportToJson(const v1::Report& report);

// The same with everything that there is to fill in: each cell of the editions
// that the tables declare and each text of the sections is there, a blank one
// as null, which ReportFromJson reads as a blank.
std::string ReportFormToJson(const v1::Report& report);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_REPORT_JSON_H_
