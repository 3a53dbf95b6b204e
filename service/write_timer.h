// Since when a stream's write is under way.

#ifndef ANNALS_SERVICE_WRITE_TIMER_H_
#define ANNALS_SERVICE_WRITE_TIMER_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"

namespace annals {

// Thread-safe.
class WriteTimer {
 public:
  void Begin(absl::Time now) { began_at_ = absl::ToUnixMicros(now); }
  // What the thread did that began the write is seen by the one that ends it;
  // gRPC, which hands the write on, sees to that as well, but not in a way that
  // ThreadSanitizer knows of.
  void End() { began_at_.exchange(kNone); }

  // A write has been under way since `time` or longer: the reader takes
  // nothing, so that HTTP/2's flow control holds the stream up. True once a
  // write.
  bool HasStalled(absl::Time time) {
    int64_t began_at = began_at_;
    return began_at != kNone && began_at <= absl::ToUnixMicros(time) &&
           began_at_.compare_exchange_strong(began_at, kNone);
  }

 private:
  static constexpr int64_t kNone = INT64_MAX;
  std::atomic<int64_t> began_at_ = kNone;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WRITE_TIMER_H_
