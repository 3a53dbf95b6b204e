// The keeper of backups over a directory that a test holds up.

#include "service/backup_keeper.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/mutex.h"
#include "ledger/rocksdb_store.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"
#include "tests/support/result_box.h"
#include "tests/support/temp_dir.h"

namespace annals {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kFirst[] = "00000000-0000-4000-8000-000000000001";
constexpr char kSecond[] = "00000000-0000-4000-8000-000000000002";

// Backups without files; Create waits while it is held, or until it is
// cancelled.
class HeldDirectory : public ledger::BackupDirectory {
 public:
  void Hold() {
    MutexLock lock(&mutex_);
    held_ = true;
  }
  void Release() {
    MutexLock lock(&mutex_);
    held_ = false;
    changed_.SignalAll();
  }
  void WaitUntilCreating() {
    MutexLock lock(&mutex_);
    while (!creating_) changed_.Wait(&mutex_);
  }
  void FailNext() {
    MutexLock lock(&mutex_);
    fails_ = true;
  }
  void Damage(uint32_t id) {
    MutexLock lock(&mutex_);
    backups_[id].label.reset();
  }

  absl::StatusOr<ledger::Backup> Create(
      ledger::DatabaseStore*, const ledger::BackupLabel& label) override {
    MutexLock lock(&mutex_);
    creating_ = true;
    changed_.SignalAll();
    while (held_ && !cancelled_) changed_.Wait(&mutex_);
    creating_ = false;
    if (cancelled_) return absl::CancelledError("cancelled");
    if (std::exchange(fails_, false)) {
      return absl::UnavailableError("the disk is full");
    }
    const uint32_t id = ++last_id_;
    backups_[id] = {id, 1, label};
    return backups_[id];
  }
  absl::Status Delete(uint32_t id) override {
    MutexLock lock(&mutex_);
    backups_.erase(id);
    return absl::OkStatus();
  }
  void Cancel() override {
    MutexLock lock(&mutex_);
    cancelled_ = true;
    changed_.SignalAll();
  }
  std::vector<ledger::Backup> List() override {
    MutexLock lock(&mutex_);
    std::vector<ledger::Backup> list;
    for (const auto& [id, backup] : backups_) list.push_back(backup);
    return list;
  }
  absl::Status Verify(uint32_t) override { return absl::OkStatus(); }
  absl::Status Restore(uint32_t, const std::string&) override {
    return absl::UnimplementedError("not here");
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  bool creating_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool fails_ ABSL_GUARDED_BY(mutex_) = false;
  uint32_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uint32_t, ledger::Backup> backups_ ABSL_GUARDED_BY(mutex_);
};

// An answer that a test waits for.
class Answer {
 public:
  BackupKeeper::Callback Callback() {
    return [this](BackupKeeper::Result result) { box_.Put(std::move(result)); };
  }
  BackupKeeper::Result Wait() { return box_.Take(); }

 private:
  ResultBox<BackupKeeper::Result> box_;
};

class BackupKeeperTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(store_, ledger::OpenRocksDbStore(dir_.Path("db"), {}));
    harness_ = std::make_unique<ledger::LedgerHarness>(store_.get(), &mark_);
    ASSERT_OK(harness_->Open());
    harness_->AppendSeeds(0, 5, 5);
    Start({});
  }

  void Start(const BackupSchedule& schedule) {
    keeper_.reset();
    auto directory = std::make_unique<HeldDirectory>();
    directory_ = directory.get();
    ASSERT_OK_AND_ASSIGN(
        keeper_,
        BackupKeeper::Start(
            std::move(directory),
            {&harness_->ledger(), store_.get(), &harness_->clock()}, schedule));
  }

  uint32_t Create(const std::string& request_id) {
    Answer answer;
    keeper_->Create(request_id, answer.Callback());
    const BackupKeeper::Result result = answer.Wait();
    EXPECT_OK(result);
    return result.ok() ? result->front().id : 0;
  }

  TempDir dir_;
  ledger::MemoryMark mark_;
  std::unique_ptr<ledger::DatabaseStore> store_;
  std::unique_ptr<ledger::LedgerHarness> harness_;
  std::unique_ptr<BackupKeeper> keeper_;
  HeldDirectory* directory_ = nullptr;  // The keeper's.
};

TEST_F(BackupKeeperTest, NamesAreReadBack) {
  EXPECT_THAT(ParseBackupName(BackupName(7)), IsOkAndHolds(7u));
  for (const char* name :
       {"", "7", "backups/", "backups/x", "backups/07", "backups/7/",
        "backup/7", "backups/-1", "backups/99999999999"}) {
    EXPECT_THAT(
        ParseBackupName(name),
        StatusHasReason(absl::StatusCode::kInvalidArgument, "INVALID_NAME"))
        << name;
  }
}

