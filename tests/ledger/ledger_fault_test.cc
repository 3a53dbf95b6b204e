// Every write fails once, in both flavours: not done, and done although it
// reports an error. After each fault the ledger is opened anew and verified
// whole.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/ledger.h"
#include "tests/support/faulty_store.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"

namespace annals::ledger {
namespace {

using ::testing::HasSubstr;

enum class FaultPlace { kStore, kMark, kSigner };

constexpr int kWrites = 8;  // More than the batches below, so each fails once.
constexpr uint64_t kBatches = 5;
constexpr uint64_t kBatchEntries = 60;  // So that a tile fills on the way.

class LedgerFaultTest : public ::testing::Test {
 protected:
  // Appends batches until one fails. Counts what was acknowledged.
  void AppendUntilTheFault(LedgerHarness* harness) {
    for (uint64_t batch = 0; batch < kBatches; ++batch) {
      std::vector<AppendRequest> requests;
      for (uint64_t i = 0; i < kBatchEntries; ++i) {
        requests.push_back(TestRequest(attempted_ + i));
      }
      attempted_ += kBatchEntries;
      const auto results = harness->AppendTogether(std::move(requests));
      if (!results.front().ok()) {
        CheckStopped(results, harness);
        return;
      }
      for (const auto& result : results) ASSERT_OK(result);
      acknowledged_ = attempted_;
    }
  }

