// Resource names and the identifiers of agencies.

#ifndef ANNALS_SERVICE_REPORT_NAMES_H_
#define ANNALS_SERVICE_REPORT_NAMES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/report.pb.h"

namespace annals::report {

// OK if `code` is a unified social credit code (GB 32100-2015): 18 characters
// of the 31-letter alphabet, the organisation code (GB 11714) in characters 9
// to 17 and the check character right. INVALID_ARGUMENT with reason
// INVALID_AGENCY_CODE, naming the character at fault.
absl::Status ValidateAgencyCode(absl::string_view code);

// The check character for the first 17 characters.
// REQUIRES: they are of the alphabet.
char AgencyCodeCheckCharacter(absl::string_view first17);

// OK if `code` is a division code: 6 (GB/T 2260) or 9 digits (GB/T 10114), not
// all zero. INVALID_ARGUMENT with reason INVALID_DIVISION_CODE.
absl::Status ValidateDivisionCode(absl::string_view code);

// `agencies/{code}`.
struct AgencyName {
  std::string code;
  std::string ToString() const;
};

// `agencies/{code}/reports/{year}` or `…/{year}-regional`.
struct ReportName {
  std::string agency_code;
  int year = 0;
  v1::Scope scope = v1::SCOPE_ORGAN;

  std::string ToString() const;
  // The report of the same agency and scope for the year before.
  ReportName Previous() const;
};

// `{report}/revisions/{number}`.
struct RevisionName {
  ReportName report;
  int number = 0;
  std::string ToString() const;
};

// `documents/{sha256}`: a recorded source document.
struct DocumentName {
  // 64 lower-case hex digits.
  std::string sha256;
  std::string ToString() const;
};

// INVALID_ARGUMENT with reason INVALID_RESOURCE_NAME (or INVALID_AGENCY_CODE),
// saying what form is expected. Years are 2008 (the first 条例) to 9999.
absl::StatusOr<AgencyName> ParseAgencyName(absl::string_view name);
absl::StatusOr<ReportName> ParseReportName(absl::string_view name);
absl::StatusOr<RevisionName> ParseRevisionName(absl::string_view name);
absl::StatusOr<DocumentName> ParseDocumentName(absl::string_view name);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_NAMES_H_
