// What the system must grant a daemon. Below it libraries end the process
// where they can't go on, without a word that helps; so it is asked first.

#ifndef ANNALS_SERVICE_SYSTEM_LIMITS_H_
#define ANNALS_SERVICE_SYSTEM_LIMITS_H_

#include <cstdint>

#include "absl/status/status.h"

namespace annals {

// Has as many file descriptors granted as may be, and compares them and the
// address space with what is needed at least, `cache_bytes` being the memory
// that flags give to caches. FAILED_PRECONDITION with reason
// SYSTEM_LIMIT_TOO_LOW.
absl::Status RequireSystemLimits(uint64_t cache_bytes);

// What no code catches, such as memory or threads that can't be had, ends the
// process with `exit_code` and a line on standard error, instead of by a
// signal.
void ExitOnUncaught(int exit_code);

}  // namespace annals

#endif  // ANNALS_SERVICE_SYSTEM_LIMITS_H_
