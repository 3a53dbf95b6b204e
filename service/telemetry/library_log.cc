#include "service/telemetry/library_log.h"

#include <atomic>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/stubs/logging.h"
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

struct Line {
  absl::string_view library;
  absl::string_view message;
  absl::string_view file;
  int number = 0;
};

void Write(spdlog::level::level_enum level, const Line& line) {
  static auto* const limiter = new LineLimiter(kLinesMax);
  if (!spdlog::should_log(level)) return;
  const int64_t left_out = limiter->Admit(ledger::Clock::System()->Now());
  if (left_out < 0) return;
  const std::string more =
      left_out == 0
          ? ""
          : absl::StrCat("; ", left_out, " lines were left out / 省略 ",
                         left_out, " 行");
  spdlog::log(level, "{}: {} ({}:{}){}", std::string(line.library),
              std::string(line.message), std::string(BaseName(line.file)),
              line.number, more);
}

void WriteOfGrpc(gpr_log_func_args* args) {
  if (absl::StartsWith(args->message, kHandshakeFailed)) {
    failed_handshakes.fetch_add(1, std::memory_order_relaxed);
  }
  Write(LevelOf(args->severity),
        {"gRPC", args->message, args->file, args->line});
}

// Mostly of bytes that others sent. After a fatal one it ends the process.
void WriteOfProtobuf(google::protobuf::LogLevel level, const char* file,
                     int line, const std::string& message) {
  Write(level == google::protobuf::LOGLEVEL_FATAL ? spdlog::level::critical
                                                  : spdlog::level::warn,
        {"protobuf", message, file, line});
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

void RouteLibraryLogs() {
  gpr_set_log_function(WriteOfGrpc);
  google::protobuf::SetLogHandler(WriteOfProtobuf);
}

uint64_t FailedHandshakes() {
  return failed_handshakes.load(std::memory_order_relaxed);
}

}  // namespace annals
