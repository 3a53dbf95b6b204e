#include "client/times.h"

#include "absl/strings/str_cat.h"
#include "client/exit_code.h"

namespace annals::client {

absl::TimeZone ZoneOfPeople() { return absl::FixedTimeZone(8 * 60 * 60); }

std::string FormatMoment(absl::Time time, absl::TimeZone zone) {
  // The ledger's times are whole microseconds.
  const bool is_whole = time == absl::FromUnixMicros(absl::ToUnixMicros(time));
  return absl::FormatTime(
      is_whole ? "%Y-%m-%d%ET%H:%M:%E6S%Ez" : absl::RFC3339_full, time, zone);
}

std::string FormatMoment(const google::protobuf::Timestamp& time) {
  return FormatMoment(FromTimestamp(time));
}

absl::StatusOr<absl::Time> ParseMoment(absl::string_view text,
                                       absl::TimeZone zone) {
  absl::Time time;
  std::string error;
  for (const char* format :
       {"%Y-%m-%d%ET%H:%M:%E*S%Ez", "%Y-%m-%d %H:%M:%E*S%Ez",
        "%Y-%m-%d%ET%H:%M:%E*S", "%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d%ET%H:%M",
        "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    if (absl::ParseTime(format, text, zone, &time, &error)) return time;
  }
  return UsageError(
      {absl::StrCat("时间“", text,
                    "”无法识别；请写成 2025-02-01T00:00:00+08:00、2025-02-01 "
                    "00:00:00 或 2025-02-01"),
       absl::StrCat("\"", text,
                    "\" is no time; write 2025-02-01T00:00:00+08:00, "
                    "\"2025-02-01 00:00:00\" or 2025-02-01")});
}

}  // namespace annals::client
