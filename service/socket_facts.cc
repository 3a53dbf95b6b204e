#include "service/socket_facts.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace annals {

std::optional<uint64_t> SocketInode(int fd) {
  struct stat status = {};
  if (fstat(fd, &status) != 0) return std::nullopt;
  return status.st_ino;
}

uint64_t ReceivedBytes(int fd) {
  tcp_info info = {};
  socklen_t size = sizeof(info);
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return info.tcpi_bytes_received;
}

bool Disconnect(int fd) {
  sockaddr nobody = {};
  nobody.sa_family = AF_UNSPEC;
  return connect(fd, &nobody, sizeof(nobody)) == 0;
}

}  // namespace annals
