// Reads the ledger's own index rows, as they stood when the ledger had a given
// size: what a later entry added is left out.

#ifndef ANNALS_LEDGER_INDEX_READER_H_
#define ANNALS_LEDGER_INDEX_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/error.h"
#include "ledger/hash.h"
#include "ledger/keys.h"
#include "ledger/ledger.h"
#include "ledger/store.h"

namespace annals::ledger {

// DATA_LOSS with reason INDEX_DAMAGED; `row` names the row.
absl::Status IndexDamaged(const ErrorText& row);

// ALREADY_EXISTS with reason REQUEST_ID_REUSED.
absl::Status RequestIdReused(absl::string_view request_id, uint64_t index);

// Who asks, their id for the request, and the digest of what they ask.
struct RequestIdentity {
  absl::string_view caller;
  absl::string_view request_id;
  Hash digest = {};
};

// Thread-safe.
class IndexReader {
 public:
  // Not owned; both must outlive this.
  IndexReader(Store* store, const LeafDecoder* decoder)
      : store_(store), decoder_(decoder) {}

  // The recorded answer to a request, without its checkpoint; nullopt if it is
  // not among the first `size` entries.
  absl::StatusOr<std::optional<AppendResult>> FindRequest(
      const RequestIdentity& request, uint64_t size) const;

  // The entry that erased the content of `index`, by the index row and its own
  // leaf; nullopt if there is none in the store.
  absl::StatusOr<std::optional<uint64_t>> FindErasure(uint64_t index) const;

  absl::StatusOr<uint64_t> LengthOf(absl::string_view stream,
                                    uint64_t size) const;

  // As Ledger::FindStreamEnd.
  absl::StatusOr<std::optional<StreamEnd>> FindStreamEnd(
      absl::string_view stream, uint64_t size) const;

  // As FindStreamEnd of each, in their order.
  absl::StatusOr<std::vector<std::optional<StreamEnd>>> FindStreamEnds(
      const std::vector<std::string>& streams, uint64_t size) const;

  // As Ledger::PeekStreamEnd.
  absl::StatusOr<std::optional<StreamEnd>> PeekStreamEnd(
      absl::string_view stream, uint64_t size) const;

  absl::StatusOr<std::vector<StreamEntry>> ReadStream(const StreamSlice& slice,
                                                      uint64_t size) const;

 private:
  // DATA_LOSS, INDEX_DAMAGED if there is no such row.
  absl::StatusOr<StreamRow> ReadStreamRow(absl::string_view stream,
                                          uint64_t position) const;
  // REQUIRES: the leaf at `index` gives `facts`. OK if the request is the one
  // recorded there.
  absl::Status CheckDigest(const RequestIdentity& request, uint64_t index,
                           const LeafFacts& facts) const;
  // Where the stream ended, by its head row, when there were `size` entries.
  absl::StatusOr<std::optional<StreamEnd>> EndBelow(
      absl::string_view stream, const std::optional<std::string>& head_row,
      uint64_t size) const;
  // How many of the first `length` rows are of the first `size` entries.
  absl::StatusOr<uint64_t> CountRowsBelow(absl::string_view stream,
                                          uint64_t length, uint64_t size) const;

  Store* const store_;
  const LeafDecoder* const decoder_;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_INDEX_READER_H_
