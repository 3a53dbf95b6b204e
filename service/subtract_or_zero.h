// Differences of counts that are read one after the other, so that the smaller
// may have grown past the larger.

#ifndef ANNALS_SERVICE_SUBTRACT_OR_ZERO_H_
#define ANNALS_SERVICE_SUBTRACT_OR_ZERO_H_

#include <cstdint>

namespace annals {

inline uint64_t SubtractOrZero(uint64_t from, uint64_t what) {
  return from > what ? from - what : 0;
}

}  // namespace annals

#endif  // ANNALS_SERVICE_SUBTRACT_OR_ZERO_H_
