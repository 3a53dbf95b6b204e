// One caller floods the server over TLS; the others are served all the same.

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tests/e2e/hostile_stage.h"

namespace annals {
namespace {

constexpr int kIdleConnections = 30;
constexpr int kActiveConnections = 20;
constexpr int kFloodThreads = 8;
// Of one agency, each on five connections.
constexpr int kCallers = 4;
constexpr int kCallsPerConnection = 10;

class FloodTest : public HostileStage {
 protected:
  Words Limits() const override {
    return {"--caller_calls_per_second=10", "--caller_calls_burst=60"};
  }

  static grpc::Status Ask(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    std::string response;
    return RawUnaryCall(channel, &context,
                        "/annals.v1.LedgerService/GetCheckpoint", "",
                        &response);
  }

  static bool HasRetryInfo(const grpc::Status& status) {
    google::rpc::Status rpc;
    rpc.ParseFromString(status.error_details());
    google::rpc::RetryInfo retry;
    for (const auto& detail : rpc.details()) {
      if (detail.UnpackTo(&retry)) return retry.has_retry_delay();
    }
    return false;
  }

  // A connection that fails on a busy machine is tried again.
  static void ExpectConnected(const std::shared_ptr<grpc::Channel>& channel) {
    EXPECT_TRUE(channel->WaitForConnected(std::chrono::system_clock::now() +
                                          std::chrono::seconds(60)));
  }

  // Calls as fast as it can until the others are done and it was refused.
  void Flood() {
    const auto channel = NewChannel(stranger_);
    ExpectConnected(channel);
    while (!others_are_done_ || refused_ == 0) {
      const grpc::Status status = Ask(channel);
      if (status.ok()) continue;
      ++refused_;
      EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED)
          << status.error_message();
      EXPECT_EQ(ReasonOf(status), "CALL_RATE_EXCEEDED");
      EXPECT_TRUE(HasRetryInfo(status));
    }
  }

  std::atomic<bool> others_are_done_ = false;
  std::atomic<int> refused_ = 0;
};

TEST_F(FloodTest, TheOthersAreServed) {
  std::vector<std::shared_ptr<grpc::Channel>> idle;
  for (int i = 0; i < kIdleConnections; ++i) {
    idle.push_back(NewChannel(auditor_));
    ExpectConnected(idle.back());
  }
  std::vector<TestCertificate> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.push_back(
        pki().Client(office_, "submitter", absl::StrCat("clerk", i)));
  }
  std::vector<std::thread> flood;
  for (int i = 0; i < kFloodThreads; ++i) {
    flood.emplace_back([this] { Flood(); });
  }
  std::vector<std::thread> others;
  for (int i = 0; i < kActiveConnections; ++i) {
    others.emplace_back([this, who = callers[i % kCallers]] {
      const auto channel = NewChannel(who);
      ExpectConnected(channel);
      for (int n = 0; n < kCallsPerConnection; ++n) {
        EXPECT_THAT(Ask(channel), RpcOk());
      }
    });
  }
  for (std::thread& thread : others) thread.join();
  others_are_done_ = true;
  for (std::thread& thread : flood) thread.join();
  EXPECT_GT(refused_, 0);
  for (const auto& channel : idle) {
    EXPECT_EQ(channel->GetState(false), GRPC_CHANNEL_READY);
  }
  // Who floods is let in again as time passes.
  grpc::Status status = Ask(ChannelOf(stranger_));
  while (!status.ok()) status = Ask(ChannelOf(stranger_));
}

}  // namespace
}  // namespace annals
