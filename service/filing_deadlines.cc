#include "service/filing_deadlines.h"

#include <algorithm>

#include "absl/time/civil_time.h"
#include "service/report/days.h"

namespace annals {
namespace {

absl::CivilDay StatutoryDay(v1::AgencyKind kind, int year) {
  const bool is_government = kind == v1::AGENCY_KIND_GOVERNMENT ||
                             kind == v1::AGENCY_KIND_GOVERNMENT_OFFICE;
  return absl::CivilDay(year + 1, is_government ? 3 : 1, 31);
}

absl::CivilDay DayOf(const v1::Deadline& deadline, int year) {
  const absl::CivilMonth month(year + 1, deadline.month());
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(last, absl::CivilDay(month) + (deadline.day() - 1));
}

}  // namespace

absl::Time FilingDeadlines::LateFrom(v1::AgencyKind kind, int year) const {
  const v1::Deadline* found = nullptr;
  for (const v1::Deadline& deadline : deadlines_) {
    if (deadline.kind() == kind) found = &deadline;
    if (deadline.kind() == v1::AGENCY_KIND_UNSPECIFIED && found == nullptr) {
      found = &deadline;
    }
  }
  const absl::CivilDay day =
      found == nullptr ? StatutoryDay(kind, year) : DayOf(*found, year);
  return report::StartInShanghai(day + 1);
}

}  // namespace annals
