#include "service/telemetry/library_log.h"

#include <array>
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

constexpr std::array<absl::string_view, 3> kLimitReasons = {
    "HANDSHAKE_TIMEOUT", "KEEPALIVE_TIMEOUT", "TOO_MANY_PINGS"};
std::array<std::atomic<uint64_t>, kLimitReasons.size()> limits_hit = {};

// A line in which gRPC 1.51 tells, at a level below errors, of a connection
// that it ends for a limit.
struct LimitLine {
  size_t reason = 0;  // In kLimitReasons.
  // It has both. More than one line tells of a handshake of TLS.
  absl::string_view words;
  absl::string_view more_words;
};
constexpr LimitLine kLimitLines[] = {
    {0, "Handshaking failed", "Handshake timed out"},
    {0, "Sending goaway", "before handshake timeout"},
    {1, "Keepalive watchdog fired", ""},
    {2, "Sending goaway", "too_many_pings"},
};

// Whether it tells of one.
bool CountLimit(absl::string_view message) {
  for (const LimitLine& line : kLimitLines) {
    if (!absl::StrContains(message, line.words) ||
        !absl::StrContains(message, line.more_words)) {
      continue;
    }
    limits_hit[line.reason].fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  return false;
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

// What is chatter takes no room from what tells of a fault or a limit.
enum class Weight { kChatter, kMatters };

void Write(spdlog::level::level_enum level, Weight weight, const Line& line) {
  static auto* const of_chatter = new LineLimiter(kLinesMax);
  static auto* const of_what_matters = new LineLimiter(kLinesMax);
  if (!spdlog::should_log(level)) return;
  LineLimiter* const limiter =
      weight == Weight::kChatter ? of_chatter : of_what_matters;
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
  const bool is_error = args->severity == GPR_LOG_SEVERITY_ERROR;
  bool matters = is_error;
  if (!is_error) {
    matters = CountLimit(args->message);
  } else if (absl::StartsWith(args->message, kHandshakeFailed)) {
    failed_handshakes.fetch_add(1, std::memory_order_relaxed);
  }
  Write(is_error ? spdlog::level::warn : spdlog::level::debug,
        matters ? Weight::kMatters : Weight::kChatter,
        {"gRPC", args->message, args->file, args->line});
}

// Mostly of bytes that others sent. After a fatal one it ends the process.
void WriteOfProtobuf(google::protobuf::LogLevel level, const char* file,
                     int line, const std::string& message) {
  Write(level == google::protobuf::LOGLEVEL_FATAL ? spdlog::level::critical
                                                  : spdlog::level::warn,
        Weight::kMatters, {"protobuf", message, file, line});
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
  // What it says of its limits; without its tracers it says little else.
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_DEBUG);
  google::protobuf::SetLogHandler(WriteOfProtobuf);
}

std::vector<LimitOfGrpc> LimitsOfGrpc() {
  std::vector<LimitOfGrpc> limits;
  for (size_t i = 0; i < kLimitReasons.size(); ++i) {
    limits.push_back(
        {kLimitReasons[i], limits_hit[i].load(std::memory_order_relaxed)});
  }
  return limits;
}

uint64_t FailedHandshakes() {
  return failed_handshakes.load(std::memory_order_relaxed);
}

}  // namespace annals
