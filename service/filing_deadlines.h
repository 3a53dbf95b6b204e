// Until when reports are due.

#ifndef ANNALS_SERVICE_FILING_DEADLINES_H_
#define ANNALS_SERVICE_FILING_DEADLINES_H_

#include <vector>

#include "absl/time/time.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/lifecycle.pb.h"

namespace annals {

class FilingDeadlines {
 public:
  // The statutory ones (条例 §49): 31 January, and 31 March for governments and
  // their offices.
  FilingDeadlines() = default;
  // Those of a policy; the statutory ones for the kinds that it says nothing
  // of.
  explicit FilingDeadlines(const v1::ReviewPolicy& policy)
      : deadlines_(policy.deadlines().begin(), policy.deadlines().end()) {}

  // The first moment at which the report of an agency of `kind` on `year` is
  // late: the day after the last one begins, in the time zone Asia/Shanghai. A
  // day that the month does not have is its last.
  absl::Time LateFrom(v1::AgencyKind kind, int year) const;

 private:
  std::vector<v1::Deadline> deadlines_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_FILING_DEADLINES_H_
