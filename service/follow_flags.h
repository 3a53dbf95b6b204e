// The daemon's flags of following another one.

#ifndef ANNALS_SERVICE_FOLLOW_FLAGS_H_
#define ANNALS_SERVICE_FOLLOW_FLAGS_H_

#include <functional>

#include "absl/status/status.h"
#include "service/daemon.h"

namespace annals {

// Fills `follow` of the options, whose other fields are set, if the daemon is
// to follow; `is_interrupted` is asked during a first copy. INVALID_ARGUMENT
// with reason INVALID_FLAG if the flags do not fit together.
absl::Status SetFollow(std::function<bool()> is_interrupted,
                       DaemonOptions* options);

}  // namespace annals

#endif  // ANNALS_SERVICE_FOLLOW_FLAGS_H_
