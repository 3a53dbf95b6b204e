// Gives appends their places and makes the batch of them, or says why one gets
// none. Writes nothing.

#ifndef ANNALS_LEDGER_BATCH_BUILDER_H_
#define ANNALS_LEDGER_BATCH_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/append_queue.h"
#include "ledger/clock.h"
#include "ledger/index_builder.h"
#include "ledger/index_reader.h"
#include "ledger/ledger.h"
#include "ledger/replica.h"
#include "ledger/store.h"
#include "ledger/stream_lengths.h"

namespace annals::ledger {

// Where a batch begins.
struct BatchStart {
  uint64_t size = 0;
  // The time of the last entry before it.
  absl::Time last_recorded_at = absl::InfinitePast();
};

// For one batch. Not thread-safe.
class BatchBuilder {
 public:
  struct Parts {
    const IndexReader* index = nullptr;
    const LeafDecoder* decoder = nullptr;
    Clock* clock = nullptr;
    StreamLengths* lengths = nullptr;
  };

  // The parts are not owned, and must outlive this.
  BatchBuilder(const BatchStart& start, const Parts& parts)
      : start_(start),
        parts_(parts),
        last_recorded_at_(start.last_recorded_at) {}

  // Takes the append's content into the batch, or refuses it. The result lacks
  // its checkpoint. The errors are those of Ledger::Append.
  absl::StatusOr<AppendResult> Add(PendingAppend* append);

  // The same for an entry that another ledger has recorded, with the time and
  // in the place that its leaf says. `replica.h` tells the errors; nothing more
  // is to be added after one.
  absl::Status AddCopy(CopiedEntry copy);

  // With the entries' index rows, but without tiles and marker.
  Batch& batch() { return batch_; }
  absl::Time last_recorded_at() const { return last_recorded_at_; }
  // The entries, of this batch or before it, whose contents the batch erases.
  const absl::flat_hash_set<uint64_t>& erased() const { return erased_; }

  // Tells the StreamLengths what the batch has changed, once it is stored.
  void RememberLengths() const;

 private:
  struct Accepted {
    Hash digest = {};
    AppendResult result;
  };
  // Caller and request id.
  using RequestName = std::pair<std::string, std::string>;

  absl::StatusOr<std::optional<AppendResult>> FindAnswer(
      const AppendRequest& request) const;
  absl::StatusOr<uint64_t> LengthOf(const std::string& stream) const;
  absl::Status CheckLength(const StreamLength& expected) const;
  absl::Status CheckStreams(const AppendRequest& request) const;
  absl::Status CheckErasure(const std::optional<uint64_t>& erased) const;
  absl::Time NextTime() const;
  absl::StatusOr<LeafFacts> CheckLeaf(const PendingAppend& append,
                                      const LeafContext& context,
                                      absl::string_view leaf) const;
  absl::Status CheckCopy(const LeafFacts& facts, const CopiedEntry& copy) const;
  // What an entry adds to the batch beside its bytes.
  void Take(const LeafFacts& facts, const EntryPlace& place);

  const BatchStart start_;
  const Parts parts_;
  Batch batch_;
  absl::Time last_recorded_at_;
  absl::flat_hash_map<RequestName, Accepted> accepted_;
  // The contents that the batch erases.
  absl::flat_hash_set<uint64_t> erased_;
  // Of the streams that the batch lengthens.
  absl::flat_hash_map<std::string, uint64_t> lengths_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_BATCH_BUILDER_H_
