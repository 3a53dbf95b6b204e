// What a request to take a step or to set a policy must be, as far as it alone
// tells.

#ifndef ANNALS_SERVICE_LIFE_REQUEST_H_
#define ANNALS_SERVICE_LIFE_REQUEST_H_

#include "absl/status/status.h"
#include "annals/v1/lifecycle_service.pb.h"

namespace annals {

// INVALID_ARGUMENT with reason INVALID_VALUE, MISSING_FIELD, UNKNOWN_FIELD and
// others.
absl::Status ValidateStep(const v1::TakeStepRequest& request);

// The same, and INVALID_POLICY.
absl::Status ValidatePolicySetting(const v1::SetPolicyRequest& request);

}  // namespace annals

#endif  // ANNALS_SERVICE_LIFE_REQUEST_H_
