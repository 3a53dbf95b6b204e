#include "service/connection_table.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/file_descriptor.h"
#include "service/peer_address.h"

namespace annals {
namespace {

using ledger::FileDescriptor;

FileDescriptor NewSocket() {
  return FileDescriptor(socket(AF_INET, SOCK_STREAM, 0));
}

TEST(ConnectionTableTest, CountsThoseThatAreOpen) {
  ConnectionTable table(3, 2);
  std::vector<FileDescriptor> sockets;
  for (const char* address : {"a", "a", "b"}) {
    EXPECT_EQ(table.HitBy(address), std::nullopt);
    sockets.push_back(NewSocket());
    table.Add(sockets.back().get(), address);
  }
  EXPECT_EQ(table.HitBy("a"), Limit::kAddressConnections);
  EXPECT_EQ(table.HitBy("c"), Limit::kConnections);
  sockets.erase(sockets.begin());
  table.Sweep();
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.HitBy("a"), std::nullopt);
}

// A descriptor is given out again, to another connection or to a file.
TEST(ConnectionTableTest, TellsADescriptorThatIsSomethingElseByNow) {
  ConnectionTable table(1, 0);
  int number = 0;
  {
    const FileDescriptor first = NewSocket();
    number = first.get();
    table.Add(number, "a");
  }
  const FileDescriptor second = NewSocket();
  ASSERT_EQ(second.get(), number);
  // Looked at because it makes a difference.
  EXPECT_EQ(table.HitBy("b"), std::nullopt);
  table.Add(number, "b");
  EXPECT_EQ(table.size(), 1u);
}

TEST(ConnectionTableTest, ADescriptorThatComesAgainIsOneConnection) {
  ConnectionTable table(8, 1);
  for (int i = 0; i < 5; ++i) {
    const FileDescriptor connection = NewSocket();
    table.Add(connection.get(), i % 2 == 0 ? "a" : "b");
    EXPECT_EQ(table.size(), 1u);
  }
}

// Whether it is gone by the time it is seen or not.
TEST(ConnectionTableTest, CountsEachThatGrewTooOldOnce) {
  ConnectionTable table(8, 8, absl::Nanoseconds(1));
  const FileDescriptor stays = NewSocket();
  table.Add(stays.get(), "a");
  {
    const FileDescriptor goes = NewSocket();
    table.Add(goes.get(), "a");
  }
  table.Sweep();
  table.Sweep();
  EXPECT_EQ(table.too_old(), 2u);
  EXPECT_EQ(table.size(), 1u);

  ConnectionTable ageless(8, 8);
  ageless.Add(stays.get(), "a");
  ageless.Sweep();
  EXPECT_EQ(ageless.too_old(), 0u);
}

TEST(PeerAddressTest, AnAddressIsWhatOneSideHas) {
  const struct {
    const char* peer;
    const char* address;
  } cases[] = {{"ipv4:198.51.100.7:40000", "198.51.100.7"},
               {"ipv6:%5B::1%5D:40000", "::/64"},
               {"ipv6:%5B2001:db8:0:1:2:3:4:5%5D:1", "2001:db8:0:1::/64"},
               {"ipv6:%5B2001:db8:0:1::9%5D:1", "2001:db8:0:1::/64"},
               {"ipv6:%5Bfe80::1%25eth0%5D:1", "fe80::/64"},
               {"ipv6:%5B::ffff:198.51.100.7%5D:1", "198.51.100.7"},
               {"unix:/run/x", ""},
               {"ipv4:", ""},
               {"", ""}};
  for (const auto& one : cases) {
    EXPECT_EQ(PeerAddress(absl::string_view(one.peer)), one.address)
        << one.peer;
  }
}

TEST(PeerAddressTest, ANameIsOfOneConnection) {
  EXPECT_EQ(PeerName("ipv4:198.51.100.7:40000"), "198.51.100.7:40000");
  EXPECT_EQ(PeerName("ipv6:%5B2001:db8:0:1:2:3:4:5%5D:1"),
            "2001:db8:0:1:2:3:4:5:1");
  EXPECT_EQ(PeerName("ipv6:%5B::ffff:198.51.100.7%5D:1"), "198.51.100.7:1");
  sockaddr_storage storage = {};
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(1);
  inet_pton(AF_INET6, "2001:db8:0:1:2:3:4:5", &v6->sin6_addr);
  EXPECT_EQ(PeerName(storage), "2001:db8:0:1:2:3:4:5:1");
}

TEST(PeerAddressTest, ReadsWhatTheSystemGives) {
  sockaddr_storage storage = {};
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  v6->sin6_family = AF_INET6;
  inet_pton(AF_INET6, "2001:db8::7", &v6->sin6_addr);
  EXPECT_EQ(PeerAddress(storage), "2001:db8::/64");
  inet_pton(AF_INET6, "::ffff:198.51.100.7", &v6->sin6_addr);
  EXPECT_EQ(PeerAddress(storage), "198.51.100.7");
  storage = {};
  EXPECT_EQ(PeerAddress(storage), "");
}

}  // namespace
}  // namespace annals
