// Which policy governs the reports of an agency: its own, or that of the
// nearest office above it that has one, or the default.
//
// A dissolved office has its policy, and stands between those above and below
// it, until the register names another supervisor.

#ifndef ANNALS_SERVICE_REVIEW_POLICIES_H_
#define ANNALS_SERVICE_REVIEW_POLICIES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "annals/v1/agency.pb.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/lifecycle.pb.h"
#include "ledger/ledger.h"
#include "service/agency_register.h"
#include "service/agency_states.h"

namespace annals {

// An agency and the offices above it on a day, each supervised by the next.
struct OfficePath {
  // Empty if the agency is not registered.
  std::vector<v1::Agency> offices;
  // What the register said was read from these streams.
  std::vector<ledger::StreamLength> relied_on;
};

struct GoverningPolicy {
  v1::ReviewPolicy policy;
  // The entry that set it; absent for the default.
  std::optional<v1::LedgerEntry> entry;
  // The streams of policies that were looked at: a change of policy lengthens
  // one of them.
  std::vector<ledger::StreamLength> relied_on;

  // The office that set it; empty for the default.
  std::string office() const {
    return entry.has_value() ? entry->policy_set().agency() : "";
  }
};

// Thread-safe. Blocks on storage.
class ReviewPolicies {
 public:
  // Not owned; must outlive this.
  explicit ReviewPolicies(ledger::Ledger* ledger)
      : ledger_(*ledger), states_(ledger) {}

  // FAILED_PRECONDITION with reason SUPERVISION_TOO_DEEP.
  absl::StatusOr<OfficePath> ReadPath(const std::string& agency,
                                      const RegisterMoment& moment) const;

  // The policy of the first office of the path that has one.
  absl::StatusOr<GoverningPolicy> FindFor(const OfficePath& path,
                                          uint64_t size) const;

  // The entry that set the office's own policy when the ledger had `size`
  // entries; nullopt if it had none, or had removed it.
  absl::StatusOr<std::optional<v1::LedgerEntry>> FindOwn(
      const std::string& office, uint64_t size) const;

 private:
  absl::StatusOr<std::optional<v1::LedgerEntry>> ReadAt(
      const ledger::StreamEnd& end) const;

  ledger::Ledger& ledger_;
  const AgencyStates states_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_REVIEW_POLICIES_H_
