// Connections that take what no call of theirs shows, over raw HTTP/2.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/service/limits_fixture.h"
#include "tests/support/raw_http2.h"

namespace annals {
namespace {

constexpr char kGetCheckpoint[] = "/annals.v1.LedgerService/GetCheckpoint";
constexpr size_t kMebibyte = size_t{1} << 20;
// More than anybody may send.
constexpr uint32_t kMessageBytes = uint32_t{1} << 31;
constexpr std::chrono::seconds kPatience(60);

class FloodGuardOfServerTest : public LimitsTest {
 protected:
  FloodGuardOfServerTest() {
    options_.server.caller.calls_per_second = 0;
    options_.server.caller.calls_max = 0;
  }

  // As gRPC begins a message: that it is not compressed, and its length.
  static std::string MessageHead(uint32_t bytes) {
    std::string head(1, '\0');
    for (int shift = 24; shift >= 0; shift -= 8) {
      head.push_back(static_cast<char>(bytes >> shift));
    }
    return head;
  }

  // The first `bytes` of a request of which more are to come, or as many as the
  // server takes before it closes the connection.
  static void SendIncomplete(RawHttp2* connection, size_t bytes) {
    const uint32_t stream = connection->Begin(kGetCheckpoint);
    connection->SendData(stream, MessageHead(kMessageBytes), kPatience);
    connection->SendData(stream, std::string(bytes, 'x'), kPatience);
  }

