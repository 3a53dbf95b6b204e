// A real server whose limits a test sets, and whose clock it moves.

#ifndef ANNALS_TESTS_SERVICE_LIMITS_FIXTURE_H_
#define ANNALS_TESTS_SERVICE_LIMITS_FIXTURE_H_

#include <memory>
#include <string>

#include "tests/support/fake_clock.h"
#include "tests/support/server_fixture.h"

namespace annals {

class LimitsTest : public ServerTest {
 protected:
  // What a test changes counts from here on.
  void SetUp() override {}

  // While its clock is there.
  void TearDown() override { daemon_.reset(); }

  void StartServer() {
    options_.server.clock = &clock_;
    ServerTest::SetUp();
  }

  grpc::Status GetCheckpoint(v1::LedgerService::Stub* stub = nullptr) {
    grpc::ClientContext context;
    v1::Checkpoint checkpoint;
    return (stub != nullptr ? stub : ledger_.get())
        ->GetCheckpoint(&context, v1::GetCheckpointRequest(), &checkpoint);
  }

  uint64_t Hits(Limit limit) const {
    return daemon_->limit_counters().hits(limit);
  }

  void Advance(absl::Duration time) { clock_.Set(clock_.Now() + time); }

  // A connection of its own, whose window does not grow.
  std::unique_ptr<v1::LedgerService::Stub> NewConnection() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    return v1::LedgerService::NewStub(grpc::CreateCustomChannel(
        daemon_->address(), grpc::InsecureChannelCredentials(), arguments));
  }

  ledger::FakeClock clock_{absl::FromUnixSeconds(1'750'000'000)};
};

// A watch that is open until it goes out of scope.
class Watch {
 public:
  explicit Watch(v1::LedgerService::Stub* stub) {
    v1::WatchEntriesRequest request;
    request.set_heartbeat_seconds(3600);
    reader_ = stub->WatchEntries(&context_, request);
  }
  ~Watch() {
    context_.TryCancel();
    if (reader_ != nullptr) Finish();
  }

  bool Read() {
    v1::WatchEntriesResponse response;
    return reader_->Read(&response);
  }
  grpc::Status Finish() {
    const grpc::Status status = reader_->Finish();
    reader_.reset();
    return status;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchEntriesResponse>> reader_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SERVICE_LIMITS_FIXTURE_H_
