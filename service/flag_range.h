// The ranges of the daemon's numeric flags.

#ifndef ANNALS_SERVICE_FLAG_RANGE_H_
#define ANNALS_SERVICE_FLAG_RANGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace annals {

struct FlagRange {
  std::string flag;
  int64_t value = 0;
  int64_t min = 0;
  int64_t max = 0;
};

// INVALID_ARGUMENT with reason INVALID_FLAG naming the first flag whose value
// is out of its range.
absl::Status CheckRanges(const std::vector<FlagRange>& ranges);

}  // namespace annals

#endif  // ANNALS_SERVICE_FLAG_RANGE_H_
