// Records in the ledger that the key that signs its checkpoints is replaced.

#ifndef ANNALS_SERVICE_KEY_CHANGE_H_
#define ANNALS_SERVICE_KEY_CHANGE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "annals/v1/ledger_entry.pb.h"
#include "ledger/ledger.h"
#include "ledger/store.h"

namespace annals {

// Who records it: the daemon itself. No caller has this name, as theirs have a
// prefix of how they are known.
inline constexpr char kDaemonSubject[] = "daemon:annalsd";

struct KeyChange {
  std::string old_vkey;
  std::string new_vkey;
  std::string reason;
};

// The changes that the ledger records, in their order.
absl::StatusOr<std::vector<v1::KeyChanged>> RecordedKeyChanges(
    ledger::Ledger* ledger);

// The same before the store is opened as a ledger, as far as its indexes tell.
absl::StatusOr<std::vector<v1::KeyChanged>> StoredKeyChanges(
    ledger::Store* store);

// Whether `vkey` was replaced by another key and is not the latest one.
bool IsRetired(const std::string& vkey,
               const std::vector<v1::KeyChanged>& changes);

// Appends the entry `KeyChanged`, unless this change is recorded already; the
// reason does not tell two changes apart. Blocks until it is under a published
// checkpoint.
absl::Status RecordKeyChange(const KeyChange& change, ledger::Ledger* ledger);

}  // namespace annals

#endif  // ANNALS_SERVICE_KEY_CHANGE_H_
