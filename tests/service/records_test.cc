// Every call leaves a record: in the access log and in the metrics of a real
// server.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "httplib.h"
#include "tests/support/access_log_lines.h"
#include "tests/support/raw_call.h"
#include "tests/support/server_fixture.h"
#include "tests/support/test_pki.h"
#include "tests/support/tls_connection.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";

class RecordsTest : public ServerTest {
 protected:
  RecordsTest() {
    options_.access_log.path = log_;
    options_.metrics_listen = "127.0.0.1:0";
  }

  // What was recorded, once all is written.
  std::vector<AccessLogLine> Lines() {
    daemon_->Drain(absl::Seconds(5));
    daemon_.reset();
    return ReadAccessLog(log_);
  }

  std::string Metrics() {
    httplib::Client client("http://" + daemon_->metrics_address());
    const auto answer = client.Get("/metrics");
    EXPECT_TRUE(answer);
    if (!answer) return "";
    EXPECT_EQ(answer->status, 200);
    EXPECT_THAT(answer->get_header_value("Content-Type"),
                StartsWith("text/plain; version=0.0.4"));
    return answer->body;
  }

  const std::string log_ = dir_.Path("access.log");
  const std::string code_ = MakeAgencyCode(1);
};

TEST_F(RecordsTest, TellWhoAskedWhatAndHowItEnded) {
  ASSERT_THAT(Register(code_), GrpcOk());
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 1);
  v1::SubmitRevisionResponse response;
  ASSERT_THAT(Submit(request, &response), GrpcOk());
  request.set_reason("");
  EXPECT_FALSE(Submit(request, &response, "li").ok());
  v1::Revision revision;
  EXPECT_THAT(Get(ReportOf(code_), &revision), GrpcOk());
  EXPECT_THAT(Get(ReportOf(code_), &revision), GrpcOk());
  EXPECT_FALSE(Get(ReportOf(code_, 2020), &revision).ok());
  EXPECT_FALSE(
      RawCall("/annals.v1.ReportService/GetReport", "\xff", nullptr).ok());
  EXPECT_FALSE(Submit(FirstSubmission(code_, 1), &response, "%00").ok());
  const auto lines = Lines();

  const auto submissions = LinesOf(lines, "SubmitRevision");
  ASSERT_THAT(submissions, SizeIs(3));
  EXPECT_THAT(
      submissions[0],
      AllOf(Contains(Pair("code", "OK")), Not(Contains(Key("reason"))),
            Contains(Pair("method", "annals.v1.ReportService/SubmitRevision")),
            Contains(Pair("caller", "local:zhang")),
            Contains(Pair("resource", ReportOf(code_))),
            Contains(Pair("request_id", request.request_id())),
            Contains(Pair("peer", MatchesRegex("ipv4:127.0.0.1:[0-9]+"))),
            Contains(Pair("time", MatchesRegex("20[0-9T:.-]+Z")))));
  EXPECT_GT(std::stoll(submissions[0].at("request_bytes")), 1000);
  EXPECT_GT(std::stoll(submissions[0].at("response_bytes")), 100);
  EXPECT_THAT(submissions[1], AllOf(Contains(Pair("code", "INVALID_ARGUMENT")),
                                    Contains(Pair("caller", "local:li"))));
  // Who does not say properly who it is, is nobody.
  EXPECT_THAT(submissions[2], AllOf(Contains(Pair("reason", "INVALID_ACTOR")),
                                    Not(Contains(Key("caller")))));

  const auto reads = LinesOf(lines, "GetReport");
  ASSERT_THAT(reads, SizeIs(4));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(reads[i], AllOf(Contains(Pair("code", "OK")),
                                Contains(Pair("resource", ReportOf(code_)))));
    EXPECT_GT(std::stoll(reads[i].at("response_bytes")), 1000);
  }
  EXPECT_THAT(reads[2], Contains(Pair("code", "NOT_FOUND")));
  EXPECT_THAT(reads[3], Contains(Pair("reason", "MALFORMED_REQUEST")));
  EXPECT_THAT(LinesOf(lines, "CreateAgency"),
              Contains(Contains(Pair("resource", code_))));
}

