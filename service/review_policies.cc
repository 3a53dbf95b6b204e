#include "service/review_policies.h"

#include <utility>

#include "ledger/status_macros.h"
#include "service/agency_request.h"
#include "service/leaf_codec.h"
#include "service/report/review_policy.h"

namespace annals {
namespace {

// More offices than stand above any agency.
constexpr size_t kOfficesAboveMax = 64;

}  // namespace

absl::StatusOr<OfficePath> ReviewPolicies::ReadPath(
    const std::string& agency, const RegisterMoment& moment) const {
  OfficePath path;
  std::string office = agency;
  while (!office.empty()) {
    if (path.offices.size() == kOfficesAboveMax)
      return SupervisionTooDeep(agency, kOfficesAboveMax);
    ASSIGN_OR_RETURN(const int32_t count, states_.Count(office, moment.size));
    path.relied_on.push_back({office, static_cast<uint64_t>(count)});
    ASSIGN_OR_RETURN(std::optional<RecordedAgency> state,
                     states_.FindOn(office, moment.size, moment.day));
    if (!state.has_value()) break;
    office = state->agency.supervisor();
    path.offices.push_back(std::move(state->agency));
  }
  return path;
}

absl::StatusOr<std::optional<v1::LedgerEntry>> ReviewPolicies::ReadAt(
    const ledger::StreamEnd& end) const {
  ASSIGN_OR_RETURN(v1::LedgerEntry entry,
                   ReadDecodedLeaf(end.last_index, &ledger_));
  if (!entry.policy_set().has_policy()) return std::nullopt;
  return entry;
}

absl::StatusOr<std::optional<v1::LedgerEntry>> ReviewPolicies::FindOwn(
    const std::string& office, uint64_t size) const {
  ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                   ledger_.FindStreamEndAsOf(PolicyStream(office), size));
  if (!end.has_value()) return std::nullopt;
  return ReadAt(*end);
}

absl::StatusOr<GoverningPolicy> ReviewPolicies::FindFor(const OfficePath& path,
                                                        uint64_t size) const {
  GoverningPolicy found;
  for (const v1::Agency& office : path.offices) {
    const std::string stream = PolicyStream(office.name());
    ASSIGN_OR_RETURN(const std::optional<ledger::StreamEnd> end,
                     ledger_.FindStreamEndAsOf(stream, size));
    found.relied_on.push_back({stream, end.has_value() ? end->length : 0});
    if (!end.has_value()) continue;
    ASSIGN_OR_RETURN(found.entry, ReadAt(*end));
    if (found.entry.has_value()) {
      found.policy = found.entry->policy_set().policy();
      return found;
    }
  }
  found.policy = report::DefaultReviewPolicy();
  return found;
}

}  // namespace annals
