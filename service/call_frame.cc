#include "service/call_frame.h"

#include "ledger/error.h"
#include "spdlog/spdlog.h"

namespace annals {

absl::Status CallCancelled() {
  return MakeError(absl::StatusCode::kCancelled, "CANCELLED",
                   {"The caller cancelled the call, or its deadline passed, "
                    "before work on it began; nothing was done.",
                    "请求在开始处理之前已被取消或已超时，未作任何处理。"});
}

void LogException(const std::exception& exception) {
  spdlog::error("a handler threw an exception: {}", exception.what());
}

}  // namespace annals
