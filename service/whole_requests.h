// How many bytes of requests came whole, by connection: what else a connection
// sent is in memory, and no handler knows of it.

#ifndef ANNALS_SERVICE_WHOLE_REQUESTS_H_
#define ANNALS_SERVICE_WHOLE_REQUESTS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "grpcpp/server_context.h"
#include "ledger/mutex.h"

namespace annals {

// Thread-safe.
class WholeRequests {
 public:
  // Requests of fewer bytes are not counted, to keep calls that read fast.
  static constexpr size_t kCountedBytesMin = 128;

  using Bytes = std::shared_ptr<const std::atomic<uint64_t>>;

  // Counts for a connection that goes by `name` (PeerName of peer_address.h)
  // from now on. Who had the name before is counted no more.
  Bytes Open(const std::string& name);

  // Forgets the connection, if the name is still its own.
  void Close(const std::string& name, const Bytes& bytes);

  // A request came whole.
  void Add(const std::string& name, size_t bytes);
  void Add(const grpc::ServerContextBase& context, size_t bytes);

 private:
  Mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<std::atomic<uint64_t>>>
      by_name_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WHOLE_REQUESTS_H_
