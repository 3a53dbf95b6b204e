// Who supervises whom: a tree on every day.

#ifndef ANNALS_SERVICE_SUPERVISION_H_
#define ANNALS_SERVICE_SUPERVISION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "ledger/ledger.h"
#include "service/agency_states.h"

namespace annals {

// `agency` is to be supervised by `supervisor` from `first_day` on; both are
// `agencies/{code}`.
struct NewSupervision {
  std::string agency;
  std::string supervisor;
  absl::CivilDay first_day;
};

// OK if on no day from the first on the agency would come to supervise itself,
// over however many offices: the streams that this relies on, which must not
// grow before it is recorded. FAILED_PRECONDITION with reason
// SUPERVISION_CYCLE.
absl::StatusOr<std::vector<ledger::StreamLength>> RequireNoCycle(
    const NewSupervision& supervision, uint64_t size,
    const AgencyStates& states);

}  // namespace annals

#endif  // ANNALS_SERVICE_SUPERVISION_H_
