// Connections that are ended for a limit, and that the operator sees it.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/tls_fixture.h"
#include "tests/support/tls_connection.h"

namespace annals {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

constexpr std::chrono::seconds kPatience(20);
constexpr char kH2[] = "\x02h2";

class ConnectionLimitsTest : public TlsEndToEndTest {
 protected:
  // After the greetings of HTTP/2; answers nothing by itself.
  void Greet(TlsConnection* connection) {
    ASSERT_TRUE(connection->Handshake(clerk_, kH2));
    ASSERT_TRUE(connection->Write(absl::StrCat(
        http2::kPreface, http2::Frame(http2::kSettings, 0, 0, ""))));
  }

  // gRPC closes a connection before it tells why.
  bool WillSay(const std::string& line) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < end) {
      if (absl::StrContains(Metrics(), line)) return true;
    }
    return false;
  }

  static std::string Hits(const std::string& reason, int count) {
    return absl::StrCat("annals_limits_hit_total{reason=\"", reason, "\"} ",
                        count, "\n");
  }
};

TEST_F(ConnectionLimitsTest, WhoDoesNotFinishTheHandshakeIsCounted) {
  ASSERT_NO_FATAL_FAILURE(
      StartWithMetrics({"--handshake_timeout=200ms", "--log_level=debug"}));
  EXPECT_THAT(Metrics(), HasSubstr(Hits("HANDSHAKE_TIMEOUT", 0)));
  TlsConnection silent(server_);
  EXPECT_TRUE(silent.IsClosed());
  EXPECT_TRUE(WillSay(Hits("HANDSHAKE_TIMEOUT", 1)));
  // That of HTTP/2 as well.
  TlsConnection halfway(server_);
  ASSERT_TRUE(halfway.Handshake(clerk_, kH2));
  EXPECT_TRUE(halfway.IsClosed());
  EXPECT_TRUE(WillSay(Hits("HANDSHAKE_TIMEOUT", 2)));
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_THAT(DaemonLog(),
              ContainsRegex("127.0.0.1:[0-9]+: [^\n]*handshake timeout"));
  // Of one of TLS only who came, not who was closed.
  EXPECT_THAT(DaemonLog(), HasSubstr("a connection is open: 127.0.0.1"));
}

TEST_F(ConnectionLimitsTest, WhoGivesNoSignOfLifeIsCounted) {
  ASSERT_NO_FATAL_FAILURE(
      StartWithMetrics({"--keepalive_time=1s", "--keepalive_timeout=100ms",
                        "--log_level=debug"}));
  EXPECT_THAT(Metrics(), HasSubstr(Hits("KEEPALIVE_TIMEOUT", 0)));
  TlsConnection dead(server_);
  Greet(&dead);
  EXPECT_TRUE(dead.IsClosed());
  EXPECT_TRUE(WillSay(Hits("KEEPALIVE_TIMEOUT", 1)));
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_THAT(DaemonLog(),
              ContainsRegex("127.0.0.1:[0-9]+: Keepalive watchdog fired"));
}

TEST_F(ConnectionLimitsTest, WhoPingsTooOftenIsCounted) {
  ASSERT_NO_FATAL_FAILURE(StartWithMetrics({"--log_level=debug"}));
  EXPECT_THAT(Metrics(), HasSubstr(Hits("TOO_MANY_PINGS", 0)));
  TlsConnection restless(server_);
  Greet(&restless);
  const std::string ping =
      http2::Frame(http2::kPing, 0, 0, std::string(8, 'p'));
  for (int i = 0; i < 100; ++i) restless.Write(ping);
  EXPECT_TRUE(restless.IsClosed());
  EXPECT_TRUE(WillSay(Hits("TOO_MANY_PINGS", 1)));
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_THAT(DaemonLog(),
              ContainsRegex("127.0.0.1:[0-9]+: [^\n]*too_many_pings"));
}

TEST_F(ConnectionLimitsTest, WhoIsOneTooManyIsInTheLog) {
  ASSERT_NO_FATAL_FAILURE(
      StartWithMetrics({"--address_connections_max=1", "--log_level=debug"}));
  {
    TlsConnection first(server_);
    TlsConnection second(server_);
    EXPECT_TRUE(second.IsClosed());
  }
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_THAT(DaemonLog(),
              HasSubstr("a connection is closed, "
                        "TOO_MANY_ADDRESS_CONNECTIONS: 127.0.0.1"));
}

TEST_F(ConnectionLimitsTest, WhoSaysNothingMakesRoomForOthers) {
  ASSERT_NO_FATAL_FAILURE(
      StartWithMetrics({"--connections_max=4", "--address_connections_max=0",
                        "--handshake_timeout=10m"}));
  std::vector<std::unique_ptr<TlsConnection>> silent;
  for (int i = 0; i < 4; ++i) {
    silent.push_back(std::make_unique<TlsConnection>(server_));
  }
  EXPECT_TRUE(WillSay("annals_connections 4\n"));
  // It tries again until it is let in.
  EXPECT_THAT(As(reviewer_, {"checkpoint", "--timeout", "20"}), Succeeded());
}

TEST_F(ConnectionLimitsTest, WhoStaysTooLongIsCountedOnce) {
  ASSERT_NO_FATAL_FAILURE(StartWithMetrics(
      {"--connection_age_max=500ms", "--connection_age_grace=0s"}));
  EXPECT_THAT(Metrics(), HasSubstr("annals_connections 0\n"));
  TlsConnection old(server_);
  Greet(&old);
  EXPECT_THAT(Metrics(), HasSubstr("annals_connections 1\n"));
  EXPECT_TRUE(old.IsClosed());
  EXPECT_TRUE(WillSay("annals_connections 0\n"));
  EXPECT_THAT(Metrics(), HasSubstr(Hits("CONNECTION_TOO_OLD", 1)));
}

}  // namespace
}  // namespace annals