  // While nobody is let in from here.
  void ExpectPaused() {
    RawHttp2 another(daemon_->address());
    EXPECT_TRUE(another.IsClosedWithin(kPatience));
    Advance(options_.server.connections.cut_off_pause);
    EXPECT_THAT(GetCheckpoint(NewConnection().get()), GrpcOk());
  }
};

TEST_F(FloodGuardOfServerTest, CallsBegunAndGivenUpCutTheConnectionOff) {
  options_.server.connections.resets_per_second = 100;
  StartServer();
  ASSERT_THAT(GetCheckpoint(), GrpcOk());
  RawHttp2 connection(daemon_->address());
  for (int i = 0; i < 5000 && connection.IsOpen(); ++i) {
    connection.Reset(connection.Begin(kGetCheckpoint));
  }
  EXPECT_TRUE(connection.IsClosedWithin(kPatience));
  EXPECT_EQ(Hits(Limit::kConnectionResets), 1u);
  EXPECT_THAT(GetCheckpoint(), GrpcOk());
  ExpectPaused();
}

TEST_F(FloodGuardOfServerTest, RequestsThatNeverEndCutTheConnectionOff) {
  options_.server.connections.incomplete_bytes_max = 8 * kMebibyte;
  StartServer();
  ASSERT_THAT(GetCheckpoint(), GrpcOk());
  RawHttp2 connection(daemon_->address());
  for (int i = 0; i < 3; ++i) SendIncomplete(&connection, kMebibyte);
  EXPECT_TRUE(connection.IsClosedWithin(kPatience));
  EXPECT_EQ(Hits(Limit::kIncompleteBytes), 1u);
  EXPECT_THAT(GetCheckpoint(), GrpcOk());
  ExpectPaused();
}

// Each takes gRPC some kilobytes, and the client eleven bytes.
TEST_F(FloodGuardOfServerTest, CallsThatAreOnlyBegunCutTheConnectionOff) {
  options_.server.connections.incomplete_bytes_max = 8 * kMebibyte;
  StartServer();
  RawHttp2 connection(daemon_->address());
  for (int i = 0; i < 300; ++i) connection.Begin(kGetCheckpoint);
  EXPECT_TRUE(connection.IsClosedWithin(kPatience));
  EXPECT_EQ(Hits(Limit::kIncompleteBytes), 1u);
}

// gRPC may still know the one before, by the same name.
TEST_F(FloodGuardOfServerTest, APortThatIsUsedAgainIsAnotherConnection) {
  options_.server.connections.incomplete_bytes_max = 8 * kMebibyte;
  StartServer();
  RawHttp2 before(daemon_->address());
  const uint16_t port = before.own_port();
  SendIncomplete(&before, 64 * kMebibyte);
  ASSERT_TRUE(before.IsClosedWithin(kPatience));
  before.Abort();
  Advance(options_.server.connections.cut_off_pause);
  RawHttp2 again(daemon_->address(), port);
  SendIncomplete(&again, 64 * kMebibyte);
  EXPECT_TRUE(again.IsClosedWithin(kPatience));
  EXPECT_EQ(Hits(Limit::kIncompleteBytes), 2u);
}

TEST_F(FloodGuardOfServerTest, ResetsFromAPortThatIsUsedAgainAreSeen) {
  options_.server.connections.resets_per_second = 100;
  StartServer();
  const uint16_t port = [this] {
    RawHttp2 before(daemon_->address());
    before.Begin(kGetCheckpoint);
    const uint16_t own = before.own_port();
    before.Abort();
    return own;
  }();
  RawHttp2 again(daemon_->address(), port);
  for (int i = 0; i < 5000 && again.IsOpen(); ++i) {
    again.Reset(again.Begin(kGetCheckpoint));
  }
  EXPECT_TRUE(again.IsClosedWithin(kPatience));
  EXPECT_EQ(Hits(Limit::kConnectionResets), 1u);
}

TEST_F(FloodGuardOfServerTest, AMessageWithoutEndCutsTheConnectionOff) {
  options_.server.connections.incomplete_bytes_max = 8 * kMebibyte;
  StartServer();
  RawHttp2 connection(daemon_->address());
  SendIncomplete(&connection, 64 * kMebibyte);
  EXPECT_TRUE(connection.IsClosedWithin(kPatience));
  EXPECT_EQ(Hits(Limit::kIncompleteBytes), 1u);
}

TEST_F(FloodGuardOfServerTest, ManyConnectionsTogetherAreCutOff) {
  options_.server.connections.incomplete_bytes_max = 4 * kMebibyte;
  StartServer();
  ASSERT_THAT(GetCheckpoint(), GrpcOk());
  std::vector<std::unique_ptr<RawHttp2>> connections;
  for (int i = 0; i < 6; ++i) {
    connections.push_back(std::make_unique<RawHttp2>(daemon_->address()));
  }
  // None holds more than one may.
  for (const auto& connection : connections) {
    SendIncomplete(connection.get(), kMebibyte * 3 / 4);
  }
  const auto closed = [&connections] {
    return std::count_if(
        connections.begin(), connections.end(), [](const auto& connection) {
          return connection->IsClosedWithin(std::chrono::milliseconds(1));
        });
  };
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (closed() == 0 && std::chrono::steady_clock::now() < end) {
  }
  EXPECT_EQ(closed(), 1);
  EXPECT_EQ(Hits(Limit::kIncompleteBytes), 1u);
  EXPECT_THAT(GetCheckpoint(), GrpcOk());
}

// However many they are, and while one is under way all the time.
TEST_F(FloodGuardOfServerTest, WholeRequestsAreNotHeldAgainstAnybody) {
  options_.server.connections.incomplete_bytes_max = 4 * kMebibyte;
  StartServer();
  const auto connection = NewConnection();
  const Watch watch(connection.get());
  v1::GetCheckpointRequest request;
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(
      1000, std::string(100'000, 'x'));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  for (int i = 0; i < 100 || std::chrono::steady_clock::now() < end; ++i) {
    grpc::ClientContext context;
    v1::Checkpoint checkpoint;
    ASSERT_THAT(connection->GetCheckpoint(&context, request, &checkpoint),
                GrpcOk());
  }
  EXPECT_EQ(Hits(Limit::kIncompleteBytes), 0u);
}

}  // namespace
}  // namespace annals
