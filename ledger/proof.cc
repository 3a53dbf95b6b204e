#include "ledger/proof.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/check.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::ledger {
namespace {

// A subtree of the RFC's recursion: the leaves [begin, end). It is a complete
// subtree, or the right border of the tree; `begin` is a multiple of the
// smallest power of two not below its length.
struct LeafRange {
  uint64_t begin = 0;
  uint64_t end = 0;

  uint64_t length() const { return end - begin; }
};

// Where the recursion divides a range of two leaves or more: its left part is
// the largest complete subtree that is not the whole.
uint64_t SplitPoint(const LeafRange& range) {
  return range.begin + std::bit_floor(range.length() - 1);
}

// Which nodes to read for a proof. The i-th hash of the proof is folded from
// the next `counts[i]` of `nodes`: one for a complete subtree.
struct ProofPlan {
  std::vector<NodeId> nodes;
  std::vector<size_t> counts;
};

void AddRange(const LeafRange& range, ProofPlan* plan) {
  const std::vector<NodeId> parts = FrontierNodes(range.length());
  for (const NodeId& part : parts) {
    plan->nodes.push_back(
        {part.level, part.index + (range.begin >> part.level)});
  }
  plan->counts.push_back(parts.size());
}

// Walks from the whole tree down towards `leaf`, for as long as `more` holds of
// the range arrived at. Appends the siblings passed by, from the top, and
// returns the last range.
template <typename Predicate>
LeafRange Descend(LeafRange range, uint64_t leaf, Predicate more,
                  std::vector<LeafRange>* siblings) {
  while (more(range)) {
    const uint64_t split = SplitPoint(range);
    if (leaf < split) {
      siblings->push_back({split, range.end});
      range.end = split;
    } else {
      siblings->push_back({range.begin, split});
      range.begin = split;
    }
  }
  return range;
}

ProofPlan PlanOf(absl::Span<const LeafRange> ranges_from_top) {
  ProofPlan plan;
  for (auto range = ranges_from_top.rbegin(); range != ranges_from_top.rend();
       ++range) {
    AddRange(*range, &plan);
  }
  return plan;
}

// RFC 6962, 2.1.1: PATH.
ProofPlan PlanInclusion(const LeafPosition& position) {
  std::vector<LeafRange> siblings;
  Descend(
      {0, position.tree_size}, position.index,
      [](const LeafRange& range) { return range.length() > 1; }, &siblings);
  return PlanOf(siblings);
}

// RFC 6962, 2.1.2: PROOF. The recursion ends at the subtree that ends where the
// old tree ends; the verifier knows its hash if it is the whole old tree.
ProofPlan PlanConsistency(const TreeRange& sizes) {
  std::vector<LeafRange> ranges;
  const LeafRange last = Descend(
      {0, sizes.new_size}, sizes.old_size - 1,
      [&sizes](const LeafRange& range) { return range.end != sizes.old_size; },
      &ranges);
  if (last.begin > 0) ranges.push_back(last);
  return PlanOf(ranges);
}

// One read; none if there is nothing to read.
absl::StatusOr<std::vector<Hash>> ReadNodes(absl::Span<const NodeId> nodes,
                                            HashReader* reader) {
  if (nodes.empty()) return std::vector<Hash>();
  ASSIGN_OR_RETURN(std::vector<Hash> hashes, reader->ReadHashes(nodes));
  if (hashes.size() != nodes.size()) {
    return MakeError(
        absl::StatusCode::kInternal, "NODES_READ_INCOMPLETE",
        {absl::StrCat(hashes.size(), " of ", nodes.size(),
                      " tree nodes were read; check the ledger's store"),
         absl::StrCat("只读到 ", nodes.size(), " 个树节点中的 ", hashes.size(),
                      " 个；请检查账本存储")});
  }
  return hashes;
}

absl::StatusOr<std::vector<Hash>> Execute(const ProofPlan& plan,
                                          HashReader* reader) {
  ASSIGN_OR_RETURN(const std::vector<Hash> hashes,
                   ReadNodes(plan.nodes, reader));
  std::vector<Hash> proof;
  proof.reserve(plan.counts.size());
  absl::Span<const Hash> rest = hashes;
  for (size_t count : plan.counts) {
    proof.push_back(RootFromFrontier(rest.subspan(0, count)));
    rest.remove_prefix(count);
  }
  return proof;
}

absl::Status CheckPosition(const LeafPosition& position) {
  if (position.index < position.tree_size) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kInvalidArgument, "LEAF_INDEX_OUT_OF_RANGE",
      {absl::StrCat("entry ", position.index, " is not in a tree of ",
                    position.tree_size,
                    " entries; use an index below the size"),
       absl::StrCat("第 ", position.index, " 号条目不在有 ", position.tree_size,
                    " 个条目的树中；序号须小于树的规模")});
}

absl::Status CheckRange(const TreeRange& range) {
  if (range.old_size > 0 && range.old_size <= range.new_size) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kInvalidArgument, "TREE_RANGE_INVALID",
      {absl::StrCat("no consistency proof leads from size ", range.old_size,
                    " to size ", range.new_size,
                    "; the old size must be at least 1 and not above the new "
                    "one"),
       absl::StrCat("规模 ", range.old_size, " 到规模 ", range.new_size,
                    " 之间没有一致性证明；旧规模至少为 1，"
                    "且不得大于新规模")});
}

absl::Status CheckLength(size_t length, size_t wanted) {
  if (length == wanted) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kInvalidArgument, "PROOF_LENGTH_WRONG",
      {absl::StrCat("the proof has ", length, " hashes where the sizes demand ",
                    wanted, "; fetch it again for these very sizes"),
       absl::StrCat("证明含 ", length, " 个哈希，而按规模应为 ", wanted,
                    " 个；请按该规模重新获取")});
}