TEST_F(RecordsTest, AnEntryIsNamedAndNothingThatIsNoName) {
  v1::GetEntryRequest request;
  request.set_index(1);
  v1::Entry entry;
  Call(ledger_, &v1::LedgerService::Stub::GetEntry, request, &entry);
  v1::Revision revision;
  for (const char* const no_name :
       {"agencies/SECRET-text-of-a-report/reports/2024",
        "agencies/11410303005450123N/reports/text", "documents/text",
        "agencies/11410303005450123N/reports/2024/revisions/1/text"}) {
    EXPECT_FALSE(Get(no_name, &revision).ok());
  }
  const auto lines = Lines();
  EXPECT_THAT(LinesOf(lines, "GetEntry"),
              ElementsAre(Contains(Pair("resource", "entries/1"))));
  const auto reads = LinesOf(lines, "GetReport");
  EXPECT_THAT(reads, SizeIs(4));
  for (const auto& read : reads) {
    EXPECT_THAT(read, Not(Contains(Key("resource"))));
  }
}

// gRPC refuses it and does not say why; but it did not go well.
TEST_F(RecordsTest, ABatchWithAnItemBeyondAllLimitsIsNotOk) {
  grpc::ClientContext context;
  const auto batch = reports_->SubmitRevisions(&context);
  v1::SubmitRevisionRequest item;
  // Longer than gRPC takes; a shorter one is refused by itself.
  item.set_reason(std::string(65 << 20, 'x'));
  batch->Write(item);
  v1::SubmitRevisionsResponse result;
  EXPECT_FALSE(batch->Read(&result));
  EXPECT_EQ(batch->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  const auto lines = LinesOf(Lines(), "SubmitRevisions");
  ASSERT_THAT(lines, SizeIs(1));
  // CANCELLED, or that the daemon goes, if that came first.
  EXPECT_THAT(lines[0],
              AllOf(Not(Contains(Pair("code", "OK"))), Contains(Key("reason")),
                    Contains(Pair("peer", StartsWith("ipv4:")))));
}

TEST_F(RecordsTest, NameTheTraceIfThereIsOne) {
  const std::string good = absl::StrCat("00-", kTrace, "-00f067aa0ba902b7-01");
  for (const std::vector<std::string>& values :
       {std::vector<std::string>{}, {good}, {"00-nonsense"}, {good, good}}) {
    grpc::ClientContext context;
    for (const std::string& value : values) {
      context.AddMetadata("traceparent", value);
    }
    v1::Checkpoint checkpoint;
    EXPECT_THAT(ledger_->GetCheckpoint(&context, v1::GetCheckpointRequest(),
                                       &checkpoint),
                GrpcOk());
  }
  const auto lines = LinesOf(Lines(), "GetCheckpoint");
  ASSERT_THAT(lines, SizeIs(4));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(lines[i].count("trace_id"), i == 1 ? 1u : 0u) << i;
  }
  EXPECT_EQ(lines[1].at("trace_id"), kTrace);
}

