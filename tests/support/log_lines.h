// What the log says while a test looks at it.

#ifndef ANNALS_TESTS_SUPPORT_LOG_LINES_H_
#define ANNALS_TESTS_SUPPORT_LOG_LINES_H_

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "spdlog/sinks/ostream_sink.h"
#include "spdlog/spdlog.h"

namespace annals {

// The lines of the log, each as "[level] text", while it lives.
class LogLines {
 public:
  LogLines() {
    auto logger = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_));
    logger->set_pattern("[%l] %v");
    spdlog::set_default_logger(std::move(logger));
  }
  ~LogLines() { spdlog::set_default_logger(before_); }

  std::string Text() const { return lines_.str(); }

  // How often a part is in them.
  int Count(absl::string_view part) const {
    const std::string text = Text();
    const std::vector<absl::string_view> parts = absl::StrSplit(text, part);
    return static_cast<int>(parts.size()) - 1;
  }

 private:
  const std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  std::ostringstream lines_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_LOG_LINES_H_