absl::Status RootMismatch(absl::string_view reason, ErrorText text) {
  return MakeError(absl::StatusCode::kDataLoss, reason, std::move(text));
}

// The steps from a leaf up to the root. On the `inner` lowest levels the
// sibling is left or right by the bits of the index; above them, where the path
// runs along the right border, each of the `border` siblings is on the left.
struct PathShape {
  int inner = 0;
  int border = 0;
};

PathShape ShapeOf(const LeafPosition& position) {
  const int inner = std::bit_width(position.index ^ (position.tree_size - 1));
  // A shift by the full width of the integer is undefined.
  const uint64_t above = inner < 64 ? position.index >> inner : 0;
  return {inner, std::popcount(above)};
}

Hash FoldLeft(Hash hash, absl::Span<const Hash> left_siblings) {
  for (const Hash& sibling : left_siblings) hash = NodeHash(sibling, hash);
  return hash;
}

// Bit i of `index` says whether the i-th sibling is on the left.
Hash FoldInner(Hash hash, absl::Span<const Hash> siblings, uint64_t index) {
  for (const Hash& sibling : siblings) {
    hash = (index & 1) ? NodeHash(sibling, hash) : NodeHash(hash, sibling);
    index >>= 1;
  }
  return hash;
}

// The same, of the older tree, which has only the siblings on the left.
Hash FoldInnerLeft(Hash hash, absl::Span<const Hash> siblings, uint64_t index) {
  for (const Hash& sibling : siblings) {
    if (index & 1) hash = NodeHash(sibling, hash);
    index >>= 1;
  }
  return hash;
}

absl::Status CompareConsistency(bool matches) {
  if (matches) return absl::OkStatus();
  return RootMismatch(
      "CONSISTENCY_NOT_PROVED",
      {"the proof does not lead from the old root to the new one: the ledger "
       "is not an extension of the one seen before; keep both checkpoints as "
       "evidence and ask the operator",
       "证明无法从旧根哈希推得新根哈希：该账本不是先前所见账本的延续；"
       "请保存两个检查点作为证据并询问运行方"});
}

}  // namespace

absl::StatusOr<std::vector<Hash>> ProveInclusion(const LeafPosition& position,
                                                 HashReader* reader) {
  RETURN_IF_ERROR(CheckPosition(position));
  return Execute(PlanInclusion(position), reader);
}

absl::StatusOr<std::vector<Hash>> ProveConsistency(const TreeRange& range,
                                                   HashReader* reader) {
  RETURN_IF_ERROR(CheckRange(range));
  return Execute(PlanConsistency(range), reader);
}

absl::StatusOr<Hash> ReadRoot(uint64_t size, HashReader* reader) {
  ASSIGN_OR_RETURN(const std::vector<Hash> hashes,
                   ReadNodes(FrontierNodes(size), reader));
  return RootFromFrontier(hashes);
}

absl::Status VerifyInclusion(const LeafPosition& position,
                             const Hash& leaf_hash,
                             absl::Span<const Hash> proof, const Hash& root) {
  RETURN_IF_ERROR(CheckPosition(position));
  const PathShape shape = ShapeOf(position);
  RETURN_IF_ERROR(CheckLength(proof.size(), shape.inner + shape.border));
  const Hash inner =
      FoldInner(leaf_hash, proof.subspan(0, shape.inner), position.index);
  const Hash computed = FoldLeft(inner, proof.subspan(shape.inner));
  if (computed == root) return absl::OkStatus();
  return RootMismatch(
      "INCLUSION_NOT_PROVED",
      {absl::StrCat("the proof does not lead from entry ", position.index,
                    " to the root of the tree of ", position.tree_size,
                    " entries: the entry, the proof or the root is not the "
                    "ledger's; keep them as evidence and ask the operator"),
       absl::StrCat("证明无法从第 ", position.index, " 号条目推得有 ",
                    position.tree_size,
                    " 个条目的树的根哈希：条目、证明或根哈希与账本不符；"
                    "请保存证据并询问运行方")});
}

absl::Status VerifyConsistency(const TreeRange& range, const Hash& old_root,
                               const Hash& new_root,
                               absl::Span<const Hash> proof) {
  RETURN_IF_ERROR(CheckRange(range));
  if (range.old_size == range.new_size) {
    RETURN_IF_ERROR(CheckLength(proof.size(), 0));
    return CompareConsistency(old_root == new_root);
  }
  // The fold begins at the complete subtree that ends the old tree. Its hash
  // leads the proof, unless it is the whole old tree.
  const uint64_t last = range.old_size - 1;
  const int seed_level = std::countr_zero(range.old_size);
  const size_t seeds = std::has_single_bit(range.old_size) ? 0 : 1;
  PathShape shape = ShapeOf({last, range.new_size});
  shape.inner -= seed_level;
  ANNALS_CHECK(shape.inner >= 0);
  RETURN_IF_ERROR(
      CheckLength(proof.size(), seeds + shape.inner + shape.border));
  const Hash seed = seeds == 0 ? old_root : proof[0];
  const auto inner = proof.subspan(seeds, shape.inner);
  const auto border = proof.subspan(seeds + shape.inner);
  const uint64_t index = last >> seed_level;
  const Hash computed_old = FoldLeft(FoldInnerLeft(seed, inner, index), border);
  const Hash computed_new = FoldLeft(FoldInner(seed, inner, index), border);
  return CompareConsistency(computed_old == old_root &&
                            computed_new == new_root);
}

}  // namespace annals::ledger
