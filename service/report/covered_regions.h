// Which reports a regional one speaks of already, by where their agencies are.

#ifndef ANNALS_SERVICE_REPORT_COVERED_REGIONS_H_
#define ANNALS_SERVICE_REPORT_COVERED_REGIONS_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/report.pb.h"

namespace annals::report {

// The regional reports among those that an office adds up. Used by the rules of
// a regional report and by the roll-up, so that they agree.
class CoveredRegions {
 public:
  // `own_division`: of the office, or empty. A regional report of the same
  // division covers nothing of it: it is that of a part of the office.
  explicit CoveredRegions(absl::string_view own_division);

  // Adds a regional report of an agency of that division and kind. A department
  // speaks for those below it in the register, and for nobody else that is in
  // its division.
  void Add(absl::string_view division, v1::AgencyKind kind,
           absl::string_view report);

  // The regional report that speaks of a report of an agency of `division` as
  // well; null if there is none. One without a division is never covered, nor
  // is a regional report by one of the same division, but for a department's,
  // and of a government and its office that of the later one.
  const std::string* Find(absl::string_view division, v1::AgencyKind kind,
                          v1::Scope scope) const;

 private:
  const std::string own_;
  struct Cover {
    std::string report;
    v1::AgencyKind kind;
  };

  // By the significant digits of their divisions.
  absl::flat_hash_map<std::string, Cover> reports_;
};

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_COVERED_REGIONS_H_
