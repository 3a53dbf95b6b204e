// From where a connection comes, as limits count it.

#ifndef ANNALS_SERVICE_PEER_ADDRESS_H_
#define ANNALS_SERVICE_PEER_ADDRESS_H_

#include <sys/socket.h>

#include <string>

#include "absl/strings/string_view.h"

namespace annals {

// The IPv4 address, or the first 64 bits of an IPv6 address, because whoever
// has one of those has them all: such as "198.51.100.7" or "2001:db8:0:1::/64".
// Empty if it is neither.
std::string PeerAddress(const sockaddr_storage& address);

// The same of what gRPC says of a call's peer, such as
// "ipv4:198.51.100.7:40000" or "ipv6:%5B2001:db8::7%5D:40000".
std::string PeerAddress(absl::string_view grpc_peer);

// The connection itself: the whole address, and the port.
std::string PeerName(const sockaddr_storage& address);
std::string PeerName(absl::string_view grpc_peer);

}  // namespace annals

#endif  // ANNALS_SERVICE_PEER_ADDRESS_H_