TEST_F(RecordsTest, StreamsEndInOneToo) {
  ASSERT_THAT(Register(code_), GrpcOk());
  {
    grpc::ClientContext context;
    v1::WatchEntriesRequest request;
    const auto watch = ledger_->WatchEntries(&context, request);
    v1::WatchEntriesResponse entry;
    ASSERT_TRUE(watch->Read(&entry));
    context.TryCancel();
    EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  {
    grpc::ClientContext context;
    v1::WatchEntriesRequest request;
    request.set_end_index(1);
    const auto watch = ledger_->WatchEntries(&context, request);
    v1::WatchEntriesResponse entry;
    while (watch->Read(&entry)) continue;
    EXPECT_THAT(watch->Finish(), GrpcOk());
  }
  {
    grpc::ClientContext context;
    const auto batch = reports_->SubmitRevisions(&context);
    const auto good = FirstSubmission(code_, 1);
    auto bad = FirstSubmission(code_, 1, 2023);
    bad.set_reason("");
    EXPECT_TRUE(batch->Write(good));
    EXPECT_TRUE(batch->Write(bad));
    batch->WritesDone();
    v1::SubmitRevisionsResponse result;
    while (batch->Read(&result)) continue;
    EXPECT_THAT(batch->Finish(), GrpcOk());
  }
  const auto lines = Lines();
  const auto watches = LinesOf(lines, "WatchEntries");
  ASSERT_THAT(watches, SizeIs(2));
  EXPECT_THAT(watches, Contains(Contains(Pair("code", "CANCELLED"))));
  EXPECT_THAT(watches, Contains(Contains(Pair("code", "OK"))));
  EXPECT_GT(std::stoll(watches[1].at("response_bytes")), 100);
  const auto batches = LinesOf(lines, "SubmitRevisions");
  ASSERT_THAT(batches, SizeIs(3));
  EXPECT_THAT(
      batches,
      Contains(AllOf(Contains(Pair("item", "0")), Contains(Pair("code", "OK")),
                     Contains(Pair("resource", ReportOf(code_))))));
  EXPECT_THAT(batches,
              Contains(AllOf(Contains(Pair("item", "1")),
                             Contains(Pair("code", "INVALID_ARGUMENT")),
                             Contains(Key("request_id")))));
  EXPECT_THAT(batches[2],
              AllOf(Not(Contains(Key("item"))), Contains(Pair("code", "OK"))));
  EXPECT_GT(std::stoll(batches[2].at("request_bytes")), 1000);
}

TEST_F(RecordsTest, WhatGrpcAnswersItselfIsRecorded) {
  std::string response;
  EXPECT_THAT(RawCall("/grpc.health.v1.Health/Check", "", &response), GrpcOk());
  EXPECT_FALSE(RawCall("/no.such.Service/Method", "", &response).ok());
  const auto lines = Lines();
  EXPECT_THAT(
      LinesOf(lines, "Check"),
      Contains(AllOf(Contains(Pair("code", "OK")),
                     Contains(Pair("method", "grpc.health.v1.Health/Check")))));
  EXPECT_THAT(lines, Contains(AllOf(Contains(Pair("method", "other")),
                                    Contains(Pair("code", "UNIMPLEMENTED")))));
}

// Of callers with certificates, whom gRPC itself does not know.
class CertifiedRecordsTest : public RecordsTest {
 protected:
  CertifiedRecordsTest()
      : pki_(dir_.Path("pki")), client_(pki_.Client(code_, "auditor", "zhao")) {
    const TestCertificate server = pki_.Server();
    options_.tls.emplace();
    options_.tls->paths = {server.certificate, server.key, pki_.authority(),
                           pki_.crl_directory()};
  }

  std::shared_ptr<grpc::Channel> CertifiedChannel() {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = ReadFile(pki_.authority());
    ssl.pem_cert_chain = ReadFile(client_.certificate);
    ssl.pem_private_key = ReadFile(client_.key);
    return grpc::CreateChannel(daemon_->address(), grpc::SslCredentials(ssl));
  }

  // Asks reflection for a list of the services, and hangs up.
  static void Reflect(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const auto next = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      EXPECT_TRUE(queue.Next(&tag, &ok) && ok);
    };
    auto stream = stub.PrepareCall(
        &context,
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        &queue);
    stream->StartCall(&stub);
    next();
    const grpc::Slice request(std::string("\x3A\x01*"));
    stream->Write(grpc::ByteBuffer(&request, 1), &stub);
    next();
    grpc::ByteBuffer answer;
    stream->Read(&answer, &stub);
    next();
    stream->WritesDone(&stub);
    next();
    grpc::Status status;
    stream->Finish(&status, &stub);
    next();
    EXPECT_THAT(status, GrpcOk());
  }

  TestPki pki_;
  const TestCertificate client_;
};

