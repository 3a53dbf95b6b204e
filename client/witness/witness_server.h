// A witness on HTTP: POST /add-checkpoint. Whoever is to reach it from other
// machines puts a web server with TLS before it.

#ifndef ANNALS_CLIENT_WITNESS_WITNESS_SERVER_H_
#define ANNALS_CLIENT_WITNESS_WITNESS_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/witness/witness.h"

namespace annals::client {

// Thread-safe.
class WitnessServer {
 public:
  // Listens on `listen`, HOST:PORT, and answers until it is stopped. Port 0
  // takes any that is free. The witness is not owned and must outlive this.
  // INVALID_ARGUMENT with reason LISTEN_ADDRESS_INVALID; UNAVAILABLE with
  // reason LISTEN_FAILED.
  static absl::StatusOr<std::unique_ptr<WitnessServer>> Start(
      const std::string& listen, Witness* witness);

  virtual ~WitnessServer() = default;

  // http://HOST:PORT, the submission prefix as the log is to be told.
  virtual std::string url() const = 0;

  // Answers what was received, and returns when all is answered. A connection
  // that is silent is waited for no longer than 5 s.
  virtual void Stop() = 0;
};

}  // namespace annals::client

#endif  // ANNALS_CLIENT_WITNESS_WITNESS_SERVER_H_
