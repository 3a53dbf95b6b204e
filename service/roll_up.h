// What the reports of an office and of the agencies below it add up to, as they
// are in effect.

#ifndef ANNALS_SERVICE_ROLL_UP_H_
#define ANNALS_SERVICE_ROLL_UP_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "annals/v1/supervision_service.pb.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "service/publication.h"
#include "service/subtree.h"

namespace annals {

// Thread-safe. Blocks on storage. Holds one report at a time.
class RollUp {
 public:
  // None is owned; all must outlive this.
  RollUp(ledger::Ledger* ledger, ledger::Clock* clock,
         const Publications* publications)
      : ledger_(ledger), clock_(clock), publications_(*publications) {}

  // `viewer`: the agencies of which the caller sees all, and of all others what
  // is published; nullopt: all is seen of all.
  // INVALID_ARGUMENT with reason INVALID_VALUE, FIELD_NOT_FOUND or
  // INVALID_AGENCY_CODE; as AsOf; NOT_FOUND with reason AGENCY_NOT_FOUND;
  // FAILED_PRECONDITION with reason ROLL_UP_TOO_LARGE.
  absl::StatusOr<v1::RollUpResponse> Answer(
      const v1::RollUpRequest& request,
      std::optional<Subtree> viewer = std::nullopt) const;

 private:
  ledger::Ledger* const ledger_;
  ledger::Clock* const clock_;
  const Publications& publications_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_ROLL_UP_H_
