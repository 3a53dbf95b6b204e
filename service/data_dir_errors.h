// What the data directory is refused for. Reasons and remedies stand in
// deploy/OPERATIONS.md.

#ifndef ANNALS_SERVICE_DATA_DIR_ERRORS_H_
#define ANNALS_SERVICE_DATA_DIR_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/error.h"
#include "ledger/note.h"

namespace annals {

// What failed to be read or written, with what is the operator's to check.
absl::Status Unusable(const absl::Status& cause);
absl::Status Precondition(absl::string_view reason, ErrorText text);
// It is public, and follows from the signing key.
absl::Status VerifierKeyDamaged(const std::string& path,
                                const absl::Status& cause);
absl::Status NoLedger(const std::string& path);
// A key by itself is what a restore needs, or what is left of a ledger.
absl::Status LedgerMissing(const std::string& path, const std::string& key);
absl::Status OriginRequired();
absl::Status OriginMismatch(const std::string& given, const std::string& known);
absl::Status FollowsOther(const std::string& known, const std::string& given);
absl::Status KeyNameMismatch(const std::string& source, const std::string& name,
                             const std::string& origin);
absl::Status KeyChangeInvalid(const ledger::NoteVerifier& other);

}  // namespace annals

#endif  // ANNALS_SERVICE_DATA_DIR_ERRORS_H_
