// What a caller and a connection may take, through a real server whose clock
// the test sets.

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "annals/v1/supervision_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "grpcpp/health_check_service_interface.h"
#include "gtest/gtest.h"
#include "tests/service/limits_fixture.h"
#include "tests/support/tls_connection.h"

namespace annals {
namespace {

using ::grpc::StatusCode;
using ::testing::SizeIs;

TEST_F(LimitsTest, ACallerThatIsTooFastIsToldHowLongToWait) {
  options_.server.caller.calls_per_second = 10;
  options_.server.caller.calls_burst = 20;
  StartServer();
  for (int i = 0; i < 20; ++i) ASSERT_THAT(GetCheckpoint(), GrpcOk());
  const grpc::Status refused = GetCheckpoint();
  EXPECT_THAT(refused,
              GrpcError(StatusCode::RESOURCE_EXHAUSTED, "CALL_RATE_EXCEEDED"));
  EXPECT_EQ(DetailsOf(refused).retry.retry_delay().seconds(), 1);
  // Another connection from the same address is the same caller, and another
  // name makes no other caller of it.
  EXPECT_FALSE(GetCheckpoint(NewConnection().get()).ok());
  v1::Revision revision;
  EXPECT_THAT(Get(ReportOf(MakeAgencyCode(1)), &revision),
              GrpcError(StatusCode::RESOURCE_EXHAUSTED, "CALL_RATE_EXCEEDED"));
  EXPECT_EQ(Hits(Limit::kCallRate), 3u);
  Advance(absl::Seconds(1));
  for (int i = 0; i < 10; ++i) ASSERT_THAT(GetCheckpoint(), GrpcOk());
  EXPECT_FALSE(GetCheckpoint().ok());
}

TEST_F(LimitsTest, HealthIsAskedWithoutALimit) {
  options_.server.caller.calls_burst = 1;
  StartServer();
  ASSERT_THAT(GetCheckpoint(), GrpcOk());
  ASSERT_FALSE(GetCheckpoint().ok());
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(RawCall("/grpc.health.v1.Health/Check", "", nullptr), GrpcOk());
  }
}

TEST_F(LimitsTest, ACallerHasSoManyStreams) {
  options_.server.caller.streams_max = 2;
  StartServer();
  auto first = std::make_unique<Watch>(ledger_.get());
  Watch second(ledger_.get());
  EXPECT_TRUE(first->Read());
  EXPECT_TRUE(second.Read());
  Watch third(ledger_.get());
  EXPECT_FALSE(third.Read());
  EXPECT_THAT(third.Finish(), GrpcError(StatusCode::RESOURCE_EXHAUSTED,
                                        "TOO_MANY_CALLER_STREAMS"));
  // Of whatever kind.
  const auto supervision = v1::SupervisionService::NewStub(channel_);
  grpc::ClientContext context;
  const auto filings =
      supervision->ListFilings(&context, v1::ListFilingsRequest());
  v1::ListFilingsResponse page;
  EXPECT_FALSE(filings->Read(&page));
  EXPECT_THAT(filings->Finish(), GrpcError(StatusCode::RESOURCE_EXHAUSTED,
                                           "TOO_MANY_CALLER_STREAMS"));
  grpc::ClientContext batch_context;
  const auto batch = reports_->SubmitRevisions(&batch_context);
  v1::SubmitRevisionsResponse result;
  EXPECT_FALSE(batch->Read(&result));
  EXPECT_THAT(batch->Finish(), GrpcError(StatusCode::RESOURCE_EXHAUSTED,
                                         "TOO_MANY_CALLER_STREAMS"));
  EXPECT_EQ(Hits(Limit::kCallerStreams), 3u);
  // Calls go on, and a stream that has ended makes room.
  EXPECT_THAT(GetCheckpoint(), GrpcOk());
  first.reset();
  while (!Watch(ledger_.get()).Read()) {
  }
}

// It is not refused: what it sends waits in HTTP/2's window.
TEST_F(LimitsTest, ABatchThatIsTooFastIsHeldUp) {
  constexpr int kItems = 12;
  options_.server.caller.calls_per_second = 1;
  options_.server.caller.calls_burst = kItems + 1 + 5;
  StartServer();
  for (int n = 0; n < kItems; ++n) {
    ASSERT_THAT(Register(MakeAgencyCode(n)), GrpcOk());
  }
  grpc::ClientContext context;
  const auto batch = reports_->SubmitRevisions(&context);
  std::thread writer([&batch] {
    for (int n = 0; n < kItems; ++n) {
      batch->Write(FirstSubmission(MakeAgencyCode(n), 1));
    }
    batch->WritesDone();
  });
  v1::SubmitRevisionsResponse result;
  for (int n = 0; n < kItems; ++n) {
    // Those of the burst come, and then one at each second of the clock's.
    if (n >= 5) Advance(absl::Seconds(1));
    ASSERT_TRUE(batch->Read(&result)) << n;
    EXPECT_TRUE(result.has_recorded()) << result.ShortDebugString();
  }
  writer.join();
  Advance(absl::Seconds(10));
  EXPECT_FALSE(batch->Read(&result));
  EXPECT_THAT(batch->Finish(), GrpcOk());
  EXPECT_GT(Hits(Limit::kBatchRate), 0u);
}

// Nobody reads, until the window is full; the clock says that it has been for
// long.
TEST_F(LimitsTest, AReaderThatTakesNothingIsCutOff) {
  StartServer();
  for (int n = 0; n < 200; ++n) {
    v1::CreateAgencyRequest big;
    big.mutable_agency()->set_display_name("局");
    big.mutable_agency()->set_division_code("410303");
    big.set_reason(std::string(2000, 'r'));
    big.set_agency_id(MakeAgencyCode(n));
    big.set_request_id(NewRequestId());
    v1::Agency agency;
    ASSERT_THAT(
        Call(agencies_, &v1::AgencyService::Stub::CreateAgency, big, &agency),
        GrpcOk());
  }
  const auto slow = NewConnection();
  grpc::ClientContext context;
  const auto reader = slow->WatchEntries(&context, v1::WatchEntriesRequest());
  // Until the tender has found it: each time, more has passed on the clock.
  while (Hits(Limit::kStreamStall) == 0) {
    Advance(absl::Minutes(3));
    EXPECT_THAT(GetCheckpoint(), GrpcOk());
  }
  v1::WatchEntriesResponse response;
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), StatusCode::CANCELLED);
}

