// Many callers at once, through a real server.

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/proof.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;

class ConcurrencyTest : public ServerTest {};

TEST_F(ConcurrencyTest, OfTwoCorrectionsOneIsRecorded) {
  const std::string code = MakeAgencyCode(1);
  ASSERT_THAT(Register(code), GrpcOk());
  v1::Revision latest = Record(FirstSubmission(code, 0));
  for (uint64_t round = 1; round <= 20; ++round) {
    grpc::Status statuses[2];
    v1::SubmitRevisionResponse responses[2];
    std::vector<std::thread> threads;
    for (uint64_t i = 0; i < 2; ++i) {
      const auto request = Correction(code, 2 * round + i, latest.etag());
      threads.emplace_back(
          [this, request, &status = statuses[i], &response = responses[i]] {
            status = Submit(request, &response);
          });
    }
    for (std::thread& thread : threads) thread.join();
    const int winner = statuses[0].ok() ? 0 : 1;
    ASSERT_THAT(statuses[winner], GrpcOk());
    EXPECT_THAT(statuses[1 - winner],
                GrpcError(StatusCode::ABORTED, "ETAG_MISMATCH"));
    latest = responses[winner].revision();
    EXPECT_EQ(MetadataOf(statuses[1 - winner], "currentEtag"), latest.etag());
    EXPECT_EQ(latest.number(), static_cast<int>(round) + 1);
  }
}

TEST_F(ConcurrencyTest, OfTheSameRequestManyTimesOneIsRecorded) {
  const std::string code = MakeAgencyCode(1);
  ASSERT_THAT(Register(code), GrpcOk());
  const v1::SubmitRevisionRequest request = FirstSubmission(code, 1);
  constexpr int kCallers = 16;
  std::vector<v1::SubmitRevisionResponse> responses(kCallers);
  std::vector<std::thread> threads;
  for (auto& response : responses) {
    threads.emplace_back([this, &request, &response] {
      EXPECT_THAT(Submit(request, &response), GrpcOk());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(LedgerSize(), 2u);
  for (const auto& response : responses) {
    EXPECT_EQ(response.revision().SerializeAsString(),
              responses[0].revision().SerializeAsString());
    EXPECT_EQ(response.check().SerializeAsString(),
              responses[0].check().SerializeAsString());
  }
}

// A report of year N and one of year N - 1, which it is checked against, are
// submitted at once: whichever comes first, N was checked against what is
// recorded before it.
TEST_F(ConcurrencyTest, ACheckHoldsForWhatIsRecordedBeforeIt) {
  for (int n = 1; n <= 10; ++n) {
    const std::string code = MakeAgencyCode(n);
    ASSERT_THAT(Register(code), GrpcOk());
    v1::SubmitRevisionRequest later = FirstSubmission(code, 1, 2024);
    v1::SubmitRevisionResponse later_response;
    v1::Revision earlier;
    std::thread thread([this, &code, &earlier] {
      earlier = Record(FirstSubmission(code, 2, 2023));
    });
    const grpc::Status status = Submit(later, &later_response);
    thread.join();
    if (!status.ok()) {
      // Checked against 2023, whose figures it does not carry over.
      EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
      continue;
    }
    EXPECT_LT(later_response.revision().entry_index(), earlier.entry_index());
  }
}

TEST_F(ConcurrencyTest, AHundredSubmitters) {
  constexpr int kSubmitters = 100;
  constexpr int kEach = 3;
  std::vector<std::thread> threads;
  std::vector<std::vector<v1::Revision>> recorded(kSubmitters);
  for (int i = 0; i < kSubmitters; ++i) {
    threads.emplace_back([this, i, &revisions = recorded[i]] {
      const std::string code = MakeAgencyCode(i);
      ASSERT_THAT(Register(code), GrpcOk());
      revisions.push_back(Record(FirstSubmission(code, i)));
      for (int n = 1; n < kEach; ++n) {
        revisions.push_back(
            Record(Correction(code, 1000 * n + i, revisions.back().etag())));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(LedgerSize(), static_cast<uint64_t>(kSubmitters * (kEach + 1)));
  Restart();
  std::set<uint64_t> indexes;
  for (const auto& revisions : recorded) {
    for (const v1::Revision& revision : revisions) {
      indexes.insert(revision.entry_index());
      v1::GetEntryRequest request;
      request.set_index(revision.entry_index());
      v1::Entry entry;
      ASSERT_THAT(
          Call(ledger_, &v1::LedgerService::Stub::GetEntry, request, &entry),
          GrpcOk());
      std::vector<ledger::Hash> hashes;
      for (const std::string& hash : entry.proof().hashes()) {
        hashes.push_back(ledger::HashFromBytes(hash));
      }
      EXPECT_OK(ledger::VerifyInclusion(
          {revision.entry_index(), entry.proof().tree_size()},
          ledger::LeafHash(entry.leaf()), hashes,
          ledger::HashFromBytes(entry.checkpoint().root_hash())));
    }
  }
  EXPECT_EQ(indexes.size(), static_cast<size_t>(kSubmitters * kEach));
}

// With one worker and a queue of one, calls are refused, not lost.
TEST_F(ConcurrencyTest, AFullQueueRefusesWithADelay) {
  daemon_->Drain(absl::ZeroDuration());
  daemon_.reset();
  options_.server.worker_threads = 1;
  options_.server.queue_max = 1;
  Start();
  constexpr int kCallers = 32;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kCallers; ++i) {
    threads.emplace_back([this, &refused] {
      // Until somebody meets a full queue.
      while (refused == 0) {
        v1::CheckReportRequest request;
        *request.mutable_report() = MakeReport(1);
        v1::CheckReportResponse response;
        const grpc::Status status =
            Call(reports_, &v1::ReportService::Stub::CheckReport, request,
                 &response);
        if (status.ok()) continue;
        EXPECT_THAT(status,
                    GrpcError(StatusCode::RESOURCE_EXHAUSTED, "QUEUE_FULL"));
        EXPECT_TRUE(DetailsOf(status).retry.has_retry_delay());
        ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(refused, 0);
}

TEST_F(ConcurrencyTest, AnExpiredCallIsNotWorkedOn) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::time_point());
  v1::CheckReportRequest request;
  v1::CheckReportResponse response;
  EXPECT_EQ(reports_->CheckReport(&context, request, &response).error_code(),
            StatusCode::DEADLINE_EXCEEDED);
}

}  // namespace
}  // namespace annals
