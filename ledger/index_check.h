// The index rows of a store against those that its leaves give: none missing,
// none that says something else, none too many.

#ifndef ANNALS_LEDGER_INDEX_CHECK_H_
#define ANNALS_LEDGER_INDEX_CHECK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/error.h"
#include "ledger/ledger.h"
#include "ledger/store.h"

namespace annals::ledger {

// The rows of one entry. Stream heads are left out: a later entry of the
// stream replaces them.
struct EntryRows {
  uint64_t index = 0;
  std::vector<IndexRow> rows;
};

struct RowFaults {
  std::vector<ErrorText> faults;
  // Rows that are not there at all.
  uint64_t missing = 0;
};

// Not thread-safe, but for CompareRows.
class IndexCheck {
 public:
  // Not owned; both must outlive this.
  IndexCheck(Store* store, const LeafDecoder* decoder)
      : store_(*store), decoder_(*decoder) {}

  // The rows of the next entry, which takes the next place in its stream.
  EntryRows RowsOf(uint64_t index, const LeafFacts& facts);

  // Compares rows with the stored ones. Thread-safe.
  RowFaults CompareRows(const std::vector<EntryRows>& entries) const;

  // After the last entry: compares the heads of the streams and the marker, and
  // looks for rows too many, `missing` rows having been found missing. Adds
  // the number of stored rows to `stored_rows`.
  absl::Status Finish(uint64_t size, uint64_t missing,
                      std::vector<ErrorText>* faults, uint64_t* stored_rows);

 private:
  struct Stream {
    uint64_t length = 0;
    uint64_t last_index = 0;
  };

  RowFaults CompareHeads(uint64_t size) const;
  absl::Status FindSurplus(std::vector<ErrorText>* faults) const;
  absl::StatusOr<bool> IsExpected(const IndexRow& row) const;
  absl::StatusOr<bool> IsRowOfStream(const IndexRow& row,
                                     absl::string_view stream) const;
  absl::StatusOr<LeafFacts> FactsOf(uint64_t index) const;

  Store& store_;
  const LeafDecoder& decoder_;
  absl::flat_hash_map<std::string, Stream> streams_;
  uint64_t expected_rows_ = 0;
};

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_INDEX_CHECK_H_
