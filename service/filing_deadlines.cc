#include "service/filing_deadlines.h"

#include <algorithm>

#include "absl/time/civil_time.h"
#include "service/leaf_codec.h"
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

// The last day by a policy; by the law if it is null.
absl::CivilDay LastDay(const v1::ReviewPolicy* policy, v1::AgencyKind kind,
                       int year) {
  if (policy == nullptr) return StatutoryDay(kind, year);
  const v1::Deadline* found = nullptr;
  for (const v1::Deadline& deadline : policy->deadlines()) {
    if (deadline.kind() == kind) found = &deadline;
    if (deadline.kind() == v1::AGENCY_KIND_UNSPECIFIED && found == nullptr) {
      found = &deadline;
    }
  }
  return found == nullptr ? StatutoryDay(kind, year) : DayOf(*found, year);
}

absl::Time StartOfNext(absl::CivilDay day) {
  return report::StartInShanghai(day + 1);
}

}  // namespace

FilingDeadlines::FilingDeadlines(const FilingDeadlines& above,
                                 const std::vector<v1::LedgerEntry>& own)
    : FilingDeadlines(above) {
  const size_t office = office_count_++;
  for (const v1::LedgerEntry& entry : own) {
    Change& change = changes_.emplace_back();
    change.recorded_at = FromTimestamp(entry.recorded_at());
    change.office = office;
    const v1::PolicySet& set = entry.policy_set();
    if (set.has_policy()) change.policy = set.policy();
  }
  std::sort(changes_.begin(), changes_.end(),
            [](const Change& a, const Change& b) {
              return a.recorded_at < b.recorded_at;
            });
}

absl::Time FilingDeadlines::LateFrom(v1::AgencyKind kind, int year) const {
  absl::Time late_from = StartOfNext(LastDay(nullptr, kind, year));
  // By office, from the top.
  std::vector<const v1::ReviewPolicy*> standing(office_count_, nullptr);
  for (const Change& change : changes_) {
    if (change.recorded_at >= late_from) break;
    standing[change.office] =
        change.policy.has_value() ? &*change.policy : nullptr;
    const auto nearest =
        std::find_if(standing.rbegin(), standing.rend(),
                     [](const auto* policy) { return policy != nullptr; });
    const absl::Time moved = StartOfNext(
        LastDay(nearest == standing.rend() ? nullptr : *nearest, kind, year));
    if (change.recorded_at < moved) late_from = moved;
  }
  return late_from;
}

}  // namespace annals
