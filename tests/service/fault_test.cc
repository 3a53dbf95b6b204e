// What the service does when the ledger is damaged, or has stopped.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/leaf_codec.h"
#include "service/server.h"
#include "service/watch_cursor.h"
#include "tests/support/faulty_store.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/memory_store.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::testing::SizeIs;

TEST(WatchCursorTest, HandsOutWhatPrecedesADamagedEntry) {
  ledger::MemoryStore memory;
  ledger::FaultPlan no_fault;
  ledger::FaultyStore store(&memory, &no_fault);
  ledger::MemoryMark mark;
  ledger::LedgerHarness harness(&store, &mark);
  ASSERT_OK(harness.Open());
  harness.AppendSeeds(0, 10, 10);
  store.DamageLeaf(7);
  WatchCursor cursor(&harness.ledger(), {});
  ASSERT_OK_AND_ASSIGN(const auto page, cursor.NextPage());
  ASSERT_THAT(page, SizeIs(7));
  EXPECT_EQ(page.back().index(), 6u);
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(cursor.NextPage(),
                StatusHasReason(absl::StatusCode::kDataLoss, "ENTRY_DAMAGED"));
  }
}

// A server on a ledger whose `k`-th write fails.
class StoppedLedgerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    harness_.UseDecoder(&codec_);
    ASSERT_OK(harness_.Open());
    auto server =
        Server::Create(ServerOptions(), &harness_.ledger(), &identities_);
    ASSERT_OK(server);
    server_ = *std::move(server);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                   grpc::InsecureChannelCredentials());
  }

  void TearDown() override {
    if (server_ != nullptr) server_->Shutdown(absl::Seconds(5));
  }

  grpc::Status Register(int n) {
    v1::CreateAgencyRequest request;
    request.set_agency_id(MakeAgencyCode(n));
    request.mutable_agency()->set_display_name("洛阳市西工区人民政府办公室");
    request.mutable_agency()->set_division_code("410303");
    request.set_reason("首次登记");
    request.set_request_id(NewRequestId());
    grpc::ClientContext context;
    v1::Agency agency;
    return v1::AgencyService::NewStub(channel_)->CreateAgency(&context, request,
                                                              &agency);
  }

  // grpc.health.v1: HealthCheckRequest.service is field 1, a string, and
  // HealthCheckResponse.status is field 1: 1 is SERVING, 2 is NOT_SERVING.
  int HealthOf(const std::string& service) {
    std::string request;
    if (!service.empty()) {
      request =
          absl::StrCat("\x0A", std::string(1, char(service.size())), service);
    }
    const grpc::Slice slice(request);
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check",
                                      grpc::ByteBuffer(&slice, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, this);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    EXPECT_TRUE(status.ok()) << status.error_message();
    grpc::Slice bytes;
    if (!answer.DumpToSingleSlice(&bytes).ok() || bytes.size() != 2) return -1;
    return bytes.begin()[1];
  }

  LeafCodec codec_;
  LoopbackIdentitySource identities_;
  ledger::MemoryStore memory_;
  ledger::FaultPlan plan_{10, ledger::FaultFlavour::kNotDone};
  ledger::FaultyStore store_{&memory_, &plan_};
  ledger::MemoryMark mark_;
  ledger::LedgerHarness harness_{&store_, &mark_};
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(StoppedLedgerTest, TheServicesThatWriteAreNotServing) {
  const std::string writers[] = {"annals.v1.ReportService",
                                 "annals.v1.AgencyService"};
  for (const std::string& service : writers) {
    EXPECT_EQ(HealthOf(service), 1) << service;
  }
  int n = 0;
  while (n < 20 && Register(n).ok()) ++n;
  ASSERT_TRUE(plan_.happened());
  EXPECT_THAT(Register(100),
              GrpcError(grpc::StatusCode::UNAVAILABLE, "LEDGER_STOPPED"));
  for (const std::string& service : writers) {
    EXPECT_EQ(HealthOf(service), 2) << service;
  }
  EXPECT_EQ(HealthOf("annals.v1.LedgerService"), 1);
  EXPECT_EQ(HealthOf(""), 1);
}

}  // namespace
}  // namespace annals
