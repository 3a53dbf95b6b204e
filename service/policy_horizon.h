// Before which entry no policy was set at all: until then every revision took
// effect when it was recorded, and nobody need look for its policy.

#ifndef ANNALS_SERVICE_POLICY_HORIZON_H_
#define ANNALS_SERVICE_POLICY_HORIZON_H_

#include <atomic>
#include <cstdint>

#include "absl/status/statusor.h"
#include "ledger/ledger.h"

namespace annals {

// Thread-safe. Blocks on storage, but where it remembers: a ledger only grows,
// so what it once saw stays so.
class PolicyHorizon {
 public:
  // Not owned; must outlive this.
  explicit PolicyHorizon(ledger::Ledger* ledger) : ledger_(*ledger) {}

  // Whether an entry before `index` set a policy. REQUIRES: `index` is at most
  // the latest checkpoint's size.
  absl::StatusOr<bool> HasPolicyBefore(uint64_t index) const;

 private:
  ledger::Ledger& ledger_;
  // No entry below it set a policy.
  mutable std::atomic<uint64_t> none_below_ = 0;
  // The first entry that set one; UINT64_MAX while none is known.
  mutable std::atomic<uint64_t> first_ = UINT64_MAX;
};

}  // namespace annals

#endif  // ANNALS_SERVICE_POLICY_HORIZON_H_
