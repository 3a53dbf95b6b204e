// Which entry of a stream is not the one that the signed checkpoint covers.
//
// The entries that a server sent do not give the root that the ledger signed.
// Proofs under that root can't be forged, so they tell which entry it is: the
// tree of an honest prefix is proved consistent, that of a longer one is not.

#ifndef ANNALS_CLIENT_AUDIT_FAULT_LOCATOR_H_
#define ANNALS_CLIENT_AUDIT_FAULT_LOCATOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/audit/auditor.h"
#include "client/connection.h"
#include "client/stop_signal.h"
#include "ledger/checkpoint.h"

namespace annals::client {

// `prefixes` are in ascending order and the first one is honest. The fault of
// the first bad entry, AUDIT_LEAF_MISMATCH, or `mismatch` if the server does
// not give the proofs to find it.
absl::Status LocateMismatch(const ledger::Checkpoint& checkpoint,
                            const std::vector<Prefix>& prefixes,
                            const absl::Status& mismatch,
                            Connection* connection, StopSignal* stop);

// The hash that the leaf of the entry has in the signed tree, in hexadecimal;
// "?" if the server does not give the proof that tells.
std::string SignedLeafHash(uint64_t index, const ledger::Checkpoint& checkpoint,
                           Connection* connection);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_FAULT_LOCATOR_H_
