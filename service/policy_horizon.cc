#include "service/policy_horizon.h"

#include <vector>

#include "ledger/status_macros.h"
#include "service/leaf_codec.h"

namespace annals {

absl::StatusOr<bool> PolicyHorizon::HasPolicyBefore(uint64_t index) const {
  if (index <= none_below_) return false;
  if (first_ < index) return true;
  // Read before the rows are: those of all entries below it are there then.
  const uint64_t size = ledger_.checkpoint()->checkpoint.size;
  ledger::IndexScan scan;
  scan.prefix = PolicyRowPrefix();
  scan.limit = 1;
  ASSIGN_OR_RETURN(const std::vector<ledger::IndexRow> rows,
                   ledger_.ScanIndex(scan));
  if (rows.empty()) {
    none_below_ = size;
    return false;
  }
  ASSIGN_OR_RETURN(const uint64_t first, EntryOfPolicyRow(rows.front().key));
  none_below_ = first;
  first_ = first;
  return first < index;
}

}  // namespace annals
