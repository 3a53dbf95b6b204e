// Inclusion and consistency proofs (RFC 6962, 2.1.1 and 2.1.2; the verification
// as RFC 9162, 2.1.3.2 and 2.1.4.2). Pure functions; verification computes the
// expected root and compares once.

#ifndef ANNALS_LEDGER_PROOF_H_
#define ANNALS_LEDGER_PROOF_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ledger/hash.h"
#include "ledger/tree.h"

namespace annals::ledger {

// The place of a leaf in a tree. Index < tree size.
struct LeafPosition {
  uint64_t index = 0;
  uint64_t tree_size = 0;
};

// Two sizes of one growing tree. Old size ≤ new size.
struct TreeRange {
  uint64_t old_size = 0;
  uint64_t new_size = 0;
};

// No proof in a tree of at most 2^63 leaves has more hashes.
inline constexpr size_t kProofHashesMax = 64;

// The hashes that prove that the leaf is in the tree, from its sibling upwards.
// INVALID_ARGUMENT if the index is not below the size; the reader's error if a
// node can't be read.
absl::StatusOr<std::vector<Hash>> ProveInclusion(const LeafPosition& position,
                                                 HashReader* reader);

// The hashes that prove that the old tree is a prefix of the new one.
// INVALID_ARGUMENT if old_size is 0 (nothing can be proved from the empty tree)
// or above new_size; empty if they are equal.
absl::StatusOr<std::vector<Hash>> ProveConsistency(const TreeRange& range,
                                                   HashReader* reader);

// The root of the tree of `size` leaves, read node by node.
absl::StatusOr<Hash> ReadRoot(uint64_t size, HashReader* reader);

// OK if `proof` shows that `leaf_hash` is at `position` under `root`.
// INVALID_ARGUMENT if the index is not below the size or the proof's length is
// not what the sizes demand; DATA_LOSS if the computed root is another.
absl::Status VerifyInclusion(const LeafPosition& position,
                             const Hash& leaf_hash,
                             absl::Span<const Hash> proof, const Hash& root);

// OK if `proof` shows that the tree under `old_root` is a prefix of the tree
// under `new_root`. INVALID_ARGUMENT for old_size 0, which proves nothing, and
// for wrong lengths; DATA_LOSS if either computed root is another.
absl::Status VerifyConsistency(const TreeRange& range, const Hash& old_root,
                               const Hash& new_root,
                               absl::Span<const Hash> proof);

}  // namespace annals::ledger

#endif  // ANNALS_LEDGER_PROOF_H_
