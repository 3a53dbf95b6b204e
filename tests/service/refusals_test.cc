// How those are answered who are over their limits, and what a drain waits for.

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "annals/v1/supervision_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "gtest/gtest.h"
#include "ledger/file_descriptor.h"
#include "tests/service/limits_fixture.h"
#include "tests/support/tcp_connection.h"

namespace annals {
namespace {

using ::grpc::StatusCode;

using RefusalsTest = LimitsTest;

// Who hears at once that it is too fast asks again at once.
TEST_F(RefusalsTest, WhoIsOverALimitWaitsToHearSo) {
  options_.server.caller.calls_burst = 1;
  options_.server.caller.streams_max = 1;
  options_.server.refusal_hold = absl::Milliseconds(100);
  StartServer();
  const auto waits = [](const auto& call) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(call().error_code(), StatusCode::RESOURCE_EXHAUSTED);
    return std::chrono::steady_clock::now() - start >=
           std::chrono::milliseconds(100);
  };
  Watch first(ledger_.get());
  EXPECT_TRUE(first.Read());
  EXPECT_TRUE(waits([&] { return GetCheckpoint(); }));
  Advance(absl::Seconds(1));
  EXPECT_TRUE(waits([&] {
    Watch watch(ledger_.get());
    EXPECT_FALSE(watch.Read());
    return watch.Finish();
  }));
  EXPECT_TRUE(waits([&] {
    grpc::ClientContext context;
    v1::ListFilingsResponse page;
    const auto list = v1::SupervisionService::NewStub(channel_)->ListFilings(
        &context, v1::ListFilingsRequest());
    EXPECT_FALSE(list->Read(&page));
    return list->Finish();
  }));
  EXPECT_TRUE(waits([&] {
    grpc::ClientContext context;
    return v1::ReportService::NewStub(channel_)
        ->SubmitRevisions(&context)
        ->Finish();
  }));
  EXPECT_TRUE(waits([&] {
    grpc::ClientContext context;
    return grpc::reflection::v1alpha::ServerReflection::NewStub(channel_)
        ->ServerReflectionInfo(&context)
        ->Finish();
  }));
}

TEST_F(RefusalsTest, ARefusalThatIsHeldBackDoesNotHoldUpADrain) {
  options_.server.caller.calls_burst = 1;
  options_.server.refusal_hold = absl::Hours(1);
  StartServer();
  ASSERT_THAT(GetCheckpoint(), GrpcOk());
  const auto other = NewConnection();
  std::thread refused([&] {
    EXPECT_THAT(
        GetCheckpoint(other.get()),
        GrpcError(StatusCode::RESOURCE_EXHAUSTED, "CALL_RATE_EXCEEDED"));
  });
  while (Hits(Limit::kCallRate) == 0) std::this_thread::yield();
  daemon_->Drain(absl::Minutes(1));
  refused.join();
}

// A connection of HTTP/2 whose client says nothing any more.
ledger::FileDescriptor ConnectSilently(const std::string& server) {
  constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  // An empty frame of settings: length, type, flags, stream.
  constexpr char kSettings[] = {0, 0, 0, 4, 0, 0, 0, 0, 0};
  ledger::FileDescriptor connection(ConnectTcp(server));
  EXPECT_EQ(ledger::WriteAll(
                connection,
                absl::StrCat(kPreface,
                             absl::string_view(kSettings, sizeof(kSettings)))),
            0);
  return connection;
}

// Nobody who only comes again and again, or does not hear, holds it up.
TEST_F(RefusalsTest, ADrainWaitsForNobodyWhoIsNotAnswered) {
  StartServer();
  std::atomic<bool> is_drained = false;
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&, stub = NewConnection()] {
      while (!is_drained) GetCheckpoint(stub.get());
    });
  }
  const ledger::FileDescriptor silent = ConnectSilently(daemon_->address());
  const auto start = std::chrono::steady_clock::now();
  daemon_->Drain(absl::Minutes(1));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  is_drained = true;
  for (std::thread& caller : callers) caller.join();
}

}  // namespace
}  // namespace annals
