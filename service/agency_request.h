// What a request to register or change an agency must be, as far as it and the
// latest state of the agency tell.

#ifndef ANNALS_SERVICE_AGENCY_REQUEST_H_
#define ANNALS_SERVICE_AGENCY_REQUEST_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/agency_service.pb.h"

namespace annals {

// INVALID_ARGUMENT with reason INVALID_AGENCY_CODE, NAME_MISMATCH,
// INVALID_DIVISION_CODE, INVALID_VALUE, SUPERVISOR_IS_SELF, SUCCESSOR_IS_SELF,
// SUCCESSOR_WITHOUT_DISSOLUTION and others.
absl::Status ValidateCreation(const v1::CreateAgencyRequest& request);

// INVALID_ARGUMENT with reason INVALID_UPDATE_MASK, MISSING_ETAG,
// INVALID_VALUE and others.
absl::Status ValidateUpdate(const v1::UpdateAgencyRequest& request);

// The agency as the update makes it of the state `base`, without what the
// service sets. `replaced`: the first day of the first change that this one
// takes the place of; absent if of none. `today`: the day in Shanghai.
// FAILED_PRECONDITION with reason VALID_FROM_TOO_EARLY; INVALID_ARGUMENT with
// reason NOTHING_CHANGED and as ValidateCreation.
absl::StatusOr<v1::Agency> ApplyUpdate(const v1::UpdateAgencyRequest& request,
                                       v1::Agency base,
                                       std::optional<absl::CivilDay> replaced,
                                       absl::CivilDay today);

// `agency` as a leaf records it: without what the service sets.
v1::Agency WithoutServiceFields(v1::Agency agency);

absl::Status AgencyExists(absl::string_view name);
absl::Status AgencyNotFound(absl::string_view name);
// AGENCY_NOT_FOUND of one that was registered later.
absl::Status NoAgencyYet(absl::string_view name);
absl::Status SupervisorNotRegistered(absl::string_view name);
// That is dissolved on `day`.
absl::Status SupervisorDissolved(absl::string_view name, absl::CivilDay day);
// More than `offices_max` offices stand above it, or would.
absl::Status SupervisionTooDeep(absl::string_view name, size_t offices_max);
absl::Status SuccessorNotRegistered(absl::string_view name);
// `current` is empty if it is not known.
absl::Status AgencyEtagMismatch(absl::string_view name,
                                absl::string_view current);

}  // namespace annals

#endif  // ANNALS_SERVICE_AGENCY_REQUEST_H_
