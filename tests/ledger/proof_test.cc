#include "ledger/proof.h"

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_hash_reader.h"
#include "tests/support/rfc6962_reference.h"
#include "tests/support/rfc6962_vectors.h"
#include "tests/support/sparse_hash_reader.h"

namespace annals::ledger {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr uint64_t kSmallSizeMax = 300;
constexpr uint64_t kLargeSize = 70001;
constexpr uint64_t kUint64Max = std::numeric_limits<uint64_t>::max();

const auto kFalseInclusion =
    StatusHasReason(absl::StatusCode::kDataLoss, "INCLUSION_NOT_PROVED");
const auto kFalseConsistency =
    StatusHasReason(absl::StatusCode::kDataLoss, "CONSISTENCY_NOT_PROVED");
const auto kWrongLength =
    StatusHasReason(absl::StatusCode::kInvalidArgument, "PROOF_LENGTH_WRONG");
const auto kOutOfRange = StatusHasReason(absl::StatusCode::kInvalidArgument,
                                         "LEAF_INDEX_OUT_OF_RANGE");
const auto kInvalidRange =
    StatusHasReason(absl::StatusCode::kInvalidArgument, "TREE_RANGE_INVALID");

// A tree of the tests' leaves, and the RFC's own idea of it.
class ProofTree {
 public:
  explicit ProofTree(uint64_t size) : reference_(Leaves(size)) {
    for (uint64_t i = 0; i < size; ++i) reader_.Append(Leaf(i));
  }

  static Hash Leaf(uint64_t index) { return LeafHash(LeafForTest(index)); }
  Hash Root(uint64_t size) { return HashFromBytes(reference_.Mth(0, size)); }

  std::vector<Hash> Path(const LeafPosition& position) {
    return Hashes(reference_.Path(position.index, 0, position.tree_size));
  }
  std::vector<Hash> Proof(const TreeRange& range) {
    return Hashes(reference_.Proof(range.old_size, range.new_size));
  }
  MemoryHashReader* reader() { return &reader_; }

 private:
  static std::vector<std::string> Leaves(uint64_t count) {
    std::vector<std::string> leaves;
    for (uint64_t i = 0; i < count; ++i) leaves.push_back(LeafForTest(i));
    return leaves;
  }

  static std::vector<Hash> Hashes(const std::vector<std::string>& list) {
    std::vector<Hash> hashes;
    for (const std::string& bytes : list)
      hashes.push_back(HashFromBytes(bytes));
    return hashes;
  }

  Rfc6962Reference reference_;
  MemoryHashReader reader_;
};

void FlipBit(size_t bit, Hash* hash) {
  (*hash)[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
}

// Calls `check` with `proof` after flipping one bit of each hash in turn.
template <typename Check>
void ForEachDamage(std::vector<Hash> proof, std::mt19937_64* random,
                   Check check) {
  for (Hash& hash : proof) {
    const size_t bit = (*random)() % (8 * kHashBytes);
    FlipBit(bit, &hash);
    check(proof);
    FlipBit(bit, &hash);
  }
}

// And with a hash left out and one too many.
template <typename Check>
void ForEachWrongLength(std::vector<Hash> proof, Check check) {
  proof.push_back(Hash{});
  check(proof);
  proof.pop_back();
  if (proof.empty()) return;
  proof.pop_back();
  check(proof);
}

void ExpectInclusion(const LeafPosition& position, ProofTree* tree,
                     std::mt19937_64* random) {
  SCOPED_TRACE(absl::StrCat(position.index, " in ", position.tree_size));
  ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof,
                       ProveInclusion(position, tree->reader()));
  ASSERT_EQ(proof, tree->Path(position));
  const Hash leaf = ProofTree::Leaf(position.index);
  const Hash root = tree->Root(position.tree_size);
  ASSERT_OK(VerifyInclusion(position, leaf, proof, root));
  ForEachDamage(proof, random, [&](const std::vector<Hash>& damaged) {
    EXPECT_THAT(VerifyInclusion(position, leaf, damaged, root),
                kFalseInclusion);
  });
  ForEachWrongLength(proof, [&](const std::vector<Hash>& wrong) {
    EXPECT_THAT(VerifyInclusion(position, leaf, wrong, root), kWrongLength);
  });
  EXPECT_THAT(VerifyInclusion(position, Hash{}, proof, root), kFalseInclusion);
  EXPECT_THAT(VerifyInclusion(position, leaf, proof, Hash{}), kFalseInclusion);
}

void ExpectConsistency(const TreeRange& range, ProofTree* tree,
                       std::mt19937_64* random) {
  SCOPED_TRACE(absl::StrCat(range.old_size, " to ", range.new_size));
  ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof,
                       ProveConsistency(range, tree->reader()));
  ASSERT_EQ(proof, tree->Proof(range));
  const Hash old_root = tree->Root(range.old_size);
  const Hash new_root = tree->Root(range.new_size);
  ASSERT_OK(VerifyConsistency(range, old_root, new_root, proof));
  ForEachDamage(proof, random, [&](const std::vector<Hash>& damaged) {
    EXPECT_THAT(VerifyConsistency(range, old_root, new_root, damaged),
                kFalseConsistency);
  });
  ForEachWrongLength(proof, [&](const std::vector<Hash>& wrong) {
    EXPECT_THAT(VerifyConsistency(range, old_root, new_root, wrong),
                kWrongLength);
  });
  EXPECT_THAT(VerifyConsistency(range, Hash{}, new_root, proof),
              kFalseConsistency);
  EXPECT_THAT(VerifyConsistency(range, old_root, Hash{}, proof),
              kFalseConsistency);
}

