// What a stream that is let in holds until it is finished.

#ifndef ANNALS_SERVICE_STREAM_PLACE_H_
#define ANNALS_SERVICE_STREAM_PLACE_H_

#include <utility>

#include "absl/status/statusor.h"
#include "ledger/status_macros.h"
#include "service/call_admission.h"
#include "service/caller_limiter.h"
#include "service/stream_slots.h"

namespace annals {

struct StreamPlace {
  CallerLimiter::Pass pass;
  StreamSlots::Slot slot;
};

// The limit of the caller comes before that of all. Errors as of
// CallAdmission::Admit and StreamSlots::Take.
inline absl::StatusOr<StreamPlace> TakePlace(Admission admission,
                                             StreamSlots* slots) {
  ASSIGN_OR_RETURN(AdmittedCaller caller, std::move(admission.caller));
  ASSIGN_OR_RETURN(StreamSlots::Slot slot, slots->Take(admission.lane));
  return StreamPlace{std::move(caller.pass), std::move(slot)};
}

}  // namespace annals

#endif  // ANNALS_SERVICE_STREAM_PLACE_H_
