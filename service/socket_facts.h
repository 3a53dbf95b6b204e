// What can be told and done of a connection by its descriptor, which gRPC owns.

#ifndef ANNALS_SERVICE_SOCKET_FACTS_H_
#define ANNALS_SERVICE_SOCKET_FACTS_H_

#include <cstdint>
#include <optional>

namespace annals {

// Tells a socket from another that has its descriptor later, as gRPC does not
// say when it closes one. nullopt if it is closed.
std::optional<uint64_t> SocketInode(int fd);

// On this connection; zero if the system does not say.
uint64_t ReceivedBytes(int fd);

// Ends the connection at once and drops what was received and not read, which a
// shutdown would let gRPC read on. False if it is none any more.
bool Disconnect(int fd);

}  // namespace annals

#endif  // ANNALS_SERVICE_SOCKET_FACTS_H_
