// Witness policies.

#include <vector>

#include "ledger/witness_policy.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/witnessed_log.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto policy =
      annals::ledger::WitnessPolicy::Parse(annals::AsText(data, size));
  if (!policy.ok()) return 0;
  const std::vector<bool> all(policy->witnesses().size(), true);
  annals::FuzzRequire(policy->IsQuorum(all), "all witnesses are a quorum");
  const std::vector<bool> none(policy->witnesses().size(), false);
  annals::FuzzRequire(policy->IsQuorum(none) == (policy->quorum() == "none"),
                      "nobody is a quorum only of none");
  policy->Open(annals::ledger::kPublicCheckpoint).IgnoreError();
  return 0;
}
