// Every kind of damage to a store, found by the check and named.

#include "ledger/store_check.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "ledger/keys.h"
#include "tests/support/faulty_store.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"

namespace annals::ledger {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint64_t kEntries = 600;

class StoreCheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(harness_.Open());
    // Streams of several entries and of one.
    for (uint64_t i = 0; i < 5; ++i) {
      ASSERT_OK(harness_.Append(TestRequest(10000 + i, {"long", i})));
    }
    harness_.AppendSeeds(5, kEntries, 256);
    harness_.Close();
    auto verifier =
        NoteVerifier::Create(kTestOrigin, TestSigner('s')->public_key());
    ASSERT_OK(verifier);
    verifier_ = *std::move(verifier);
  }

  StoreCheckResult Check() {
    StoreCheckOptions options;
    options.threads = 3;
    auto result =
        CheckStore({&store_, &mark_, &*verifier_, &decoder_}, options);
    EXPECT_OK(result);
    return *std::move(result);
  }

  // One fault or more, the first of which says all of `parts`.
  void ExpectFault(const std::vector<std::string>& parts) {
    const StoreCheckResult result = Check();
    ASSERT_GE(result.faults.count(), 1u);
    const ErrorText& fault = result.faults.kept().front();
    for (const std::string& part : parts)
      EXPECT_THAT(fault.en, HasSubstr(part));
    EXPECT_THAT(fault.zh, HasSubstr("请"));
    for (const char* english : {"entry", "the ", "missing"}) {
      EXPECT_THAT(fault.zh, Not(HasSubstr(english)));
    }
  }

  // Changes or drops (empty value) rows of the index.
  void SetRow(const IndexRow& row) { ASSERT_OK(memory_.WriteIndexes({row})); }
  void DropRow(const std::string& key) {
    IndexScan scan;
    scan.limit = 1 << 20;
    auto rows = memory_.ScanIndex(scan);
    ASSERT_OK(rows);
    ASSERT_OK(memory_.ClearIndexes());
    std::erase_if(*rows,
                  [&key](const IndexRow& row) { return row.key == key; });
    ASSERT_OK(memory_.WriteIndexes(*rows));
  }

  MemoryStore memory_;
  FaultPlan no_fault_;
  FaultyStore store_{&memory_, &no_fault_};
  MemoryMark mark_;
  SimpleLeafDecoder decoder_;
  LedgerHarness harness_{&store_, &mark_};
  std::optional<NoteVerifier> verifier_;
};

TEST_F(StoreCheckTest, AWholeStoreHasNoFault) {
  const StoreCheckResult result = Check();
  EXPECT_EQ(result.entries, kEntries);
  EXPECT_EQ(result.faults.count(), 0u) << result.faults.kept().front().en;
}

TEST_F(StoreCheckTest, AChangedLeafIsNamed) {
  for (const uint64_t index : {uint64_t{7}, uint64_t{300}, kEntries - 1}) {
    SCOPED_TRACE(index);
    store_.DamageLeaf(index);
    const StoreCheckResult result = Check();
    EXPECT_THAT(result.faults.kept(),
                Contains(Field(&ErrorText::en,
                               HasSubstr(absl::StrCat("entry ", index)))));
    // And the root is no longer the one that was signed.
    EXPECT_THAT(result.faults.kept(),
                Contains(Field(&ErrorText::en, HasSubstr("the signed mark"))));
  }
}

TEST_F(StoreCheckTest, AChangedContentIsNamed) {
  store_.DamageContent(13);
  ExpectFault({"entry 13", "content hash: expected ", "restore"});
  EXPECT_EQ(Check().faults.count(), 1u);
}

// One block of the store: one fault, whatever lies in it.
TEST_F(StoreCheckTest, WhatCantBeReadIsOneFaultAndNamedOnce) {
  store_.LoseContents(10, 20);
  const StoreCheckResult result = Check();
  ASSERT_EQ(result.faults.count(), 1u);
  EXPECT_EQ(result.unreadable, 11u);
  const ErrorText& fault = result.faults.kept().front();
  EXPECT_EQ(fault.en,
            "entries 10–20: their contents can't be read: the store is "
            "damaged: bad block; nothing was repaired; restore the store from "
            "a backup");
  EXPECT_THAT(fault.zh, AllOf(HasSubstr("条目 10–20：内容无法读取"),
                              HasSubstr("bad block"), HasSubstr("恢复")));
  store_.LoseContents(1, 0);
  store_.LoseLeaves(7, 7);
  // Neither tile nor root nor the rows of the entry are at fault.
  EXPECT_THAT(
      Check().faults.kept(),
      ElementsAre(
          Field(&ErrorText::en, HasSubstr("entry 7: its leaf can't be read")),
          Field(&ErrorText::en,
                HasSubstr("indexes: not checked, because 1 leaf can"))));
}

// Nobody put back what can't be read.
TEST_F(StoreCheckTest, AnErasedContentThatCantBeReadAccusesNobody) {
  ASSERT_OK(harness_.Open());
  AppendRequest erasing = TestRequest(40003, {"erase-12", 0});
  erasing.erases = 12;
  ASSERT_OK(harness_.Append(erasing));
  harness_.Close();
  EXPECT_THAT(Check().erased, ElementsAre(ErasedEntry{12, kEntries}));
  store_.LoseContents(10, 20);
  const StoreCheckResult result = Check();
  EXPECT_EQ(result.faults.count(), 1u);
  EXPECT_THAT(result.faults.kept().front().en, HasSubstr("can't be read"));
  EXPECT_TRUE(result.erased.empty());
}

