// What the ledger does with damaged leaves, contents, tiles and index rows, and
// with rows that are ahead of the published checkpoint.

#include <string>
#include <utility>
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
  harness_.AppendSeeds(0, 600, 256);
  store_.DamageTile({0, 0});
  EXPECT_THAT(ledger().ReadEntry(0, false), EntryIsDamaged());
  EXPECT_THAT(ledger().ReadLeaf(0), EntryIsDamaged());
  EXPECT_OK(ledger().ReadLeaf(512));
  memory_.EraseTile({0, 1});
  EXPECT_THAT(ledger().ReadEntry(256, false), EntryIsDamaged());
  EXPECT_THAT(ledger().ReadLeaf(257), EntryIsDamaged());
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

class LedgerStopTest : public LedgerDamageTest {
 protected:
  // Nothing is recorded any more, and the cause is named; reads go on.
  void ExpectStopped(absl::string_view cause, uint64_t size) {
    const absl::Status status = ledger().WriteStatus();
    const auto stopped =
        StatusHasReason(absl::StatusCode::kUnavailable, "LEDGER_STOPPED");
    EXPECT_THAT(status, stopped);
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(cause)));
    EXPECT_THAT(harness_.Append(TestRequest(1000)), stopped);
    ASSERT_OK_AND_ASSIGN(const StoreHead head, memory_.Head());
    EXPECT_EQ(head.size, size);
    EXPECT_OK(ledger().ReadEntry(size - 1, true));
  }
};

TEST_F(LedgerStopTest, ADamagedLeafStopsTheRecording) {
  harness_.AppendSeeds(0, 300, 256);
  store_.DamageLeaf(7);
  EXPECT_OK(ledger().ReadEntry(8, true));
  EXPECT_OK(ledger().WriteStatus());
  EXPECT_THAT(ledger().ReadEntry(7, false), EntryIsDamaged());
  ExpectStopped("entry 7 is damaged", 300);
}

TEST_F(LedgerStopTest, ADamagedContentStopsTheRecording) {
  harness_.AppendSeeds(0, 3, 3);
  store_.DamageContent(1);
  EXPECT_THAT(ledger().ReadProvenEntry({1, 3}, true), EntryIsDamaged());
  ExpectStopped("entry 1 is damaged", 3);
}

TEST_F(LedgerStopTest, AMissingTileStopsTheRecording) {
  harness_.AppendSeeds(0, 300, 256);
  memory_.EraseTile({0, 0});
  EXPECT_THAT(ledger().InclusionProof({0, 300}),
              StatusHasReason(absl::StatusCode::kDataLoss, "TILE_DAMAGED"));
  ExpectStopped("tile 0/0", 300);
}

TEST_F(LedgerStopTest, ABrokenIndexRowOrAnUnknownEntryStopsNothing) {
  ASSERT_OK(harness_.Append(TestRequest(0, {"s", 0})));
  ASSERT_OK(
      memory_.WriteIndexes({{StreamHeadKey("s"), "short"},
                            {RequestKey("caller-1", "request-1"), "short"}}));
  EXPECT_THAT(ledger().LengthOf("s"),
              StatusHasReason(absl::StatusCode::kDataLoss, "INDEX_DAMAGED"));
  EXPECT_THAT(harness_.Append(TestRequest(1)),
              StatusHasReason(absl::StatusCode::kDataLoss, "INDEX_DAMAGED"));
  EXPECT_THAT(ledger().ReadEntry(9, true),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_OK(ledger().WriteStatus());
  EXPECT_OK(harness_.Append(TestRequest(2)));
}

// The first append is being recorded when a reader meets the damage; those that
// wait behind it are refused, in this order and on the sequencer's thread.
TEST_F(LedgerStopTest, WhatIsQueuedWhenDamageIsFoundIsRefused) {
  harness_.AppendSeeds(0, 3, 3);
  harness_.options().batch_entries_max = 1;
  ASSERT_OK(harness_.Open());
  store_.DamageLeaf(1);
  std::vector<AppendRequest> requests;
  for (uint64_t seed = 3; seed < 6; ++seed) {
    requests.push_back(TestRequest(seed));
  }
  const auto make_leaf = requests.front().make_leaf;
  requests.front().make_leaf = [this, make_leaf](const LeafContext& context) {
    EXPECT_THAT(ledger().ReadEntry(1, false), EntryIsDamaged());
    return make_leaf(context);
  };
  for (const auto& result : harness_.AppendTogether(std::move(requests))) {
    EXPECT_THAT(result, StatusHasReason(absl::StatusCode::kUnavailable,
                                        "LEDGER_STOPPED"));
    EXPECT_THAT(std::string(result.status().message()),
                HasSubstr("entry 1 is damaged"));
  }
  ExpectStopped("entry 1 is damaged", 3);
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
