#include "ledger/tree.h"

#include <bit>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_hash_reader.h"
#include "tests/support/rfc6962_reference.h"
#include "tests/support/rfc6962_vectors.h"

namespace annals::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr uint64_t kSmallSizeMax = 300;
constexpr uint64_t kUint64Max = std::numeric_limits<uint64_t>::max();

std::vector<std::string> Leaves(uint64_t count) {
  std::vector<std::string> leaves;
  for (uint64_t i = 0; i < count; ++i) leaves.push_back(LeafForTest(i));
  return leaves;
}

TEST(FrontierNodesTest, AreThoseOfThePicture) {
  EXPECT_THAT(FrontierNodes(0), IsEmpty());
  EXPECT_THAT(FrontierNodes(1), ElementsAre(NodeId{0, 0}));
  EXPECT_THAT(FrontierNodes(8), ElementsAre(NodeId{3, 0}));
  EXPECT_THAT(FrontierNodes(11),
              ElementsAre(NodeId{3, 0}, NodeId{1, 4}, NodeId{0, 10}));
}

void ExpectFrontierCovers(uint64_t size) {
  uint64_t next = 0;
  int level_above = 64;
  for (const NodeId& node : FrontierNodes(size)) {
    ASSERT_LT(node.level, level_above) << size;
    ASSERT_EQ(node.index << node.level, next) << size;
    next += uint64_t{1} << node.level;
    level_above = node.level;
  }
  ASSERT_EQ(next, size);
}

TEST(FrontierNodesTest, CoverEveryLeafOnceFromLargestToSmallest) {
  for (uint64_t size = 0; size <= kSmallSizeMax; ++size) {
    ExpectFrontierCovers(size);
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 1000; ++i) ExpectFrontierCovers(random());
  ExpectFrontierCovers(kUint64Max);
}

TEST(TileEntriesTest, CountTheBottomRow) {
  EXPECT_EQ(TileEntries({0, 0}, 0), 0u);
  EXPECT_EQ(TileEntries({0, 0}, 1), 1u);
  EXPECT_EQ(TileEntries({0, 0}, 255), 255u);
  EXPECT_EQ(TileEntries({0, 0}, 256), 256u);
  EXPECT_EQ(TileEntries({0, 1}, 256), 0u);
  EXPECT_EQ(TileEntries({0, 1}, 257), 1u);
  EXPECT_EQ(TileEntries({1, 0}, 255), 0u);
  EXPECT_EQ(TileEntries({1, 0}, 256), 1u);
  EXPECT_EQ(TileEntries({1, 0}, 70000), 273u - 17u);
  EXPECT_EQ(TileEntries({1, 1}, 70000), 17u);
  EXPECT_EQ(TileEntries({2, 0}, 70000), 1u);
  EXPECT_EQ(TileEntries({2, 0}, 65535), 0u);
}

TEST(TileEntriesTest, HoldAtTheEndsOfTheIntegers) {
  EXPECT_EQ(TileEntries({7, 0}, kUint64Max), 255u);
  EXPECT_EQ(TileEntries({8, 0}, kUint64Max), 0u);
  EXPECT_EQ(TileEntries({0, kUint64Max}, kUint64Max), 0u);
  EXPECT_EQ(TileEntries({0, kUint64Max / 256}, kUint64Max), 255u);
  EXPECT_EQ(TileEntries({0, uint64_t{1} << 56}, 256), 0u);
}

TEST(TileEntriesTest, AddUpToTheNodesOfTheLevel) {
  for (uint64_t size : {0u, 1u, 255u, 256u, 257u, 70000u, 131072u}) {
    for (int tile_level = 0; tile_level < 3; ++tile_level) {
      uint64_t sum = 0;
      for (uint64_t i = 0; i <= size / kTileWidth + 1; ++i) {
        sum += TileEntries({tile_level, i}, size);
      }
      EXPECT_EQ(sum, size >> (8 * tile_level)) << size << " " << tile_level;
    }
  }
}

TEST(TileOfTest, IsTheTileOfTheNodesBottomRow) {
  EXPECT_EQ(TileOf({0, 0}), (TileId{0, 0}));
  EXPECT_EQ(TileOf({0, 255}), (TileId{0, 0}));
  EXPECT_EQ(TileOf({0, 256}), (TileId{0, 1}));
  EXPECT_EQ(TileOf({7, 1}), (TileId{0, 0}));
  EXPECT_EQ(TileOf({7, 2}), (TileId{0, 1}));
  EXPECT_EQ(TileOf({8, 0}), (TileId{1, 0}));
  EXPECT_EQ(TileOf({8, 256}), (TileId{1, 1}));
  EXPECT_EQ(TileOf({15, 3}), (TileId{1, 1}));
  EXPECT_EQ(TileOf({16, 0}), (TileId{2, 0}));
}

