#include "service/message_limits.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "ledger/error.h"
#include "service/request.h"

namespace annals {
namespace {

// What is nested deeper still counts as no message: each level takes stack.
constexpr int kNestingTold = 1000;

absl::Status MessageTooDeep(int nesting_max) {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_DEEP",
      {absl::StrCat("The request holds messages that are nested more than ",
                    nesting_max,
                    " deep (--message_nesting_max); make it from the published "
                    "schema."),
       absl::StrCat("请求中的消息嵌套超过 ", nesting_max,
                    " 层（--message_nesting_max）；请按公布的接口定义生成。")});
}

bool Parses(absl::string_view bytes, int nesting_max,
            google::protobuf::Message* message) {
  google::protobuf::io::CodedInputStream input(
      reinterpret_cast<const uint8_t*>(bytes.data()),
      static_cast<int>(bytes.size()));
  input.SetRecursionLimit(nesting_max);
  return message->ParseFromCodedStream(&input) && input.ConsumedEntireMessage();
}

}  // namespace

absl::Status RequireSize(size_t bytes, const MessageLimits& limits) {
  if (bytes <= limits.bytes_max) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE",
      {absl::StrCat("The request has ", bytes, " bytes; at most ",
                    limits.bytes_max, " are taken (", limits.bytes_flag, ")."),
       absl::StrCat("请求有 ", bytes, " 字节，最多接受 ", limits.bytes_max,
                    " 字节（", limits.bytes_flag, "）。")});
}

absl::Status ParseRequest(absl::string_view bytes, const MessageLimits& limits,
                          google::protobuf::Message* request) {
  if (Parses(bytes, limits.nesting_max, request)) return absl::OkStatus();
  const std::unique_ptr<google::protobuf::Message> deeper(request->New());
  if (Parses(bytes, kNestingTold, deeper.get())) {
    return MessageTooDeep(limits.nesting_max);
  }
  return MalformedRequest(request->GetDescriptor()->full_name());
}

}  // namespace annals
