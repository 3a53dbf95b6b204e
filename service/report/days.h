// Days of the calendar, and where they begin: law and form count them in the
// time zone Asia/Shanghai, which is UTC+8 all year.

#ifndef ANNALS_SERVICE_REPORT_DAYS_H_
#define ANNALS_SERVICE_REPORT_DAYS_H_

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "annals/v1/report.pb.h"

namespace annals::report {

// nullopt if it is no day of the years 1 to 9999.
std::optional<absl::CivilDay> CivilDayOf(const v1::Date& date);
v1::Date DateOf(absl::CivilDay day);

// The day that it is in Shanghai.
absl::CivilDay DayInShanghai(absl::Time time);
// The first moment of a day there.
absl::Time StartInShanghai(absl::CivilDay day);

// A moment as people read it there, by RFC 3339, with what it has of a second:
// "2025-02-01T00:00:00.25+08:00".
std::string MomentInShanghai(absl::Time time);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_DAYS_H_
