#include "client/watch/wanted.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/verify.h"
#include "service/report/entry_subject.h"

namespace annals::client {

bool IsFiltered(const v1::WatchEntriesRequest& request) {
  return !request.agency().empty() || request.year() != 0 ||
         !request.kinds().empty();
}

std::string FilterText(const v1::WatchEntriesRequest& request) {
  const std::set<int> kinds(request.kinds().begin(), request.kinds().end());
  return absl::StrCat(
      "agency=", request.agency(),
      " subordinates=", request.include_subordinates() ? "yes" : "no",
      " year=", request.year(), " kinds=", absl::StrJoin(kinds, ","));
}

absl::Status RequireWanted(const v1::LedgerEntry& entry,
                           const v1::WatchEntriesRequest& request) {
  const report::EntrySubject subject = report::SubjectOf(entry);
  const bool is_kind = request.kinds().empty() ||
                       std::find(request.kinds().begin(), request.kinds().end(),
                                 subject.kind) != request.kinds().end();
  const bool is_year = request.year() == 0 || request.year() == subject.year;
  const bool is_agency =
      request.agency().empty() || request.agency() == subject.agency ||
      (request.include_subordinates() && !subject.agency.empty());
  if (is_kind && is_year && is_agency) return absl::OkStatus();
  return VerificationFailure(
      kAnswerMismatchReason,
      {absl::StrCat("服务器发来的条目 ", entry.index(), " 不符合所要求的筛选"),
       absl::StrCat("the server sent entry ", entry.index(),
                    ", which the filters do not let through")});
}

}  // namespace annals::client
