// How many bytes of requests a connection has sent that are not whole.
//
// gRPC 1.51 keeps them, as many as come up to its memory for all connections,
// and tells nobody. So they are reckoned: what was received, without the
// requests that came whole, and without what goes with each call on the wire.

#ifndef ANNALS_SERVICE_INCOMPLETE_BYTES_H_
#define ANNALS_SERVICE_INCOMPLETE_BYTES_H_

#include <cstdint>

#include "service/stream_counts.h"

namespace annals {

class IncompleteBytes {
 public:
  // What the connection has received, and of it the requests that came whole,
  // in bytes since it was made.
  struct Sums {
    uint64_t received = 0;
    uint64_t whole = 0;
  };

  // No fewer than there are.
  uint64_t AtMost(const Sums& sums) const;

  // Reckons anew. Without a call alive there are none; what is lost sight of
  // otherwise, such as requests given up half-sent, counts until then.
  void Settle(const Sums& sums, const StreamCount& streams);
  // The same without asking: as many as there are at most.
  void Settle(const Sums& sums);

  // As reckoned last.
  uint64_t held() const { return held_; }

 private:
  Sums settled_;
  uint64_t answered_ = 0;
  uint64_t held_ = 0;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_INCOMPLETE_BYTES_H_
