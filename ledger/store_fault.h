// How a check of a store names what it finds, in both languages.

#ifndef ANNALS_LEDGER_STORE_FAULT_H_
#define ANNALS_LEDGER_STORE_FAULT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/checkpoint.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/tree.h"

namespace annals::ledger {

std::string Hex(const Hash& hash);
std::string TileName(const TileId& id);

// A fault that a backup mends.
ErrorText Restore(absl::string_view en, absl::string_view zh);
ErrorText EntryFault(uint64_t index, absl::string_view en,
                     absl::string_view zh);
ErrorText TileFault(const TileId& id, absl::string_view en,
                    absl::string_view zh);

// Of a published mark with a damaged slot (PublishedMark::OtherSlot), the other
// one holding `published`, beside a store of `size` entries: whether the next
// start accounts for it.
ErrorText OtherSlotFault(const absl::Status& other_slot,
                         const Checkpoint& published, uint64_t size);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_STORE_FAULT_H_
