// The power is cut at any action on any file, under concurrent appends; what
// was acknowledged is there afterwards, and proves.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/support/power_cut_disk.h"
#include "tests/support/power_cut_ledger.h"
#include "tests/support/wanted_count.h"

namespace annals::ledger {
namespace {

using ::testing::HasSubstr;

// As many as ctest has time for; ANNALS_TEST_POWER_CUTS asks for others.
constexpr uint64_t kSeeds = 20;
constexpr int kLives = 3;
constexpr uint64_t kAppends = 20;
// About what one life does to its files.
constexpr uint64_t kEvents = 250;

uint64_t Seeds() { return WantedCount("ANNALS_TEST_POWER_CUTS", kSeeds); }

std::string Describe(PowerCutDisk* disk, const PowerLoss& loss) {
  return absl::StrCat("cut ", disk->cut_at(), ", bytes ",
                      static_cast<int>(loss.bytes), ", names ",
                      static_cast<int>(loss.names));
}

// Three lives that each end with a power cut at any action, and what the next
// start finds. False if it refused the ledger, which it may for its manifest if
// `may_refuse`.
bool CutAtAnyAction(UnsyncedBytes bytes, uint64_t seed, bool may_refuse) {
  std::mt19937_64 random(seed);
  PowerCutLedger ledger;
  for (int life = 0; life < kLives; ++life) {
    ledger.disk().CutAt({"", 1 + random() % kEvents, random() % 2 == 0});
    ledger.OpenAndAppend(kAppends, random());
    const PowerLoss loss{bytes, static_cast<UnsyncedNames>(random() % 3)};
    SCOPED_TRACE(absl::StrCat("seed ", seed, ", life ", life, ", ",
                              Describe(&ledger.disk(), loss)));
    ledger.Restore(loss, random());
    const absl::Status opened = ledger.Open();
    if (!opened.ok() && may_refuse) {
      EXPECT_THAT(opened, StatusHasReason(absl::StatusCode::kDataLoss,
                                          "STORE_DAMAGED"));
      EXPECT_THAT(std::string(opened.message()), HasSubstr("/MANIFEST-"));
      return false;
    }
    EXPECT_OK(opened);
    if (!opened.ok()) return false;
    ledger.CheckNothingIsLost();
    ledger.RepeatUnanswered();
    ledger.CheckNothingIsLost();
    ledger.CheckErasedIsGone();
    ledger.Close();
  }
  return true;
}

std::string BytesName(const ::testing::TestParamInfo<UnsyncedBytes>& info) {
  const char* const names[] = {"Lost", "Kept", "Torn", "Zeros", "Garbage"};
  return names[static_cast<size_t>(info.param)];
}

class PowerCutTest : public ::testing::TestWithParam<UnsyncedBytes> {};

TEST_P(PowerCutTest, NothingAcknowledgedIsLost) {
  for (uint64_t seed = 0; seed < Seeds(); ++seed) {
    CutAtAnyAction(GetParam(), seed, false);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(OfUnsyncedBytes, PowerCutTest,
                         ::testing::Values(UnsyncedBytes::kLost,
                                           UnsyncedBytes::kKept,
                                           UnsyncedBytes::kTorn),
                         BytesName);

// Of RocksDB's manifest nothing tells a record with a missing block from a
// damaged one, so the ledger is refused; anywhere else nothing is lost.
class PowerCutBlocksTest : public ::testing::TestWithParam<UnsyncedBytes> {};

TEST_P(PowerCutBlocksTest, NothingIsLostOrTheManifestIsRefused) {
  uint64_t refused = 0;
  for (uint64_t seed = 0; seed < Seeds(); ++seed) {
    refused += CutAtAnyAction(GetParam(), seed, true) ? 0 : 1;
    if (HasFailure()) return;
  }
  RecordProperty("refused", static_cast<int>(refused));
  EXPECT_LE(refused, Seeds() / 4);
}

INSTANTIATE_TEST_SUITE_P(OfUnsyncedBytes, PowerCutBlocksTest,
                         ::testing::Values(UnsyncedBytes::kZeros,
                                           UnsyncedBytes::kGarbage),
                         BytesName);

// The durable steps, each of which must be cut before and after.
const std::vector<std::string>& DurableSteps() {
  static const auto* steps = new std::vector<std::string>{
      // A batch, and its mark.
      "log write", "log sync", "mark write", "mark sync",
      // A first start.
      "database directory create", "mark create", "mark rename",
      "data directory sync", "pointer create", "pointer write", "pointer sync",
      "pointer rename", "database directory sync",
      // Flushes and compactions, by load or at a start.
      "log create", "log remove", "table create", "table write", "table sync",
      "table remove", "manifest create", "manifest write", "manifest sync",
      "manifest remove", "options create", "options write", "options sync",
      "options rename"};
  return *steps;
}

constexpr UnsyncedBytes kBytes[] = {UnsyncedBytes::kLost, UnsyncedBytes::kKept,
                                    UnsyncedBytes::kTorn};

// Lives that go on until the power is cut at the step, which may be one of a
// later start only. False if it never was.
bool CutAtStep(const PowerCut& cut, const PowerLoss& loss) {
  PowerCutLedger ledger;
  for (uint64_t life = 0; life < kLives; ++life) {
    ledger.disk().CutAt(cut);
    ledger.OpenAndAppend(kAppends, life);
    const bool was_cut = ledger.disk().is_off();
    SCOPED_TRACE(Describe(&ledger.disk(), loss));
    ledger.Restore(loss, life);
    const absl::Status opened = ledger.Open();
    EXPECT_OK(opened);
    if (!opened.ok()) return was_cut;
    ledger.CheckNothingIsLost();
    ledger.RepeatUnanswered();
    ledger.CheckNothingIsLost();
    ledger.CheckErasedIsGone();
    ledger.Close();
    if (was_cut) return true;
  }
  return false;
}

TEST(PowerCutStepTest, NothingAcknowledgedIsLostAtAnyDurableStep) {
  uint64_t number = 0;
  for (const std::string& step : DurableSteps()) {
    for (const bool is_after : {false, true}) {
      bool was_cut = false;
      for (const uint64_t pass : {1, 5}) {
        const PowerLoss loss{kBytes[number % 3],
                             static_cast<UnsyncedNames>(number / 3 % 3)};
        ++number;
        was_cut |= CutAtStep({step, pass, is_after}, loss);
        if (::testing::Test::HasFailure()) return;
      }
      EXPECT_TRUE(was_cut) << step << " is never passed";
    }
  }
}

// The same tree is signed again, so that the store is not ahead of the mark.
TEST(PowerCutKeyChangeTest, AChangeOfKeysThatIsCutShortBeginsAnew) {
  const auto next = TestSigner('n');
  uint64_t seed = 0;
  for (const std::string step :
       {"mark create", "mark write", "mark sync", "mark rename"}) {
    for (const bool is_after : {false, true}) {
      for (const UnsyncedBytes bytes :
           {UnsyncedBytes::kLost, UnsyncedBytes::kTorn,
            UnsyncedBytes::kGarbage}) {
        PowerCutLedger ledger;
        ledger.OpenAndAppend(3, ++seed);
        ledger.Close();
        ledger.UseNextSigner(next.get());
        ledger.disk().CutAt({step, 1, is_after});
        if (ledger.Open().ok()) continue;
        SCOPED_TRACE(ledger.disk().cut_at());
        ledger.Restore({bytes, UnsyncedNames::kSome}, seed);
        ASSERT_OK(ledger.Open());
        ledger.CheckNothingIsLost();
      }
    }
  }
}

// Whatever RocksDB had flushed and deleted by then.
TEST(PowerCutPurgeTest, APurgeThatIsCutShortIsDoneAtTheNextStart) {
  for (const std::string step : {"manifest write", "log remove"}) {
    // Each flushed table takes two records of the manifest.
    for (uint64_t pass = 1; pass <= 12; ++pass) {
      for (const UnsyncedBytes bytes :
           {UnsyncedBytes::kLost, UnsyncedBytes::kKept}) {
        PowerCutLedger ledger;
        ASSERT_OK(ledger.Open());
        ledger.AppendAndErase(3);
        ledger.disk().CutAt({step, pass, true});
        ledger.harness().ledger().PurgeErased().IgnoreError();
        SCOPED_TRACE(absl::StrCat(ledger.disk().cut_at(), ", pass ", pass));
        ledger.Restore({bytes, UnsyncedNames::kSome}, pass);
        ASSERT_OK(ledger.Open());
        ledger.CheckNothingIsLost();
        ledger.CheckErasedIsGone();
      }
    }
  }
}

// The tests above would notice if a sync were forgotten: a disk that does not
// do it loses what was acknowledged, and the mark tells.
TEST(PowerCutLieTest, ALogThatWasNotSyncedIsRefused) {
  int refused = 0;
  for (uint64_t seed = 0; seed < 5; ++seed) {
    PowerCutLedger ledger;
    ledger.disk().LieAbout("log sync");
    ledger.OpenAndAppend(kAppends, seed);
    ASSERT_GT(ledger.acknowledged(), 0u);
    ledger.Restore({}, seed);
    // By the mark or, if the log was closed meanwhile, by RocksDB's manifest.
    const absl::Status opened = ledger.Open();
    refused += absl::IsDataLoss(opened) ? 1 : 0;
    // A purge may have flushed all just before.
    if (opened.ok()) ledger.CheckNothingIsLost();
  }
  EXPECT_GT(refused, 0);
}

TEST(PowerCutLieTest, AMarkThatWasNotSyncedIsRefused) {
  PowerCutLedger ledger;
  ledger.disk().LieAbout("mark sync");
  ledger.OpenAndAppend(kAppends, 1);
  ASSERT_GT(ledger.acknowledged(), 0u);
  ledger.Restore({}, 1);
  EXPECT_THAT(ledger.Open(),
              StatusHasReason(absl::StatusCode::kDataLoss, "MARK_DAMAGED"));
}

}  // namespace
}  // namespace annals::ledger
