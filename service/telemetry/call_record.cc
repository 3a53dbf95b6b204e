#include "service/telemetry/call_record.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "service/telemetry/json_string.h"

namespace annals {
namespace {

void AppendText(absl::string_view name, absl::string_view value,
                std::string* line) {
  if (value.empty()) return;
  absl::StrAppend(line, ",\"", name, "\":\"", JsonEscaped(value), "\"");
}

}  // namespace

std::string ToJsonLine(const CallRecord& record) {
  std::string line = absl::StrCat(
      "{\"time\":\"",
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", record.time,
                       absl::UTCTimeZone()),
      "\",\"method\":\"", JsonEscaped(record.method), "\",\"code\":\"",
      absl::StatusCodeToString(record.code), "\"");
  AppendText("reason", record.reason, &line);
  if (record.item.has_value()) {
    absl::StrAppend(&line, ",\"item\":", *record.item);
  }
  absl::StrAppend(
      &line, ",\"latency_us\":", absl::ToInt64Microseconds(record.latency));
  AppendText("caller", record.caller, &line);
  AppendText("role", record.role, &line);
  AppendText("certificate", record.certificate, &line);
  AppendText("peer", record.peer, &line);
  AppendText("resource", record.resource, &line);
  AppendText("request_id", record.request_id, &line);
  AppendText("trace_id", record.trace_id, &line);
  absl::StrAppend(&line, ",\"request_bytes\":", record.request_bytes,
                  ",\"response_bytes\":", record.response_bytes, "}\n");
  return line;
}

}  // namespace annals
