// What the service does when the ledger is damaged, or has stopped.

#include <memory>
#include <string>
#include <thread>
#include <vector>

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
#include "tests/support/told_space.h"

namespace annals {
namespace {

using ::testing::HasSubstr;
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
    harness_.UseObserver(&metrics_);
    harness_.UseSpace(&space_);
    ASSERT_OK(harness_.Open());
    ServerOptions options;
    options.ledger_metrics = &metrics_;
    auto server = Server::Create(options, &harness_.ledger(), &identities_);
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

  // What an operator sees.
  std::string Metrics() {
    MetricWriter metrics;
    metrics_.Collect(harness_.ledger(), &metrics);
    return metrics.ToText();
  }

  const std::vector<std::string> writers_ = {
      "annals.v1.ReportService", "annals.v1.AgencyService",
      "annals.v1.DocumentService", "annals.v1.ErasureService",
      "annals.v1.LifecycleService"};
  const std::vector<std::string> others_ = {"", "annals.v1.LedgerService",
                                            "annals.v1.SupervisionService"};
  LedgerMetrics metrics_{ledger::Clock::System()};
  LeafCodec codec_;
  LoopbackIdentitySource identities_;
  ledger::MemoryStore memory_;
  ledger::FaultPlan plan_{10, ledger::FaultFlavour::kNotDone};
  ledger::FaultyStore store_{&memory_, &plan_};
  ledger::MemoryMark mark_;
  ledger::ToldSpace space_;
  ledger::LedgerHarness harness_{&store_, &mark_};
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(StoppedLedgerTest, TheServicesThatWriteAreNotServing) {
  for (const std::string& service : writers_) {
    EXPECT_EQ(HealthOf(service), 1) << service;
  }
  EXPECT_THAT(Metrics(), HasSubstr("annals_ledger_writes_stopped 0\n"));
  int n = 0;
  while (n < 20 && Register(n).ok()) ++n;
  ASSERT_TRUE(plan_.happened());
  EXPECT_THAT(Register(100),
              GrpcError(grpc::StatusCode::UNAVAILABLE, "LEDGER_STOPPED"));
  for (const std::string& service : writers_) {
    EXPECT_EQ(HealthOf(service), 2) << service;
  }
  for (const std::string& service : others_) {
    EXPECT_EQ(HealthOf(service), 1) << service;
  }
  EXPECT_THAT(Metrics(), HasSubstr("annals_ledger_writes_stopped 1\n"));
  EXPECT_THAT(Metrics(), HasSubstr("annals_ledger_damage_found_total 0\n"));
}

// While the disk is at its floor; nobody need try to write before it is known,
// nor before it is known that there is room again.
TEST_F(StoppedLedgerTest, TheServicesThatWriteServeAgainOnceThereIsRoom) {
  ASSERT_TRUE(Register(1).ok());
  space_.Say(ledger::DiskSpaceGuard("/", ~uint64_t{0}).Check());
  while (HealthOf(writers_.back()) != 2) {
  }
  EXPECT_THAT(Metrics(), HasSubstr("annals_ledger_writes_stopped 1\n"));
  const grpc::Status refused = Register(2);
  EXPECT_THAT(refused, GrpcError(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                 "DISK_NEARLY_FULL"));
  EXPECT_FALSE(DetailsOf(refused).retry.has_retry_delay());
  for (const std::string& service : others_) {
    EXPECT_EQ(HealthOf(service), 1) << service;
  }
  space_.Say(absl::OkStatus());
  for (const std::string& service : writers_) {
    while (HealthOf(service) != 1) {
    }
  }
  EXPECT_THAT(Metrics(), HasSubstr("annals_ledger_writes_stopped 0\n"));
  EXPECT_TRUE(Register(2).ok());
}

// Nobody need try to write before it is known.
TEST_F(StoppedLedgerTest, AReadThatFindsDamageIsTold) {
  ASSERT_TRUE(Register(1).ok());
  store_.DamageLeaf(0);
  v1::GetEntryRequest request;
  v1::Entry entry;
  grpc::ClientContext context;
  EXPECT_THAT(
      v1::LedgerService::NewStub(channel_)->GetEntry(&context, request, &entry),
      GrpcError(grpc::StatusCode::DATA_LOSS, "ENTRY_DAMAGED"));
  for (const std::string& service : writers_) {
    EXPECT_EQ(HealthOf(service), 2) << service;
  }
  for (const std::string& service : others_) {
    EXPECT_EQ(HealthOf(service), 1) << service;
  }
  EXPECT_THAT(Metrics(), HasSubstr("annals_ledger_writes_stopped 1\n"));
  EXPECT_THAT(Metrics(), HasSubstr("annals_ledger_damage_found_total 1\n"));
}

// A server that is being shut down lives on until its calls have ended; whoever
// asks meanwhile sees that it is to be left.
TEST_F(StoppedLedgerTest, NothingServesOnceItShutsDown) {
  grpc::ClientContext context;
  grpc::GenericStub stub(channel_);
  grpc::CompletionQueue queue;
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  auto watch =
      stub.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue);
  watch->StartCall(this);
  ASSERT_TRUE(next());
  const grpc::Slice nothing("");
  watch->Write(grpc::ByteBuffer(&nothing, 1), this);
  ASSERT_TRUE(next());
  const auto read = [&] {
    grpc::ByteBuffer answer;
    watch->Read(&answer, this);
    grpc::Slice bytes;
    if (!next() || !answer.DumpToSingleSlice(&bytes).ok()) return -1;
    return bytes.size() == 2 ? int{bytes.begin()[1]} : -1;
  };
  EXPECT_EQ(read(), 1);
  std::thread shutdown([this] { server_->Shutdown(absl::Seconds(5)); });
  EXPECT_EQ(read(), 2);
  context.TryCancel();
  shutdown.join();
}

}  // namespace
}  // namespace annals