TEST_F(CertifiedRecordsTest, HealthAndReflectionTellWhoAsked) {
  const auto channel = CertifiedChannel();
  grpc::ClientContext context;
  context.AddMetadata("traceparent",
                      absl::StrCat("00-", kTrace, "-00f067aa0ba902b7-01"));
  EXPECT_THAT(RawUnaryCall(channel, &context, "/grpc.health.v1.Health/Check",
                           "", nullptr),
              GrpcOk());
  Reflect(channel);
  const auto lines = Lines();
  for (const char* const method : {"Check", "ServerReflectionInfo"}) {
    EXPECT_THAT(
        LinesOf(lines, method),
        Contains(AllOf(Contains(Pair("code", "OK")),
                       Contains(Pair("role", "auditor")),
                       Contains(Pair("certificate", MatchesRegex("[0-9a-f]+"))),
                       Contains(Key("peer")))))
        << method;
  }
  EXPECT_THAT(LinesOf(lines, "Check"),
              Contains(Contains(Pair("trace_id", kTrace))));
}

// What only the parties of a call should read.
TEST_F(RecordsTest, NoLogTellsWhatAReportSays) {
  constexpr char kMarker[] = "MARKER-7f3a";
  ASSERT_THAT(Register(code_), GrpcOk());
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 1);
  request.mutable_report()->set_s6_other(
      absl::StrCat("本年度未收取信息处理费。", kMarker));
  request.set_reason(absl::StrCat("年度报告", kMarker));
  ::testing::internal::CaptureStderr();
  ::testing::internal::CaptureStdout();
  for (const char* const name : {"", kMarker, "agencies/MARKER-7f3a 秘密"}) {
    if (*name != '\0') request.set_name(name);
    grpc::ClientContext context;
    context.AddMetadata("annals-actor", "zhang");
    context.AddMetadata("authorization", absl::StrCat("Bearer ", kMarker));
    context.AddMetadata("traceparent", kMarker);
    v1::SubmitRevisionResponse response;
    EXPECT_EQ(reports_->SubmitRevision(&context, request, &response).ok(),
              *name == '\0');
  }
  const auto lines = LinesOf(Lines(), "SubmitRevision");
  EXPECT_THAT(lines, SizeIs(3));
  std::string logs = ReadFile(log_);
  logs += ::testing::internal::GetCapturedStderr();
  logs += ::testing::internal::GetCapturedStdout();
  logs += ReadFile(dir_.Path("data/db/LOG"));
  EXPECT_THAT(lines[0], Contains(Pair("resource", ReportOf(code_))));
  // What is no name is not told as one.
  for (int i = 1; i < 3; ++i) {
    EXPECT_THAT(lines[i], Not(Contains(Key("resource")))) << i;
  }
  EXPECT_THAT(logs, Not(HasSubstr(kMarker)));
}

TEST_F(RecordsTest, MetricsCountThem) {
  ASSERT_THAT(Register(code_), GrpcOk());
  Record(FirstSubmission(code_, 1));
  v1::Revision revision;
  EXPECT_FALSE(Get(ReportOf(code_, 2020), &revision).ok());
  const std::string text = Metrics();
  for (const char* const line :
       {"annals_calls_total{method=\"annals.v1.ReportService/SubmitRevision\","
        "code=\"OK\"} 1\n",
        "annals_calls_total{method=\"annals.v1.ReportService/GetReport\","
        "code=\"NOT_FOUND\"} 1\n",
        "annals_call_duration_seconds_count{method="
        "\"annals.v1.ReportService/GetReport\"} 1\n",
        "annals_calls_in_flight{method=\"annals.v1.ReportService/GetReport\"} "
        "0\n",
        "annals_ledger_tree_size_entries 2\n",
        "annals_ledger_batch_entries_count 2\n",
        "annals_ledger_batch_step_duration_seconds_count{step=\"mark_sync\"} "
        "2\n",
        "annals_ledger_writes_stopped 0\n",
        "annals_ledger_damage_found_total 0\n",
        "annals_ledger_queue_length 0\n", "annals_worker_queue_max 4096\n",
        "annals_draining 0\n", "annals_access_log_dropped_total 0\n",
        "annals_store_write_stopped 0\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  for (const char* const name :
       {"annals_store_log_syncs_total ", "annals_store_memtable_bytes ",
        "annals_ledger_checkpoint_timestamp_seconds ",
        "annals_data_dir_free_bytes ", "process_resident_memory_bytes ",
        "process_open_fds ", "process_start_time_seconds "}) {
    const size_t at = text.find(absl::StrCat("\n", name));
    ASSERT_NE(at, std::string::npos) << name;
    EXPECT_GT(std::stod(text.substr(at + 1 + std::string(name).size())), 0)
        << name;
  }
}

TEST_F(RecordsTest, TheMetricsServerAnswersNothingElse) {
  httplib::Client client("http://" + daemon_->metrics_address());
  for (const char* const path : {"/", "/metrics/x", "/../etc/passwd"}) {
    const auto answer = client.Get(path);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 404) << path;
  }
}

