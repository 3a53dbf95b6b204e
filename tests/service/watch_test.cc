// WatchEntries and the drain, through a real server.

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;

// One watcher with its context.
struct Watcher {
  Watcher(v1::LedgerService::Stub* stub, uint64_t start_index) {
    v1::WatchEntriesRequest request;
    request.set_start_index(start_index);
    reader = stub->WatchEntries(&context, request);
  }

  // The index of the next entry; -1 at the end.
  int64_t Next() {
    v1::WatchEntriesResponse response;
    if (!reader->Read(&response)) return -1;
    v1::LedgerEntry entry;
    EXPECT_TRUE(entry.ParseFromString(response.leaf()));
    EXPECT_EQ(entry.index(), response.index());
    EXPECT_GT(response.tree_size(), response.index());
    return static_cast<int64_t>(response.index());
  }

  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<v1::WatchEntriesResponse>> reader;
};

class WatchTest : public ServerTest {
 protected:
  void RegisterFrom(int first, int count) {
    for (int n = first; n < first + count; ++n) {
      ASSERT_THAT(Register(MakeAgencyCode(n)), GrpcOk());
    }
  }
};

TEST_F(WatchTest, SendsWhatIsThereAndThenWhatComes) {
  RegisterFrom(0, 3);
  Watcher watcher(ledger_.get(), 0);
  for (int64_t index = 0; index < 3; ++index) {
    EXPECT_EQ(watcher.Next(), index);
  }
  RegisterFrom(3, 2);
  EXPECT_EQ(watcher.Next(), 3);
  EXPECT_EQ(watcher.Next(), 4);
  watcher.context.TryCancel();
  EXPECT_EQ(watcher.Next(), -1);
  EXPECT_EQ(watcher.reader->Finish().error_code(), StatusCode::CANCELLED);
}

TEST_F(WatchTest, ResumesWithoutAGap) {
  RegisterFrom(0, 4);
  int64_t last = -1;
  {
    Watcher watcher(ledger_.get(), 0);
    last = watcher.Next();
    last = watcher.Next();
    watcher.context.TryCancel();
    watcher.reader->Finish();
  }
  Restart();
  Watcher watcher(ledger_.get(), static_cast<uint64_t>(last + 1));
  EXPECT_EQ(watcher.Next(), last + 1);
  EXPECT_EQ(watcher.Next(), last + 2);
  watcher.context.TryCancel();
  watcher.reader->Finish();
}

TEST_F(WatchTest, WaitsForAnIndexThatIsNotThereYet) {
  Watcher watcher(ledger_.get(), 2);
  RegisterFrom(0, 3);
  EXPECT_EQ(watcher.Next(), 2);
  watcher.context.TryCancel();
  watcher.reader->Finish();
}

TEST_F(WatchTest, ARangeEndsWithOk) {
  RegisterFrom(0, 3);
  grpc::ClientContext context;
  v1::WatchEntriesRequest request;
  request.set_start_index(1);
  request.set_end_index(3);
  auto reader = ledger_->WatchEntries(&context, request);
  v1::WatchEntriesResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.index(), 1u);
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.index(), 2u);
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_THAT(reader->Finish(), GrpcOk());
}

