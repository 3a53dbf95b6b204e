#include "service/flood_guard.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "ledger/file_descriptor.h"
#include "service/peer_address.h"
#include "tests/support/fake_clock.h"
#include "tests/support/tcp_connection.h"

namespace annals {
namespace {

using ledger::FileDescriptor;

constexpr int kLimit = 100;
constexpr int kCallsMax = 50;

ConnectionLimits Limits(int resets_per_second) {
  ConnectionLimits limits;
  limits.calls_max = kCallsMax;
  limits.resets_per_second = resets_per_second;
  limits.cut_off_pause = absl::Seconds(10);
  return limits;
}

// Both ends of a connection on loopback.
class LoopbackConnection {
 public:
  LoopbackConnection() {
    const FileDescriptor listener(socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const to_bind = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(listener.get(), to_bind, size), 0);
    EXPECT_EQ(listen(listener.get(), 1), 0);
    EXPECT_EQ(getsockname(listener.get(), to_bind, &size), 0);
    client_ = FileDescriptor(
        ConnectTcp(absl::StrCat("127.0.0.1:", ntohs(address.sin_port))));
    size = sizeof(peer_);
    server_ = FileDescriptor(
        accept(listener.get(), reinterpret_cast<sockaddr*>(&peer_), &size));
  }

  int server() const { return server_.get(); }
  const sockaddr_storage& peer() const { return peer_; }

