// The reports that a regional one adds up, each agency once.

#ifndef ANNALS_SERVICE_REPORT_ROLL_UP_PARTS_H_
#define ANNALS_SERVICE_REPORT_ROLL_UP_PARTS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "service/report/check.h"

namespace annals::report {

struct RollUpParts {
  std::vector<const PartReport*> filed;
  std::vector<const PartReport*> missing;
  // Those of a region of which another part's regional report speaks as well;
  // they are not among the filed or missing.
  std::vector<const PartReport*> twice;
};

// `own_division`: that of the agency whose regional report it is, or empty. A
// part without a division code is never counted twice.
RollUpParts SortParts(const std::vector<PartReport>& parts,
                      absl::string_view own_division);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_ROLL_UP_PARTS_H_
