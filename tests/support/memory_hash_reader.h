// A tree whose every node is in memory.

#ifndef ANNALS_TESTS_SUPPORT_MEMORY_HASH_READER_H_
#define ANNALS_TESTS_SUPPORT_MEMORY_HASH_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ledger/tree.h"

namespace annals::ledger {

// Grows by Append and counts how often it is read. Not thread-safe.
class MemoryHashReader : public HashReader {
 public:
  void Append(const Hash& leaf_hash) {
    frontier_.Append(leaf_hash, [this](const NodeId& id, const Hash& hash) {
      const size_t level = static_cast<size_t>(id.level);
      if (levels_.size() == level) levels_.emplace_back();
      levels_[level].push_back(hash);
    });
  }

  absl::StatusOr<std::vector<Hash>> ReadHashes(
      absl::Span<const NodeId> ids) override {
    ++reads_;
    std::vector<Hash> hashes;
    for (const NodeId& id : ids) {
      const size_t level = static_cast<size_t>(id.level);
      if (level >= levels_.size() || id.index >= levels_[level].size()) {
        return absl::NotFoundError(
            absl::StrCat("no node (", id.level, ", ", id.index, ")"));
      }
      hashes.push_back(levels_[level][id.index]);
    }
    return hashes;
  }

  uint64_t size() const { return frontier_.size(); }
  const Frontier& frontier() const { return frontier_; }
  int reads() const { return reads_; }

 private:
  Frontier frontier_;
  std::vector<std::vector<Hash>> levels_;
  int reads_ = 0;
};

// Leaf `index` of the tests' trees: a function of its index.
inline std::string LeafForTest(uint64_t index) {
  return absl::StrCat("leaf ", index);
}

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_MEMORY_HASH_READER_H_
