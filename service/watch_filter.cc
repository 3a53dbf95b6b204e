#include "service/watch_filter.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/status_macros.h"
#include "service/agency_request.h"
#include "service/leaf_codec.h"
#include "service/report/days.h"
#include "service/report/entry_subject.h"
#include "service/report/names.h"
#include "service/request.h"

namespace annals {
namespace {

constexpr int kFirstYear = 2008;  // Of the first 条例.
constexpr int kLastYear = 9999;
constexpr int kHeartbeatSecondsMax = 3600;

absl::Status ValidateKinds(const v1::WatchEntriesRequest& request) {
  for (const int kind : request.kinds()) {
    if (v1::EventKind_IsValid(kind) && kind != v1::EVENT_KIND_UNSPECIFIED) {
      continue;
    }
    return InvalidField("INVALID_VALUE", "kinds",
                        absl::StrCat("has no value ", kind),
                        absl::StrCat("没有取值 ", kind));
  }
  return absl::OkStatus();
}

absl::Status ValidateNumbers(const v1::WatchEntriesRequest& request) {
  const int year = request.year();
  if (year != 0 && (year < kFirstYear || year > kLastYear)) {
    return InvalidField(
        "INVALID_VALUE", "year",
        absl::StrCat("is ", year, "; give the year reported on, from ",
                     kFirstYear, " on, or 0 for all"),
        absl::StrCat("为 ", year, "；请给出报告年度，自 ", kFirstYear,
                     " 起，或用 0 表示全部"));
  }
  const int seconds = request.heartbeat_seconds();
  if (seconds < 0 || seconds > kHeartbeatSecondsMax) {
    return InvalidField(
        "INVALID_VALUE", "heartbeat_seconds",
        absl::StrCat("is ", seconds, "; give 1 to ", kHeartbeatSecondsMax,
                     ", or 0 for none"),
        absl::StrCat("为 ", seconds, "；请用 1 至 ", kHeartbeatSecondsMax,
                     "，或用 0 表示不发"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<WatchFilter> ReadWatchFilter(
    const v1::WatchEntriesRequest& request) {
  RETURN_IF_ERROR(RequireKnownFields("request", request));
  RETURN_IF_ERROR(ValidateNumbers(request));
  RETURN_IF_ERROR(ValidateKinds(request));
  WatchFilter filter;
  filter.year = request.year();
  filter.kinds.insert(request.kinds().begin(), request.kinds().end());
  filter.include_subordinates = request.include_subordinates();
  if (!request.agency().empty()) {
    ASSIGN_OR_RETURN(const report::AgencyName name,
                     report::ParseAgencyName(request.agency()));
    filter.agency = name.ToString();
  } else if (filter.include_subordinates) {
    return InvalidField("INVALID_VALUE", "include_subordinates",
                        "needs the field agency: whose subordinates",
                        "须同时给出字段 agency：谁的下级");
  }
  return filter;
}

EntrySelector::EntrySelector(WatchFilter filter, ledger::Ledger* ledger,
                             ledger::Clock* clock)
    : filter_(std::move(filter)),
      ledger_(ledger),
      clock_(clock),
      states_(ledger) {}

absl::Status EntrySelector::BeginPage() {
  if (filter_.agency.empty()) return absl::OkStatus();
  const uint64_t size = ledger_->checkpoint()->checkpoint.size;
  subtree_.emplace(filter_.agency,
                   RegisterMoment{size, report::DayInShanghai(clock_->Now())},
                   ledger_);
  ASSIGN_OR_RETURN(const int32_t states, states_.Count(filter_.agency, size));
  return states > 0 ? absl::OkStatus() : AgencyNotFound(filter_.agency);
}

absl::StatusOr<bool> EntrySelector::Wants(uint64_t index,
                                          absl::string_view leaf) {
  ASSIGN_OR_RETURN(const v1::LedgerEntry entry, DecodeLeaf(index, leaf));
  const report::EntrySubject subject = report::SubjectOf(entry);
  if (!filter_.kinds.empty() && !filter_.kinds.contains(subject.kind)) {
    return false;
  }
  if (filter_.year != 0 && filter_.year != subject.year) return false;
  if (filter_.agency.empty()) return true;
  ASSIGN_OR_RETURN(const bool is_about, IsAboutAgency(subject.agency));
  return is_about || !entry.has_agency_changed()
             ? is_about
             : LetsGo(entry.agency_changed());
}

// Who watches an office learns of what leaves it, too.
absl::StatusOr<bool> EntrySelector::LetsGo(const v1::AgencyChanged& change) {
  if (!filter_.include_subordinates || change.number() < 2) return false;
  ASSIGN_OR_RETURN(const RecordedAgency before,
                   states_.Read(change.agency().name(), change.number() - 1));
  ASSIGN_OR_RETURN(const bool was_below,
                   IsAboutAgency(before.agency.supervisor()));
  if (!was_below) return false;
  ASSIGN_OR_RETURN(const bool stays,
                   IsAboutAgency(change.agency().supervisor()));
  return !stays;
}

// REQUIRES: BeginPage was called.
absl::StatusOr<bool> EntrySelector::IsAboutAgency(const std::string& agency) {
  if (!filter_.include_subordinates) return agency == filter_.agency;
  return subtree_->Contains(agency);
}

}  // namespace annals