TEST_F(StoreCheckTest, AChangedTileIsNamed) {
  store_.DamageTile({0, 1});
  ExpectFault({"tile 1 of level 0", "the entries give", "stored is"});
  EXPECT_EQ(Check().faults.count(), 1u);
}

TEST_F(StoreCheckTest, AHashAboveTheBottomNamesItsEntries) {
  store_.DamageTile({1, 0});
  ExpectFault({"tile 0 of level 1", "hash 0 of the entries 0–255: the entries",
               "stored is"});
}

TEST_F(StoreCheckTest, AMissingTileIsNamed) {
  memory_.EraseTile({0, 0});
  memory_.EraseTile({1, 0});
  const StoreCheckResult result = Check();
  EXPECT_EQ(result.faults.count(), 2u);
  EXPECT_THAT(
      result.faults.kept(),
      AllOf(Contains(Field(&ErrorText::en, HasSubstr("tile 0 of level 0"))),
            Contains(Field(&ErrorText::en, HasSubstr("tile 0 of level 1")))));
}

TEST_F(StoreCheckTest, AChangedIndexRowIsNamed) {
  SetRow({StreamRowKey("long", 3), StreamRowValue({9, absl::UnixEpoch()})});
  ExpectFault({"entry 3", "says", "--rebuild_indexes"});
  EXPECT_EQ(Check().faults.count(), 1u);
}

TEST_F(StoreCheckTest, AChangedStreamHeadIsNamed) {
  SetRow({StreamHeadKey("long"), StreamHeadValue({4, 3})});
  ExpectFault({"the stream long", "says"});
}

TEST_F(StoreCheckTest, MissingIndexRowsAreNamed) {
  DropRow(StreamRowKey("long", 2));
  DropRow(StreamHeadKey("long"));
  DropRow(IndexMarkerKey());
  const StoreCheckResult result = Check();
  EXPECT_EQ(result.faults.count(), 3u);
  EXPECT_THAT(result.faults.kept().front().en,
              AllOf(HasSubstr("entry 2"), HasSubstr("is missing")));
}

TEST_F(StoreCheckTest, IndexRowsTooManyAreNamed) {
  const std::vector<IndexRow> surplus = {
      {StreamRowKey("long", 5), StreamRowValue({4, absl::UnixEpoch()})},
      {StreamRowKey("invented", 0), StreamRowValue({4, absl::UnixEpoch()})},
      {StreamHeadKey("invented"), StreamHeadValue({1, 4})},
      {RequestKey("nobody", "1"), RequestValue(4)},
      {OwnerRowKey("invented"), "long"},
      {OwnerRowKey("invented"), "no stream"},
      {"\x7f", "another table"}};
  for (const IndexRow& row : surplus) {
    SCOPED_TRACE(absl::StrCat(static_cast<int>(row.key[0])));
    SetRow(row);
    ExpectFault({"is one too many"});
    EXPECT_EQ(Check().faults.count(), 1u);
    DropRow(row.key);
    EXPECT_EQ(Check().faults.count(), 0u);
  }
}

TEST_F(StoreCheckTest, AHiddenRowBesideAnInventedOneIsNamed) {
  DropRow(StreamRowKey("long", 4));
  SetRow({StreamRowKey("long", 5), StreamRowValue({4, absl::UnixEpoch()})});
  const StoreCheckResult result = Check();
  EXPECT_EQ(result.faults.count(), 2u);
}

TEST_F(StoreCheckTest, AMarkOfOtherEntriesIsNamed) {
  auto signer = TestSigner('s');
  Hash root = {};
  auto note = SignNote(CheckpointText({kTestOrigin, kEntries, root}),
                       *verifier_, signer.get());
  ASSERT_OK(note);
  ASSERT_OK(mark_.Write(*note));
  ExpectFault({"root of the first 600 entries", "the signed mark says 0000"});
  note = SignNote(CheckpointText({kTestOrigin, kEntries + 1, root}), *verifier_,
                  signer.get());
  ASSERT_OK(note);
  ASSERT_OK(mark_.Write(*note));
  ExpectFault({"the store holds 600 entries, 601 were published"});
  ASSERT_OK(mark_.Write("no note"));
  ExpectFault({"published mark"});
}

TEST_F(StoreCheckTest, FaultsBeyondTheLimitAreCounted) {
  for (uint64_t index = 0; index < 20; ++index) store_.DamageLeaf(index);
  StoreCheckOptions options;
  options.faults_max = 2;
  ASSERT_OK_AND_ASSIGN(
      const StoreCheckResult result,
      CheckStore({&store_, &mark_, &*verifier_, &decoder_}, options));
  EXPECT_EQ(result.faults.kept().size(), 2u);
  EXPECT_GT(result.faults.count(), 2u);
}

TEST_F(StoreCheckTest, WhatElseIsWrongWithAContentIsAFault) {
  StoreCheckParts parts = {&store_, &mark_, &*verifier_, &decoder_, nullptr};
  parts.check_content = [](uint64_t index, absl::string_view leaf,
                           absl::string_view) {
    return index != 13 || leaf.empty()
               ? absl::OkStatus()
               : MakeError(absl::StatusCode::kDataLoss, "FALSE",
                           {"its signature is false", "签名不成立"});
  };
  auto result = CheckStore(parts, {});
  ASSERT_OK(result);
  ASSERT_EQ(result->faults.count(), 1u);
  EXPECT_THAT(result->faults.kept().front().en,
              AllOf(HasSubstr("entry 13"), HasSubstr("signature is false")));
}

}  // namespace
}  // namespace annals::ledger
