#include "client/rpc_status.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/text.h"
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

// What is wrong with a connection, as far as gRPC's words tell; they are not
// promised, so what is not known there goes by its general text.
struct ConnectionFault {
  // All of them, in lower case, in what gRPC says.
  std::vector<std::string> words;
  const char* reason;
  Text text;
};

const std::vector<ConnectionFault>& ConnectionFaults() {
  static const auto* const faults = new std::vector<ConnectionFault>{
      {{"handshake failed", "verify failed"},
       "TLS_SERVER_NOT_TRUSTED",
       {"的证书不是 --ca 中的机构签发的，或已过期；请核对 --ca 与服务器地址",
        " shows a certificate that is not by an authority of --ca, or is out "
        "of date; is it the right --ca, the right server?"}},
      {{"is not in peer certificate"},
       "TLS_SERVER_NAME_MISMATCH",
       {"的证书不是发给这个主机名的；请用证书中的名称连接（--server）",
        " shows a certificate for other names; call it with --server by a name "
        "that the certificate has"}},
      {{"handshake failed", "wrong version number"},
       "TLS_NOT_SPOKEN",
       {"不用 TLS；请核对地址与端口，若确不用 TLS，请去掉 --ca 等选项",
        " speaks no TLS; is it the right port? if it is, leave --ca and the "
        "certificate out"}},
      {{"handshake failed"},
       "TLS_HANDSHAKE_FAILED",
       {"拒绝了 TLS 握手：或因没有它认可的客户端证书（--cert、--cert-key），或"
        "因 TLS 版本不一致",
        " refused the TLS handshake: it may want a client certificate that it "
        "knows (--cert, --cert-key), or another version of TLS"}},
      // Also what a refused certificate looks like in TLS 1.3: the server
      // closes, and gRPC does not pass on why.
      {{"socket closed"},
       "SERVER_UNREACHABLE",
       {"随即断开了连接。若它用 TLS：须给 --ca；它若要求客户端证书，须给 "
        "--cert 和 --cert-key，且证书由它认可的机构签发、未被吊销",
        " closed the connection at once. If it speaks TLS, it takes --ca; if "
        "it asks for a client certificate, --cert and --cert-key, by an "
        "authority that it knows, and not revoked"}},
      {{"connection reset"},
       "SERVER_UNREACHABLE",
       {"断开了连接；若它用 TLS，须给 --ca、--cert 和 --cert-key",
        " closed the connection; if it speaks TLS, give --ca, --cert and "
        "--cert-key"}},
  };
  return *faults;
}

absl::Status Unreachable(const grpc::Status& status,
                         const std::string& server) {
  const std::string said = ServerText(status);
  const std::string lower = absl::AsciiStrToLower(said);
  for (const ConnectionFault& fault : ConnectionFaults()) {
    const bool fits = std::all_of(fault.words.begin(), fault.words.end(),
                                  [&](const std::string& word) {
                                    return absl::StrContains(lower, word);
                                  });
    if (!fits) continue;
    return MakeError(
        absl::StatusCode::kUnavailable, fault.reason,
        {absl::StrCat("the server at ", server, fault.text.en, " (", said, ")"),
         absl::StrCat("服务器 ", server, " ", fault.text.zh, "（", said,
                      "）")});
  }
  return MakeError(
      absl::StatusCode::kUnavailable, "SERVER_UNREACHABLE",
      {absl::StrCat("can't reach the server at ", server, ": ", said),
       absl::StrCat("连接不上服务器 ", server, "：", said)});
}

absl::Status TransportError(absl::StatusCode code, const grpc::Status& status,
                            const std::string& server) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return Unreachable(status, server);
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

// A server that can't read its own ledger says last what its operator is to do,
// who is not the reader here: an auditor who follows it destroys the evidence.
// Backups are the operator's.
std::string WithoutRemedy(std::string said, const std::string& semicolon) {
  const size_t last = said.rfind(semicolon);
  if (last != std::string::npos) said.resize(last);
  return said;
}

ErrorText TextOf(absl::StatusCode code, const grpc::Status& status,
                 const Details& details) {
  ErrorText text = {ServerText(status), ServerText(details.text_zh)};
  if (code == absl::StatusCode::kDataLoss &&
      !absl::StartsWith(details.info->reason(), "BACKUP_")) {
    text = {WithoutRemedy(text.en, "; "), WithoutRemedy(text.zh, "；")};
  }
  if (text.zh.empty()) text.zh = text.en;
  return text;
}

absl::Status ServerError(absl::StatusCode code, const grpc::Status& status,
                         const Details& details) {
  absl::Status error =
      MakeError(code, details.info->reason(), TextOf(code, status, details));
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
  absl::Status ours = ToStatus(status, details, server);
  // Who is not trusted now is not trusted in a second.
  const bool is_refused = absl::StartsWith(ErrorReason(ours), "TLS_");
  return {std::move(ours), !is_refused && MayRepeat(status, details),
          details.retry_delay};
}

}  // namespace annals::client
