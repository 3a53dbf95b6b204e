// What a change of the register is based on. The client reads the state that
// it is about to change, and the daemon changes it: both go by this.

#ifndef ANNALS_SERVICE_REPORT_REGISTER_CHANGE_H_
#define ANNALS_SERVICE_REPORT_REGISTER_CHANGE_H_

#include <optional>

#include "absl/time/civil_time.h"
#include "annals/v1/agency_service.pb.h"

namespace annals::report {

// The last day on which what the register says stays, of an update that takes
// the place of others: it changes the state that holds on that day. nullopt if
// it takes the place of none. `today`: the day in Shanghai.
std::optional<absl::CivilDay> LastDayKept(
    const v1::UpdateAgencyRequest& request, absl::CivilDay today);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_REGISTER_CHANGE_H_
