#include "service/call_frame.h"

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "spdlog/spdlog.h"

namespace annals {

absl::Status CallCancelled() {
  return MakeError(absl::StatusCode::kCancelled, "CANCELLED",
                   {"The caller cancelled the call, or its deadline passed, "
                    "before work on it began; nothing was done.",
                    "请求在开始处理之前已被取消或已超时，未作任何处理。"});
}

absl::Status MessageTooLarge(size_t size, size_t bytes_max) {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE",
      {absl::StrCat("The request has ", size, " bytes; at most ", bytes_max,
                    " are taken (--message_bytes_max)."),
       absl::StrCat("请求有 ", size, " 字节，最多接受 ", bytes_max,
                    " 字节（--message_bytes_max）。")});
}

void LogException(const std::exception& exception) {
  spdlog::error("a handler threw an exception: {}", exception.what());
}

}  // namespace annals
