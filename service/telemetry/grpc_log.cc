#include "service/telemetry/grpc_log.h"

#include <atomic>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "grpc/support/log.h"
#include "ledger/clock.h"
#include "spdlog/spdlog.h"

namespace annals {
namespace {

constexpr int kLinesMax = 20;
// How gRPC's ssl_transport_security.cc begins its word on one.
constexpr absl::string_view kHandshakeFailed = "Handshake failed";

// gRPC's function takes nothing along that could hold this.
std::atomic<uint64_t> failed_handshakes = 0;

spdlog::level::level_enum LevelOf(gpr_log_severity severity) {
  switch (severity) {
    case GPR_LOG_SEVERITY_DEBUG:
      return spdlog::level::debug;
    case GPR_LOG_SEVERITY_INFO:
      return spdlog::level::info;
    case GPR_LOG_SEVERITY_ERROR:
      break;
  }
  return spdlog::level::warn;
}

absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

void Write(gpr_log_func_args* args) {
  static auto* const limiter = new LineLimiter(kLinesMax);
  const absl::string_view message = args->message;
  if (absl::StartsWith(message, kHandshakeFailed)) {
    failed_handshakes.fetch_add(1, std::memory_order_relaxed);
  }
  const int64_t left_out = limiter->Admit(ledger::Clock::System()->Now());
  if (left_out < 0) return;
  const std::string more =
      left_out == 0
          ? ""
          : absl::StrCat("; ", left_out, " lines were left out / 省略 ",
                         left_out, " 行");
  spdlog::log(LevelOf(args->severity), "gRPC: {} ({}:{}){}", args->message,
              std::string(BaseName(args->file)), args->line, more);
}

}  // namespace

int64_t LineLimiter::Admit(absl::Time now) {
  const int64_t second = absl::ToUnixSeconds(now);
  MutexLock lock(&mutex_);
  if (second != second_) {
    second_ = second;
    lines_ = 0;
  }
  if (lines_ == lines_max_) {
    ++left_out_;
    return -1;
  }
  ++lines_;
  const int64_t left_out = left_out_;
  left_out_ = 0;
  return left_out;
}

void RouteGrpcLog() { gpr_set_log_function(Write); }

uint64_t FailedHandshakes() {
  return failed_handshakes.load(std::memory_order_relaxed);
}

}  // namespace annals
