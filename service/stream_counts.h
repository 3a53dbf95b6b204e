// What became of the streams of HTTP/2 on connections, as gRPC counts them.

#ifndef ANNALS_SERVICE_STREAM_COUNTS_H_
#define ANNALS_SERVICE_STREAM_COUNTS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "service/subtract_or_zero.h"

namespace annals {

// Since the connection was made.
struct StreamCount {
  uint64_t begun = 0;
  // With an answer, and without: reset, or cancelled.
  uint64_t answered = 0;
  uint64_t given_up = 0;

  // That gRPC has not let go of.
  uint64_t alive() const { return SubtractOrZero(begun, answered + given_up); }
};

using StreamCountByName = absl::flat_hash_map<std::string, StreamCount>;

class StreamCounts {
 public:
  virtual ~StreamCounts() = default;

  // Connections go by PeerName (peer_address.h). Those that gRPC has not, or
  // not any more, are left out.
  virtual StreamCountByName Read(const std::vector<std::string>& names) = 0;

  // The name is another connection's from now on.
  virtual void Forget(const std::string& name) = 0;
};

// Of the servers of this process, by gRPC's channelz. Not thread-safe.
std::unique_ptr<StreamCounts> MakeChannelzStreamCounts();

}  // namespace annals

#endif  // ANNALS_SERVICE_STREAM_COUNTS_H_