MemoryHashReader PublishedTree(const Rfc6962Vectors& vectors) {
  MemoryHashReader reader;
  for (const Hash& hash : vectors.leaf_hashes) reader.Append(hash);
  return reader;
}

TEST(InclusionTest, ProofsAreThePublishedOnes) {
  const Rfc6962Vectors vectors = LoadRfc6962Vectors();
  ASSERT_THAT(vectors.inclusion, SizeIs(5));
  MemoryHashReader reader = PublishedTree(vectors);
  for (const ProofVector& vector : vectors.inclusion) {
    const LeafPosition position = {vector.first, vector.size};
    EXPECT_THAT(ProveInclusion(position, &reader), IsOkAndHolds(vector.proof));
    EXPECT_OK(VerifyInclusion(position, vectors.leaf_hashes[vector.first],
                              vector.proof, vectors.roots.at(vector.size)));
  }
}

TEST(ConsistencyTest, ProofsAreThePublishedOnes) {
  const Rfc6962Vectors vectors = LoadRfc6962Vectors();
  ASSERT_THAT(vectors.consistency, SizeIs(5));
  MemoryHashReader reader = PublishedTree(vectors);
  for (const ProofVector& vector : vectors.consistency) {
    const TreeRange range = {vector.first, vector.size};
    EXPECT_THAT(ProveConsistency(range, &reader), IsOkAndHolds(vector.proof));
    EXPECT_OK(VerifyConsistency(range, vectors.roots.at(vector.first),
                                vectors.roots.at(vector.size), vector.proof));
  }
}

