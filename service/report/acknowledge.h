// Which findings an acknowledgement speaks of.

#ifndef ANNALS_SERVICE_REPORT_ACKNOWLEDGE_H_
#define ANNALS_SERVICE_REPORT_ACKNOWLEDGE_H_

#include "annals/v1/finding.pb.h"

namespace annals::report {

// By its rule, its fingerprint, or both. `R-SUM-*` speaks of all rules whose
// ids begin with `R-SUM-`: one reason, such as a bureau that files late, may
// stand behind a hundred cells.
bool Acknowledges(const v1::Acknowledgement& acknowledgement,
                  const v1::Finding& finding);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_ACKNOWLEDGE_H_
