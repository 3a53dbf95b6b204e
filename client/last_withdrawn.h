// What of a report's life may come back.

#ifndef ANNALS_CLIENT_LAST_WITHDRAWN_H_
#define ANNALS_CLIENT_LAST_WITHDRAWN_H_

#include <cstdint>

#include "annals/v1/lifecycle_service.pb.h"

namespace annals::client {

// The revision that was withdrawn last, restored since or not; 0 if none was.
int32_t LastWithdrawn(const v1::Lifecycle& life);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_LAST_WITHDRAWN_H_
