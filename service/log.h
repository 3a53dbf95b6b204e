// The daemon's log, on standard error.

#ifndef ANNALS_SERVICE_LOG_H_
#define ANNALS_SERVICE_LOG_H_

#include <string>

#include "absl/status/status.h"

namespace annals {

// `level`: trace, debug, info, warn, error or off. `format`: text, or json for
// one object a line. INVALID_ARGUMENT with reason INVALID_FLAG otherwise.
absl::Status SetUpLog(const std::string& level, const std::string& format);

}  // namespace annals

#endif  // ANNALS_SERVICE_LOG_H_