TEST_F(LimitsTest, ABatchToWhichNothingComesIsEnded) {
  StartServer();
  grpc::ClientContext context;
  const auto batch = reports_->SubmitRevisions(&context);
  std::atomic<bool> ended = false;
  std::thread time([this, &ended] {
    while (!ended) {
      Advance(absl::Minutes(1));
      EXPECT_THAT(GetCheckpoint(), GrpcOk());
    }
  });
  v1::SubmitRevisionsResponse result;
  EXPECT_FALSE(batch->Read(&result));
  ended = true;
  time.join();
  const grpc::Status status = batch->Finish();
  EXPECT_THAT(status,
              GrpcError(StatusCode::RESOURCE_EXHAUSTED, "STREAM_STALLED"));
  EXPECT_TRUE(DetailsOf(status).retry.has_retry_delay());
  // It is counted when it has been ended; an answer that was on its way while
  // the clock leapt may be counted besides.
  while (Hits(Limit::kStreamStall) == 0) std::this_thread::yield();
}

// What is refused is no movement: else junk would hold a batch for ever.
TEST_F(LimitsTest, ABatchThatRecordsNothingIsEnded) {
  StartServer();
  ASSERT_THAT(Register(MakeAgencyCode(1)), GrpcOk());
  grpc::ClientContext context;
  const auto batch = reports_->SubmitRevisions(&context);
  v1::SubmitRevisionsResponse result;
  Advance(absl::Seconds(90));
  ASSERT_TRUE(batch->Write(FirstSubmission(MakeAgencyCode(1), 1)));
  ASSERT_TRUE(batch->Read(&result));
  EXPECT_TRUE(result.has_recorded());
  // More than the timeout since its beginning, but not since the last item.
  Advance(absl::Seconds(90));
  int refused = 0;
  while (batch->Write(v1::SubmitRevisionRequest()) && batch->Read(&result)) {
    EXPECT_TRUE(result.has_refused());
    ++refused;
    Advance(absl::Seconds(1));
  }
  EXPECT_GT(refused, 0);
  EXPECT_THAT(batch->Finish(),
              GrpcError(StatusCode::RESOURCE_EXHAUSTED, "STREAM_STALLED"));
}

TEST_F(LimitsTest, ACallerHasAPartOfTheBatches) {
  options_.server.batch_streams_max = 4;
  StartServer();
  grpc::ClientContext first_context;
  const auto first = reports_->SubmitRevisions(&first_context);
  ASSERT_TRUE(first->Write(v1::SubmitRevisionRequest()));
  v1::SubmitRevisionsResponse result;
  ASSERT_TRUE(first->Read(&result));
  grpc::ClientContext second_context;
  const auto second = reports_->SubmitRevisions(&second_context);
  EXPECT_FALSE(second->Read(&result));
  EXPECT_THAT(second->Finish(), GrpcError(StatusCode::RESOURCE_EXHAUSTED,
                                          "TOO_MANY_CALLER_STREAMS"));
  first->WritesDone();
  EXPECT_THAT(first->Finish(), GrpcOk());
}

