#include "service/grpc_status.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "ledger/error.h"

namespace annals {
namespace {

constexpr absl::string_view kDomain = "annals.v1";
constexpr absl::string_view kEllipsis = "…";
constexpr size_t kLocalizedBytesMax = 1200;
constexpr size_t kMetadataValueBytesMax = 256;
constexpr size_t kMetadataCountMax = 8;
constexpr size_t kViolationBytesMax = 512;
// Kept free for the last violation, which says how many more there are.
constexpr size_t kMoreViolationsBytes = 160;
constexpr absl::Duration kRetryWhenFull = absl::Milliseconds(200);
constexpr absl::Duration kRetryWhenMoved = absl::Milliseconds(50);
constexpr absl::Duration kRetryWhenDown = absl::Seconds(1);
// So long a caller gathers as many calls as it may make in a second.
constexpr absl::Duration kRetryWhenTooFast = absl::Seconds(1);

// What a code is called where the error does not say it better.
struct CodeFacts {
  grpc::StatusCode code;
  const char* reason;
  const char* text_zh;
};

CodeFacts FactsOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return {grpc::StatusCode::OK, "", ""};
    case absl::StatusCode::kCancelled:
      return {grpc::StatusCode::CANCELLED, "CANCELLED", "请求已取消。"};
    case absl::StatusCode::kUnknown:
      return {grpc::StatusCode::UNKNOWN, "UNKNOWN_ERROR", "发生未知错误。"};
    case absl::StatusCode::kInvalidArgument:
      return {grpc::StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST",
              "请求内容无效。"};
    case absl::StatusCode::kDeadlineExceeded:
      return {grpc::StatusCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED",
              "请求超时。"};
    case absl::StatusCode::kNotFound:
      return {grpc::StatusCode::NOT_FOUND, "NOT_FOUND", "未找到。"};
    case absl::StatusCode::kAlreadyExists:
      return {grpc::StatusCode::ALREADY_EXISTS, "ALREADY_EXISTS", "已经存在。"};
    case absl::StatusCode::kPermissionDenied:
      return {grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED",
              "没有权限。"};
    case absl::StatusCode::kResourceExhausted:
      return {grpc::StatusCode::RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED",
              "资源不足，请稍后重试。"};
    case absl::StatusCode::kFailedPrecondition:
      return {grpc::StatusCode::FAILED_PRECONDITION, "FAILED_PRECONDITION",
              "条件不满足。"};
    case absl::StatusCode::kAborted:
      return {grpc::StatusCode::ABORTED, "ABORTED", "操作与他人冲突。"};
    case absl::StatusCode::kOutOfRange:
      return {grpc::StatusCode::OUT_OF_RANGE, "OUT_OF_RANGE", "超出范围。"};
    case absl::StatusCode::kUnimplemented:
      return {grpc::StatusCode::UNIMPLEMENTED, "UNIMPLEMENTED", "尚不支持。"};
    case absl::StatusCode::kInternal:
      return {grpc::StatusCode::INTERNAL, "INTERNAL_ERROR", "服务端内部错误。"};
    case absl::StatusCode::kUnavailable:
      return {grpc::StatusCode::UNAVAILABLE, "UNAVAILABLE",
              "服务暂不可用，请稍后重试。"};
    case absl::StatusCode::kDataLoss:
      return {grpc::StatusCode::DATA_LOSS, "DATA_LOSS", "数据已损坏。"};
    case absl::StatusCode::kUnauthenticated:
      return {grpc::StatusCode::UNAUTHENTICATED, "UNAUTHENTICATED",
              "身份未验证。"};
    case absl::StatusCode::
        kDoNotUseReservedForFutureExpansionUseDefaultInSwitchInstead_:
      break;
  }
  return {grpc::StatusCode::UNKNOWN, "UNKNOWN_ERROR", "发生未知错误。"};
}

// The most of `text` that takes at most `bytes_max`, where a byte costs
// `cost(byte)`; cut between characters, with an ellipsis.
template <typename Cost>
std::string Truncate(absl::string_view text, size_t bytes_max, Cost cost) {
  size_t used = 0;
  size_t cut = 0;
  const size_t room = bytes_max - 3 * kEllipsis.size();
  for (size_t i = 0; i < text.size(); ++i) {
    const bool begins_character =
        (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins_character && used <= room) cut = i;
    used += cost(text[i]);
  }
  if (used <= bytes_max) return std::string(text);
  return absl::StrCat(text.substr(0, cut), kEllipsis);
}

size_t PlainCost(char) { return 1; }

// gRPC sends the message percent-encoded.
size_t PercentCost(char c) { return c >= 0x20 && c < 0x7F && c != '%' ? 1 : 3; }

