// The public statement of what was corrected (更正说明), made of the difference
// between two reports, in Chinese.

#ifndef ANNALS_SERVICE_REPORT_CORRECTION_STATEMENT_H_
#define ANNALS_SERVICE_REPORT_CORRECTION_STATEMENT_H_

#include <string>

#include "absl/time/civil_time.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/report.pb.h"

namespace annals::report {

// A correction that has taken effect.
struct EffectiveCorrection {
  // What was in effect before, and what is now. Not owned; not null.
  const v1::Report* before = nullptr;
  const v1::Report* after = nullptr;
  // The day on which it took effect.
  absl::CivilDay day;
  v1::ReasonCode reason_code = v1::REASON_CODE_UNSPECIFIED;
  std::string reason;
};

// Agency, year, day and reason; each figure by its official label, with what it
// was and is; and which texts changed, by their sections.
std::string CorrectionStatement(const EffectiveCorrection& correction);

}  // namespace annals::report

#endif  // ANNALS_SERVICE_REPORT_CORRECTION_STATEMENT_H_
