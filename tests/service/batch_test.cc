// SubmitRevisions, through a real server.

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/mutex.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;

// The reason of the error that an item was refused with; empty if it was not.
std::string ReasonOf(const v1::SubmitRevisionsResponse& result) {
  google::rpc::ErrorInfo info;
  for (const auto& detail : result.refused().details()) {
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

// A batch that is written and read by hand.
class Batch {
 public:
  using Results = std::map<int64_t, v1::SubmitRevisionsResponse>;

  explicit Batch(v1::ReportService::Stub* stub) {
    context_.AddMetadata("annals-actor", "zhang");
    stream_ = stub->SubmitRevisions(&context_);
  }

  bool Write(const v1::SubmitRevisionRequest& request) {
    return stream_->Write(request);
  }
  bool WritesDone() { return stream_->WritesDone(); }
  bool Read(v1::SubmitRevisionsResponse* result) {
    return stream_->Read(result);
  }
  grpc::Status Finish() { return stream_->Finish(); }
  void Cancel() { context_.TryCancel(); }

  // All that come, by the items' places; each comes once.
  Results ReadAll() {
    Results results;
    v1::SubmitRevisionsResponse result;
    while (stream_->Read(&result)) {
      const bool is_new = results.emplace(result.item(), result).second;
      EXPECT_TRUE(is_new) << result.item();
    }
    return results;
  }

  // Writes on one thread while another reads.
  Results Exchange(const std::vector<v1::SubmitRevisionRequest>& requests) {
    std::thread writer([this, &requests] {
      for (const auto& request : requests) {
        if (!stream_->Write(request)) return;
      }
      stream_->WritesDone();
    });
    Results results = ReadAll();
    writer.join();
    return results;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::SubmitRevisionRequest,
                                           v1::SubmitRevisionsResponse>>
      stream_;
};

class BatchTest : public ServerTest {
 protected:
  void RegisterUpTo(int count) {
    for (int n = 0; n < count; ++n) {
      ASSERT_THAT(Register(MakeAgencyCode(n)), GrpcOk());
    }
  }

  void RestartWith(size_t streams_max, size_t items_max) {
    daemon_->Drain(absl::Seconds(5));
    daemon_.reset();
    options_.server.batch_streams_max = streams_max;
    options_.server.batch_items_max = items_max;
    Start();
  }

  static v1::SubmitRevisionRequest First(int agency) {
    return FirstSubmission(MakeAgencyCode(agency),
                           static_cast<uint64_t>(agency));
  }
};

TEST_F(BatchTest, RecordsWhatIsRightAndRefusesTheRest) {
  constexpr int kItems = 500;
  RegisterUpTo(kItems);
  std::vector<v1::SubmitRevisionRequest> requests;
  std::map<int64_t, std::string> bad;
  for (int n = 0; n < kItems; ++n) {
    requests.push_back(First(n));
    switch (n % 50) {
      case 7:
        requests.back().mutable_report()->mutable_t3()->Clear();
        break;
      case 17:
        requests.back().set_name(ReportOf(MakeAgencyCode(100000 + n)));
        bad[n] = "AGENCY_NOT_REGISTERED";
        break;
      case 27:
        requests.back().set_request_id("no uuid");
        bad[n] = "INVALID_REQUEST_ID";
        break;
      case 37:
        // The same id with other content than the item before has.
        requests.back().set_request_id(
            requests[requests.size() - 2].request_id());
        break;
      default:
        break;
    }
  }
  const uint64_t before = LedgerSize();
  Batch batch(reports_.get());
  const auto results = batch.Exchange(requests);
  EXPECT_THAT(batch.Finish(), GrpcOk());
  ASSERT_EQ(results.size(), requests.size());
  uint64_t recorded = 0;
  std::set<uint64_t> indexes;
  for (const auto& [item, result] : results) {
    const auto& request = requests[static_cast<size_t>(item)];
    EXPECT_EQ(result.request_id(),
              bad[item] == "INVALID_REQUEST_ID" ? "" : request.request_id());
    const std::string& reason = bad[item];
    if (!reason.empty()) {
      EXPECT_EQ(ReasonOf(result), reason) << item;
    }
    if (item % 50 == 7) {
      EXPECT_TRUE(result.has_refused()) << item;
    }
    if (!result.has_recorded()) continue;
    ++recorded;
    EXPECT_EQ(result.recorded().revision().name(),
              request.name() + "/revisions/1");
    EXPECT_TRUE(result.recorded().has_receipt());
    indexes.insert(result.recorded().revision().entry_index());
  }
  EXPECT_EQ(indexes.size(), recorded);
  EXPECT_EQ(LedgerSize(), before + recorded);
  for (int n = 37; n < kItems; n += 50) {
    // One of the two is recorded, and the other is told why it is not.
    const auto& first = results.at(n - 1);
    const auto& second = results.at(n);
    EXPECT_NE(first.has_recorded(), second.has_recorded()) << n;
    EXPECT_EQ(ReasonOf(first.has_recorded() ? second : first),
              "REQUEST_ID_REUSED");
  }
}

TEST_F(BatchTest, ARepetitionGetsTheFirstAnswer) {
  RegisterUpTo(20);
  std::vector<v1::SubmitRevisionRequest> requests;
  for (int n = 0; n < 20; ++n) requests.push_back(First(n));
  const v1::Revision alone = Record(requests[3]);
  // The same item twice in one batch, and the batch twice.
  requests.push_back(requests[5]);
  Batch::Results first;
  for (int time = 0; time < 2; ++time) {
    Batch batch(reports_.get());
    const auto results = batch.Exchange(requests);
    EXPECT_THAT(batch.Finish(), GrpcOk());
    ASSERT_EQ(results.size(), requests.size());
    if (time == 0) first = results;
    for (const auto& [item, result] : results) {
      ASSERT_TRUE(result.has_recorded()) << result.ShortDebugString();
      EXPECT_EQ(result.recorded().revision().SerializeAsString(),
                first.at(item).recorded().revision().SerializeAsString());
    }
    EXPECT_EQ(results.at(3).recorded().revision().SerializeAsString(),
              alone.SerializeAsString());
    EXPECT_EQ(results.at(5).recorded().revision().entry_index(),
              results.at(20).recorded().revision().entry_index());
  }
  EXPECT_EQ(LedgerSize(), 40u);
}

TEST_F(BatchTest, AnEmptyBatchEndsWithOk) {
  Batch batch(reports_.get());
  EXPECT_TRUE(batch.Exchange({}).empty());
  EXPECT_THAT(batch.Finish(), GrpcOk());
}

TEST_F(BatchTest, BytesThatAreNoItemHaveAResult) {
  RegisterUpTo(1);
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return ok;
  };
  auto stream = stub.PrepareCall(
      &context, "/annals.v1.ReportService/SubmitRevisions", &queue);
  stream->StartCall(this);
  EXPECT_TRUE(wait());
  for (const std::string& bytes :
       {std::string("\x0a\xff", 2), std::string(3 << 20, 'x'),
        First(0).SerializeAsString()}) {
    const grpc::Slice slice(bytes);
    stream->Write(grpc::ByteBuffer(&slice, 1), this);
    EXPECT_TRUE(wait());
  }
  stream->WritesDone(this);
  EXPECT_TRUE(wait());
  Batch::Results results;
  for (int i = 0; i < 3; ++i) {
    grpc::ByteBuffer answer;
    stream->Read(&answer, this);
    ASSERT_TRUE(wait());
    grpc::Slice slice;
    ASSERT_TRUE(answer.DumpToSingleSlice(&slice).ok());
    v1::SubmitRevisionsResponse result;
    ASSERT_TRUE(
        result.ParseFromArray(slice.begin(), static_cast<int>(slice.size())));
    results[result.item()] = result;
  }
  EXPECT_EQ(ReasonOf(results[0]), "MALFORMED_REQUEST");
  EXPECT_EQ(ReasonOf(results[1]), "MESSAGE_TOO_LARGE");
  EXPECT_TRUE(results[2].has_recorded()) << results[2].ShortDebugString();
  grpc::Status status;
  stream->Finish(&status, this);
  wait();
  EXPECT_THAT(status, GrpcOk());
}

// Writes until it is held up, without reading.
class Pusher final
    : public grpc::ClientBidiReactor<v1::SubmitRevisionRequest,
                                     v1::SubmitRevisionsResponse> {
 public:
  Pusher(v1::ReportService::Stub* stub, v1::SubmitRevisionRequest request)
      : request_(std::move(request)) {
    stub->async()->SubmitRevisions(&context_, this);
    StartWrite(&request_);
    StartCall();
  }

  void OnWriteDone(bool ok) override {
    MutexLock lock(&mutex_);
    if (!ok) return;
    ++written_;
    changed_.SignalAll();
    if (!stopped_) StartWrite(&request_);
  }
  void OnDone(const grpc::Status& status) override {
    MutexLock lock(&mutex_);
    status_ = status;
    done_ = true;
    changed_.SignalAll();
  }

  // How many were written when for a while none was.
  int WaitUntilHeldUp() {
    MutexLock lock(&mutex_);
    int before = -1;
    while (before != written_) {
      before = written_;
      changed_.WaitFor(&mutex_, absl::Seconds(1));
    }
    return written_;
  }

  grpc::Status Cancel() {
    context_.TryCancel();
    MutexLock lock(&mutex_);
    stopped_ = true;
    while (!done_) changed_.Wait(&mutex_);
    return status_;
  }

 private:
  grpc::ClientContext context_;
  const v1::SubmitRevisionRequest request_;
  Mutex mutex_;
  CondVar changed_;
  int written_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::Status status_ ABSL_GUARDED_BY(mutex_);
};

// Of the caller who does not read, results pile up only so far.
TEST_F(BatchTest, ACallerThatDoesNotReadIsHeldUp) {
  RegisterUpTo(1);
  RestartWith(4, 8);
  v1::SubmitRevisionRequest request = First(0);
  // Every repetition is answered with the content.
  request.set_include_content(true);
  Pusher pusher(reports_.get(), request);
  // What lies in the windows of HTTP/2 comes on top of the eight.
  EXPECT_LT(pusher.WaitUntilHeldUp(), 2000);
  // Others go on.
  EXPECT_THAT(Register(MakeAgencyCode(1)), GrpcOk());
  EXPECT_EQ(pusher.Cancel().error_code(), StatusCode::CANCELLED);
}

TEST_F(BatchTest, RefusesMoreBatchesThanAreAllowed) {
  RestartWith(1, 8);
  RegisterUpTo(1);
  Batch first(reports_.get());
  ASSERT_TRUE(first.Write(First(0)));
  v1::SubmitRevisionsResponse result;
  ASSERT_TRUE(first.Read(&result));
  Batch second(reports_.get());
  EXPECT_TRUE(second.ReadAll().empty());
  EXPECT_THAT(second.Finish(),
              GrpcError(StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_STREAMS"));
  first.WritesDone();
  EXPECT_THAT(first.Finish(), GrpcOk());
}

TEST_F(BatchTest, ACallerThatGoesAwayLosesNothing) {
  constexpr int kItems = 200;
  RegisterUpTo(kItems);
  std::vector<v1::SubmitRevisionRequest> requests;
  for (int n = 0; n < kItems; ++n) requests.push_back(First(n));
  for (int time = 0; time < 5; ++time) {
    Batch batch(reports_.get());
    std::thread writer([&] {
      for (const auto& request : requests) {
        if (!batch.Write(request)) return;
      }
    });
    v1::SubmitRevisionsResponse result;
    for (int i = 0; i <= 10 * time; ++i) ASSERT_TRUE(batch.Read(&result));
    batch.Cancel();
    batch.ReadAll();
    writer.join();
    EXPECT_EQ(batch.Finish().error_code(), StatusCode::CANCELLED);
  }
  Batch batch(reports_.get());
  const auto results = batch.Exchange(requests);
  EXPECT_THAT(batch.Finish(), GrpcOk());
  ASSERT_EQ(results.size(), requests.size());
  for (const auto& [item, one] : results) EXPECT_TRUE(one.has_recorded());
  EXPECT_EQ(LedgerSize(), 2u * kItems);
}

// What has a result is recorded or refused; what has none is sent again and is
// recorded once.
TEST_F(BatchTest, ADrainAnswersWhatItAccepted) {
  constexpr int kItems = 400;
  RegisterUpTo(kItems);
  std::vector<v1::SubmitRevisionRequest> requests;
  for (int n = 0; n < kItems; ++n) requests.push_back(First(n));
  Batch batch(reports_.get());
  std::thread writer([&] {
    for (const auto& request : requests) {
      if (!batch.Write(request)) return;
    }
  });
  v1::SubmitRevisionsResponse result;
  ASSERT_TRUE(batch.Read(&result));
  std::thread drain([this] { daemon_->Drain(absl::Seconds(60)); });
  auto results = batch.ReadAll();
  results.emplace(result.item(), result);
  EXPECT_THAT(batch.Finish(),
              GrpcError(StatusCode::UNAVAILABLE, "SHUTTING_DOWN"));
  writer.join();
  drain.join();
  daemon_.reset();
  Start();
  EXPECT_EQ(LedgerSize(), kItems + results.size());
  for (const auto& [item, one] : results) EXPECT_TRUE(one.has_recorded());
  Batch again(reports_.get());
  const auto all = again.Exchange(requests);
  EXPECT_THAT(again.Finish(), GrpcOk());
  ASSERT_EQ(all.size(), requests.size());
  for (const auto& [item, one] : all) {
    ASSERT_TRUE(one.has_recorded()) << one.ShortDebugString();
    if (results.contains(item)) {
      EXPECT_EQ(one.recorded().revision().entry_index(),
                results.at(item).recorded().revision().entry_index());
    }
  }
  EXPECT_EQ(LedgerSize(), 2u * kItems);
}

// An idle batch, whose caller neither writes nor reads, does not hold it up.
TEST_F(BatchTest, ADrainEndsIdleBatches) {
  RegisterUpTo(1);
  Batch idle(reports_.get());
  ASSERT_TRUE(idle.Write(First(0)));
  v1::SubmitRevisionsResponse result;
  ASSERT_TRUE(idle.Read(&result));
  const absl::Time start = absl::Now();
  daemon_->Drain(absl::Minutes(5));
  EXPECT_LT(absl::Now() - start, absl::Minutes(1));
  EXPECT_THAT(idle.Finish(),
              GrpcError(StatusCode::UNAVAILABLE, "SHUTTING_DOWN"));
}

}  // namespace
}  // namespace annals
