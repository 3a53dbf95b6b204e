// How often each limit was hit, for whoever exports it.

#ifndef ANNALS_SERVICE_LIMIT_COUNTERS_H_
#define ANNALS_SERVICE_LIMIT_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace annals {

enum class Limit {
  kCallRate,            // Calls of a caller in a second.
  kCallerCalls,         // Calls of a caller under way.
  kCallerStreams,       // Streams of a caller.
  kCallers,             // Callers that are kept count of.
  kConnections,         // Connections.
  kAddressConnections,  // Connections from an address.
  kStreamStall,         // Streams and answers that were ended because nothing
                        // moved.
  kAnswerBytes,         // Bytes of answers that a caller does not take.
  kRequestBytes,        // Bytes of requests under way.
  kPageSize,            // Items of a page.
  kBatchRate,           // Calls of a caller in a second, by a batch that waits.
  kConnectionResets,    // Calls of a connection that were given up.
  kIncompleteBytes,     // Bytes of requests of a connection that are not whole.
};
inline constexpr size_t kLimitCount = 13;

// As metrics and errors call it, such as "CALL_RATE_EXCEEDED"; never changed.
absl::string_view LimitName(Limit limit);

// Thread-safe.
class LimitCounters {
 public:
  void Count(Limit limit) {
    hits_[static_cast<size_t>(limit)].fetch_add(1, std::memory_order_relaxed);
  }

  // Since the start.
  uint64_t hits(Limit limit) const {
    return hits_[static_cast<size_t>(limit)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<uint64_t>, kLimitCount> hits_ = {};
};

}  // namespace annals

#endif  // ANNALS_SERVICE_LIMIT_COUNTERS_H_
