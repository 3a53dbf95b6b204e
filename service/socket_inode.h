// A descriptor that gRPC owns, told from another that has its number later.

#ifndef ANNALS_SERVICE_SOCKET_INODE_H_
#define ANNALS_SERVICE_SOCKET_INODE_H_

#include <sys/stat.h>

#include <cstdint>
#include <optional>

namespace annals {

// Of what the descriptor is now; nullopt if it is closed.
inline std::optional<uint64_t> SocketInode(int fd) {
  struct stat status = {};
  if (fstat(fd, &status) != 0) return std::nullopt;
  return status.st_ino;
}

}  // namespace annals

#endif  // ANNALS_SERVICE_SOCKET_INODE_H_
