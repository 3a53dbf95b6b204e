// What an audit that passed says.

#ifndef ANNALS_CLIENT_COMMANDS_AUDIT_PRINT_H_
#define ANNALS_CLIENT_COMMANDS_AUDIT_PRINT_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/ledger_entry.pb.h"
#include "client/audit/audit_state.h"
#include "client/entry_stream.h"
#include "client/session.h"
#include "client/trust/ledger_keys.h"

namespace annals::client {

struct PassedAudit {
  // Whether it was of a directory.
  bool offline = false;
  CheckedCheckpoint target;
  // The key that signed it.
  std::string signer;
  uint64_t resumed_at = 0;
  uint64_t hashed_bytes = 0;
  // What the server lists from after the audited checkpoint, and the size of
  // the newer one that it is in.
  uint64_t newer_listed = 0;
  uint64_t newer_size = 0;
  // Of a directory: how many entries were verified before, and up to which of
  // those it was found to extend them.
  uint64_t verified_before = 0;
  uint64_t extended = 0;
  // The leaf of an entry that was audited.
  std::function<absl::StatusOr<v1::LedgerEntry>(uint64_t index)> read_leaf;
};

// `keys`: those that are trusted.
absl::Status PrintAudit(const PassedAudit& audit, const AuditState& state,
                        const LedgerKeys& keys, Session* session);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_AUDIT_PRINT_H_
