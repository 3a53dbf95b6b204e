// One suite for every store.

#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/right_edge.h"
#include "ledger/rocksdb_store.h"
#include "ledger/store.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

class MemoryMaker {
 public:
  std::unique_ptr<Store> Make() { return std::make_unique<MemoryStore>(); }
};

class RocksDbMaker {
 public:
  std::unique_ptr<Store> Make() {
    auto store = OpenRocksDbStore(directory_.Path("db"), RocksDbOptions());
    EXPECT_OK(store);
    return *std::move(store);
  }

 private:
  TempDir directory_;
};

template <typename Maker>
class StoreContractTest : public ::testing::Test {
 protected:
  Batch MakeBatch(uint64_t begin, uint64_t end) {
    Batch batch;
    for (uint64_t i = begin; i < end; ++i) {
      StoredEntry entry;
      entry.leaf = absl::StrCat("leaf ", i);
      entry.content.salt.fill(static_cast<uint8_t>(i));
      entry.content.content = std::string(i % 3, 'c');
      batch.entries.push_back(entry);
    }
    return batch;
  }

  absl::Status AppendAtHead(const Batch& batch) {
    ASSIGN_OR_RETURN(const StoreHead head, store_->Head());
    return store_->AppendBatch(head, batch);
  }

  std::vector<std::string> ScannedKeys(const IndexScan& scan) {
    const auto rows = store_->ScanIndex(scan);
    EXPECT_OK(rows);
    std::vector<std::string> keys;
    for (const IndexRow& row : *rows) keys.push_back(row.key);
    return keys;
  }

  Maker maker_;
  std::unique_ptr<Store> store_ = maker_.Make();
};

using Makers = ::testing::Types<MemoryMaker, RocksDbMaker>;
TYPED_TEST_SUITE(StoreContractTest, Makers);