TEST_F(RecordsTest, ALimitThatIsHitIsCounted) {
  options_.server.watch_streams_max = 0;
  Restart();
  grpc::ClientContext context;
  const auto watch = ledger_->WatchEntries(&context, v1::WatchEntriesRequest());
  EXPECT_THAT(watch->Finish(), GrpcError(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                         "TOO_MANY_WATCHERS"));
  EXPECT_THAT(
      Metrics(),
      HasSubstr("annals_limits_hit_total{reason=\"TOO_MANY_WATCHERS\"} 1\n"));
}

TEST_F(RecordsTest, ATextThatIsTooLongIsCounted) {
  options_.server.limits.text_bytes_max = 1024;
  Restart();
  ASSERT_THAT(Register(code_), GrpcOk());
  v1::SubmitRevisionRequest request = FirstSubmission(code_, 1);
  request.mutable_report()->set_s6_other(std::string(1025, 'x'));
  v1::SubmitRevisionResponse response;
  EXPECT_THAT(Submit(request, &response),
              GrpcError(grpc::StatusCode::INVALID_ARGUMENT, "TEXT_TOO_LONG"));
  EXPECT_THAT(
      Metrics(),
      HasSubstr("annals_limits_hit_total{reason=\"TEXT_TOO_LONG\"} 1\n"));
}

TEST_F(RecordsTest, NothingIsKeptUnlessItIsAskedFor) {
  options_.access_log.path.clear();
  options_.metrics_listen.clear();
  Restart();
  const std::string before = ReadFile(log_);
  ASSERT_THAT(Register(code_), GrpcOk());
  EXPECT_THAT(daemon_->metrics_address(), IsEmpty());
  EXPECT_EQ(ReadFile(log_), before);
}

TEST_F(RecordsTest, AnAddressThatIsTakenIsNamed) {
  DaemonOptions other = options_;
  other.data_dir = dir_.Path("other");
  other.metrics_listen = daemon_->metrics_address();
  EXPECT_THAT(
      Daemon::Start(other).status(),
      StatusHasReason(absl::StatusCode::kUnavailable, "METRICS_LISTEN_FAILED"));
  other.metrics_listen = "nowhere";
  EXPECT_THAT(Daemon::Start(other).status(),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "INVALID_LISTEN_ADDRESS"));
}

// Each holds a thread for two seconds; a scrape is waited for five at most.
TEST_F(RecordsTest, HalfARequestHoldsUpNoScrape) {
  std::vector<std::unique_ptr<TlsConnection>> silent;
  for (int i = 0; i < 8; ++i) {
    silent.push_back(
        std::make_unique<TlsConnection>(daemon_->metrics_address()));
    ASSERT_TRUE(silent.back()->is_connected());
    silent.back()->Write("GET /met");
  }
  EXPECT_THAT(Metrics(), HasSubstr("annals_build_info"));
}

}  // namespace
}  // namespace annals