// A call in HTTP/2.
std::string RawCheckpointCall(uint32_t stream) {
  constexpr int kEndStream = 1;
  const std::string empty_message(5, '\0');
  return absl::StrCat(
      http2::Frame(
          http2::kHeaders, http2::kEndHeaders, stream,
          http2::CallHeaders("/annals.v1.LedgerService/GetCheckpoint")),
      http2::Frame(http2::kData, kEndStream, stream, empty_message));
}

// Someone whose window lets no answer through calls until nothing more is let
// in, and is cut off then.
TEST_F(LimitsTest, AnswersThatAreNotTakenCountAndAreCutOff) {
  options_.server.caller.calls_max = 5;
  options_.server.caller.calls_per_second = 0;
  StartServer();
  TlsConnection slow(daemon_->address());
  // SETTINGS_INITIAL_WINDOW_SIZE.
  const std::string no_window = http2::BigEndian(4, 2) + http2::BigEndian(0, 4);
  ASSERT_TRUE(slow.Write(absl::StrCat(
      http2::kPreface, http2::Frame(http2::kSettings, 0, 0, no_window))));
  grpc::Status status;
  for (uint32_t stream = 1; status.ok(); stream += 2) {
    ASSERT_TRUE(slow.Write(RawCheckpointCall(stream)));
    status = GetCheckpoint();
  }
  EXPECT_THAT(status, GrpcError(StatusCode::RESOURCE_EXHAUSTED,
                                "TOO_MANY_CALLER_CALLS"));
  EXPECT_EQ(Hits(Limit::kStreamStall), 0u);
  while (Hits(Limit::kStreamStall) == 0) Advance(absl::Minutes(3));
  while (!GetCheckpoint().ok()) Advance(absl::Minutes(3));
}

TEST_F(LimitsTest, MoreConnectionsThanAllowedAreClosed) {
  options_.server.connections.connections_max = 3;
  options_.server.connections.address_connections_max = 2;
  StartServer();
  ASSERT_THAT(GetCheckpoint(), GrpcOk());
  auto second = NewConnection();
  ASSERT_THAT(GetCheckpoint(second.get()), GrpcOk());
  EXPECT_EQ(GetCheckpoint(NewConnection().get()).error_code(),
            StatusCode::UNAVAILABLE);
  EXPECT_GE(Hits(Limit::kAddressConnections), 1u);
  // Those that are there go on; one that goes makes room.
  EXPECT_THAT(GetCheckpoint(), GrpcOk());
  second.reset();
  while (!GetCheckpoint(NewConnection().get()).ok()) {
  }
  EXPECT_THAT(GetCheckpoint(), GrpcOk());
}

TEST_F(LimitsTest, AnOldConnectionIsReplacedUnnoticed) {
  options_.server.connections.age_max = absl::Milliseconds(50);
  options_.server.connections.age_grace = absl::Seconds(10);
  options_.server.caller.calls_per_second = 0;
  StartServer();
  const absl::Time end = absl::Now() + absl::Milliseconds(500);
  while (absl::Now() < end) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    v1::Checkpoint checkpoint;
    ASSERT_THAT(ledger_->GetCheckpoint(&context, v1::GetCheckpointRequest(),
                                       &checkpoint),
                GrpcOk());
  }
}

using grpc::reflection::v1alpha::ServerReflection;

// A stream that has asked once.
struct Reflection {
  explicit Reflection(ServerReflection::Stub* stub)
      : stream(stub->ServerReflectionInfo(&context)) {
    request.set_list_services("*");
    is_answered = stream->Write(request) && stream->Read(&response);
  }

  grpc::ClientContext context;
  grpc::reflection::v1alpha::ServerReflectionRequest request;
  grpc::reflection::v1alpha::ServerReflectionResponse response;
  std::unique_ptr<
      grpc::ClientReaderWriter<decltype(request), decltype(response)>>
      stream;
  bool is_answered = false;
};