TYPED_TEST(StoreContractTest, BeginsEmpty) {
  EXPECT_THAT(this->store_->Head(), IsOkAndHolds(StoreHead{0, 0}));
  EXPECT_THAT(this->store_->ReadLeaf(0),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(this->store_->ReadContent(0),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(this->store_->ReadTile({0, 0}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(this->store_->ReadIndex("key"), IsOkAndHolds(std::nullopt));
}

TYPED_TEST(StoreContractTest, ReadsWhatWasAppended) {
  Batch batch = this->MakeBatch(0, 5);
  batch.tiles = {{{0, 0}, std::string(5 * kHashBytes, 't')}};
  batch.index_rows = {{"a", "1"}, {"b", ""}};
  ASSERT_OK(this->AppendAtHead(batch));
  ASSERT_OK(this->AppendAtHead(this->MakeBatch(5, 6)));

  EXPECT_THAT(this->store_->Head(), IsOkAndHolds(StoreHead{6, 0}));
  for (uint64_t i = 0; i < 6; ++i) {
    EXPECT_THAT(this->store_->ReadLeaf(i),
                IsOkAndHolds(absl::StrCat("leaf ", i)));
    ASSERT_OK_AND_ASSIGN(const StoredContent content,
                         this->store_->ReadContent(i));
    EXPECT_EQ(content.salt[0], i);
    EXPECT_EQ(content.salt[31], i);
    EXPECT_EQ(content.content, std::string(i % 3, 'c'));
  }
  EXPECT_THAT(this->store_->ReadLeaf(6),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(this->store_->ReadTile({0, 0}),
              IsOkAndHolds(std::string(5 * kHashBytes, 't')));
  EXPECT_THAT(this->store_->ReadIndex("a"),
              IsOkAndHolds(Optional(std::string("1"))));
  EXPECT_THAT(this->store_->ReadIndexes({"b", "none", "a", "a"}),
              IsOkAndHolds(ElementsAre("", std::nullopt, "1", "1")));
  EXPECT_THAT(this->store_->ReadIndex("b"),
              IsOkAndHolds(Optional(std::string())));
  // What was just written is in memory.
  EXPECT_THAT(this->store_->PeekIndex("a"),
              IsOkAndHolds(Optional(std::string("1"))));
}

TYPED_TEST(StoreContractTest, ABatchErasesContentsForGood) {
  ASSERT_OK(this->AppendAtHead(this->MakeBatch(0, 4)));
  Batch batch = this->MakeBatch(4, 6);
  batch.erased_contents = {1, 5};  // Of an earlier batch, and of this one.
  ASSERT_OK(this->AppendAtHead(batch));
  for (int round = 0; round < 3; ++round) {
    for (uint64_t i : {uint64_t{1}, uint64_t{5}}) {
      EXPECT_THAT(this->store_->ReadContent(i),
                  StatusIs(absl::StatusCode::kNotFound));
      EXPECT_THAT(this->store_->ReadLeaf(i),
                  IsOkAndHolds(absl::StrCat("leaf ", i)));
    }
    for (uint64_t i : {uint64_t{0}, uint64_t{2}, uint64_t{3}, uint64_t{4}}) {
      EXPECT_OK(this->store_->ReadContent(i));
    }
    EXPECT_THAT(this->store_->ReadContent(6),
                StatusIs(absl::StatusCode::kOutOfRange));
    ASSERT_OK(this->store_->PurgeErased());
  }
  ASSERT_OK(this->AppendAtHead(this->MakeBatch(6, 7)));
  EXPECT_OK(this->store_->ReadContent(6));
}

TYPED_TEST(StoreContractTest, ABatchOnAWrongConditionErasesNothing) {
  ASSERT_OK(this->AppendAtHead(this->MakeBatch(0, 2)));
  Batch batch = this->MakeBatch(2, 3);
  batch.erased_contents = {1};
  ASSERT_THAT(this->store_->AppendBatch({1, 0}, batch),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_OK(this->store_->ReadContent(1));
}

TYPED_TEST(StoreContractTest, ATileGrowsUntilItIsFull) {
  const std::vector<size_t> hashes = {1, 255, kFullTileHashes};
  for (size_t count : hashes) {
    Batch batch;
    batch.tiles = {{{0, 3}, std::string(count * kHashBytes, 't')}};
    ASSERT_OK(this->AppendAtHead(batch));
    EXPECT_THAT(this->store_->ReadTile({0, 3}),
                IsOkAndHolds(std::string(count * kHashBytes, 't')));
  }
  EXPECT_THAT(this->store_->ReadTile({1, 3}),
              StatusIs(absl::StatusCode::kNotFound));
}

TYPED_TEST(StoreContractTest, ATileOfImpossibleLengthIsDamaged) {
  for (size_t bytes : {size_t{0}, kHashBytes - 1, kHashBytes + 1,
                       256 * kHashBytes, kFullTileBytes + kHashBytes}) {
    Batch batch;
    batch.tiles = {{{0, 0}, std::string(bytes, 't')}};
    ASSERT_OK(this->AppendAtHead(batch));
    EXPECT_THAT(this->store_->ReadTile({0, 0}),
                StatusHasReason(absl::StatusCode::kDataLoss, "TILE_DAMAGED"))
        << bytes;
  }
}

TYPED_TEST(StoreContractTest, ABatchOnAWrongConditionWritesNothing) {
  ASSERT_OK(this->AppendAtHead(this->MakeBatch(0, 2)));
  Batch batch = this->MakeBatch(2, 3);
  batch.index_rows = {{"key", "value"}};
  batch.tiles = {{{0, 0}, std::string(kHashBytes, 't')}};
  for (const StoreHead& condition :
       {StoreHead{1, 0}, StoreHead{3, 0}, StoreHead{2, 1}}) {
    EXPECT_THAT(
        this->store_->AppendBatch(condition, batch),
        StatusHasReason(absl::StatusCode::kFailedPrecondition, "STORE_MOVED"));
  }
  EXPECT_THAT(this->store_->Head(), IsOkAndHolds(StoreHead{2, 0}));
  EXPECT_THAT(this->store_->ReadLeaf(2),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(this->store_->ReadIndex("key"), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(this->store_->ReadTile({0, 0}),
              StatusIs(absl::StatusCode::kNotFound));
}

TYPED_TEST(StoreContractTest, ANewEpochShutsOutTheOldOne) {
  ASSERT_OK_AND_ASSIGN(const StoreHead first, this->store_->BeginEpoch());
  EXPECT_EQ(first, (StoreHead{0, 1}));
  ASSERT_OK(this->store_->AppendBatch(first, this->MakeBatch(0, 1)));
  ASSERT_OK_AND_ASSIGN(const StoreHead second, this->store_->BeginEpoch());
  EXPECT_EQ(second, (StoreHead{1, 2}));
  EXPECT_THAT(this->store_->AppendBatch({1, 1}, this->MakeBatch(1, 2)),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_OK(this->store_->AppendBatch(second, this->MakeBatch(1, 2)));
}

TYPED_TEST(StoreContractTest, ScansAPrefixBothWays) {
  const std::string last(1, '\xFF');
  ASSERT_OK(this->store_->WriteIndexes({{"a", ""},
                                        {"b", ""},
                                        {"b1", ""},
                                        {"b2", ""},
                                        {"b3", ""},
                                        {"c", ""},
                                        {last, ""},
                                        {last + "x", ""}}));
  EXPECT_THAT(this->ScannedKeys({.prefix = "b", .limit = 10}),
              ElementsAre("b", "b1", "b2", "b3"));
  EXPECT_THAT(this->ScannedKeys({.prefix = "b", .limit = 2}),
              ElementsAre("b", "b1"));
  EXPECT_THAT(
      this->ScannedKeys({.prefix = "b", .after_key = "b1", .limit = 10}),
      ElementsAre("b2", "b3"));
  EXPECT_THAT(
      this->ScannedKeys({.prefix = "b", .after_key = "b15", .limit = 10}),
      ElementsAre("b2", "b3"));
  EXPECT_THAT(
      this->ScannedKeys({.prefix = "b", .limit = 10, .descending = true}),
      ElementsAre("b3", "b2", "b1", "b"));
  EXPECT_THAT(
      this->ScannedKeys(
          {.prefix = "b", .after_key = "b2", .limit = 10, .descending = true}),
      ElementsAre("b1", "b"));
  EXPECT_THAT(
      this->ScannedKeys({.prefix = "b", .after_key = "b3", .limit = 10}),
      IsEmpty());
  EXPECT_THAT(this->ScannedKeys({.prefix = "b", .after_key = "a", .limit = 10}),
              ElementsAre("b", "b1", "b2", "b3"));
  EXPECT_THAT(this->ScannedKeys({.prefix = "x", .limit = 10}), IsEmpty());
  EXPECT_THAT(this->ScannedKeys({.prefix = last, .limit = 10}),
              ElementsAre(last, last + "x"));
  EXPECT_THAT(
      this->ScannedKeys({.prefix = last, .limit = 1, .descending = true}),
      ElementsAre(last + "x"));
  EXPECT_THAT(this->ScannedKeys({.prefix = "", .limit = 3}),
              ElementsAre("a", "b", "b1"));
  EXPECT_THAT(this->store_->ScanIndex({.prefix = "b"}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TYPED_TEST(StoreContractTest, IndexesAreReplacedAndCleared) {
  ASSERT_OK(this->store_->WriteIndexes({{"a", "1"}, {"b", "2"}}));
  ASSERT_OK(this->store_->WriteIndexes({{"a", "3"}}));
  EXPECT_THAT(this->store_->ReadIndex("a"),
              IsOkAndHolds(Optional(std::string("3"))));
  ASSERT_OK(this->AppendAtHead(this->MakeBatch(0, 1)));
  ASSERT_OK(this->store_->ClearIndexes());
  EXPECT_THAT(this->store_->ReadIndex("a"), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(this->ScannedKeys({.prefix = "", .limit = 10}), IsEmpty());
  EXPECT_OK(this->store_->ReadLeaf(0));
  ASSERT_OK(this->store_->WriteIndexes({{"c", "4"}}));
  EXPECT_THAT(this->ScannedKeys({.prefix = "", .limit = 10}), ElementsAre("c"));
}

// Appends until a file may not grow any further, as on a full disk, and closes.
// Exits with 0 if a write failed, and later ones were refused.
void FillTheDiskAndClose(const std::string& path) {
  auto store = OpenRocksDbStore(path, RocksDbOptions());
  if (!store.ok()) std::exit(2);
  Batch batch;
  batch.entries.resize(1);
  batch.entries[0].content.content = std::string(100'000, 'c');
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit = {1 << 20, 1 << 20};
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) std::exit(3);
  int failures = 0;
  for (int i = 0; i < 15; ++i) {
    const absl::StatusOr<StoreHead> head = (*store)->Head();
    if (!head.ok()) std::exit(4);
    if (!(*store)->AppendBatch(*head, batch).ok()) ++failures;
  }
  store->reset();
  std::error_code error;
  std::filesystem::remove_all(path, error);
  std::exit(failures > 1 ? 0 : 5);
}

TEST(RocksDbStoreDeathTest, ClosesAfterAWriteThatFailed) {
  // Executes the program anew: RocksDB's threads don't outlive a fork.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  TempDir directory;
  EXPECT_EXIT(FillTheDiskAndClose(directory.Path("db")),
              ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace annals::ledger
