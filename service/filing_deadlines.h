// Until when reports are due.
//
// The deadline of a year can be moved until it has passed, not afterwards. It
// is the statutory one; then the policies that were set by the agency and the
// offices above it are taken in the order of their entries, those that removed
// one included, each recorded before the deadline that held until then; after
// each, the nearest office's policy says which deadline holds. One whose own
// deadline had passed when it was recorded leaves the year as it was: nobody is
// late for what was not asked for. So do the first that was recorded after the
// deadline, and all behind it.

#ifndef ANNALS_SERVICE_FILING_DEADLINES_H_
#define ANNALS_SERVICE_FILING_DEADLINES_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/lifecycle.pb.h"

namespace annals {

class FilingDeadlines {
 public:
  // The statutory ones (条例 §49): 31 January, and 31 March for governments and
  // their offices. They hold also for the kinds that a policy says nothing of.
  FilingDeadlines() = default;
  // Those of an office under `above`. `own`: the entries that set its policies,
  // oldest first.
  FilingDeadlines(const FilingDeadlines& above,
                  const std::vector<v1::LedgerEntry>& own);

  // The first moment at which the report of an agency of `kind` on `year` is
  // late: the day after the last one begins, in the time zone Asia/Shanghai. A
  // day that the month does not have is its last.
  absl::Time LateFrom(v1::AgencyKind kind, int year) const;

 private:
  // From then on the office has this policy, or none.
  struct Change {
    absl::Time recorded_at;
    // Its place among the offices that ever set one, from the top.
    size_t office = 0;
    std::optional<v1::ReviewPolicy> policy;
  };

  size_t office_count_ = 0;
  // Oldest first. No two entries are recorded at one time.
  std::vector<Change> changes_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_FILING_DEADLINES_H_