  // Waits until the other end has it.
  void Send(size_t bytes) const {
    for (size_t left = bytes; left > 0;) {
      const std::string text(std::min(left, size_t{10'000}), 'x');
      const auto size = static_cast<ssize_t>(text.size());
      ASSERT_EQ(send(client_.get(), text.data(), text.size(), 0), size);
      std::string read(text.size(), '\0');
      ASSERT_EQ(recv(server_.get(), read.data(), read.size(), MSG_WAITALL),
                size);
      left -= text.size();
    }
  }

  bool IsOpen() const {
    char byte = 0;
    return recv(client_.get(), &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
  }

 private:
  FileDescriptor client_{-1};
  FileDescriptor server_{-1};
  sockaddr_storage peer_ = {};
};

class ToldStreamCounts : public StreamCounts {
 public:
  StreamCountByName Read(const std::vector<std::string>& names) override {
    ++reads;
    StreamCountByName found;
    for (const std::string& name : names) {
      const auto count = counts.find(name);
      if (count != counts.end()) found.insert(*count);
    }
    return found;
  }

  void Forget(const std::string& name) override { forgotten = name; }

  StreamCountByName counts;
  int reads = 0;
  std::string forgotten;
};

class FloodGuardTest : public ::testing::Test {
 protected:
  FloodGuardTest() { guard_.Add(connection_.server(), connection_.peer()); }

  // So many more, with at least as many bytes as they take.
  void Begin(const StreamCount& more) {
    StreamCount& count = counts_.counts[PeerName(connection_.peer())];
    count.begun += more.begun;
    count.answered += more.answered;
    count.given_up += more.given_up;
    connection_.Send(1000);
  }
  void GiveUp(uint64_t calls) { Begin({calls, 0, calls}); }

  uint64_t hits() const { return counters_.hits(Limit::kConnectionResets); }

  ledger::FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  LimitCounters counters_;
  ToldStreamCounts counts_;
  HandledCalls handled_;
  FloodGuard guard_{Limits(kLimit), &counts_, &handled_, &clock_, &counters_};
  LoopbackConnection connection_;
};

TEST_F(FloodGuardTest, WhoStaysBelowTheRateStays) {
  for (int second = 0; second < 10; ++second) {
    GiveUp(kLimit);
    Begin({10'000, 10'000, 0});
    guard_.Look();
    clock_.Set(clock_.Now() + absl::Seconds(1));
  }
  EXPECT_TRUE(connection_.IsOpen());
  EXPECT_FALSE(guard_.IsPaused("127.0.0.1"));
  EXPECT_EQ(hits(), 0u);
}

TEST_F(FloodGuardTest, OneTooManyCutsOffAndItsAddressWaits) {
  GiveUp(2 * kLimit);
  guard_.Look();
  EXPECT_TRUE(connection_.IsOpen());
  GiveUp(1);
  guard_.Look();
  EXPECT_FALSE(connection_.IsOpen());
  EXPECT_EQ(hits(), 1u);
  EXPECT_TRUE(guard_.IsPaused("127.0.0.1"));
  EXPECT_FALSE(guard_.IsPaused("127.0.0.2"));
  clock_.Set(clock_.Now() + absl::Seconds(10));
  EXPECT_FALSE(guard_.IsPaused("127.0.0.1"));
  guard_.Look();
  EXPECT_EQ(hits(), 1u);
}

// They were reset, or the client would not have been let have them.
TEST_F(FloodGuardTest, CallsThatCanNotBeEndedInTimeCutOff) {
  Begin({2 * kCallsMax, 0, 0});
  guard_.Look();
  EXPECT_TRUE(connection_.IsOpen());
  Begin({1, 0, 0});
  guard_.Look();
  EXPECT_FALSE(connection_.IsOpen());
}

// Nobody asks gRPC about connections that carry too little for a flood.
TEST_F(FloodGuardTest, QuietConnectionsAreNotAskedAbout) {
  counts_.counts[PeerName(connection_.peer())].begun = 1'000'000;
  connection_.Send(100);
  guard_.Look();
  EXPECT_EQ(counts_.reads, 0);
  EXPECT_TRUE(connection_.IsOpen());
}

// Its descriptor may be another connection by now.
TEST_F(FloodGuardTest, OneThatIsGoneIsForgotten) {
  const LoopbackConnection other;
  ASSERT_EQ(dup2(other.server(), connection_.server()), connection_.server());
  counts_.counts[PeerName(connection_.peer())].begun = 1'000'000;
  other.Send(1000);
  guard_.Look();
  EXPECT_TRUE(other.IsOpen());
  EXPECT_EQ(counts_.reads, 0);
}

TEST_F(FloodGuardTest, WithoutALimitNothingIsLookedAt) {
  FloodGuard off(Limits(0), &counts_, &handled_, &clock_, &counters_);
  off.Add(connection_.server(), connection_.peer());
  GiveUp(1'000'000);
  off.Look();
  EXPECT_TRUE(connection_.IsOpen());
  EXPECT_FALSE(off.is_on());
}

// Of requests that do not come whole, on connections from two addresses.
class IncompleteRequestsTest : public ::testing::Test {
 protected:
  static constexpr size_t kAllMax = 4'000'000;
  static constexpr size_t kOneMax = kAllMax / 4;
  // What a stream counts whose request is not whole.
  static constexpr size_t kStreamBytes = 12 << 10;

  struct Peer {
    LoopbackConnection connection;
    sockaddr_storage address = {};
    std::string name;
  };

  IncompleteRequestsTest() {
    for (size_t i = 0; i < peers_.size(); ++i) {
      Peer& peer = peers_[i];
      auto& address = reinterpret_cast<sockaddr_in&>(peer.address);
      address.sin_family = AF_INET;
      address.sin_addr.s_addr =
          htonl(i + 1 < peers_.size() ? 0xC6336401 : 0xC6336402);
      address.sin_port = htons(static_cast<uint16_t>(40'000 + i));
      peer.name = PeerName(peer.address);
      counts_.counts[peer.name].begun = 1;
      guard_.Add(peer.connection.server(), peer.address);
    }
  }

  uint64_t hits() const { return counters_.hits(Limit::kIncompleteBytes); }

  ledger::FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  LimitCounters counters_;
  ToldStreamCounts counts_;
  HandledCalls handled_;
  FloodGuard guard_{Limits(), &counts_, &handled_, &clock_, &counters_};
  // All but the last are from one address, 198.51.100.1.
  std::array<Peer, 7> peers_;

 private:
  static ConnectionLimits Limits() {
    ConnectionLimits limits;
    limits.incomplete_bytes_max = kAllMax;
    return limits;
  }
};

TEST_F(IncompleteRequestsTest, WhoHoldsMoreThanAQuarterIsCutOff) {
  Peer& peer = peers_.front();
  peer.connection.Send(kOneMax - kStreamBytes);
  guard_.Look();
  EXPECT_TRUE(peer.connection.IsOpen());
  peer.connection.Send(1);
  guard_.Look();
  EXPECT_FALSE(peer.connection.IsOpen());
  EXPECT_EQ(hits(), 1u);
  EXPECT_TRUE(guard_.IsPaused("198.51.100.1"));
  EXPECT_FALSE(guard_.IsPaused("198.51.100.2"));
}

TEST_F(IncompleteRequestsTest, WhatCameWholeDoesNotCount) {
  Peer& peer = peers_.front();
  for (int i = 0; i < 20; ++i) {
    peer.connection.Send(kOneMax);
    handled_.Find(peer.name)->bytes += kOneMax;
    guard_.Look();
  }
  EXPECT_TRUE(peer.connection.IsOpen());
  EXPECT_EQ(hits(), 0u);
}

// A single large request is not punished for what others hold.
TEST_F(IncompleteRequestsTest, OfAllTheAddressThatHoldsMostGivesWay) {
  Peer& other = peers_.back();
  other.connection.Send(kOneMax * 9 / 10);
  for (size_t i = 0; i + 1 < peers_.size(); ++i) {
    peers_[i].connection.Send(kOneMax / 2 + i);
  }
  guard_.Look();
  EXPECT_EQ(hits(), 0u);
  peers_.front().connection.Send(kOneMax / 4);
  guard_.Look();
  EXPECT_EQ(hits(), 1u);
  EXPECT_FALSE(peers_.front().connection.IsOpen());
  EXPECT_TRUE(other.connection.IsOpen());
}

TEST_F(IncompleteRequestsTest, WhatHasComeWholeSinceIsNotCountedOfAll) {
  for (size_t i = 0; i + 1 < peers_.size(); ++i) {
    peers_[i].connection.Send(kOneMax * 6 / 10);
    guard_.Look();
    handled_.Find(peers_[i].name)->bytes += kOneMax * 6 / 10;
  }
  guard_.Look();
  peers_.back().connection.Send(kOneMax * 9 / 10);
  guard_.Look();
  EXPECT_EQ(hits(), 0u);
}

TEST_F(IncompleteRequestsTest, WhoSentNothingMuchIsNotAskedAbout) {
  peers_.front().connection.Send(60);
  guard_.Look();
  EXPECT_EQ(counts_.reads, 0);
}

// Once in a while; what is answered may hide what is not.
TEST_F(IncompleteRequestsTest, EveryConnectionIsAskedAbout) {
  Peer& peer = peers_.front();
  counts_.counts[peer.name].begun = 2 + kOneMax / kStreamBytes;
  for (int i = 0; i < 64; ++i) guard_.Look();
  EXPECT_FALSE(peer.connection.IsOpen());
  EXPECT_EQ(hits(), 1u);
}

// Begun, and nothing more.
TEST_F(IncompleteRequestsTest, StreamsThatNoHandlerKnowsCount) {
  Peer& peer = peers_.front();
  counts_.counts[peer.name].begun = kOneMax / kStreamBytes;
  peer.connection.Send(1000);
  guard_.Look();
  EXPECT_TRUE(peer.connection.IsOpen());
  counts_.counts[peer.name].begun += 1;
  guard_.Look();
  EXPECT_FALSE(peer.connection.IsOpen());
}

TEST_F(IncompleteRequestsTest, StreamsThatHandlersKnowDoNot) {
  Peer& peer = peers_.front();
  const HandledCalls::Connection handled = handled_.Find(peer.name);
  counts_.counts[peer.name].begun = 1000;
  handled->begun = 1000;
  handled->under_way = 1000;
  // Metadata, and requests given up half-sent.
  peer.connection.Send(kOneMax + 1);
  guard_.Look();
  EXPECT_TRUE(peer.connection.IsOpen());
  EXPECT_EQ(hits(), 0u);
}

// Answered and not let go of, or given up before a handler knew them.
TEST_F(IncompleteRequestsTest, StreamsThatHaveEndedDoNot) {
  Peer& peer = peers_.front();
  const HandledCalls::Connection handled = handled_.Find(peer.name);
  handled->begun = 1000;
  for (const StreamCount& count :
       {StreamCount{1000, 0, 0}, StreamCount{2000, 1000, 1000}}) {
    counts_.counts[peer.name] = count;
    peer.connection.Send(kOneMax + 1);
    guard_.Look();
    EXPECT_TRUE(peer.connection.IsOpen());
  }
}

// Whose calls the first are is not known for a moment.
TEST_F(IncompleteRequestsTest, WhoHasTheNameOfAnotherIsJudgedByGrpcAlone) {
  Peer& peer = peers_.front();
  const LoopbackConnection another;
  guard_.Add(another.server(), peer.address);
  counts_.counts[peer.name] = {1000, 0, 0};
  handled_.Find(peer.name)->begun = 1000;
  another.Send(kOneMax + 1);
  guard_.Look();
  EXPECT_FALSE(another.IsOpen());
}

// Before gRPC knows the connection, or while it knows another of that name.
TEST_F(IncompleteRequestsTest, WhoIsNotKnownYetHoldsWhatItSent) {
  Peer& peer = peers_.front();
  counts_.counts.erase(peer.name);
  peer.connection.Send(kOneMax + 1);
  guard_.Look();
  EXPECT_FALSE(peer.connection.IsOpen());
  EXPECT_EQ(counts_.forgotten, peers_.back().name);
}

// Those who have proved who they are, as long as it is the others' doing.
TEST_F(IncompleteRequestsTest, WhoProvedWhoTheyAreGiveWayLast) {
  handled_.Find(peers_.front().name)->is_proved = true;
  peers_.front().connection.Send(kOneMax * 9 / 10);
  for (size_t i = 1; i < peers_.size(); ++i) {
    peers_[i].connection.Send(kOneMax * 6 / 10);
  }
  guard_.Look();
  EXPECT_EQ(hits(), 1u);
  EXPECT_TRUE(peers_.front().connection.IsOpen());
}

// The port of a connection that is gone, and another has now.
TEST(HandledCallsTest, ANameIsOfWhoHasItNow) {
  HandledCalls calls;
  const HandledCalls::Connection before = calls.Open("198.51.100.1:40000");
  const HandledCalls::Connection now = calls.Open("198.51.100.1:40000");
  calls.Close("198.51.100.1:40000", before);
  EXPECT_EQ(calls.Find("198.51.100.1:40000"), now);
  EXPECT_EQ(calls.Find("198.51.100.1:40001"), nullptr);
  calls.Close("198.51.100.1:40000", now);
  EXPECT_EQ(calls.Find("198.51.100.1:40000"), nullptr);
}

}  // namespace
}  // namespace annals
