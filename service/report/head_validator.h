// The form of what a report holds besides figures and prose.

#ifndef ANNALS_SERVICE_REPORT_HEAD_VALIDATOR_H_
#define ANNALS_SERVICE_REPORT_HEAD_VALIDATOR_H_

#include "annals/v1/report.pb.h"
#include "service/report/report_faults.h"

namespace annals::report {

// Adds to `faults` what is wrong with a ReportView's head: unknown fields and
// enum values, texts, dates that do not exist, negative numbers, notes on cells
// that the form does not have, lists that are too long.
void ValidateHead(const v1::Report& head, ReportFaults* faults);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_HEAD_VALIDATOR_H_
