// What the ledger does with a disk that is nearly full, read-only, slow, or
// fails; and with a clock that jumps.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "ledger/ledger.h"
#include "ledger/mutex.h"
#include "ledger/space_guard.h"
#include "tests/support/faulty_store.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"
#include "tests/support/result_box.h"
#include "tests/support/small_disk.h"
#include "tests/support/temp_dir.h"
#include "tests/support/told_space.h"

namespace annals::ledger {
namespace {

using ::testing::HasSubstr;

// A store whose writes take as long as the test likes.
class SlowStore final : public FaultyStore {
 public:
  using FaultyStore::FaultyStore;

  void Hold(Gate* entered, Gate* release) {
    MutexLock lock(&mutex_);
    entered_ = entered;
    release_ = release;
  }

  absl::Status AppendBatch(const StoreHead& condition,
                           const Batch& batch) override {
    Gate* release = nullptr;
    {
      MutexLock lock(&mutex_);
      if (entered_ != nullptr) entered_->Open();
      release = std::exchange(release_, nullptr);
    }
    if (release != nullptr) release->Wait();
    return FaultyStore::AppendBatch(condition, batch);
  }

 private:
  Mutex mutex_;
  Gate* entered_ ABSL_GUARDED_BY(mutex_) = nullptr;
  Gate* release_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

class LedgerDiskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    harness_.UseSpace(&space_);
    ASSERT_OK(harness_.Open());
  }
  Ledger& ledger() { return harness_.ledger(); }

  MemoryStore memory_;
  FaultPlan no_fault_;
  SlowStore store_{&memory_, &no_fault_};
  MemoryMark mark_;
  ToldSpace space_;
  LedgerHarness harness_{&store_, &mark_};
};

const auto NearlyFull = [] {
  return StatusHasReason(absl::StatusCode::kResourceExhausted,
                         "DISK_NEARLY_FULL");
};

TEST_F(LedgerDiskTest, BelowTheFloorNothingIsRecordedAndThenItGoesOn) {
  TempDir dir;
  const DiskSpaceGuard all(dir.Path(""), ~uint64_t{0});
  harness_.AppendSeeds(0, 10, 5);
  space_.Say(all.Check());
  EXPECT_THAT(ledger().WriteStatus(), NearlyFull());
  EXPECT_THAT(harness_.Append(TestRequest(10)), NearlyFull());
  EXPECT_OK(ledger().ReadEntry(3, true));
  EXPECT_EQ(ledger().checkpoint()->checkpoint.size, 10u);
  // What was recorded before is answered as before.
  ASSERT_OK_AND_ASSIGN(const AppendResult again,
                       harness_.Append(TestRequest(7)));
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.index, 7u);
  space_.Say(absl::OkStatus());
  EXPECT_OK(ledger().WriteStatus());
  ASSERT_OK_AND_ASSIGN(const AppendResult result,
                       harness_.Append(TestRequest(10)));
  EXPECT_FALSE(result.replayed);
  harness_.CheckWholeLedger(11);
}

TEST_F(LedgerDiskTest, ARefusedBatchAnswersWhatItRepeats) {
  harness_.AppendSeeds(0, 3, 3);
  space_.Say(absl::UnavailableError("no room"));
  // Twice the same new request, and an old one.
  const auto results =
      harness_.AppendTogether({TestRequest(3), TestRequest(1), TestRequest(3)});
  EXPECT_THAT(results[0], StatusIs(absl::StatusCode::kUnavailable));
  ASSERT_OK(results[1]);
  EXPECT_TRUE(results[1]->replayed);
  EXPECT_THAT(results[2], StatusIs(absl::StatusCode::kUnavailable));
  space_.Say(absl::OkStatus());
  harness_.AppendSeeds(3, 6, 3);
  harness_.CheckWholeLedger(6);
}

