#include "service/grpc_status.h"

#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "ledger/utf8.h"

namespace annals {
namespace {

template <typename Detail>
Detail DetailOf(const grpc::Status& status) {
  google::rpc::Status rpc;
  EXPECT_TRUE(rpc.ParseFromString(status.error_details()));
  Detail detail;
  for (const auto& any : rpc.details()) any.UnpackTo(&detail);
  return detail;
}

absl::Status SomeError(absl::StatusCode code, const std::string& reason) {
  return MakeError(code, reason, {"English text.", "中文。"});
}

TEST(GrpcStatusTest, CarriesReasonTextsAndMetadata) {
  absl::Status status = SomeError(absl::StatusCode::kAborted, "ETAG_MISMATCH");
  AddErrorMetadata("currentEtag", "abc", &status);
  const grpc::Status converted = ToGrpcStatus(status);
  EXPECT_EQ(converted.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(converted.error_message(), "English text.");
  const auto info = DetailOf<google::rpc::ErrorInfo>(converted);
  EXPECT_EQ(info.reason(), "ETAG_MISMATCH");
  EXPECT_EQ(info.domain(), "annals.v1");
  EXPECT_EQ(info.metadata().at("currentEtag"), "abc");
  const auto localized = DetailOf<google::rpc::LocalizedMessage>(converted);
  EXPECT_EQ(localized.locale(), "zh-CN");
  EXPECT_EQ(localized.message(), "中文。");
}

TEST(GrpcStatusTest, KeepsEveryCanonicalCodeAndAlwaysHasAReason) {
  std::set<std::string> reasons;
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "");
    const grpc::Status converted = ToGrpcStatus(status);
    EXPECT_EQ(converted.error_code(), code);
    const auto info = DetailOf<google::rpc::ErrorInfo>(converted);
    EXPECT_FALSE(info.reason().empty());
    EXPECT_FALSE(converted.error_message().empty());
    EXPECT_FALSE(
        DetailOf<google::rpc::LocalizedMessage>(converted).message().empty());
    reasons.insert(info.reason());
  }
  EXPECT_EQ(reasons.size(), 16u);
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_EQ(ToGrpcStatus(absl::Status(static_cast<absl::StatusCode>(99), "x"))
                .error_code(),
            grpc::StatusCode::UNKNOWN);
}

TEST(GrpcStatusTest, SaysHowLongToWaitOnlyWhereWaitingHelps) {
  const auto delay = [](absl::StatusCode code, const std::string& reason) {
    return DetailOf<google::rpc::RetryInfo>(
               ToGrpcStatus(SomeError(code, reason)))
        .has_retry_delay();
  };
  EXPECT_TRUE(delay(absl::StatusCode::kResourceExhausted, "QUEUE_FULL"));
  EXPECT_TRUE(delay(absl::StatusCode::kUnavailable, "SHUTTING_DOWN"));
  EXPECT_TRUE(delay(absl::StatusCode::kAborted, "TOO_MANY_CONFLICTS"));
  EXPECT_TRUE(
      delay(absl::StatusCode::kResourceExhausted, "CALL_RATE_EXCEEDED"));
  EXPECT_FALSE(delay(absl::StatusCode::kUnavailable, "LEDGER_STOPPED"));
  EXPECT_FALSE(
      delay(absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE"));
  EXPECT_FALSE(delay(absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_DEEP"));
  EXPECT_FALSE(delay(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_FALSE(delay(absl::StatusCode::kInvalidArgument, "INVALID_VALUE"));
}

TEST(GrpcStatusTest, KeepsTheOrderOfViolations) {
  absl::Status status =
      SomeError(absl::StatusCode::kInvalidArgument, "NEGATIVE_COUNT");
  AddFieldViolation({"report.b", "second letter"}, &status);
  AddFieldViolation({"report.a", "first letter"}, &status);
  const auto bad = DetailOf<google::rpc::BadRequest>(ToGrpcStatus(status));
  ASSERT_EQ(bad.field_violations_size(), 2);
  EXPECT_EQ(bad.field_violations(0).field(), "report.b");
  EXPECT_EQ(bad.field_violations(1).description(), "first letter");
}

// Whatever an error says, it fits into a client's 8 KiB of metadata.
TEST(GrpcStatusTest, StaysWithinAClientsMetadata) {
  std::string han;
  for (int i = 0; i < 5000; ++i) han += "报";
  absl::Status status = MakeError(absl::StatusCode::kInvalidArgument,
                                  "REPORT_BREAKS_RULES", {han, han});
  for (int i = 0; i < 20; ++i) {
    AddErrorMetadata(absl::StrCat("key", i), han, &status);
  }
  for (int i = 0; i < 300; ++i) {
    AddFieldViolation({absl::StrCat("report.t3.", i), han}, &status);
  }
  const grpc::Status converted = ToGrpcStatus(status);
  size_t message_bytes = 0;
  for (const char c : converted.error_message()) {
    message_bytes += c >= 0x20 && c < 0x7F ? 1 : 3;
  }
  const size_t details_bytes =
      absl::Base64Escape(converted.error_details()).size();
  EXPECT_LE(message_bytes, kStatusMessageBytesMax);
  EXPECT_LE(message_bytes + details_bytes, 7400u);
  EXPECT_TRUE(ledger::IsValidUtf8(converted.error_message()));
}

TEST(GrpcStatusTest, SaysHowManyViolationsAreLeftOut) {
  absl::Status status =
      SomeError(absl::StatusCode::kInvalidArgument, "NEGATIVE_COUNT");
  for (int i = 0; i < 300; ++i) {
    AddFieldViolation({absl::StrCat("report.t3.row", i), "is negative"},
                      &status);
  }
  const auto bad = DetailOf<google::rpc::BadRequest>(ToGrpcStatus(status));
  const int shown = bad.field_violations_size() - 1;
  EXPECT_GT(shown, 20);
  EXPECT_EQ(
      bad.field_violations(shown).description(),
      absl::StrCat("… and ", 300 - shown, " more (另有 ", 300 - shown, " 处)"));
}

}  // namespace
}  // namespace annals