TEST(TileOfTest, HoldsEveryBottomNodeBelowTheNode) {
  for (int level = 0; level < 24; ++level) {
    for (uint64_t index : {0u, 1u, 2u, 3u, 255u, 256u, 1000u, 65535u}) {
      const TileId tile = TileOf({level, index});
      const int height = level - 8 * tile.tile_level;
      ASSERT_GE(height, 0);
      ASSERT_LT(height, 8);
      const uint64_t first = index << height;
      const uint64_t last = ((index + 1) << height) - 1;
      EXPECT_EQ(first / 256, tile.tile_index) << level << " " << index;
      EXPECT_EQ(last / 256, tile.tile_index) << level << " " << index;
    }
  }
}

TEST(FrontierTest, HasThePublishedRoots) {
  const Rfc6962Vectors vectors = LoadRfc6962Vectors();
  ASSERT_EQ(vectors.roots.size(), 9u);
  Frontier frontier;
  EXPECT_EQ(frontier.Root(), vectors.roots.at(0));
  for (const Hash& leaf_hash : vectors.leaf_hashes) {
    frontier.Append(leaf_hash, [](const NodeId&, const Hash&) {});
    EXPECT_EQ(frontier.Root(), vectors.roots.at(frontier.size()));
  }
}

TEST(FrontierTest, HasTheRootsOfTheRfcAtEverySize) {
  Rfc6962Reference reference(Leaves(kSmallSizeMax));
  Frontier frontier;
  for (uint64_t size = 0; size <= kSmallSizeMax; ++size) {
    ASSERT_EQ(frontier.size(), size);
    ASSERT_EQ(HashBytes(frontier.Root()), reference.Mth(0, size)) << size;
    frontier.Append(LeafHash(LeafForTest(size)),
                    [](const NodeId&, const Hash&) {});
  }
}

TEST(FrontierTest, VisitsEveryCompleteSubtreeOnceFromTheLeafUpwards) {
  Rfc6962Reference reference(Leaves(kSmallSizeMax));
  Frontier frontier;
  for (uint64_t leaf = 0; leaf < kSmallSizeMax; ++leaf) {
    int level = 0;
    frontier.Append(LeafHash(LeafForTest(leaf)),
                    [&](const NodeId& id, const Hash& hash) {
                      const uint64_t begin = id.index << id.level;
                      const uint64_t end = (id.index + 1) << id.level;
                      EXPECT_EQ(id.level, level++);
                      EXPECT_EQ(end, leaf + 1);
                      EXPECT_EQ(HashBytes(hash), reference.Mth(begin, end));
                    });
    // Leaf i completes a node for each factor 2 of i + 1, and its own.
    EXPECT_EQ(level, 1 + std::countr_zero(leaf + 1));
  }
}

TEST(FrontierTest, GoesOnWhereItWasSaved) {
  Frontier whole;
  const auto ignore = [](const NodeId&, const Hash&) {};
  for (uint64_t size = 0; size <= kSmallSizeMax; ++size) {
    ASSERT_OK_AND_ASSIGN(Frontier resumed,
                         Frontier::FromHashes(size, whole.hashes()));
    const Hash next = LeafHash(LeafForTest(size));
    resumed.Append(next, ignore);
    whole.Append(next, ignore);
    ASSERT_EQ(resumed.Root(), whole.Root()) << size;
    ASSERT_EQ(resumed.size(), whole.size());
    ASSERT_EQ(resumed.hashes(), whole.hashes());
  }
}

TEST(FrontierTest, RefusesAWrongNumberOfHashes) {
  const auto refused = StatusHasReason(absl::StatusCode::kInvalidArgument,
                                       "FRONTIER_LENGTH_WRONG");
  EXPECT_THAT(Frontier::FromHashes(11, std::vector<Hash>(2)), refused);
  EXPECT_THAT(Frontier::FromHashes(11, std::vector<Hash>(4)), refused);
  EXPECT_THAT(Frontier::FromHashes(0, std::vector<Hash>(1)), refused);
  EXPECT_THAT(Frontier::FromHashes(11, std::vector<Hash>(3)), IsOk());
}

TEST(RootFromFrontierTest, OfNothingIsTheEmptyRoot) {
  EXPECT_EQ(RootFromFrontier({}), EmptyRoot());
}

}  // namespace
}  // namespace annals::ledger
