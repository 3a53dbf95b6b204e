// A content that was erased while an audit was under way: the entry that erased
// it is beyond the audited checkpoint, but a newer one proves it.

#ifndef ANNALS_CLIENT_AUDIT_NEWER_ERASURE_H_
#define ANNALS_CLIENT_AUDIT_NEWER_ERASURE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "client/audit/entry_facts.h"
#include "client/session.h"
#include "client/trust/ledger_trust.h"

namespace annals::client {

// Whether the entry that the server names, at or beyond `audited_size`, erased
// the content of `index`: proved under a checkpoint that extends the one
// verified last. REQUIRES: trust->verifies().
absl::StatusOr<bool> IsErasedSince(uint64_t index,
                                   const MissingContent& missing,
                                   uint64_t audited_size, Session* session,
                                   LedgerTrust* trust);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_NEWER_ERASURE_H_
