#include "service/log.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/error.h"
#include "service/telemetry/json_string.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace annals {
namespace {

constexpr char kTextPattern[] = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";
// %* is the message, escaped.
constexpr char kJsonPattern[] =
    R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%*"})";

// The message as it may stand in a JSON string (RFC 8259, section 7).
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const std::string escaped =
        JsonEscaped({message.payload.data(), message.payload.size()});
    out.append(escaped.data(), escaped.data() + escaped.size());
  }

  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<JsonMessage>();
  }
};

absl::Status InvalidFlag(const std::string& flag, const std::string& value,
                         const std::string& allowed) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "INVALID_FLAG",
      {absl::StrCat("--", flag, "=", value, " is not one of ", allowed, "."),
       absl::StrCat("--", flag, "=", value, " 不在可选值 ", allowed,
                    " 之中。")});
}

bool IsLevel(const std::string& level) {
  for (const char* known : {"trace", "debug", "info", "warn", "error", "off"}) {
    if (level == known) return true;
  }
  return false;
}

}  // namespace

absl::Status SetUpLog(const std::string& level, const std::string& format) {
  if (!IsLevel(level)) {
    return InvalidFlag("log_level", level,
                       "trace, debug, info, warn, error, off");
  }
  if (format != "text" && format != "json") {
    return InvalidFlag("log_format", format, "text, json");
  }
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<JsonMessage>('*').set_pattern(
      format == "json" ? kJsonPattern : kTextPattern);
  auto logger = std::make_shared<spdlog::logger>(
      "annalsd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
  return absl::OkStatus();
}

}  // namespace annals
