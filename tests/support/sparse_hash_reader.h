// A tree of up to 2^64-1 leaves, of which only a few are not alike: so its
// nodes can be computed at any size.

#ifndef ANNALS_TESTS_SUPPORT_SPARSE_HASH_READER_H_
#define ANNALS_TESTS_SUPPORT_SPARSE_HASH_READER_H_

#include <bit>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ledger/tree.h"

namespace annals::ledger {

// Leaf i is "marked i" if i is one of the marks, and "plain" if not. Not
// thread-safe.
class SparseHashReader : public HashReader {
 public:
  explicit SparseHashReader(std::set<uint64_t> marks)
      : marks_(std::move(marks)) {
    plain_.push_back(LeafHash("plain"));
    for (int level = 1; level < 64; ++level) {
      plain_.push_back(NodeHash(plain_.back(), plain_.back()));
    }
  }

  Hash Leaf(uint64_t index) { return Node({0, index}); }

  // The root of the tree of the leaves [begin, end), by the RFC's recursion:
  // MTH. `begin` is a multiple of a power of two not below the length.
  Hash Root(uint64_t begin, uint64_t end) {
    const uint64_t length = end - begin;
    if (std::has_single_bit(length)) {
      const int level = std::countr_zero(length);
      return Node({level, begin >> level});
    }
    const uint64_t split = begin + std::bit_floor(length);
    return NodeHash(Root(begin, split), Root(split, end));
  }

  absl::StatusOr<std::vector<Hash>> ReadHashes(
      absl::Span<const NodeId> ids) override {
    std::vector<Hash> hashes;
    for (const NodeId& id : ids) hashes.push_back(Node(id));
    return hashes;
  }

 private:
  Hash Node(const NodeId& id) {
    const uint64_t first = id.index << id.level;
    const uint64_t last = first + ((uint64_t{1} << id.level) - 1);
    const auto mark = marks_.lower_bound(first);
    if (mark == marks_.end() || *mark > last) {
      return plain_[static_cast<size_t>(id.level)];
    }
    if (id.level == 0) return LeafHash(absl::StrCat("marked ", id.index));
    const auto [place, is_new] = nodes_.try_emplace({id.level, id.index});
    if (is_new) {
      place->second = NodeHash(Node({id.level - 1, 2 * id.index}),
                               Node({id.level - 1, 2 * id.index + 1}));
    }
    return place->second;
  }

  const std::set<uint64_t> marks_;
  std::vector<Hash> plain_;  // By level: a node without marks below it.
  std::map<std::pair<int, uint64_t>, Hash> nodes_;
};

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_SPARSE_HASH_READER_H_
