// WatchEntries with filters and heartbeats, through a real server whose clock
// the test sets.

#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;

class Follower {
 public:
  Follower(v1::LedgerService::Stub* stub,
           const v1::WatchEntriesRequest& request) {
    reader_ = stub->WatchEntries(&context_, request);
  }
  ~Follower() {
    context_.TryCancel();
    if (reader_ != nullptr) End();
  }

  // The index of the next message, which must be an entry; -1 at the end.
  int64_t NextEntry() {
    v1::WatchEntriesResponse response;
    if (!reader_->Read(&response)) return -1;
    EXPECT_FALSE(response.has_heartbeat()) << response.ShortDebugString();
    return static_cast<int64_t>(response.index());
  }

  // The next message, which must be a heartbeat with a checkpoint in itself
  // consistent.
  std::optional<v1::Heartbeat> NextHeartbeat() {
    v1::WatchEntriesResponse response;
    if (!reader_->Read(&response)) return std::nullopt;
    EXPECT_TRUE(response.has_heartbeat()) << response.ShortDebugString();
    EXPECT_EQ(response.leaf(), "");
    const v1::Heartbeat& heartbeat = response.heartbeat();
    EXPECT_EQ(response.tree_size(), heartbeat.checkpoint().tree_size());
    EXPECT_THAT(heartbeat.checkpoint().note(),
                ::testing::HasSubstr(absl::StrCat(
                    "\n", heartbeat.checkpoint().tree_size(), "\n")));
    return heartbeat;
  }

  // The place where it says that one may resume; -1 at the end.
  int64_t NextResumption() {
    const auto heartbeat = NextHeartbeat();
    if (!heartbeat.has_value()) return -1;
    EXPECT_LE(heartbeat->next_index(), heartbeat->checkpoint().tree_size());
    return static_cast<int64_t>(heartbeat->next_index());
  }

  grpc::Status End() {
    const grpc::Status status = reader_->Finish();
    reader_.reset();
    return status;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchEntriesResponse>> reader_;
};

class WatchFollowTest : public ServerTest {
 protected:
  void SetUp() override {
    options_.server.clock = &clock_;
    // The clock leaps while a message is on its way.
    options_.server.stream_stall_timeout = absl::ZeroDuration();
    ServerTest::SetUp();
  }

  // While its clock is there.
  void TearDown() override { daemon_.reset(); }

  void RegisterFrom(int first, int count, const std::string& supervisor = "") {
    for (int n = first; n < first + count; ++n) {
      ASSERT_THAT(Register(MakeAgencyCode(n), supervisor), GrpcOk());
    }
  }

  void Advance(absl::Duration time) { clock_.Set(clock_.Now() + time); }

  static v1::WatchEntriesRequest Ask(int heartbeat_seconds = 0) {
    v1::WatchEntriesRequest request;
    request.set_heartbeat_seconds(heartbeat_seconds);
    return request;
  }

  static std::string Office(int n) { return "agencies/" + MakeAgencyCode(n); }

  grpc::Status StatusOf(const v1::WatchEntriesRequest& request) {
    Follower follower(ledger_.get(), request);
    EXPECT_EQ(follower.NextEntry(), -1);
    return follower.End();
  }

