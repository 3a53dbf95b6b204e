// Which entries a watcher wants.

#ifndef ANNALS_SERVICE_WATCH_FILTER_H_
#define ANNALS_SERVICE_WATCH_FILTER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "annals/v1/ledger_service.pb.h"
#include "ledger/clock.h"
#include "ledger/ledger.h"
#include "service/agency_states.h"
#include "service/subtree.h"

namespace annals {

// What a request asks for, in its normal form.
struct WatchFilter {
  std::string agency;
  bool include_subordinates = false;
  int32_t year = 0;
  absl::flat_hash_set<int> kinds;

  // Whether every entry is wanted.
  bool IsEmpty() const { return agency.empty() && year == 0 && kinds.empty(); }
};

// INVALID_ARGUMENT that names the field.
absl::StatusOr<WatchFilter> ReadWatchFilter(
    const v1::WatchEntriesRequest& request);

// Applies a filter to entries. Not thread-safe. Blocks on storage if the
// filter names an agency.
class EntrySelector {
 public:
  // Neither is owned; both must outlive this.
  EntrySelector(WatchFilter filter, ledger::Ledger* ledger,
                ledger::Clock* clock);

  // To be called before each page: the register may have changed. NOT_FOUND
  // with reason AGENCY_NOT_FOUND if the filter's agency is not registered.
  absl::Status BeginPage();

  // Whether the entry is wanted. DATA_LOSS if it can't be read.
  absl::StatusOr<bool> Wants(uint64_t index, absl::string_view leaf);

 private:
  // Whether the agency leaves the filter's office by the change.
  absl::StatusOr<bool> LetsGo(const v1::AgencyChanged& change);
  absl::StatusOr<bool> IsAboutAgency(const std::string& agency);

  const WatchFilter filter_;
  ledger::Ledger* const ledger_;
  ledger::Clock* const clock_;
  const AgencyStates states_;
  // The filter's agency and those below it, as of this page.
  std::optional<Subtree> subtree_;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_WATCH_FILTER_H_
