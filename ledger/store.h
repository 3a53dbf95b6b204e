// The seam to storage: append a batch on condition, and read. A replicated
// database can stand behind it as well as RocksDB.
//
// What it holds, in words of the ledger:
//   leaves     index → bytes of the leaf
//   contents   index → salt and bytes of the content, until it is erased
//   tiles      tile → hashes: the bottom row as C2SP tlog-tiles defines it, and
//              for a full tile (256 hashes) the 254 nodes above it after it:
//              level by level, 128 + 64 + … + 2, so that a proof needs no
//              hashing
//   indexes    key → value, derived from the leaves and disposable
//
// Leaves, contents and full tiles are written once; a tile that is not full
// grows at its end; only indexes may be replaced, and only a content may be
// erased, by a batch that says so. All methods are thread-safe, except that
// AppendBatch and the index maintenance are for one thread at a time, and
// ClearIndexes for a time when nobody reads the indexes.

#ifndef ANNALS_LEDGER_STORE_H_
#define ANNALS_LEDGER_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/hash.h"
#include "ledger/tree.h"

namespace annals::ledger {

// How much the store holds, and who may write: whoever opened it last.
struct StoreHead {
  uint64_t size = 0;
  uint64_t epoch = 0;

  friend bool operator==(const StoreHead&, const StoreHead&) = default;
};

struct StoredContent {
  Salt salt = {};
  std::string content;
};

struct StoredEntry {
  std::string leaf;
  StoredContent content;
};

struct StoredTile {
  TileId id;
  std::string hashes;
};

struct IndexRow {
  std::string key;
  std::string value;

  friend bool operator==(const IndexRow&, const IndexRow&) = default;
};

// Written whole or not at all.
struct Batch {
  // The entries from index `condition.size` on.
  std::vector<StoredEntry> entries;
  std::vector<StoredTile> tiles;
  std::vector<IndexRow> index_rows;
  // Entries whose content, salt included, goes: of this batch or before it.
  std::vector<uint64_t> erased_contents;
};

// Rows whose key begins with `prefix`, in ascending order of keys or, with
// `descending`, from the last one down.
struct IndexScan {
  std::string prefix;
  // Start behind this key (before it, if descending); empty for all.
  std::string after_key;
  // At most so many rows. Must be positive: no scan is without a bound.
  size_t limit = 0;
  bool descending = false;
};

// What an operator watches of a store. Zero is also what a store does not
// count.
struct StoreStatistics {
  uint64_t table_bytes = 0;     // On the disk.
  uint64_t memtable_bytes = 0;  // Not yet in tables.
  // Of what is kept in memory for reads.
  uint64_t cache_bytes = 0;
  uint64_t cache_hits = 0;
  uint64_t cache_misses = 0;
  // Of the work in the background: under way, still to do, done.
  uint64_t compactions = 0;
  uint64_t compaction_pending_bytes = 0;
  uint64_t compaction_read_bytes = 0;
  uint64_t compaction_written_bytes = 0;
  uint64_t background_errors = 0;
  // How long writes were held up, and whether they are now.
  absl::Duration write_stalls;
  bool is_write_stopped = false;
  uint64_t log_syncs = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual absl::StatusOr<StoreHead> Head() = 0;

  // Takes over the right to write: the epoch rises by one, durably, and batches
  // under an older epoch are refused from then on.
  virtual absl::StatusOr<StoreHead> BeginEpoch() = 0;

  // Appends the batch atomically and durably if the head is `condition`.
  // FAILED_PRECONDITION if it is not, and then nothing was written. After any
  // other error it is unknown whether the batch was written, and the store
  // takes no further one until it is opened anew.
  virtual absl::Status AppendBatch(const StoreHead& condition,
                                   const Batch& batch) = 0;

  // OUT_OF_RANGE if there is no such entry; DATA_LOSS if the bytes are damaged.
  virtual absl::StatusOr<std::string> ReadLeaf(uint64_t index) = 0;
  // As ReadLeaf; NOT_FOUND if there is such an entry and its content is gone:
  // erased or lost, which only the leaves can tell.
  virtual absl::StatusOr<StoredContent> ReadContent(uint64_t index) = 0;

  // Sees to it that no file of the store holds a content that a batch erased,
  // and returns when that is so. Costs next to nothing if there is nothing to
  // do. After an error, and after a crash, it is to be called again: the store
  // remembers what is left to do. Runs beside reads and AppendBatch.
  virtual absl::Status PurgeErased() = 0;

  // NOT_FOUND if there is no such tile; DATA_LOSS if its length is impossible.
  virtual absl::StatusOr<std::string> ReadTile(const TileId& id) = 0;

  virtual absl::StatusOr<std::optional<std::string>> ReadIndex(
      absl::string_view key) = 0;
  // As ReadIndex of each key, in their order.
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> ReadIndexes(
      const std::vector<std::string>& keys) = 0;
  // As ReadIndex, without waiting for the disk: UNAVAILABLE if the row, or that
  // there is none, is not in memory.
  virtual absl::StatusOr<std::optional<std::string>> PeekIndex(
      absl::string_view key) = 0;
  // INVALID_ARGUMENT if the limit is 0.
  virtual absl::StatusOr<std::vector<IndexRow>> ScanIndex(
      const IndexScan& scan) = 0;

  // Index maintenance: drops every row, even a damaged one; adds rows.
  virtual absl::Status ClearIndexes() = 0;
  virtual absl::Status WriteIndexes(const std::vector<IndexRow>& rows) = 0;

  // Does not block on the disk.
  virtual StoreStatistics Statistics() { return {}; }
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_STORE_H_
