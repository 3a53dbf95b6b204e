// What is remembered of a ledger, by whichever server, for who is shown a
// checkpoint of it without one.

#ifndef ANNALS_CLIENT_TRUST_REMEMBERED_H_
#define ANNALS_CLIENT_TRUST_REMEMBERED_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/entry_stream.h"
#include "client/session.h"
#include "client/trust/pin.h"
#include "client/trust/trust_store.h"

namespace annals::client {

struct RememberedCheckpoint {
  Pin pin;
  // Signed by one of the pin's keys.
  CheckedCheckpoint checked;
};

// Of each server that is pinned to a ledger of this origin.
absl::StatusOr<std::vector<RememberedCheckpoint>> RememberedOf(
    const TrustStore& store, const std::string& origin);

// OK unless `note` is signed by a pinned key and has another root than what is
// remembered of the same ledger at the same size: one key signed both, which
// proves a fork without any server. DATA_LOSS with reason LEDGER_FORKED, and
// both are kept as evidence. `source` is who showed the note.
absl::Status RequireNoEquivocation(const std::string& note,
                                   const std::string& source, Session* session);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_TRUST_REMEMBERED_H_
