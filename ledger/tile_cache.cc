#include "ledger/tile_cache.h"

#include <cstdint>
#include <utility>

namespace annals::ledger {

// Neighbours have slots of their own, and so have levels: of an upper level
// there are few tiles, at its beginning.
TileCache::Slot& TileCache::SlotOf(const TileId& id) {
  constexpr uint64_t kSlotsOfLevels = 61;  // Prime to the number of slots.
  return slots_[(id.tile_index +
                 kSlotsOfLevels * static_cast<uint64_t>(id.tile_level)) %
                kSlots];
}

SharedTile TileCache::Find(const TileId& id) {
  Slot& slot = SlotOf(id);
  MutexLock lock(&slot.mutex);
  return slot.id == id ? slot.tile : nullptr;
}

void TileCache::Keep(const TileId& id, SharedTile tile) {
  Slot& slot = SlotOf(id);
  MutexLock lock(&slot.mutex);
  slot.id = id;
  slot.tile = std::move(tile);
}

}  // namespace annals::ledger
