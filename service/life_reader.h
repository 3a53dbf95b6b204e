// Where a report stands: its revisions, the steps taken on them, and the
// policy.

#ifndef ANNALS_SERVICE_LIFE_READER_H_
#define ANNALS_SERVICE_LIFE_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/lifecycle_service.pb.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "service/as_of.h"
#include "service/policy_horizon.h"
#include "service/report/lifecycle.h"
#include "service/report/names.h"
#include "service/report_history.h"
#include "service/review_policies.h"

namespace annals {

// A report's life as far as the ledger's first entries tell.
struct RecordedLife {
  report::ReportName report;
  report::ReportLife life;
  // Oldest first; each a StepTaken.
  std::vector<v1::LedgerEntry> steps;
  // The places in `steps` of those that changed what is in effect.
  std::vector<size_t> decisive_steps;
  std::vector<v1::PolicyPeriod> periods;
  // Under which the latest revision was recorded; empty if no policy had been
  // set.
  v1::ReviewPolicy policy_of_latest;
  // When the revision in effect took effect or was restored.
  absl::Time effective_since;
};

// The same, with what may come next. The policy has the awaited step even if a
// newer one leaves it out: what waits for it must not wait for good.
struct GovernedLife {
  RecordedLife recorded;
  OfficePath path;
  GoverningPolicy policy;
};

// Thread-safe. Blocks on storage.
class LifeReader {
 public:
  // Neither is owned; both must outlive this.
  LifeReader(ledger::Ledger* ledger, ledger::Clock* clock)
      : ledger_(*ledger),
        clock_(*clock),
        as_of_(ledger, clock),
        history_(ledger),
        policies_(ledger),
        horizon_(ledger) {}

  // NOT_FOUND with reason AGENCY_NOT_FOUND. As AsOf.
  absl::StatusOr<v1::Policy> GetPolicy(
      const v1::GetPolicyRequest& request) const;

  // The report's life when the ledger had `size` entries. NOT_FOUND with reason
  // REPORT_NOT_FOUND.
  absl::StatusOr<RecordedLife> Read(const report::ReportName& report,
                                    uint64_t size) const;
  absl::StatusOr<GovernedLife> ReadGoverned(const report::ReportName& report,
                                            const RegisterMoment& moment) const;

  // As PolicyHorizon.
  absl::StatusOr<bool> HasPolicyBefore(uint64_t index) const {
    return horizon_.HasPolicyBefore(index);
  }

  // REPORT_NOT_FOUND, of when the ledger had `size` entries.
  absl::Status NotFound(const std::string& report, uint64_t size) const;

  // Now, and the day that it is.
  RegisterMoment Now() const;

  // The one that is asked for. As AsOf.
  absl::StatusOr<RegisterMoment> MomentOf(
      const v1::GetLifecycleRequest& request) const;

  // The life as an answer shows it.
  absl::StatusOr<v1::Lifecycle> ToMessage(const GovernedLife& life) const;

 private:
  struct Place {
    uint64_t index = 0;
    absl::Time recorded_at;
  };

  template <typename Request>
  absl::StatusOr<RegisterMoment> MomentFor(const Request& request) const;
  absl::StatusOr<std::vector<Place>> ReadPlaces(std::string stream,
                                                uint64_t size) const;
  // Under which policy the next revision was recorded.
  absl::Status AddRevision(const Place& place, RecordedLife* life) const;
  absl::Status AddStep(const Place& place, RecordedLife* life) const;
  absl::StatusOr<std::string> StatementOf(const RecordedLife& life) const;

  ledger::Ledger& ledger_;
  ledger::Clock& clock_;
  const AsOf as_of_;
  const ReportHistory history_;
  const ReviewPolicies policies_;
  const PolicyHorizon horizon_;
};

// The step that `entry` took, as an answer shows it.
v1::LifecycleStep ToLifecycleStep(const v1::LedgerEntry& entry);

// The policy that `entry` set.
v1::Policy ToPolicy(const v1::LedgerEntry& entry);

}  // namespace annals

#endif  // ANNALS_SERVICE_LIFE_READER_H_
