// A connection of TCP, without what is spoken on it.

#ifndef ANNALS_TESTS_SUPPORT_TCP_CONNECTION_H_
#define ANNALS_TESTS_SUPPORT_TCP_CONNECTION_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "gtest/gtest.h"

namespace annals {

// The open socket, or -1 if nobody takes the connection. `server` is an IPv4
// address and a port; `own_port` zero for any.
inline int ConnectTcp(const std::string& server, uint16_t own_port = 0) {
  const size_t colon = server.rfind(':');
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(server.substr(colon + 1), &port));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, server.substr(0, colon).c_str(), &address.sin_addr);
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  if (own_port != 0) {
    sockaddr_in own = {};
    own.sin_family = AF_INET;
    own.sin_port = htons(own_port);
    EXPECT_EQ(bind(connection, reinterpret_cast<sockaddr*>(&own), sizeof(own)),
              0);
  }
  if (connect(connection, reinterpret_cast<sockaddr*>(&address),
              sizeof(address)) == 0) {
    return connection;
  }
  close(connection);
  return -1;
}

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_TCP_CONNECTION_H_
