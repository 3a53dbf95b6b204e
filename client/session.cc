#include "client/session.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/str_cat.h"
#include "client/certificate_check.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

absl::string_view ToneCode(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kBold:
      return "\x1b[1m";
    case Tone::kDim:
      return "\x1b[2m";
    case Tone::kRed:
      return "\x1b[31m";
    case Tone::kYellow:
      return "\x1b[33m";
    case Tone::kGreen:
      return "\x1b[32m";
  }
  return "";
}

absl::StatusOr<std::string> ToJson(const google::protobuf::Message& message,
                                   bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = indented;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &json, options);
  if (status.ok()) return json;
  return MakeError(
      absl::StatusCode::kInternal, "JSON_NOT_WRITTEN",
      {absl::StrCat("can't write the answer as JSON: ", status.ToString()),
       absl::StrCat("无法把应答写成 JSON：", status.ToString())});
}

}  // namespace

std::string WithPort(const std::string& server) {
  // In brackets stands an IPv6 address, whose colons divide no port.
  const size_t bracket = server.rfind(']');
  const size_t from = bracket == std::string::npos ? 0 : bracket;
  if (server.empty() || server.find(':', from) != std::string::npos) {
    return server;
  }
  return absl::StrCat(server, ":", kDefaultPort);
}

std::string Paint(absl::string_view text, Tone tone, bool colored) {
  if (!colored || tone == Tone::kPlain) return std::string(text);
  return absl::StrCat(ToneCode(tone), text, "\x1b[0m");
}

absl::StatusOr<std::string> JsonLineOf(
    const google::protobuf::Message& message) {
  return ToJson(message, /*indented=*/false);
}

absl::Status Session::PrintJson(const google::protobuf::Message& message) {
  ASSIGN_OR_RETURN(const std::string json, ToJson(message, true));
  out_ << json;
  return absl::OkStatus();
}

absl::Status Session::PrintJsonLine(const google::protobuf::Message& message) {
  ASSIGN_OR_RETURN(const std::string json, JsonLineOf(message));
  out_ << json << "\n";
  return absl::OkStatus();
}

absl::Status Session::LoadTls() {
  ASSIGN_OR_RETURN(tls_, ReadTlsFiles(options_.tls));
  return CheckCertificates(options_.tls, tls_, clock()->Now());
}

bool Session::RenewTls() {
  auto read = ReadTlsFiles(options_.tls);
  if (!read.ok() || *read == tls_ ||
      !CheckCertificates(options_.tls, *read, clock()->Now()).ok()) {
    return false;
  }
  tls_ = *std::move(read);
  if (connection_ != nullptr) connection_->Reconnect(tls_);
  return true;
}

Connection& Session::connection() {
  if (connection_ == nullptr) {
    RetryPolicy retry;
    retry.budget = absl::Seconds(options_.timeout_seconds);
    connection_ = std::make_unique<Connection>(
        ConnectionOptions{options_.server, options_.actor, retry, tls_},
        clock(), Sleeper::System());
  }
  return *connection_;
}

}  // namespace annals::client
