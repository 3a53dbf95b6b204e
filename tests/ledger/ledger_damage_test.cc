// What the ledger does with damaged leaves, contents, tiles and index rows, and
// with rows that are ahead of the published checkpoint.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/keys.h"
#include "ledger/ledger.h"
#include "tests/support/faulty_store.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"

namespace annals::ledger {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class LedgerDamageTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK(harness_.Open()); }
  Ledger& ledger() { return harness_.ledger(); }

  MemoryStore memory_;
  FaultPlan no_fault_;
  FaultyStore store_{&memory_, &no_fault_};
  MemoryMark mark_;
  LedgerHarness harness_{&store_, &mark_};
};

const auto EntryIsDamaged = [] {
  return StatusHasReason(absl::StatusCode::kDataLoss, "ENTRY_DAMAGED");
};

TEST_F(LedgerDamageTest, ADamagedLeafIsNeverServed) {
  harness_.AppendSeeds(0, 300, 256);
  for (uint64_t index : {7, 299}) {
    store_.DamageLeaf(index);
    const auto entry = ledger().ReadEntry(index, false);
    EXPECT_THAT(entry, EntryIsDamaged());
    EXPECT_THAT(std::string(entry.status().message()),
                HasSubstr(absl::StrCat("entry ", index, " ")));
    EXPECT_THAT(ledger().ReadProvenEntry({index, 300}, false),
                EntryIsDamaged());
  }
  EXPECT_OK(ledger().ReadEntry(7, true));
}

TEST_F(LedgerDamageTest, ADamagedContentIsNeverServed) {
  harness_.AppendSeeds(0, 3, 3);
  store_.DamageContent(1);
  EXPECT_THAT(ledger().ReadEntry(1, true), EntryIsDamaged());
  EXPECT_OK(ledger().ReadEntry(1, false));
  EXPECT_OK(ledger().ReadEntry(0, true));
}

TEST_F(LedgerDamageTest, ADamagedTileIsNoticedByItsEntries) {
  harness_.AppendSeeds(0, 300, 256);
  store_.DamageTile({0, 0});
  EXPECT_THAT(ledger().ReadEntry(0, false), EntryIsDamaged());
  EXPECT_OK(ledger().ReadEntry(256, false));
  memory_.EraseTile({0, 0});
  EXPECT_THAT(ledger().ReadEntry(1, false), EntryIsDamaged());
}

TEST_F(LedgerDamageTest, AnUnreadableStoreRefusesOneRequestAndRecordsNothing) {
  harness_.AppendSeeds(0, 3, 3);
  store_.FailReads();
  EXPECT_THAT(
      harness_.Append(TestRequest(3)),
      StatusHasReason(absl::StatusCode::kUnavailable, "STORE_IO_ERROR"));
  EXPECT_THAT(
      ledger().ReadEntry(0, true),
      StatusHasReason(absl::StatusCode::kUnavailable, "STORE_IO_ERROR"));
  // Nothing was written, so nothing is unknown.
  EXPECT_OK(ledger().WriteStatus());
  EXPECT_EQ(ledger().checkpoint()->checkpoint.size, 3u);
}

TEST_F(LedgerDamageTest, BrokenIndexRowsAreNamed) {
  ASSERT_OK(harness_.Append(TestRequest(0, {"s", 0})));
  ASSERT_OK(harness_.Append(TestRequest(1, {"t", 0})));
  const auto damaged =
      StatusHasReason(absl::StatusCode::kDataLoss, "INDEX_DAMAGED");
  ASSERT_OK(memory_.WriteIndexes(
      {{StreamHeadKey("s"), "short"},
       {StreamRowKey("s", 0), "short"},
       {RequestKey("caller-0", "request-0"), "x"},
       {RequestKey("caller-1", "request-1"), RequestValue(0)}}));
  EXPECT_THAT(ledger().LengthOf("s"), damaged);
  EXPECT_THAT(ledger().ReadStream({"s", 0, 9}), damaged);
  EXPECT_THAT(ledger().FindRequest("caller-0", "request-0", Sha256("digest 0")),
              damaged);
  EXPECT_THAT(ledger().FindRequest("caller-1", "request-1", Sha256("digest 1")),
              damaged);
  EXPECT_THAT(harness_.Append(TestRequest(1, {"t", 0})), damaged);
}

TEST_F(LedgerDamageTest, RowsOfUnpublishedEntriesAreNotSeen) {
  for (uint64_t i = 0; i < 5; ++i) {
    ASSERT_OK(harness_.Append(TestRequest(i, {"s", i})));
  }
  // As they stand between the write of a batch and its publication.
  std::vector<IndexRow> rows = {
      {StreamHeadKey("s"), StreamHeadValue({8, 7})},
      {StreamHeadKey("new"), StreamHeadValue({1, 8})},
      {StreamRowKey("new", 0), StreamRowValue({8, absl::UnixEpoch()})},
      {RequestKey("caller-0", "request-9"), RequestValue(8)}};
  for (uint64_t i = 5; i < 8; ++i) {
    rows.push_back(
        {StreamRowKey("s", i), StreamRowValue({i, absl::UnixEpoch()})});
  }
  ASSERT_OK(memory_.WriteIndexes(rows));
  EXPECT_THAT(ledger().LengthOf("s"), IsOkAndHolds(5u));
  EXPECT_THAT(ledger().LengthOf("new"), IsOkAndHolds(0u));
  EXPECT_THAT(ledger().ReadStream({"s", 0, 99}), IsOkAndHolds(SizeIs(5)));
  EXPECT_THAT(ledger().ReadStream({"new", 0, 99}), IsOkAndHolds(SizeIs(0)));
  EXPECT_THAT(ledger().FindRequest("caller-0", "request-9", Sha256("digest 9")),
              IsOkAndHolds(Eq(std::nullopt)));
}

}  // namespace
}  // namespace annals::ledger