// Of a caller who asks no more it has its share back.
TEST_F(LimitsTest, ReflectionHasItsStreams) {
  options_.server.answer_streams_max = 2;
  options_.server.caller.streams_max = 0;
  StartServer();
  const auto stub = ServerReflection::NewStub(channel_);
  Reflection first(stub.get());
  Reflection second(stub.get());
  EXPECT_TRUE(first.is_answered);
  EXPECT_TRUE(second.is_answered);
  Reflection third(stub.get());
  EXPECT_FALSE(third.is_answered);
  EXPECT_THAT(third.stream->Finish(),
              GrpcError(StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_STREAMS"));
  first.stream->WritesDone();
  EXPECT_THAT(first.stream->Finish(), GrpcOk());
  Reflection fourth(stub.get());
  EXPECT_TRUE(fourth.is_answered);
  while (Hits(Limit::kStreamStall) < 2) Advance(absl::Minutes(3));
  EXPECT_THAT(second.stream->Finish(),
              GrpcError(StatusCode::RESOURCE_EXHAUSTED, "STREAM_STALLED"));
  EXPECT_THAT(fourth.stream->Finish(),
              GrpcError(StatusCode::RESOURCE_EXHAUSTED, "STREAM_STALLED"));
}

// Whoever looks after streams must not take one that just came for one that has
// stood still since 1970, and end it while it is being let in.
TEST_F(LimitsTest, AStreamThatJustCameHasNotStalled) {
  constexpr int kThreads = 8;
  constexpr int kStreams = 400;
  options_.server.caller = {0, 1, 0, 0};
  StartServer();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      const auto stub = ServerReflection::NewStub(channel_);
      for (int i = 0; i < kStreams; ++i) {
        grpc::ClientContext context;
        const auto stream = stub->ServerReflectionInfo(&context);
        if (i % 2 == 0) {
          context.TryCancel();
        } else {
          stream->WritesDone();
        }
        stream->Finish();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Hits(Limit::kStreamStall), 0u);
  EXPECT_THAT(GetCheckpoint(), GrpcOk());
}

TEST_F(LimitsTest, AWatchIsAskedForInAMessageLikeAnother) {
  constexpr char kWatch[] = "/annals.v1.LedgerService/WatchEntries";
  StartServer();
  EXPECT_THAT(RawCall(kWatch, "\x22\x04\xff\xfe\xfd\xfc", nullptr),
              GrpcError(StatusCode::INVALID_ARGUMENT, "MALFORMED_REQUEST"));
  v1::WatchEntriesRequest request;
  for (size_t i = 0; i <= options_.server.message.bytes_max; ++i) {
    request.add_kinds(v1::EVENT_KIND_UNSPECIFIED);
  }
  EXPECT_THAT(RawCall(kWatch, request.SerializeAsString(), nullptr),
              GrpcError(StatusCode::RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE"));
}

TEST_F(LimitsTest, APageIsNoLongerThanTheLimit) {
  options_.server.page_size_max = 2;
  StartServer();
  for (int i = 1; i <= 3; ++i) {
    ASSERT_THAT(Register(MakeAgencyCode(static_cast<uint64_t>(i))), GrpcOk());
  }
  v1::ListAgenciesRequest request;
  request.set_page_size(100);
  v1::ListAgenciesResponse page;
  ASSERT_THAT(
      Call(agencies_, &v1::AgencyService::Stub::ListAgencies, request, &page),
      GrpcOk());
  EXPECT_THAT(page.agencies(), SizeIs(2));
  EXPECT_EQ(Hits(Limit::kPageSize), 1u);
  request.set_page_size(0);
  request.set_page_token(page.next_page_token());
  ASSERT_THAT(
      Call(agencies_, &v1::AgencyService::Stub::ListAgencies, request, &page),
      GrpcOk());
  EXPECT_THAT(page.agencies(), SizeIs(1));
  EXPECT_EQ(page.next_page_token(), "");
  EXPECT_EQ(Hits(Limit::kPageSize), 1u);
}

TEST_F(LimitsTest, MetadataHaveALimit) {
  StartServer();
  grpc::ClientContext context;
  context.AddMetadata("flood", std::string(9000, 'x'));
  v1::Checkpoint checkpoint;
  EXPECT_EQ(
      ledger_->GetCheckpoint(&context, v1::GetCheckpointRequest(), &checkpoint)
          .error_code(),
      StatusCode::RESOURCE_EXHAUSTED);
  // gRPC may close the connection with it; the next one is served.
  grpc::Status next = GetCheckpoint();
  for (int i = 0; i < 10 && next.error_code() == StatusCode::UNAVAILABLE; ++i) {
    next = GetCheckpoint();
  }
  EXPECT_THAT(next, GrpcOk());
}

}  // namespace
}  // namespace annals
