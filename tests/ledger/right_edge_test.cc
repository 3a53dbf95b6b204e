#include "ledger/right_edge.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/proof.h"
#include "ledger/store_verifier.h"
#include "ledger/tile_cache.h"
#include "ledger/tile_reader.h"
#include "tests/support/faulty_store.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"
#include "tests/support/rfc6962_reference.h"

namespace annals::ledger {
namespace {

// Above 65,536, so that tiles of level 1 fill.
constexpr uint64_t kLargeSize = 65536 + 256 + 3;

std::string Leaf(uint64_t index) { return absl::StrCat("leaf ", index); }

// Appends leaves to `store` and `edge` as the sequencer does, in batches.
void Grow(uint64_t size, uint64_t batch_size, Store* store, RightEdge* edge) {
  while (edge->size() < size) {
    const uint64_t old_size = edge->size();
    Batch batch;
    while (edge->size() < std::min(size, old_size + batch_size)) {
      batch.entries.push_back({Leaf(edge->size()), {}});
      edge->Append(LeafHash(Leaf(edge->size())), &batch.tiles);
    }
    for (StoredTile& tile : edge->TilesGrownSince(old_size)) {
      batch.tiles.push_back(std::move(tile));
    }
    ASSERT_OK_AND_ASSIGN(const StoreHead head, store->Head());
    ASSERT_OK(store->AppendBatch(head, batch));
  }
}

std::vector<std::string> Leaves(uint64_t size) {
  std::vector<std::string> leaves;
  for (uint64_t i = 0; i < size; ++i) leaves.push_back(Leaf(i));
  return leaves;
}

TEST(RightEdgeTest, TheEmptyTreeHasTheEmptyRoot) {
  MemoryStore store;
  EXPECT_EQ(RightEdge().Root(), EmptyRoot());
  ASSERT_OK_AND_ASSIGN(const RightEdge edge, RightEdge::Read(0, &store));
  EXPECT_EQ(edge.size(), 0u);
  EXPECT_EQ(edge.Root(), EmptyRoot());
}

TEST(RightEdgeTest, ReadsTheEdgeOfEverySmallerTree) {
  constexpr uint64_t kSize = 600;
  MemoryStore store;
  RightEdge edge;
  Grow(kSize, 7, &store, &edge);
  Rfc6962Reference reference(Leaves(kSize));
  for (uint64_t size = 0; size <= kSize; ++size) {
    ASSERT_OK_AND_ASSIGN(const RightEdge read, RightEdge::Read(size, &store));
    ASSERT_EQ(read.size(), size);
    ASSERT_EQ(HashBytes(read.Root()), reference.Mth(0, size)) << size;
  }
}

TEST(RightEdgeTest, EveryNodeReadsAsTheReferenceHasIt) {
  constexpr uint64_t kSize = 700;
  MemoryStore store;
  RightEdge edge;
  Grow(kSize, 256, &store, &edge);
  Rfc6962Reference reference(Leaves(kSize));
  TileReader reader(&edge, &store, /*cache=*/nullptr);
  for (int level = 0; (kSize >> level) > 0; ++level) {
    for (uint64_t index = 0; index < kSize >> level; ++index) {
      const NodeId id{level, index};
      ASSERT_OK_AND_ASSIGN(const std::vector<Hash> hashes,
                           reader.ReadHashes({id}));
      ASSERT_EQ(HashBytes(hashes[0]),
                reference.Mth(index << level, (index + 1) << level))
          << level << "/" << index;
    }
  }
}

TEST(RightEdgeTest, ALargeTreeProvesAcrossTileLevels) {
  MemoryStore store;
  RightEdge edge;
  Grow(kLargeSize, 1000, &store, &edge);
  ASSERT_OK_AND_ASSIGN(const std::string tile, store.ReadTile({1, 0}));
  EXPECT_EQ(tile.size(), 16320u);
  for (uint64_t index :
       {uint64_t{0}, uint64_t{255}, uint64_t{256}, uint64_t{40000},
        uint64_t{65535}, uint64_t{65536}, kLargeSize - 1}) {
    for (uint64_t size : {kLargeSize, uint64_t{65537}, index + 1}) {
      if (size <= index) continue;
      TileReader reader(&edge, &store, /*cache=*/nullptr);
      ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof,
                           ProveInclusion({index, size}, &reader));
      ASSERT_OK_AND_ASSIGN(const Hash root, ReadRoot(size, &reader));
      EXPECT_OK(
          VerifyInclusion({index, size}, LeafHash(Leaf(index)), proof, root));
    }
  }
  ASSERT_OK_AND_ASSIGN(const RightEdge read,
                       RightEdge::Read(kLargeSize, &store));
  EXPECT_EQ(read.Root(), edge.Root());
}

TEST(RightEdgeTest, WhatIsKeptOfATileIsWhatTheStoreHas) {
  constexpr uint64_t kSize = 1100;
  MemoryStore store;
  RightEdge edge;
  Grow(kSize, 256, &store, &edge);
  TileCache cache;
  for (int round = 0; round < 2; ++round) {
    for (uint64_t index = 0; index < kSize; index += 51) {
      TileReader reader(&edge, &store, &cache);
      ASSERT_OK_AND_ASSIGN(const std::vector<Hash> hashes,
                           reader.ReadHashes({{0, index}}));
      ASSERT_EQ(hashes[0], LeafHash(Leaf(index))) << index;
    }
  }
  // One that is kept is not read again; another tile takes its slot.
  store.EraseTile({0, 1});
  TileReader reader(&edge, &store, &cache);
  EXPECT_OK(reader.ReadHashes({{0, 256}}));
  EXPECT_EQ(cache.Find({0, 1 + 512}), nullptr);
  cache.Keep({0, 1 + 512}, std::make_shared<const std::string>("other"));
  EXPECT_EQ(*cache.Find({0, 1 + 512}), "other");
  EXPECT_EQ(cache.Find({0, 1}), nullptr);
}

TEST(RightEdgeTest, AMissingTileIsNamed) {
  MemoryStore store;
  RightEdge edge;
  Grow(600, 256, &store, &edge);
  store.EraseTile({0, 1});
  store.EraseTile({0, 2});
  EXPECT_THAT(RightEdge::Read(600, &store),
              StatusHasReason(absl::StatusCode::kDataLoss, "TILE_DAMAGED"));
  TileReader reader(&edge, &store, /*cache=*/nullptr);
  EXPECT_THAT(reader.ReadHashes({{0, 256}}),
              StatusHasReason(absl::StatusCode::kDataLoss, "TILE_DAMAGED"));
  EXPECT_OK(reader.ReadHashes({{0, 0}, {0, 599}}));
}

TEST(StoreVerifierTest, AcceptsWhatTheStoreHolds) {
  MemoryStore store;
  RightEdge edge;
  Grow(600, 100, &store, &edge);
  for (uint64_t begin : {0, 1, 255, 256, 300, 600}) {
    ASSERT_OK_AND_ASSIGN(RightEdge verified, RightEdge::Read(begin, &store));
    EXPECT_OK(VerifyStoredLeaves(600, &store, &verified));
    EXPECT_EQ(verified.Root(), edge.Root());
  }
}

TEST(StoreVerifierTest, FindsAFlippedBitInLeafOrTile) {
  MemoryStore store;
  RightEdge edge;
  Grow(600, 100, &store, &edge);
  for (uint64_t index : {0, 255, 256, 599}) {
    FaultPlan none;
    FaultyStore faulty(&store, &none);
    faulty.DamageLeaf(index);
    RightEdge verified;
    EXPECT_THAT(VerifyStoredLeaves(600, &faulty, &verified),
                StatusHasReason(absl::StatusCode::kDataLoss, "TILE_DAMAGED"))
        << index;
  }
  for (const TileId& id : {TileId{0, 0}, TileId{0, 2}, TileId{1, 0}}) {
    FaultPlan none;
    FaultyStore faulty(&store, &none);
    faulty.DamageTile(id);
    RightEdge verified;
    EXPECT_THAT(VerifyStoredLeaves(600, &faulty, &verified),
                StatusHasReason(absl::StatusCode::kDataLoss, "TILE_DAMAGED"));
  }
}

TEST(StoreVerifierTest, FindsAMissingLeaf) {
  MemoryStore store;
  RightEdge edge;
  Grow(10, 10, &store, &edge);
  RightEdge verified;
  EXPECT_THAT(VerifyStoredLeaves(11, &store, &verified),
              StatusHasReason(absl::StatusCode::kDataLoss, "LEAF_MISSING"));
}

}  // namespace
}  // namespace annals::ledger
