// The streams of one kind that gRPC is not done with.

#ifndef ANNALS_SERVICE_STREAM_REGISTRY_H_
#define ANNALS_SERVICE_STREAM_REGISTRY_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "ledger/check.h"
#include "ledger/mutex.h"

namespace annals {

// Owns streams from their start until OnDone: those that are refused too, which
// have no slot. Thread-safe.
template <typename Stream>
class StreamRegistry {
 public:
  // REQUIRES: every stream is done.
  ~StreamRegistry() {
    MutexLock lock(&mutex_);
    ANNALS_CHECK(streams_.empty());
  }

  void Keep(const std::shared_ptr<Stream>& stream) {
    MutexLock lock(&mutex_);
    streams_.emplace(stream.get(), stream);
  }

  // Destroys it, unless somebody else holds it. REQUIRES: it is kept.
  void Remove(Stream* stream) {
    std::shared_ptr<Stream> last;  // Outlives the lock.
    MutexLock lock(&mutex_);
    const auto found = streams_.find(stream);
    last = std::move(found->second);
    streams_.erase(found);
  }

  bool IsEmpty() {
    MutexLock lock(&mutex_);
    return streams_.empty();
  }

  // Those that there are now.
  std::vector<std::shared_ptr<Stream>> All() {
    std::vector<std::shared_ptr<Stream>> streams;
    MutexLock lock(&mutex_);
    streams.reserve(streams_.size());
    for (const auto& [key, stream] : streams_) streams.push_back(stream);
    return streams;
  }

 private:
  Mutex mutex_;
  absl::flat_hash_map<Stream*, std::shared_ptr<Stream>> streams_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVICE_STREAM_REGISTRY_H_
