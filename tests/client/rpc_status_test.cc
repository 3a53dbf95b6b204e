#include "client/rpc_status.h"

#include "client/exit_code.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/support/matchers.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kServer[] = "ledger.example:7432";

grpc::Status Answer(grpc::StatusCode code, const google::rpc::Status& details) {
  return grpc::Status(code, "no such report", details.SerializeAsString());
}

google::rpc::Status WithReason(const std::string& reason) {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("annals.v1");
  (*info.mutable_metadata())["currentEtag"] = "abc";
  status.add_details()->PackFrom(info);
  google::rpc::LocalizedMessage text;
  text.set_locale("zh-CN");
  text.set_message("没有这份报告");
  status.add_details()->PackFrom(text);
  return status;
}

TEST(RpcStatusTest, TakesReasonTextsAndMetadataFromDetails) {
  const absl::Status status = FromGrpcStatus(
      Answer(grpc::StatusCode::NOT_FOUND, WithReason("REPORT_NOT_FOUND")),
      kServer);
  EXPECT_THAT(status,
              StatusHasReason(absl::StatusCode::kNotFound, "REPORT_NOT_FOUND"));
  EXPECT_EQ(status.message(), "no such report");
  EXPECT_EQ(ErrorTextZh(status), "没有这份报告");
  ASSERT_THAT(ErrorMetadata(status), SizeIs(1));
  EXPECT_EQ(ErrorMetadata(status)[0].second, "abc");
}

TEST(RpcStatusTest, TakesViolationsWithTheirPlaces) {
  google::rpc::Status details = WithReason("NEGATIVE_COUNT");
  google::rpc::BadRequest bad;
  auto* violation = bad.add_field_violations();
  violation->set_field("report.t3.granted.total");
  violation->set_description("is negative");
  details.add_details()->PackFrom(bad);
  const absl::Status status = FromGrpcStatus(
      Answer(grpc::StatusCode::INVALID_ARGUMENT, details), kServer);
  ASSERT_THAT(FieldViolations(status), SizeIs(1));
  EXPECT_EQ(FieldViolations(status)[0].field, "report.t3.granted.total");
}

TEST(RpcStatusTest, ATransportFailureNamesTheServer) {
  const Attempt attempt = FromGrpcAttempt(
      grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection refused"),
      kServer);
  EXPECT_TRUE(attempt.retryable);
  EXPECT_THAT(attempt.status, StatusHasReason(absl::StatusCode::kUnavailable,
                                              "SERVER_UNREACHABLE"));
  EXPECT_THAT(ErrorTextZh(attempt.status), HasSubstr(kServer));
}

TEST(RpcStatusTest, RepeatsOnlyWhatIsNoAnswer) {
  const auto retryable = [](grpc::StatusCode code,
                            const google::rpc::Status& details) {
    return FromGrpcAttempt(Answer(code, details), kServer).retryable;
  };
  const google::rpc::Status none;
  EXPECT_TRUE(retryable(grpc::StatusCode::DEADLINE_EXCEEDED, none));
  EXPECT_TRUE(retryable(grpc::StatusCode::ABORTED, none));
  EXPECT_FALSE(
      retryable(grpc::StatusCode::ABORTED, WithReason("ETAG_MISMATCH")));
  EXPECT_FALSE(retryable(grpc::StatusCode::INTERNAL, none));
  EXPECT_FALSE(retryable(grpc::StatusCode::ALREADY_EXISTS, none));
  EXPECT_FALSE(retryable(grpc::StatusCode::RESOURCE_EXHAUSTED, none));
}

TEST(RpcStatusTest, AFullQueueSaysWhen) {
  google::rpc::Status details = WithReason("QUEUE_FULL");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  details.add_details()->PackFrom(retry);
  const Attempt attempt = FromGrpcAttempt(
      Answer(grpc::StatusCode::RESOURCE_EXHAUSTED, details), kServer);
  EXPECT_TRUE(attempt.retryable);
  EXPECT_EQ(attempt.retry_delay, absl::Milliseconds(2500));
}