  void CheckStopped(const std::vector<absl::StatusOr<AppendResult>>& results,
                    LedgerHarness* harness) {
    const auto stopped =
        StatusHasReason(absl::StatusCode::kUnavailable, "LEDGER_STOPPED");
    for (const auto& result : results) {
      EXPECT_THAT(result, stopped);
      EXPECT_THAT(std::string(result.status().message()),
                  HasSubstr("outcome unknown; retry with the same request id"));
    }
    EXPECT_THAT(harness->ledger().WriteStatus(), stopped);
    // Later ones are refused, and known not to be recorded.
    const auto later = harness->Append(TestRequest(100'000));
    EXPECT_THAT(later, stopped);
    EXPECT_THAT(std::string(later.status().message()),
                HasSubstr("nothing was recorded"));
    // Readers see what was published, and no more.
    EXPECT_EQ(harness->ledger().checkpoint()->checkpoint.size, acknowledged_);
  }

  // Opens the ledger without faults. All that was acknowledged is there, and a
  // retry of all ends with each once.
  void ReopenAndVerify() {
    LedgerHarness harness(&store_, &mark_);
    ASSERT_OK(harness.Open());
    const uint64_t size = harness.ledger().checkpoint()->checkpoint.size;
    EXPECT_GE(size, acknowledged_);
    EXPECT_LE(size, attempted_);
    harness.CheckWholeLedger(size);
    for (uint64_t seed = 0; seed < attempted_; ++seed) {
      ASSERT_OK_AND_ASSIGN(const AppendResult result,
                           harness.Append(TestRequest(seed)));
      ASSERT_EQ(result.index, seed);
      ASSERT_EQ(result.replayed, seed < size);
    }
    harness.CheckWholeLedger(attempted_);
    harness.AppendSeeds(attempted_, attempted_ + 3, 3);
    ASSERT_OK(harness.Open());
    harness.CheckWholeLedger(attempted_ + 3);
  }

  MemoryStore store_;
  MemoryMark mark_;
  uint64_t attempted_ = 0;
  uint64_t acknowledged_ = 0;
};

class LedgerFaultTableTest : public LedgerFaultTest,
                             public ::testing::WithParamInterface<
                                 std::tuple<FaultPlace, FaultFlavour, int>> {};

TEST_P(LedgerFaultTableTest, NoAcknowledgedEntryIsLost) {
  const auto [place, flavour, k] = GetParam();
  FaultPlan none;
  FaultPlan fault(k, flavour);
  FaultyStore store(&store_, place == FaultPlace::kStore ? &fault : &none);
  FaultyMark mark(&mark_, place == FaultPlace::kMark ? &fault : &none);
  const std::unique_ptr<Ed25519Signer> key = TestSigner('s');
  FaultySigner signer(key.get(), place == FaultPlace::kSigner ? &fault : &none,
                      flavour);
  LedgerHarness harness(&store, &mark);
  harness.UseSigner(&signer);
  const absl::Status opened = harness.Open();
  if (opened.ok()) {
    AppendUntilTheFault(&harness);
  } else {
    EXPECT_TRUE(fault.happened());
  }
  EXPECT_EQ(fault.happened(), !opened.ok() || acknowledged_ < attempted_);
  harness.Close();
  ReopenAndVerify();
}

std::string FaultName(
    const ::testing::TestParamInfo<LedgerFaultTableTest::ParamType>& info) {
  const auto [place, flavour, k] = info.param;
  const char* const places[] = {"Store", "Mark", "Signer"};
  return absl::StrCat(places[static_cast<int>(place)],
                      flavour == FaultFlavour::kDone ? "Done" : "NotDone", k);
}

INSTANTIATE_TEST_SUITE_P(
    EveryWrite, LedgerFaultTableTest,
    ::testing::Combine(::testing::Values(FaultPlace::kStore, FaultPlace::kMark,
                                         FaultPlace::kSigner),
                       ::testing::Values(FaultFlavour::kNotDone,
                                         FaultFlavour::kDone),
                       ::testing::Range(1, kWrites + 1)),
    FaultName);

TEST_F(LedgerFaultTest, ABitFlippedOnItsWayIntoTheStoreIsNeverSigned) {
  for (const bool in_tile : {false, true}) {
    MemoryStore memory;
    MemoryMark mark;
    FaultPlan none;
    FaultyStore store(&memory, &none);
    LedgerHarness harness(&store, &mark);
    ASSERT_OK(harness.Open());
    harness.AppendSeeds(0, 10, 10);
    if (in_tile) {
      store.DamageTile({0, 0});
    } else {
      store.DamageLeaf(12);
    }
    for (const auto& result : harness.AppendTogether(
             {TestRequest(10), TestRequest(11), TestRequest(12)})) {
      EXPECT_THAT(result, StatusHasReason(absl::StatusCode::kUnavailable,
                                          "LEDGER_STOPPED"));
    }
    EXPECT_EQ(harness.ledger().checkpoint()->checkpoint.size, 10u);
    ASSERT_OK_AND_ASSIGN(const auto note, mark.Read());
    EXPECT_EQ(*note, harness.ledger().checkpoint()->note);
    // The damage stays, so the ledger stays shut.
    EXPECT_THAT(harness.Open(),
                StatusHasReason(absl::StatusCode::kDataLoss, "TILE_DAMAGED"));
  }
}

TEST_F(LedgerFaultTest, WhatWaitsBehindAFailedBatchIsNotRecorded) {
  // Open writes three times: the epoch, and the indexes cleared and made.
  FaultPlan fault(4, FaultFlavour::kNotDone);
  FaultyStore store(&store_, &fault);
  LedgerHarness harness(&store, &mark_);
  harness.options().batch_entries_max = 2;
  ASSERT_OK(harness.Open());
  std::vector<AppendRequest> requests;
  for (uint64_t seed = 0; seed < 6; ++seed) {
    requests.push_back(TestRequest(seed));
  }
  const auto results = harness.AppendTogether(std::move(requests));
  EXPECT_TRUE(fault.happened());
  for (size_t i = 0; i < results.size(); ++i) {
    EXPECT_THAT(results[i], StatusHasReason(absl::StatusCode::kUnavailable,
                                            "LEDGER_STOPPED"));
    EXPECT_THAT(std::string(results[i].status().message()),
                HasSubstr(i < 2 ? "outcome unknown" : "nothing was recorded"));
  }
  ASSERT_OK_AND_ASSIGN(const StoreHead head, store_.Head());
  EXPECT_EQ(head.size, 0u);
}

TEST_F(LedgerFaultTest, AStoreTakenOverStopsTheOldWriter) {
  LedgerHarness old_writer(&store_, &mark_);
  ASSERT_OK(old_writer.Open());
  old_writer.AppendSeeds(0, 3, 3);
  LedgerHarness new_writer(&store_, &mark_);
  ASSERT_OK(new_writer.Open());
  EXPECT_THAT(
      old_writer.Append(TestRequest(3)),
      StatusHasReason(absl::StatusCode::kUnavailable, "LEDGER_STOPPED"));
  EXPECT_OK(new_writer.Append(TestRequest(3)));
  new_writer.CheckWholeLedger(4);
}

}  // namespace
}  // namespace annals::ledger