TEST_F(BackupKeeperTest, OneTaskAtATimeAndARepeatedRequestWaitsForItsOwn) {
  directory_->Hold();
  Answer first;
  Answer again;
  Answer other;
  Answer prune;
  keeper_->Create(kFirst, first.Callback());
  directory_->WaitUntilCreating();
  EXPECT_TRUE(keeper_->is_creating());
  keeper_->Create(kFirst, again.Callback());
  keeper_->Create(kSecond, other.Callback());
  EXPECT_THAT(other.Wait(),
              StatusHasReason(absl::StatusCode::kResourceExhausted,
                              "BACKUP_UNDER_WAY"));
  keeper_->Prune(1, prune.Callback());
  EXPECT_THAT(prune.Wait(),
              StatusHasReason(absl::StatusCode::kResourceExhausted,
                              "BACKUP_UNDER_WAY"));
  // Nobody waits for the thread to look.
  EXPECT_THAT(keeper_->List(), IsEmpty());
  EXPECT_TRUE(keeper_->MayHold(0).under_way);
  directory_->Release();
  EXPECT_EQ(first.Wait()->front().id, 1u);
  EXPECT_EQ(again.Wait()->front().id, 1u);
  EXPECT_EQ(Create(kFirst), 1u);
  EXPECT_EQ(Create(kSecond), 2u);
}

TEST_F(BackupKeeperTest, AStopEndsABackupAndAnswersWhoeverWaits) {
  directory_->Hold();
  Answer waiting;
  Answer late;
  keeper_->Create(kFirst, waiting.Callback());
  directory_->WaitUntilCreating();
  keeper_->Stop();
  EXPECT_THAT(waiting.Wait(),
              StatusHasReason(absl::StatusCode::kUnavailable, "SHUTTING_DOWN"));
  keeper_->Create(kSecond, late.Callback());
  EXPECT_THAT(late.Wait(),
              StatusHasReason(absl::StatusCode::kUnavailable, "SHUTTING_DOWN"));
}

TEST_F(BackupKeeperTest, AFailedBackupIsSaidAndTheNextOneIsMade) {
  directory_->FailNext();
  Answer failed;
  keeper_->Create(kFirst, failed.Callback());
  EXPECT_THAT(failed.Wait(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Create(kFirst), 1u);
}

TEST_F(BackupKeeperTest, WhatABackupMayHoldIsWhatWasStoredWhenItWasComplete) {
  Create(kFirst);  // Entries 0 to 4.
  harness_->AppendSeeds(5, 8, 3);
  Create(kSecond);  // To 7.
  harness_->AppendSeeds(8, 9, 1);
  EXPECT_THAT(keeper_->MayHold(4).ids, ElementsAre(2, 1));
  EXPECT_THAT(keeper_->MayHold(5).ids, ElementsAre(2));
  EXPECT_THAT(keeper_->MayHold(7).ids, ElementsAre(2));
  EXPECT_THAT(keeper_->MayHold(8).ids, IsEmpty());
  EXPECT_FALSE(keeper_->MayHold(8).under_way);
}

TEST_F(BackupKeeperTest, PruningKeepsTheNewestWholeOnes) {
  for (int i = 1; i <= 4; ++i) {
    Create("00000000-0000-4000-8000-00000000001" + std::to_string(i));
  }
  directory_->Damage(3);
  Answer pruned;
  keeper_->Prune(2, pruned.Callback());
  ASSERT_OK(pruned.Wait());
  std::vector<uint32_t> kept;
  for (const ledger::Backup& backup : keeper_->List())
    kept.push_back(backup.id);
  EXPECT_THAT(kept, ElementsAre(2, 4));
  // The last one is not deleted for being damaged.
  directory_->Damage(2);
  directory_->Damage(4);
  Answer nothing;
  keeper_->Prune(1, nothing.Callback());
  EXPECT_THAT(*nothing.Wait(), IsEmpty());
}

TEST_F(BackupKeeperTest, ABackupIsMadeWhenItIsDueAndOldOnesGo) {
  Start({absl::Nanoseconds(1), 1});
  while (keeper_->List().empty() || keeper_->List().front().id < 3) {
    harness_->clock().Set(harness_->clock().Now() + absl::Seconds(1));
  }
  EXPECT_LE(keeper_->List().size(), 1u);
}

}  // namespace
}  // namespace annals
