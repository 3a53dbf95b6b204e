// What an audit says when a server itself answers that it can't read what it
// recorded: which entry that is, as far as it can be proved, and not what the
// server's operator is to do.

#ifndef ANNALS_CLIENT_AUDIT_SERVER_DAMAGE_H_
#define ANNALS_CLIENT_AUDIT_SERVER_DAMAGE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "client/connection.h"
#include "client/text.h"
#include "ledger/checkpoint.h"

namespace annals::client {

// The reason of an entry that the server can't show, and of a list of it.
inline constexpr char kEntryDamagedReason[] = "AUDIT_ENTRY_DAMAGED";
inline constexpr char kIndexDamagedReason[] = "AUDIT_INDEX_DAMAGED";

// True if it is the server's own word, and no step of a verification failed.
bool IsServerDamage(const absl::Status& status);

// The fault of the first entry that the server can't show, `said` being its
// answer. What the entry records is named, and the hash that it must have, if
// they can be proved in the tree of `checkpoint`. DATA_LOSS with the first
// reason above.
absl::Status DamagedEntry(uint64_t index, const absl::Status& said,
                          const ledger::Checkpoint& checkpoint,
                          Connection* connection);

// The same of a list, or another answer, about `resource`.
absl::Status DamagedIndex(const Text& resource, const absl::Status& said);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_SERVER_DAMAGE_H_