TEST(DiskSpaceGuardTest, SaysWhichDiskAndHowMuchIsLeft) {
  TempDir dir;
  EXPECT_OK(DiskSpaceGuard(dir.Path(""), 0).Check());
  const absl::Status full = DiskSpaceGuard(dir.Path(""), 1ULL << 62).Check();
  EXPECT_THAT(full, NearlyFull());
  EXPECT_THAT(std::string(full.message()), HasSubstr(dir.Path("")));
  EXPECT_THAT(std::string(full.message()), HasSubstr("--disk_floor_bytes"));
  EXPECT_THAT(ErrorTextZh(full), HasSubstr("--disk_floor_bytes"));
  // What the system does not say is no reason to stop.
  EXPECT_OK(DiskSpaceGuard(dir.Path("none"), 1ULL << 62).Check());
}

TEST(DiskSpaceGuardTest, SaysIfTheDiskBecameReadOnly) {
  TempDir dir;
  SmallDisk disk(dir.Path("disk"), 1 << 20);
  if (!disk.is_mounted()) {
    GTEST_SKIP() << "a small disk can't be mounted here: " << disk.why_not();
  }
  const DiskSpaceGuard guard(dir.Path("disk"), 512 << 10);
  EXPECT_OK(guard.Check());
  disk.SetReadOnly(true);
  const absl::Status read_only = guard.Check();
  EXPECT_THAT(read_only, StatusHasReason(absl::StatusCode::kUnavailable,
                                         "DISK_READ_ONLY"));
  EXPECT_THAT(std::string(read_only.message()), HasSubstr(dir.Path("disk")));
  disk.SetReadOnly(false);
  EXPECT_OK(guard.Check());
  disk.FillUpTo(256 << 10);
  EXPECT_THAT(guard.Check(), NearlyFull());
  disk.MakeRoom();
  EXPECT_OK(guard.Check());
}

TEST_F(LedgerDiskTest, WhileASyncTakesLongReadsGoOnAndTheQueueFills) {
  harness_.options().queue_entries_max = 3;
  ASSERT_OK(harness_.Open());
  harness_.AppendSeeds(0, 3, 3);
  Gate entered;
  Gate release;
  store_.Hold(&entered, &release);
  using Box = ResultBox<absl::StatusOr<AppendResult>>;
  std::vector<Box> boxes(4);
  const auto append = [this, &boxes](uint64_t seed) {
    ledger().Append(TestRequest(seed), [box = &boxes[seed - 3]](auto result) {
      box->Put(std::move(result));
    });
  };
  append(3);
  entered.Wait();
  for (uint64_t seed = 4; seed < 7; ++seed) append(seed);
  EXPECT_THAT(
      harness_.Append(TestRequest(7)),
      StatusHasReason(absl::StatusCode::kResourceExhausted, "QUEUE_FULL"));
  EXPECT_OK(ledger().ReadProvenEntry({2, 3}, true));
  EXPECT_OK(ledger().LengthOf("stream-1"));
  EXPECT_EQ(ledger().checkpoint()->checkpoint.size, 3u);
  EXPECT_OK(ledger().WriteStatus());
  release.Open();
  for (Box& box : boxes) EXPECT_OK(box.Take());
  harness_.CheckWholeLedger(7);
}

// Forward, by years, and back again; each while it runs and before a start.
TEST_F(LedgerDiskTest, AClockThatJumpsBreaksNoOrder) {
  const absl::Time start = harness_.clock().Now();
  const absl::Duration jumps[] = {absl::Hours(24 * 365 * 20),
                                  -absl::Hours(24 * 365 * 30),
                                  absl::Microseconds(1),
                                  absl::Hours(24 * 365 * 50),
                                  -absl::Hours(1),
                                  absl::ZeroDuration()};
  uint64_t seed = 0;
  for (const absl::Duration jump : jumps) {
    harness_.clock().Set(start + jump);
    harness_.AppendSeeds(seed, seed + 3, 2);
    seed += 3;
    ASSERT_OK(harness_.Open());
  }
  harness_.CheckWholeLedger(seed);
}

}  // namespace
}  // namespace annals::ledger