TEST(ExitCodeTest, ReasonsBeforeCodes) {
  const auto code = [](absl::StatusCode status, const std::string& reason) {
    return ExitCodeFor(MakeError(status, reason, {"en", "zh"}));
  };
  EXPECT_EQ(code(absl::StatusCode::kInvalidArgument, "USAGE"),
            ExitCode::kUsage);
  EXPECT_EQ(code(absl::StatusCode::kInvalidArgument, "REPORT_BREAKS_RULES"),
            ExitCode::kErrorFinding);
  EXPECT_EQ(
      code(absl::StatusCode::kFailedPrecondition, "WARNINGS_NOT_ACKNOWLEDGED"),
      ExitCode::kWarningsNotAcknowledged);
  EXPECT_EQ(code(absl::StatusCode::kDataLoss, "INCLUSION_NOT_PROVED"),
            ExitCode::kVerificationFailed);
  // The server can't read what the ledger recorded.
  for (const char* reason : {"INDEX_DAMAGED", "ENTRY_DAMAGED", "STORE_DAMAGED",
                             "CONTENT_UNREADABLE", "DATA_LOSS"}) {
    EXPECT_EQ(code(absl::StatusCode::kDataLoss, reason),
              ExitCode::kVerificationFailed);
  }
  EXPECT_EQ(code(absl::StatusCode::kUnavailable, "ENTRY_NOT_WITNESSED"),
            ExitCode::kUnavailable);
  EXPECT_EQ(code(absl::StatusCode::kFailedPrecondition, "ENTRY_NOT_WITNESSED"),
            ExitCode::kUnavailable);
  EXPECT_EQ(code(absl::StatusCode::kAborted, "ETAG_MISMATCH"),
            ExitCode::kConflict);
  EXPECT_EQ(code(absl::StatusCode::kNotFound, "REPORT_NOT_FOUND"),
            ExitCode::kNotFound);
  EXPECT_EQ(code(absl::StatusCode::kUnavailable, "SERVER_UNREACHABLE"),
            ExitCode::kUnavailable);
}

TEST(RpcStatusTest, AFailedHandshakeSaysWhatMayBeWrong) {
  const auto reason = [](const std::string& said) {
    const absl::Status status = FromGrpcStatus(
        grpc::Status(grpc::StatusCode::UNAVAILABLE, said), kServer);
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUnavailable);
    EXPECT_THAT(ErrorTextZh(status), HasSubstr(kServer));
    EXPECT_THAT(std::string(status.message()), HasSubstr(kServer));
    return ErrorReason(status);
  };
  EXPECT_EQ(reason("Ssl handshake failed: SSL_ERROR_SSL: error:0A000086:SSL "
                   "routines::certificate verify failed"),
            "TLS_SERVER_NOT_TRUSTED");
  EXPECT_EQ(reason("Ssl handshake failed: error:1000007d:SSL routines:"
                   "OPENSSL_internal:CERTIFICATE VERIFY FAILED"),
            "TLS_SERVER_NOT_TRUSTED");
  EXPECT_EQ(reason("Peer name vm is not in peer certificate"),
            "TLS_SERVER_NAME_MISMATCH");
  EXPECT_EQ(reason("Ssl handshake failed: error:0A00010B:SSL routines::wrong "
                   "version number"),
            "TLS_NOT_SPOKEN");
  EXPECT_EQ(reason("Ssl handshake failed: SSL_ERROR_SSL"),
            "TLS_HANDSHAKE_FAILED");
  EXPECT_EQ(reason("Socket closed"), "SERVER_UNREACHABLE");
  EXPECT_EQ(reason("Connection refused"), "SERVER_UNREACHABLE");
}

}  // namespace
}  // namespace annals::client
