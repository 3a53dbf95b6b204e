#include "service/report/days.h"

namespace annals::report {
namespace {

absl::TimeZone Shanghai() { return absl::FixedTimeZone(8 * 60 * 60); }

}  // namespace

std::optional<absl::CivilDay> CivilDayOf(const v1::Date& date) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  const bool is_normal = day.year() == date.year() &&
                         day.month() == date.month() && day.day() == date.day();
  if (!is_normal || date.year() < 1 || date.year() > 9999) return std::nullopt;
  return day;
}

v1::Date DateOf(absl::CivilDay day) {
  v1::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::CivilDay DayInShanghai(absl::Time time) {
  return absl::ToCivilDay(time, Shanghai());
}

absl::Time StartInShanghai(absl::CivilDay day) {
  return absl::FromCivil(day, Shanghai());
}

std::string MomentInShanghai(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_full, time, Shanghai());
}

}  // namespace annals::report
