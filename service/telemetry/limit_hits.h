// How often something was refused because a limit was reached.

#ifndef ANNALS_SERVICE_TELEMETRY_LIMIT_HITS_H_
#define ANNALS_SERVICE_TELEMETRY_LIMIT_HITS_H_

#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "ledger/mutex.h"

namespace annals {

// Thread-safe.
class LimitHits {
 public:
  // `reason`: of the error that says so, such as "QUEUE_FULL"; one of the few
  // that there are.
  void Count(absl::string_view reason) {
    MutexLock lock(&mutex_);
    ++counts_[std::string(reason)];
  }

  absl::flat_hash_map<std::string, uint64_t> Read() const {
    MutexLock lock(&mutex_);
    return counts_;
  }

 private:
  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, uint64_t> counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_LIMIT_HITS_H_
