#include "service/report/roll_up_parts.h"

#include "service/report/covered_regions.h"

namespace annals::report {

RollUpParts SortParts(const std::vector<PartReport>& parts,
                      absl::string_view own_division) {
  CoveredRegions regions(own_division);
  for (const PartReport& part : parts) {
    if (part.scope == v1::SCOPE_REGIONAL && part.report != nullptr) {
      regions.Add(part.division_code, part.agency_kind, part.name);
    }
  }
  RollUpParts sorted;
  for (const PartReport& part : parts) {
    const bool is_twice = regions.Find(part.division_code, part.agency_kind,
                                       part.scope) != nullptr;
    if (is_twice) {
      sorted.twice.push_back(&part);
    } else if (part.report == nullptr) {
      sorted.missing.push_back(&part);
    } else {
      sorted.filed.push_back(&part);
    }
  }
  return sorted;
}

}  // namespace annals::report
