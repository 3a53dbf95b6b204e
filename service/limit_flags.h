// The flags of the daemon's limits.

#ifndef ANNALS_SERVICE_LIMIT_FLAGS_H_
#define ANNALS_SERVICE_LIMIT_FLAGS_H_

#include "absl/status/status.h"
#include "service/server.h"

namespace annals {

// INVALID_ARGUMENT with reason INVALID_FLAG if one is out of its range.
absl::Status CheckLimitFlags();

// `callers_differ`: whether certificates tell callers apart.
// REQUIRES: they are in their ranges.
void SetLimitsFromFlags(bool callers_differ, ServerOptions* options);

}  // namespace annals

#endif  // ANNALS_SERVICE_LIMIT_FLAGS_H_