TEST_F(WatchTest, ARangeIsWithinTheCheckpoint) {
  RegisterFrom(0, 2);
  const auto status_of = [this](uint64_t start, uint64_t end) {
    grpc::ClientContext context;
    v1::WatchEntriesRequest request;
    request.set_start_index(start);
    request.set_end_index(end);
    auto reader = ledger_->WatchEntries(&context, request);
    v1::WatchEntriesResponse response;
    EXPECT_FALSE(reader->Read(&response));
    return reader->Finish();
  };
  EXPECT_THAT(status_of(2, 2), GrpcOk());
  EXPECT_THAT(status_of(0, 3),
              GrpcError(StatusCode::OUT_OF_RANGE, "ENTRY_NOT_FOUND"));
  EXPECT_THAT(status_of(2, 1),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_ENTRY_RANGE"));
}

TEST_F(WatchTest, SendsContentsIfAsked) {
  const std::string code = MakeAgencyCode(0);
  ASSERT_THAT(Register(code), GrpcOk());
  Record(FirstSubmission(code, 1));
  for (const bool wanted : {false, true}) {
    grpc::ClientContext context;
    v1::WatchEntriesRequest request;
    request.set_end_index(2);
    request.set_include_content(wanted);
    auto reader = ledger_->WatchEntries(&context, request);
    v1::WatchEntriesResponse response;
    ASSERT_TRUE(reader->Read(&response));
    EXPECT_EQ(response.salt(), "");
    ASSERT_TRUE(reader->Read(&response));
    v1::LedgerEntry entry;
    ASSERT_TRUE(entry.ParseFromString(response.leaf()));
    EXPECT_EQ(response.salt().size(), wanted ? ledger::kSaltBytes : 0);
    if (wanted) {
      EXPECT_EQ(
          entry.content_hash(),
          ledger::HashBytes(ledger::ContentHash(
              ledger::HashFromBytes(response.salt()), response.content())));
    }
    EXPECT_FALSE(reader->Read(&response));
    EXPECT_THAT(reader->Finish(), GrpcOk());
  }
}

// More than a page, and watchers while entries come from several callers.
TEST_F(WatchTest, ManyWatchersSeeEveryEntryInOrder) {
  constexpr int kWriters = 4;
  constexpr int kEach = 50;
  constexpr int kWatchers = 8;
  std::vector<std::thread> threads;
  for (int i = 0; i < kWatchers; ++i) {
    threads.emplace_back([this] {
      Watcher watcher(ledger_.get(), 0);
      for (int64_t index = 0; index < kWriters * kEach; ++index) {
        ASSERT_EQ(watcher.Next(), index);
      }
      watcher.context.TryCancel();
      watcher.reader->Finish();
    });
  }
  for (int i = 0; i < kWriters; ++i) {
    threads.emplace_back([this, i] { RegisterFrom(1000 * i, kEach); });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(WatchTest, RefusesMoreStreamsThanAreAllowed) {
  daemon_->Drain(absl::ZeroDuration());
  daemon_.reset();
  options_.server.watch_streams_max = 2;
  // Else one caller would get one of them.
  options_.server.caller.streams_max = 0;
  Start();
  RegisterFrom(0, 1);
  Watcher first(ledger_.get(), 0);
  Watcher second(ledger_.get(), 0);
  EXPECT_EQ(first.Next(), 0);
  EXPECT_EQ(second.Next(), 0);
  Watcher third(ledger_.get(), 0);
  EXPECT_EQ(third.Next(), -1);
  EXPECT_THAT(third.reader->Finish(),
              GrpcError(StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_WATCHERS"));
  first.context.TryCancel();
  first.reader->Finish();
  second.context.TryCancel();
  second.reader->Finish();
}

TEST_F(WatchTest, ADrainEndsTheStreams) {
  RegisterFrom(0, 1);
  Watcher waiting(ledger_.get(), 0);
  EXPECT_EQ(waiting.Next(), 0);
  Watcher early(ledger_.get(), 1);
  RegisterFrom(1, 1);
  EXPECT_EQ(waiting.Next(), 1);
  EXPECT_EQ(early.Next(), 1);
  std::thread drain([this] { daemon_->Drain(absl::Seconds(60)); });
  EXPECT_EQ(waiting.Next(), -1);
  EXPECT_THAT(waiting.reader->Finish(),
              GrpcError(StatusCode::UNAVAILABLE, "SHUTTING_DOWN"));
  EXPECT_EQ(early.Next(), -1);
  EXPECT_THAT(early.reader->Finish(),
              GrpcError(StatusCode::UNAVAILABLE, "SHUTTING_DOWN"));
  drain.join();
}

// A watcher that never reads fills its window; the drain cancels it.
TEST_F(WatchTest, ADrainDoesNotWaitForAReaderThatDoesNotRead) {
  RegisterFrom(0, 1);
  v1::CreateAgencyRequest big;
  big.mutable_agency()->set_display_name("局");
  big.mutable_agency()->set_division_code("410303");
  big.set_reason(std::string(2000, 'r'));
  for (int n = 1; n < 200; ++n) {
    big.set_agency_id(MakeAgencyCode(n));
    big.set_request_id(NewRequestId());
    v1::Agency agency;
    ASSERT_THAT(
        Call(agencies_, &v1::AgencyService::Stub::CreateAgency, big, &agency),
        GrpcOk());
  }
  Watcher stuck(ledger_.get(), 0);
  EXPECT_EQ(stuck.Next(), 0);
  const absl::Time start = absl::Now();
  daemon_->Drain(absl::Minutes(5));
  EXPECT_LT(absl::Now() - start, absl::Minutes(1));
  stuck.context.TryCancel();
  stuck.reader->Finish();
}

// Every call that was accepted is answered: OK and recorded, or refused and
// not.
TEST_F(WatchTest, ADrainAnswersEveryCallUnderWay) {
  constexpr int kCallers = 32;
  std::atomic<int> recorded = 0;
  std::atomic<int> answered = 0;
  std::promise<void> first_answer;
  std::atomic<bool> is_first = true;
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back(
        [this, i, &recorded, &answered, &first_answer, &is_first] {
          for (int n = 0;; ++n) {
            const grpc::Status status = Register(MakeAgencyCode(1000 * i + n));
            ++answered;
            if (!status.ok()) {
              EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE)
                  << status.error_message();
              return;
            }
            ++recorded;
            if (is_first.exchange(false)) first_answer.set_value();
          }
        });
  }
  first_answer.get_future().wait();
  daemon_->Drain(absl::Seconds(60));
  for (std::thread& caller : callers) caller.join();
  daemon_.reset();
  Start();
  EXPECT_EQ(LedgerSize(), static_cast<uint64_t>(recorded));
  EXPECT_EQ(answered, recorded + kCallers);
}

}  // namespace
}  // namespace annals
