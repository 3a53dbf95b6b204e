#include "service/report/roll_up_parts.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace annals::report {
namespace {

// 410303 lies in 4103 and in 41: the code without the zeros that stand for "all
// of it".
absl::string_view SignificantDivision(absl::string_view code) {
  if (code.size() == 9) absl::ConsumeSuffix(&code, "000");
  while (code.size() > 2 && code.size() <= 6 &&
         absl::ConsumeSuffix(&code, "00")) {
  }
  return code;
}

// The regions below its own that regional reports among the parts cover.
std::vector<absl::string_view> RegionsOf(const std::vector<PartReport>& parts,
                                         absl::string_view own_division) {
  const absl::string_view own = SignificantDivision(own_division);
  std::vector<absl::string_view> regions;
  for (const PartReport& part : parts) {
    const absl::string_view region = SignificantDivision(part.division_code);
    const bool is_covered =
        part.scope == v1::SCOPE_REGIONAL && part.report != nullptr;
    if (is_covered && !region.empty() && region != own) {
      regions.push_back(region);
    }
  }
  return regions;
}

}  // namespace

RollUpParts SortParts(const std::vector<PartReport>& parts,
                      absl::string_view own_division) {
  const std::vector<absl::string_view> regions = RegionsOf(parts, own_division);
  RollUpParts sorted;
  for (const PartReport& part : parts) {
    const absl::string_view place = SignificantDivision(part.division_code);
    const bool is_twice = part.scope != v1::SCOPE_REGIONAL &&
                          std::any_of(regions.begin(), regions.end(),
                                      [place](absl::string_view region) {
                                        return absl::StartsWith(place, region);
                                      });
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
