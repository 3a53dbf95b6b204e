// How the daemon reaches a witness.

#ifndef ANNALS_SERVICE_WITNESSING_WITNESS_CONNECTION_H_
#define ANNALS_SERVICE_WITNESSING_WITNESS_CONNECTION_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace annals {

struct WitnessReply {
  int status = 0;
  std::string body;
};

// Post is for one thread at a time; Cancel is thread-safe.
class WitnessConnection {
 public:
  virtual ~WitnessConnection() = default;
  // Sends `body` to add-checkpoint. UNAVAILABLE with reason
  // WITNESS_UNREACHABLE if there is no whole reply.
  virtual absl::StatusOr<WitnessReply> Post(const std::string& body) = 0;
  // Ends the Post under way, if it has begun to talk, and each later one.
  virtual void Cancel() = 0;
};

// A witness's submission prefix (C2SP tlog-witness), taken apart.
struct WitnessUrl {
  std::string server;  // http://HOST[:PORT] or https://HOST[:PORT].
  std::string prefix;  // Of the path: empty, or from a slash on.
};

// INVALID_ARGUMENT with reason WITNESS_URL_INVALID if it is no http or https
// URL, or has a user, query or fragment.
absl::StatusOr<WitnessUrl> ParseWitnessUrl(absl::string_view url);

// By HTTP, kept alive. `timeout` bounds the connecting, each silence of the
// witness, and the time until the whole reply is there.
std::unique_ptr<WitnessConnection> ConnectToWitness(const WitnessUrl& url,
                                                    absl::Duration timeout);

}  // namespace annals

#endif  // ANNALS_SERVICE_WITNESSING_WITNESS_CONNECTION_H_
