// The check of a whole store that nobody writes to: every leaf and content,
// every tile with its inner nodes, the root against the published mark, every
// index row. Reads only. What it finds are faults; an error is only what keeps
// it from looking.

#ifndef ANNALS_LEDGER_STORE_CHECK_H_
#define ANNALS_LEDGER_STORE_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/chain_check.h"
#include "ledger/error.h"
#include "ledger/ledger.h"
#include "ledger/note.h"
#include "ledger/published_mark.h"
#include "ledger/store.h"

namespace annals::ledger {

// None is owned. The store must be safe to read from many threads.
struct StoreCheckParts {
  Store* store = nullptr;
  PublishedMark* mark = nullptr;
  const NoteVerifier* verifier = nullptr;
  const LeafDecoder* decoder = nullptr;
  // If not null, called for each content that is the one its leaf commits to:
  // what else is wrong with it, which is a fault. Thread-safe.
  std::function<absl::Status(uint64_t index, absl::string_view leaf,
                             absl::string_view content)>
      check_content;
  // If not null, called for each leaf that can be read: the link that it is of
  // a chain, which must be whole; nullopt if of none. Thread-safe.
  std::function<std::optional<ChainLink>(uint64_t index,
                                         absl::string_view leaf)>
      read_link = nullptr;
};

struct StoreCheckOptions {
  int threads = 2;
  // Further faults are counted, not kept.
  size_t faults_max = 100;
  // Called now and then, with the entries done.
  std::function<void(uint64_t done, uint64_t total)> progress;
};

// Faults in the order of the entries; then what of them could not be read,
// tiles, root, mark, index rows. Each names its place and what to do.
class StoreFaults {
 public:
  explicit StoreFaults(size_t kept_max) : kept_max_(kept_max) {}

  void Add(ErrorText fault) {
    ++count_;
    if (kept_.size() < kept_max_) kept_.push_back(std::move(fault));
  }
  void AddAll(std::vector<ErrorText> faults) {
    for (ErrorText& fault : faults) Add(std::move(fault));
  }

  uint64_t count() const { return count_; }
  const std::vector<ErrorText>& kept() const { return kept_; }

 private:
  size_t kept_max_;
  uint64_t count_ = 0;
  std::vector<ErrorText> kept_;
};

// An entry whose content is gone, and the entry that erased it.
struct ErasedEntry {
  uint64_t index = 0;
  uint64_t erased_by = 0;

  friend bool operator==(const ErasedEntry&, const ErasedEntry&) = default;
};

struct StoreCheckResult {
  uint64_t entries = 0;
  // In the order of the erasing entries.
  std::vector<ErasedEntry> erased;
  // Leaves and contents that could not be read, and so not be checked.
  uint64_t unreadable = 0;
  uint64_t index_rows = 0;
  StoreFaults faults{0};
};

absl::StatusOr<StoreCheckResult> CheckStore(const StoreCheckParts& parts,
                                            const StoreCheckOptions& options);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_STORE_CHECK_H_
