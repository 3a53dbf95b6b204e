// The file in which an audit leaves what it has seen, for the next one:
//   "ANNALSA8" · u32 length of the note · note · state (audit_state.cc) ·
//   checksum
// The note is the signed checkpoint that was being audited; the state may have
// fewer entries, if the audit was cut short. The checksum is c of the last
// block of 65536 bytes (the last may be shorter) of all before it, where
// c = SHA-256(c of the block before ‖ block), at first of 32 zeros.

#ifndef ANNALS_CLIENT_AUDIT_STATE_FILE_H_
#define ANNALS_CLIENT_AUDIT_STATE_FILE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/audit/audit_state.h"
#include "client/entry_stream.h"
#include "client/trust/ledger_keys.h"

namespace annals::client {

struct SavedAudit {
  CheckedCheckpoint checkpoint;
  AuditState state;
};

// nullopt if there is no file. FAILED_PRECONDITION with reason
// STATE_FILE_DAMAGED, or STATE_FILE_FOREIGN if none of `keys` signed its
// checkpoint, or STATE_FILE_NOT_PRIVATE if others can write it. A policy does
// not count.
absl::StatusOr<std::optional<SavedAudit>> LoadAudit(const std::string& path,
                                                    const LedgerKeys& keys);

// Replaces the file, durably.
absl::Status SaveAudit(const std::string& path,
                       const CheckedCheckpoint& checkpoint,
                       const AuditState& state);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_AUDIT_STATE_FILE_H_
