// That a ledger has only grown.

#ifndef ANNALS_CLIENT_TRUST_GROWTH_H_
#define ANNALS_CLIENT_TRUST_GROWTH_H_

#include <vector>

#include "absl/status/status.h"
#include "client/connection.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"

namespace annals::client {

// OK if the tree of `later` extends that of `earlier`, which the server must
// prove if it is larger. Otherwise DATA_LOSS with the reason
// LEDGER_ROLLED_BACK (it is smaller), LEDGER_FORKED (another tree of this size,
// or a proof that is false) or LEDGER_GROWTH_NOT_PROVED (no proof); or why the
// server can't be reached. `proof` receives what the server answered with.
absl::Status RequireGrowth(const ledger::Checkpoint& earlier,
                           const ledger::Checkpoint& later,
                           Connection* connection,
                           std::vector<ledger::Hash>* proof);

// The same the other way round, of a checkpoint that may be older than what was
// verified because its witnesses lag: OK if the tree of `shown`, which is
// smaller, is the beginning of that of `verified`, which the server must prove.
// Otherwise DATA_LOSS with the reason LEDGER_ROLLED_BACK (no proof) or
// LEDGER_FORKED (a proof that is false); or why the server can't be reached.
absl::Status RequirePrefix(const ledger::Checkpoint& shown,
                           const ledger::Checkpoint& verified,
                           Connection* connection,
                           std::vector<ledger::Hash>* proof);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TRUST_GROWTH_H_