  ledger::FakeClock clock_{absl::FromUnixSeconds(1740000000)};
};

TEST_F(WatchFollowTest, SendsOnlyWhatIsWanted) {
  RegisterFrom(0, 1);
  RegisterFrom(1, 2, Office(0));
  Record(FirstSubmission(MakeAgencyCode(1), 1, 2024));  // 3
  Record(FirstSubmission(MakeAgencyCode(2), 2, 2022));
  RegisterFrom(3, 1);
  Record(FirstSubmission(MakeAgencyCode(3), 3, 2024));
  v1::WatchEntriesRequest request = Ask();
  request.set_agency(Office(0));
  request.set_include_subordinates(true);
  request.set_year(2024);
  request.add_kinds(v1::EVENT_KIND_REVISION_RECORDED);
  Follower follower(ledger_.get(), request);
  EXPECT_EQ(follower.NextEntry(), 3);
  Record(FirstSubmission(MakeAgencyCode(2), 4, 2024));  // 7
  EXPECT_EQ(follower.NextEntry(), 7);
}

TEST_F(WatchFollowTest, AHeartbeatSaysThatTheStreamHasCaughtUp) {
  RegisterFrom(0, 3);
  Follower follower(ledger_.get(), Ask(3600));
  for (int index = 0; index < 3; ++index) {
    EXPECT_EQ(follower.NextEntry(), index);
  }
  EXPECT_EQ(follower.NextResumption(), 3);
  RegisterFrom(3, 1);
  EXPECT_EQ(follower.NextEntry(), 3);
  EXPECT_EQ(follower.NextResumption(), 4);
}

TEST_F(WatchFollowTest, AHeartbeatComesWhileNothingIsSent) {
  Follower follower(ledger_.get(), Ask(10));
  EXPECT_EQ(follower.NextResumption(), 0);
  for (int beat = 0; beat < 3; ++beat) {
    Advance(absl::Seconds(10));
    EXPECT_EQ(follower.NextResumption(), 0);
  }
  // No sooner: the next message is the entry.
  Advance(absl::Seconds(9));
  RegisterFrom(0, 1);
  EXPECT_EQ(follower.NextEntry(), 0);
  EXPECT_EQ(follower.NextResumption(), 1);
  // A clock that went back does not silence it.
  Advance(-absl::Hours(24));
  EXPECT_EQ(follower.NextResumption(), 1);
}

TEST_F(WatchFollowTest, AStreamWithoutHeartbeatsHasNone) {
  Follower silent(ledger_.get(), Ask());
  Follower follower(ledger_.get(), Ask(1));
  EXPECT_EQ(follower.NextResumption(), 0);
  Advance(absl::Hours(1));
  EXPECT_EQ(follower.NextResumption(), 0);
  RegisterFrom(0, 1);
  EXPECT_EQ(silent.NextEntry(), 0);
}

// What was looked at is not looked at again, of either side restarted.
TEST_F(WatchFollowTest, AFilteredStreamResumesBehindWhatItLookedAt) {
  RegisterFrom(0, 20);
  v1::WatchEntriesRequest request = Ask(10);
  request.set_agency(Office(0));
  int64_t resumption = 0;
  {
    Follower follower(ledger_.get(), request);
    EXPECT_EQ(follower.NextEntry(), 0);
    EXPECT_EQ(follower.NextResumption(), 20);
    RegisterFrom(20, 5);
    Advance(absl::Seconds(1));
    resumption = follower.NextResumption();
    // The stream may have been woken for each of the five.
    while (resumption < 25) {
      Advance(absl::Seconds(1));
      const int64_t next = follower.NextResumption();
      ASSERT_GE(next, resumption);
      resumption = next;
    }
  }
  EXPECT_EQ(resumption, 25);
  Restart();
  RegisterFrom(25, 1);
  Record(FirstSubmission(MakeAgencyCode(0), 1));  // 26
  request.set_start_index(static_cast<uint64_t>(resumption));
  Follower follower(ledger_.get(), request);
  EXPECT_EQ(follower.NextEntry(), 26);
  EXPECT_EQ(follower.NextResumption(), 27);
}

TEST_F(WatchFollowTest, AStreamThatBeginsBeyondTheEndIsAliveToo) {
  v1::WatchEntriesRequest request = Ask(10);
  request.set_start_index(2);
  Follower follower(ledger_.get(), request);
  const auto heartbeat = follower.NextHeartbeat();
  ASSERT_TRUE(heartbeat.has_value());
  EXPECT_EQ(heartbeat->next_index(), 2u);
  EXPECT_EQ(heartbeat->checkpoint().tree_size(), 0u);
  RegisterFrom(0, 3);
  EXPECT_EQ(follower.NextEntry(), 2);
}

TEST_F(WatchFollowTest, ARangeEndsThoughNothingOfItIsWanted) {
  RegisterFrom(0, 3);
  v1::WatchEntriesRequest request = Ask();
  request.set_agency(Office(2));
  request.set_end_index(2);
  EXPECT_THAT(StatusOf(request), GrpcOk());
}

TEST_F(WatchFollowTest, ASubtreeIsWhatItIsWhenTheEntryIsSent) {
  RegisterFrom(0, 2);
  RegisterFrom(2, 1, Office(0));
  v1::WatchEntriesRequest request = Ask();
  request.set_start_index(3);
  request.set_include_subordinates(true);
  request.set_agency(Office(0));
  Follower before(ledger_.get(), request);
  request.set_agency(Office(1));
  Follower after(ledger_.get(), request);
  Record(FirstSubmission(MakeAgencyCode(2), 1, 2021));  // 3
  EXPECT_EQ(before.NextEntry(), 3);
  v1::GetAgencyRequest get;
  get.set_name(Office(2));
  v1::Agency agency;
  ASSERT_THAT(
      Call(agencies_, &v1::AgencyService::Stub::GetAgency, get, &agency),
      GrpcOk());
  v1::UpdateAgencyRequest update;
  update.mutable_agency()->set_name(Office(2));
  update.mutable_agency()->set_supervisor(Office(1));
  update.mutable_agency()->set_etag(agency.etag());
  update.mutable_update_mask()->add_paths("supervisor");
  update.set_reason("划转");
  update.set_request_id(NewRequestId());
  ASSERT_THAT(
      Call(agencies_, &v1::AgencyService::Stub::UpdateAgency, update, &agency),
      GrpcOk());                                        // 4
  Record(FirstSubmission(MakeAgencyCode(2), 2, 2023));  // 5
  EXPECT_EQ(after.NextEntry(), 4);
  EXPECT_EQ(after.NextEntry(), 5);
  RegisterFrom(3, 1, Office(0));  // 6
  // It is seen to go, and no more.
  EXPECT_EQ(before.NextEntry(), 4);
  EXPECT_EQ(before.NextEntry(), 6);
}

TEST_F(WatchFollowTest, RefusesWhatIsNoFilter) {
  v1::WatchEntriesRequest request = Ask(-1);
  const grpc::Status status = StatusOf(request);
  EXPECT_THAT(status, GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  ASSERT_EQ(DetailsOf(status).bad_request.field_violations_size(), 1);
  EXPECT_EQ(DetailsOf(status).bad_request.field_violations(0).field(),
            "heartbeat_seconds");
  request = Ask();
  request.set_agency(Office(5));
  EXPECT_THAT(StatusOf(request),
              GrpcError(StatusCode::NOT_FOUND, "AGENCY_NOT_FOUND"));
  request = Ask();
  request.set_year(1999);
  EXPECT_THAT(StatusOf(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  request = Ask();
  request.set_include_subordinates(true);
  EXPECT_THAT(StatusOf(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  request.GetReflection()->MutableUnknownFields(&request)->AddVarint(99, 1);
  EXPECT_THAT(StatusOf(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "UNKNOWN_FIELD"));
}

// While heartbeats are due all the time, on many streams.
TEST_F(WatchFollowTest, ADrainEndsStreamsWithHeartbeats) {
  RegisterFrom(0, 1);
  constexpr int kFollowers = 8;
  std::latch all_follow(kFollowers);
  std::vector<std::thread> threads;
  for (int i = 0; i < kFollowers; ++i) {
    threads.emplace_back([this, i, &all_follow] {
      v1::WatchEntriesRequest request = Ask(1);
      if (i % 2 == 1) request.set_year(2024);
      grpc::ClientContext context;
      const auto reader = ledger_->WatchEntries(&context, request);
      v1::WatchEntriesResponse response;
      EXPECT_TRUE(reader->Read(&response));
      all_follow.count_down();
      while (reader->Read(&response)) Advance(absl::Seconds(1));
      EXPECT_THAT(reader->Finish(),
                  GrpcError(StatusCode::UNAVAILABLE, "SHUTTING_DOWN"));
    });
  }
  RegisterFrom(1, 20);
  all_follow.wait();
  daemon_->Drain(absl::Seconds(60));
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace annals