TEST(InclusionTest, HoldsForEveryLeafOfEverySmallTree) {
  ProofTree tree(kSmallSizeMax);
  std::mt19937_64 random(2);
  for (uint64_t size = 1; size <= kSmallSizeMax; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      ExpectInclusion({index, size}, &tree, &random);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(ConsistencyTest, HoldsForEveryPairOfSmallSizes) {
  ProofTree tree(kSmallSizeMax);
  std::mt19937_64 random(3);
  for (uint64_t size = 1; size <= kSmallSizeMax; ++size) {
    for (uint64_t old_size = 1; old_size <= size; ++old_size) {
      ExpectConsistency({old_size, size}, &tree, &random);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(ProofTest, HoldsInALargeTree) {
  ProofTree tree(kLargeSize);
  std::mt19937_64 random(4);
  for (int i = 0; i < 300; ++i) {
    const uint64_t size = 1 + random() % kLargeSize;
    ExpectInclusion({random() % size, size}, &tree, &random);
    ExpectConsistency({1 + random() % size, size}, &tree, &random);
    if (HasFatalFailure()) return;
  }
  ExpectInclusion({kLargeSize - 1, kLargeSize}, &tree, &random);
  ExpectConsistency({65536, kLargeSize}, &tree, &random);
}

// Every bit, not only one of each hash.
TEST(ProofTest, EveryBitCounts) {
  ProofTree tree(13);
  const LeafPosition position = {9, 13};
  const TreeRange range = {6, 13};
  std::vector<Hash> path = tree.Path(position);
  std::vector<Hash> proof = tree.Proof(range);
  for (size_t bit = 0; bit < 8 * kHashBytes; ++bit) {
    for (Hash& hash : path) {
      FlipBit(bit, &hash);
      EXPECT_THAT(
          VerifyInclusion(position, ProofTree::Leaf(9), path, tree.Root(13)),
          kFalseInclusion);
      FlipBit(bit, &hash);
    }
    for (Hash& hash : proof) {
      FlipBit(bit, &hash);
      EXPECT_THAT(VerifyConsistency(range, tree.Root(6), tree.Root(13), proof),
                  kFalseConsistency);
      FlipBit(bit, &hash);
    }
  }
}

TEST(InclusionTest, ProvesNoOtherPlace) {
  ProofTree tree(64);
  for (uint64_t size = 2; size <= 64; ++size) {
    const std::vector<Hash> proof = tree.Path({0, size});
    for (uint64_t other = 1; other < size; ++other) {
      EXPECT_THAT(VerifyInclusion({other, size}, ProofTree::Leaf(0), proof,
                                  tree.Root(size)),
                  testing::Not(IsOk()))
          << other << " in " << size;
    }
  }
}

TEST(ConsistencyTest, ProvesNoOtherSize) {
  ProofTree tree(64);
  for (uint64_t old_size = 1; old_size < 64; ++old_size) {
    const std::vector<Hash> proof = tree.Proof({old_size, 64});
    for (uint64_t other = 1; other < 64; ++other) {
      if (other == old_size) continue;
      EXPECT_THAT(VerifyConsistency({other, 64}, tree.Root(other),
                                    tree.Root(64), proof),
                  testing::Not(IsOk()))
          << other << " for " << old_size;
    }
  }
}

// The tree was rewritten: an old leaf is another now.
TEST(ConsistencyTest, ARewrittenTreeIsNotAnExtension) {
  ProofTree honest(20);
  MemoryHashReader rewritten;
  for (uint64_t i = 0; i < 20; ++i) {
    rewritten.Append(i == 5 ? LeafHash("altered") : ProofTree::Leaf(i));
  }
  for (uint64_t old_size = 6; old_size <= 20; ++old_size) {
    const TreeRange range = {old_size, 20};
    ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof,
                         ProveConsistency(range, &rewritten));
    EXPECT_THAT(VerifyConsistency(range, honest.Root(old_size),
                                  rewritten.frontier().Root(), proof),
                kFalseConsistency);
  }
}

TEST(InclusionTest, RefusesAnIndexNotBelowTheSize) {
  ProofTree tree(4);
  for (const LeafPosition& position :
       {LeafPosition{0, 0}, LeafPosition{4, 4}, LeafPosition{kUint64Max, 4}}) {
    EXPECT_THAT(ProveInclusion(position, tree.reader()), kOutOfRange);
    EXPECT_THAT(VerifyInclusion(position, Hash{}, {}, Hash{}), kOutOfRange);
  }
  EXPECT_EQ(tree.reader()->reads(), 0);
}

TEST(ConsistencyTest, RefusesTheEmptyTreeAndAShrunkOne) {
  ProofTree tree(4);
  for (const TreeRange& range :
       {TreeRange{0, 0}, TreeRange{0, 4}, TreeRange{4, 3}}) {
    EXPECT_THAT(ProveConsistency(range, tree.reader()), kInvalidRange);
    EXPECT_THAT(VerifyConsistency(range, EmptyRoot(), EmptyRoot(), {}),
                kInvalidRange);
  }
  EXPECT_EQ(tree.reader()->reads(), 0);
}

TEST(ConsistencyTest, EqualSizesNeedEqualRootsAndNoProof) {
  ProofTree tree(7);
  EXPECT_THAT(ProveConsistency({7, 7}, tree.reader()), IsOkAndHolds(IsEmpty()));
  EXPECT_OK(VerifyConsistency({7, 7}, tree.Root(7), tree.Root(7), {}));
  EXPECT_THAT(VerifyConsistency({7, 7}, tree.Root(7), tree.Root(6), {}),
              kFalseConsistency);
}

TEST(ProofTest, ReadsOnce) {
  ProofTree tree(kSmallSizeMax);
  ASSERT_OK(ProveInclusion({7, 299}, tree.reader()));
  EXPECT_EQ(tree.reader()->reads(), 1);
  ASSERT_OK(ProveConsistency({7, 299}, tree.reader()));
  EXPECT_EQ(tree.reader()->reads(), 2);
  ASSERT_OK(ReadRoot(299, tree.reader()));
  EXPECT_EQ(tree.reader()->reads(), 3);
}

TEST(ProofTest, PassesOnTheReadersError) {
  ProofTree tree(10);
  EXPECT_THAT(ProveInclusion({3, 16}, tree.reader()),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ProveConsistency({3, 16}, tree.reader()),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ReadRoot(16, tree.reader()),
              StatusIs(absl::StatusCode::kNotFound));
}

class ForgetfulReader : public HashReader {
 public:
  absl::StatusOr<std::vector<Hash>> ReadHashes(
      absl::Span<const NodeId> ids) override {
    return std::vector<Hash>(ids.size() - 1);
  }
};

TEST(ProofTest, AReaderThatLeavesNodesOutIsAnError) {
  ForgetfulReader reader;
  const auto incomplete =
      StatusHasReason(absl::StatusCode::kInternal, "NODES_READ_INCOMPLETE");
  EXPECT_THAT(ProveInclusion({3, 11}, &reader), incomplete);
  EXPECT_THAT(ProveConsistency({3, 11}, &reader), incomplete);
  EXPECT_THAT(ReadRoot(11, &reader), incomplete);
}

TEST(ReadRootTest, IsTheRootOfTheRfcAtEverySize) {
  ProofTree tree(kSmallSizeMax);
  for (uint64_t size = 0; size <= kSmallSizeMax; ++size) {
    EXPECT_THAT(ReadRoot(size, tree.reader()), IsOkAndHolds(tree.Root(size)));
  }
}

void ExpectSparse(uint64_t index, uint64_t size, SparseHashReader* tree,
                  std::mt19937_64* random) {
  SCOPED_TRACE(absl::StrCat(index, " of ", size));
  const Hash root = tree->Root(0, size);
  ASSERT_THAT(ReadRoot(size, tree), IsOkAndHolds(root));
  ASSERT_OK_AND_ASSIGN(const std::vector<Hash> path,
                       ProveInclusion({index, size}, tree));
  ASSERT_LE(path.size(), kProofHashesMax);
  ASSERT_OK(VerifyInclusion({index, size}, tree->Leaf(index), path, root));
  ForEachDamage(path, random, [&](const std::vector<Hash>& damaged) {
    EXPECT_THAT(
        VerifyInclusion({index, size}, tree->Leaf(index), damaged, root),
        kFalseInclusion);
  });
  if (index == 0) return;
  const TreeRange range = {index, size};
  const Hash old_root = tree->Root(0, index);
  ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof,
                       ProveConsistency(range, tree));
  ASSERT_OK(VerifyConsistency(range, old_root, root, proof));
  ForEachDamage(proof, random, [&](const std::vector<Hash>& damaged) {
    EXPECT_THAT(VerifyConsistency(range, old_root, root, damaged),
                kFalseConsistency);
  });
}

TEST(ProofTest, HoldsInTreesOfUpToTwoToThe40Leaves) {
  std::mt19937_64 random(5);
  std::set<uint64_t> marks;
  for (int bits = 1; bits <= 40; ++bits) {
    for (int i = 0; i < 4; ++i) marks.insert(random() >> (64 - bits));
  }
  SparseHashReader tree(marks);
  for (uint64_t mark : marks) {
    const uint64_t size = mark + 1 + random() % (uint64_t{1} << 40);
    ExpectSparse(mark, size, &tree, &random);
    ExpectSparse(mark, mark + 1, &tree, &random);
    if (HasFatalFailure()) return;
  }
}

TEST(ProofTest, HoldsAtTheEndsOfTheIntegers) {
  std::mt19937_64 random(6);
  const uint64_t half = uint64_t{1} << 63;
  SparseHashReader tree({0, 1, half - 1, half, kUint64Max - 2, kUint64Max - 1});
  for (uint64_t index : {uint64_t{0}, half - 1, half, kUint64Max - 2}) {
    ExpectSparse(index, kUint64Max - 1, &tree, &random);
  }
  ExpectSparse(kUint64Max - 1, kUint64Max, &tree, &random);
  ExpectSparse(half - 1, half, &tree, &random);
  ExpectSparse(half, half + 1, &tree, &random);
}

}  // namespace
}  // namespace annals::ledger
