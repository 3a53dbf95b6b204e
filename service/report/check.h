// What the rules of the form say of a report. Pure: the same input gives the
// same answer on the server and offline.

#ifndef ANNALS_SERVICE_REPORT_CHECK_H_
#define ANNALS_SERVICE_REPORT_CHECK_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/finding.pb.h"
#include "annals/v1/report.pb.h"
#include "service/report/report_view.h"

namespace annals::report {

// Changes whenever a rule is added, dropped, or decides differently.
inline constexpr char kRuleSetVersion[] = "2026-12.1";

// A report that a regional one adds up: the agency's own, or a subordinate
// agency's.
struct PartReport {
  // Its resource name, or the file that it stands in.
  std::string name;
  std::string agency_display_name;
  // May be empty.
  std::string division_code;
  v1::Scope scope = v1::SCOPE_ORGAN;
  // Null if it was not filed or is not in effect.
  const ReportView* report = nullptr;
  v1::AgencyKind agency_kind = v1::AGENCY_KIND_UNSPECIFIED;
};

// What a report is checked against besides itself.
struct CheckContext {
  // Last year's report of the same agency and scope; null if not at hand, and
  // then the year-over-year rules are not assessable.
  const ReportView* previous = nullptr;
  // Its resource name, for the findings.
  std::string previous_name;
  // The year of filing, from the report's resource name; 0 if not known.
  int filing_year = 0;
  // As the register has it; null if not known.
  const v1::Agency* agency = nullptr;
  // What a regional report adds up, filed or not: of each agency one report,
  // the regional one if it files one. nullopt if that is not known.
  std::optional<std::vector<PartReport>> parts;
};

// Applies every rule of the catalogue.
v1::CheckResult CheckReport(const ReportView& report,
                            const CheckContext& context);
// The same for a message.
v1::CheckResult CheckReport(const v1::Report& report,
                            const CheckContext& context);

// The catalogue, in its order: one entry for each rule instance.
const std::vector<v1::Rule>& RuleCatalogue();

// OK if no finding of severity ERROR failed. INVALID_ARGUMENT with reason
// REPORT_BREAKS_RULES and a violation for each (the first 20) if not.
absl::Status RequireNoErrors(const v1::CheckResult& check);

// OK if each failed finding of severity WARNING is acknowledged with a reason.
// FAILED_PRECONDITION with reason WARNINGS_NOT_ACKNOWLEDGED naming those that
// are not; INVALID_ARGUMENT with reason UNKNOWN_ACKNOWLEDGEMENT if an
// acknowledgement matches no failed warning or has no reason.
absl::Status RequireAcknowledged(
    const v1::CheckResult& check,
    const google::protobuf::RepeatedPtrField<v1::Acknowledgement>&
        acknowledgements);

// How many failed findings have the severity.
int FailedCount(const v1::CheckResult& check, v1::Severity severity);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_CHECK_H_
