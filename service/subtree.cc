#include "service/subtree.h"

#include <cstddef>
#include <optional>
#include <vector>

#include "ledger/status_macros.h"

namespace annals {
namespace {

// The register is no deeper: province, city, county, department, and then some.
constexpr size_t kOfficesAboveMax = 64;

}  // namespace

absl::StatusOr<std::string> Subtree::SupervisorOf(
    const std::string& agency) const {
  ASSIGN_OR_RETURN(const std::optional<RecordedAgency> state,
                   states_.FindOn(agency, moment_.size, moment_.day));
  return state.has_value() ? state->agency.supervisor() : std::string();
}

// Goes up from the agency. What is found out holds for all on the way.
absl::StatusOr<bool> Subtree::Contains(const std::string& agency) {
  std::vector<std::string> way;
  bool is_below = false;
  std::string at = agency;
  while (!at.empty() && way.size() <= kOfficesAboveMax) {
    const auto known = known_.find(at);
    is_below = known != known_.end() ? known->second : at == office_;
    if (known != known_.end() || is_below) break;
    ASSIGN_OR_RETURN(std::string above, SupervisorOf(at));
    way.push_back(std::exchange(at, std::move(above)));
  }
  for (std::string& name : way) known_.emplace(std::move(name), is_below);
  return is_below;
}

}  // namespace annals
