// Where the daemon listens.

#ifndef ANNALS_SERVICE_LISTEN_ADDRESS_H_
#define ANNALS_SERVICE_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annals {

struct ListenAddress {
  std::string host;  // An IP address, without brackets.
  int port = 0;      // 0 for any that is free.

  // "127.0.0.1:7432" or "[::1]:7432".
  std::string ToString() const;
};

// An IP address with a port; localhost stands for 127.0.0.1. INVALID_ARGUMENT
// with reason INVALID_LISTEN_ADDRESS if it is none, naming the flag that has
// it.
absl::StatusOr<ListenAddress> ParseListenAddress(
    absl::string_view text, absl::string_view flag = "--listen");

// The same of this machine's loopback: 127.0.0.0/8, [::1] or localhost.
// LISTEN_NOT_LOOPBACK for any other address: without TLS a caller's name and
// the figures would cross the network unprotected.
absl::StatusOr<ListenAddress> ParseLoopbackAddress(absl::string_view text);

}  // namespace annals

#endif  // ANNALS_SERVICE_LISTEN_ADDRESS_H_