google::rpc::ErrorInfo MakeErrorInfo(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  info.set_reason(ReasonOf(status));
  info.set_domain(std::string(kDomain));
  size_t count = 0;
  for (const auto& [key, value] : ErrorMetadata(status)) {
    if (++count > kMetadataCountMax) break;
    (*info.mutable_metadata())[key] =
        Truncate(value, kMetadataValueBytesMax, PlainCost);
  }
  return info;
}

google::rpc::LocalizedMessage MakeLocalizedMessage(const absl::Status& status,
                                                   const CodeFacts& facts) {
  google::rpc::LocalizedMessage message;
  message.set_locale("zh-CN");
  const std::string text = ErrorTextZh(status);
  message.set_message(text.empty()
                          ? facts.text_zh
                          : Truncate(text, kLocalizedBytesMax, PlainCost));
  return message;
}

// As many violations as fit into `room` bytes.
google::rpc::BadRequest MakeBadRequest(
    const std::vector<FieldViolation>& violations, size_t room) {
  google::rpc::BadRequest bad_request;
  size_t shown = 0;
  for (const FieldViolation& violation : violations) {
    auto* added = bad_request.add_field_violations();
    added->set_field(Truncate(violation.field, kViolationBytesMax, PlainCost));
    added->set_description(
        Truncate(violation.description, kViolationBytesMax, PlainCost));
    if (bad_request.ByteSizeLong() + kMoreViolationsBytes > room) {
      bad_request.mutable_field_violations()->RemoveLast();
      break;
    }
    ++shown;
  }
  if (shown < violations.size()) {
    const size_t more = violations.size() - shown;
    bad_request.add_field_violations()->set_description(
        absl::StrCat("… and ", more, " more (另有 ", more, " 处)"));
  }
  return bad_request;
}

// How long to wait before the same request may be sent again; nothing if that
// would not help. A stale etag is ABORTED too, and sent again it stays stale.
std::optional<absl::Duration> RetryDelay(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  if (reason == "LEDGER_STOPPED") return std::nullopt;
  // A person has to see to the disk.
  if (reason == "DISK_NEARLY_FULL") return std::nullopt;
  if (reason == "DISK_READ_ONLY") return std::nullopt;
  // As long as before the second time.
  if (reason == "MESSAGE_TOO_LARGE") return std::nullopt;
  if (reason == "MESSAGE_TOO_DEEP") return std::nullopt;
  if (reason == "CALL_RATE_EXCEEDED") return kRetryWhenTooFast;
  if (reason == "TOO_MANY_CALLER_STREAMS") return kRetryWhenTooFast;
  if (reason == "TOO_MANY_CONFLICTS") return kRetryWhenMoved;
  if (absl::IsResourceExhausted(status)) return kRetryWhenFull;
  if (absl::IsUnavailable(status)) return kRetryWhenDown;
  return std::nullopt;
}

google::rpc::RetryInfo MakeRetryInfo(absl::Duration delay) {
  google::rpc::RetryInfo info;
  const int64_t seconds = absl::ToInt64Seconds(delay);
  info.mutable_retry_delay()->set_seconds(seconds);
  info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(delay - absl::Seconds(seconds))));
  return info;
}

}  // namespace

std::string ReasonOf(const absl::Status& status) {
  if (status.ok()) return "";
  std::string reason = ErrorReason(status);
  return reason.empty() ? FactsOf(status.code()).reason : reason;
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  const CodeFacts facts = FactsOf(status.code());
  google::rpc::Status rpc;
  rpc.set_code(facts.code);
  const absl::string_view text = status.message();
  rpc.set_message(Truncate(text.empty() ? facts.reason : text,
                           kStatusMessageBytesMax, PercentCost));
  rpc.add_details()->PackFrom(MakeErrorInfo(status));
  rpc.add_details()->PackFrom(MakeLocalizedMessage(status, facts));
  if (const auto delay = RetryDelay(status); delay.has_value()) {
    rpc.add_details()->PackFrom(MakeRetryInfo(*delay));
  }
  const std::vector<FieldViolation> violations = FieldViolations(status);
  const size_t used = rpc.ByteSizeLong() + kMoreViolationsBytes;
  if (!violations.empty() && used < kStatusDetailsBytesMax) {
    rpc.add_details()->PackFrom(
        MakeBadRequest(violations, kStatusDetailsBytesMax - used));
  }
  return rpc;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status rpc = ToRpcStatus(status);
  return grpc::Status(FactsOf(status.code()).code, rpc.message(),
                      rpc.SerializeAsString());
}

}  // namespace annals
