#include "client/rpc_status.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "ledger/error.h"

namespace annals::client {
namespace {

// What the server says beyond code and message.
struct Details {
  std::optional<google::rpc::ErrorInfo> info;
  std::optional<google::rpc::BadRequest> bad_request;
  std::optional<google::rpc::PreconditionFailure> precondition;
  std::optional<absl::Duration> retry_delay;
  std::string text_zh;
};

template <typename Message>
std::optional<Message> UnpackAs(const google::protobuf::Any& any) {
  Message message;
  if (any.Is<Message>() && any.UnpackTo(&message)) return message;
  return std::nullopt;
}

Details ReadDetails(const grpc::Status& status) {
  Details details;
  google::rpc::Status rpc;
  if (!rpc.ParseFromString(status.error_details())) return details;
  for (const google::protobuf::Any& any : rpc.details()) {
    if (auto info = UnpackAs<google::rpc::ErrorInfo>(any)) {
      details.info = std::move(info);
    } else if (auto bad = UnpackAs<google::rpc::BadRequest>(any)) {
      details.bad_request = std::move(bad);
    } else if (auto failure = UnpackAs<google::rpc::PreconditionFailure>(any)) {
      details.precondition = std::move(failure);
    } else if (auto retry = UnpackAs<google::rpc::RetryInfo>(any)) {
      details.retry_delay = absl::Seconds(retry->retry_delay().seconds()) +
                            absl::Nanoseconds(retry->retry_delay().nanos());
    } else if (auto localized = UnpackAs<google::rpc::LocalizedMessage>(any)) {
      if (absl::StartsWith(localized->locale(), "zh")) {
        details.text_zh = localized->message();
      }
    }
  }
  return details;
}

// A server's text on one line, so that it can't pass for lines of ours.
std::string ServerText(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\r", ""}, {"\n", " "}});
}

std::string ServerText(const grpc::Status& status) {
  return ServerText(status.error_message());
}

absl::Status TransportError(absl::StatusCode code, const grpc::Status& status,
                            const std::string& server) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return MakeError(
          code, "SERVER_UNREACHABLE",
          {absl::StrCat("can't reach the server at ", server, ": ",
                        ServerText(status)),
           absl::StrCat("连接不上服务器 ", server, "：", ServerText(status))});
    case absl::StatusCode::kDeadlineExceeded:
      return MakeError(
          code, "NO_ANSWER_IN_TIME",
          {absl::StrCat("the server at ", server, " did not answer in time"),
           absl::StrCat("服务器 ", server, " 未在规定时间内应答")});
    case absl::StatusCode::kUnimplemented:
      return MakeError(
          code, "METHOD_UNKNOWN_TO_SERVER",
          {absl::StrCat("the server at ", server,
                        " does not know this call; is it annalsd, and of this "
                        "version?"),
           absl::StrCat("服务器 ", server,
                        " 不支持此调用；请确认它是 annalsd 且版本一致")});
    default:
      return MakeError(
          code, absl::StatusCodeToString(code),
          {absl::StrCat("the server at ", server,
                        " answered: ", ServerText(status)),
           absl::StrCat("服务器 ", server, " 的应答：", ServerText(status))});
  }
}

absl::Status ServerError(absl::StatusCode code, const grpc::Status& status,
                         const Details& details) {
  absl::Status error =
      MakeError(code, details.info->reason(),
                {ServerText(status), details.text_zh.empty()
                                         ? ServerText(status)
                                         : ServerText(details.text_zh)});
  for (const auto& [key, value] : details.info->metadata()) {
    AddErrorMetadata(key, value, &error);
  }
  if (details.bad_request) {
    for (const auto& violation : details.bad_request->field_violations()) {
      AddFieldViolation(
          {violation.field(), ServerText(violation.description())}, &error);
    }
  }
  if (details.precondition) {
    for (const auto& violation : details.precondition->violations()) {
      AddFieldViolation(
          {violation.subject(), ServerText(violation.description())}, &error);
    }
  }
  return error;
}

absl::Status ToStatus(const grpc::Status& status, const Details& details,
                      const std::string& server) {
  if (status.ok()) return absl::OkStatus();
  // The canonical codes are the same numbers in both.
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  return details.info ? ServerError(code, status, details)
                      : TransportError(code, status, server);
}

bool MayRepeat(const grpc::Status& status, const Details& details) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return true;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return details.retry_delay.has_value();
    case grpc::StatusCode::ABORTED:
      return !details.info.has_value();
    default:
      return false;
  }
}

}  // namespace

absl::Status FromGrpcStatus(const grpc::Status& status,
                            const std::string& server) {
  return ToStatus(status, ReadDetails(status), server);
}

Attempt FromGrpcAttempt(const grpc::Status& status, const std::string& server) {
  const Details details = ReadDetails(status);
  return {ToStatus(status, details, server), MayRepeat(status, details),
          details.retry_delay};
}

}  // namespace annals::client
