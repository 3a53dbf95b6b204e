// What handlers know of each connection: the calls that came to them. What else
// a connection has begun is gRPC's alone.

#ifndef ANNALS_SERVICE_TELEMETRY_HANDLED_CALLS_H_
#define ANNALS_SERVICE_TELEMETRY_HANDLED_CALLS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "ledger/mutex.h"

namespace annals {

// Thread-safe.
class HandledCalls {
 public:
  // Of one connection, since it was made.
  struct Counts {
    std::atomic<uint64_t> begun = 0;
    std::atomic<int64_t> under_way = 0;
    // Of their requests, all of which are whole.
    std::atomic<uint64_t> bytes = 0;
    // Whether any was by somebody with a certificate that is in order.
    std::atomic<bool> is_proved = false;
  };
  using Connection = std::shared_ptr<Counts>;

  // Counts for a connection that goes by `name` from now on. Who had the name
  // before is not found any more.
  Connection Open(const std::string& name);

  // Forgets the connection, if the name is still its own.
  void Close(const std::string& name, const Connection& connection);

  // Null if nobody goes by the name.
  Connection Find(const std::string& name) const;

 private:
  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, Connection> by_name_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVICE_TELEMETRY_HANDLED_CALLS_H_
