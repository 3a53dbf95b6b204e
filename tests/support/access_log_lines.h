// The lines of an access log, as a program reads them.

#ifndef ANNALS_TESTS_SUPPORT_ACCESS_LOG_LINES_H_
#define ANNALS_TESTS_SUPPORT_ACCESS_LOG_LINES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace annals {

// By field; a number as its digits.
using AccessLogLine = std::map<std::string, std::string>;

// Each must be one JSON object.
inline std::vector<AccessLogLine> ReadAccessLog(const std::string& path) {
  std::vector<AccessLogLine> lines;
  const std::string text = ReadFile(path);
  for (absl::string_view json : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    google::protobuf::Struct object;
    EXPECT_TRUE(
        google::protobuf::util::JsonStringToMessage(std::string(json), &object)
            .ok())
        << json;
    AccessLogLine line;
    for (const auto& [name, value] : object.fields()) {
      line[name] =
          value.has_string_value()
              ? value.string_value()
              : absl::StrCat(static_cast<int64_t>(value.number_value()));
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

// The lines of one method, such as "GetReport", in their order.
inline std::vector<AccessLogLine> LinesOf(
    const std::vector<AccessLogLine>& lines, const std::string& method) {
  std::vector<AccessLogLine> found;
  for (const AccessLogLine& line : lines) {
    const std::string& name = line.at("method");
    if (name.substr(name.rfind('/') + 1) == method) found.push_back(line);
  }
  return found;
}

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_ACCESS_LOG_LINES_H_
