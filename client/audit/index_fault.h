// A fault of what a server answers, held against the entries.

#ifndef ANNALS_CLIENT_AUDIT_INDEX_FAULT_H_
#define ANNALS_CLIENT_AUDIT_INDEX_FAULT_H_

#include "absl/status/status.h"
#include "client/audit/entry_facts.h"
#include "client/text.h"

namespace annals::client {

// DATA_LOSS with reason AUDIT_INDEX: of which resource, what, what the entries
// say and what the server says.
absl::Status IndexFault(const FaultValue& resource, const Text& what,
                        const FaultValue& expected, const FaultValue& actual);

// `entry 12`.
FaultValue EntryNumber(uint64_t index);

// What a server says of something that is there and that it leaves out.
FaultValue Hidden();

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_INDEX_FAULT_H_
