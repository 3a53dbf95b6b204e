#include "service/report/covered_regions.h"

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

// A government and its office, of one division: both speak of the same region.
bool AreGovernmentAndOffice(v1::AgencyKind one, v1::AgencyKind other) {
  constexpr v1::AgencyKind kGovernment = v1::AGENCY_KIND_GOVERNMENT;
  constexpr v1::AgencyKind kOffice = v1::AGENCY_KIND_GOVERNMENT_OFFICE;
  return (one == kGovernment && other == kOffice) ||
         (one == kOffice && other == kGovernment);
}

bool SpeaksForItsDivision(v1::AgencyKind kind) {
  return kind != v1::AGENCY_KIND_DEPARTMENT &&
         kind != v1::AGENCY_KIND_AUTHORISED_ORGANISATION;
}

}  // namespace

CoveredRegions::CoveredRegions(absl::string_view own_division)
    : own_(SignificantDivision(own_division)) {}

void CoveredRegions::Add(absl::string_view division, v1::AgencyKind kind,
                         absl::string_view report) {
  const absl::string_view region = SignificantDivision(division);
  if (region.empty() || region == own_ || !SpeaksForItsDivision(kind)) return;
  reports_.try_emplace(std::string(region), Cover{std::string(report), kind});
}

const std::string* CoveredRegions::Find(absl::string_view division,
                                        v1::AgencyKind kind,
                                        v1::Scope scope) const {
  if (reports_.empty()) return nullptr;
  const absl::string_view place = SignificantDivision(division);
  const bool is_of_a_region = scope == v1::SCOPE_REGIONAL &&
                              SpeaksForItsDivision(kind) && !place.empty();
  for (size_t length = 1; length <= place.size(); ++length) {
    const auto found = reports_.find(place.substr(0, length));
    if (found == reports_.end()) continue;
    const bool is_of_the_same = is_of_a_region && length == place.size();
    if (!is_of_the_same || AreGovernmentAndOffice(kind, found->second.kind)) {
      return &found->second.report;
    }
  }
  return nullptr;
}

}  // namespace annals::report
