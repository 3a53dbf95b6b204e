// Full tiles that were read lately, so that neighbouring entries and the upper
// part of the tree need no copy out of the store for each read.

#ifndef ANNALS_LEDGER_TILE_CACHE_H_
#define ANNALS_LEDGER_TILE_CACHE_H_

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "ledger/mutex.h"
#include "ledger/tree.h"

namespace annals::ledger {

// The bytes of a full tile, shared with those who read it.
using SharedTile = std::shared_ptr<const std::string>;

// A full tile is written once, so one that was read stays good. Each tile has
// one slot, and takes it from the tile that was there: about 8 MB in all.
// Thread-safe; never waits for long.
class TileCache {
 public:
  // Null if the tile is not kept.
  SharedTile Find(const TileId& id);

  // REQUIRES: the tile is full.
  void Keep(const TileId& id, SharedTile tile);

 private:
  static constexpr size_t kSlots = 512;

  struct Slot {
    Mutex mutex;
    TileId id ABSL_GUARDED_BY(mutex);
    SharedTile tile ABSL_GUARDED_BY(mutex);
  };

  Slot& SlotOf(const TileId& id);

  std::array<Slot, kSlots> slots_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_TILE_CACHE_H_
