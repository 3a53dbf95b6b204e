// The errors of a store, whichever it is.

#ifndef ANNALS_LEDGER_STORE_ERROR_H_
#define ANNALS_LEDGER_STORE_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/error.h"
#include "ledger/store.h"

namespace annals::ledger {

// A failure of the disk or the database, with `cause` in its words.
absl::Status StoreError(absl::StatusCode code, absl::string_view reason,
                        absl::string_view cause);

// UNAVAILABLE with reason STORE_FULL: the disk is.
absl::Status StoreFull(absl::string_view cause);

// DATA_LOSS with reason STORE_DAMAGED. A cause in one language alone is in the
// database's own words.
absl::Status StoreDamaged(const ErrorText& cause);
absl::Status StoreDamaged(absl::string_view cause);

// DATA_LOSS with reason TILE_DAMAGED.
absl::Status TileDamaged(const TileId& id, const ErrorText& cause);

// FAILED_PRECONDITION with reason STORE_MOVED: the condition of a batch does
// not hold.
absl::Status StoreMoved(const StoreHead& head, const StoreHead& condition);

// FAILED_PRECONDITION with reason STORE_LOCKED.
absl::Status StoreLocked(const std::string& path, absl::string_view cause);

// UNAVAILABLE with reason BACKUP_UNDER_WAY: what was erased can't be purged.
absl::Status StoreBeingCopied();

// FAILED_PRECONDITION with reason STORE_FORMAT_UNKNOWN.
absl::Status StoreFormatUnknown();

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_STORE_ERROR_H_
