// Backups of a store on RocksDB: what each copies, what damage is found, what
// stays when others go, and that the ledger goes on from a restored one.

#include "ledger/backup.h"

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "ledger/published_mark.h"
#include "ledger/store_check.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSecret[] = "the-content-that-must-be-withheld-77e0";

AppendRequest WithSecret(uint64_t seed) {
  AppendRequest request = TestRequest(seed);
  request.content = absl::StrCat(std::string(3000, 'x'), kSecret);
  return request;
}

AppendRequest Erasing(uint64_t index) {
  AppendRequest request =
      TestRequest(4 * (1000 + index) + 3, {absl::StrCat("erase-", index), 0});
  request.erases = index;
  return request;
}

std::vector<std::string> FilesBelow(const std::string& directory) {
  std::vector<std::string> files;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(directory)) {
    if (file.is_regular_file()) files.push_back(file.path());
  }
  return files;
}

uint64_t BytesBelow(const std::string& directory) {
  uint64_t bytes = 0;
  for (const std::string& file : FilesBelow(directory)) {
    bytes += std::filesystem::file_size(file);
  }
  return bytes;
}

bool Holds(const std::string& directory) {
  for (const std::string& file : FilesBelow(directory)) {
    if (absl::StrContains(ReadFile(file), kSecret)) return true;
  }
  return false;
}

auto IsDamaged() {
  return StatusHasReason(absl::StatusCode::kDataLoss, "BACKUP_DAMAGED");
}

class BackupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(store_, OpenRocksDbStore(dir_.Path("db"), {}));
    harness_ = std::make_unique<LedgerHarness>(store_.get(), &mark_);
    ASSERT_OK(harness_->Open());
    harness_->AppendSeeds(0, 300, 50);
    OpenBackups();
  }

  void OpenBackups() {
    backups_.reset();
    ASSERT_OK_AND_ASSIGN(backups_, BackupDirectory::Open({to_}));
  }

  BackupLabel Label() {
    BackupLabel label;
    label.created_at = harness_->clock().Now();
    label.entries = store_->Head()->size;
    label.request_id = "a-request";
    label.note = harness_->ledger().checkpoint()->note;
    return label;
  }

  absl::StatusOr<Backup> Create() {
    return backups_->Create(store_.get(), Label());
  }

  // Opens what was restored, checks it from outside, and goes on with it.
  void CheckRestored(uint32_t id, uint64_t size_min) {
    const std::string path = dir_.Path(absl::StrCat("restored-", id));
    ASSERT_OK_AND_ASSIGN(const auto reader, BackupReader::Open(to_));
    ASSERT_OK(reader->Restore(id, path));
    std::string note;
    for (const Backup& backup : reader->List()) {
      if (backup.id == id) note = backup.label->note;
    }
    MemoryMark mark;
    ASSERT_OK(mark.Write(note));
    ASSERT_OK_AND_ASSIGN(const auto store, OpenRocksDbStore(path, {}));
    LedgerHarness restored(store.get(), &mark);
    ASSERT_OK(restored.Open());
    const uint64_t size = restored.ledger().checkpoint()->checkpoint.size;
    EXPECT_GE(size, size_min);
    restored.CheckWholeLedger(size);
    restored.AppendSeeds(100'000, 100'010, 5);
    EXPECT_EQ(restored.ledger().checkpoint()->checkpoint.size, size + 10);
  }

  TempDir dir_;
  const std::string to_ = dir_.Path("backups");
  MemoryMark mark_;
  std::unique_ptr<DatabaseStore> store_;
  std::unique_ptr<LedgerHarness> harness_;
  std::unique_ptr<BackupDirectory> backups_;
};

TEST_F(BackupTest, ALabelIsReadBackAndADamagedOneIsNot) {
  const BackupLabel label = Label();
  const std::string bytes = FormatBackupLabel(label);
  EXPECT_EQ(ParseBackupLabel(bytes), label);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string flipped = bytes;
    flipped[i] ^= 1;
    EXPECT_EQ(ParseBackupLabel(flipped), std::nullopt) << i;
    EXPECT_EQ(ParseBackupLabel(bytes.substr(0, i)), std::nullopt) << i;
  }
}

TEST_F(BackupTest, ASecondBackupCopiesOnlyWhatIsNew) {
  // Large enough that what each backup has of its own does not count.
  AppendRequest large = TestRequest(9'000);
  large.content = std::string();
  for (uint32_t i = 0; i < 2'000'000; ++i) {
    large.content->push_back(static_cast<char>((i * 7919 + i / 251) % 256));
  }
  ASSERT_OK(harness_->Append(std::move(large)));
  ASSERT_OK_AND_ASSIGN(const Backup first, Create());
  EXPECT_EQ(first.label, Label());
  const uint64_t bytes = BytesBelow(to_);
  harness_->AppendSeeds(300, 310, 5);
  ASSERT_OK_AND_ASSIGN(const Backup second, Create());
  EXPECT_GT(second.id, first.id);
  EXPECT_GT(second.bytes, first.bytes);
  EXPECT_LT(BytesBelow(to_) - bytes, first.bytes / 10);
  CheckRestored(first.id, 301);
  CheckRestored(second.id, 311);
}

TEST_F(BackupTest, ABackupUnderWritesIsConsistent) {
  std::thread writer([this] { harness_->AppendSeeds(300, 400, 2); });
  std::vector<uint64_t> sizes;
  for (int i = 0; i < 3; ++i) {
    sizes.push_back(harness_->ledger().checkpoint()->checkpoint.size);
    EXPECT_OK(Create());
  }
  writer.join();
  const std::vector<Backup> made = backups_->List();
  ASSERT_THAT(made, SizeIs(3));
  for (size_t i = 0; i < made.size(); ++i) {
    EXPECT_OK(backups_->Verify(made[i].id));
    CheckRestored(made[i].id, sizes[i]);
  }
}

TEST_F(BackupTest, AFlippedByteInAnyFileIsFound) {
  ASSERT_OK_AND_ASSIGN(const Backup made, Create());
  ASSERT_OK(backups_->Verify(made.id));
  int files = 0;
  for (const std::string& file : FilesBelow(to_)) {
    if (absl::EndsWith(file, "/lock")) continue;
    const std::string bytes = ReadFile(file);
    if (bytes.empty()) continue;
    ++files;
    for (size_t at : {size_t{0}, bytes.size() / 2, bytes.size() - 2}) {
      std::string flipped = bytes;
      flipped[at] ^= 1;
      WriteFile(file, flipped);
      ASSERT_OK_AND_ASSIGN(auto reader, BackupReader::Open(to_));
      EXPECT_THAT(reader->Verify(made.id), IsDamaged()) << file << " " << at;
      EXPECT_THAT(reader->Restore(made.id, dir_.Path("refused")), IsDamaged())
          << file << " " << at;
      reader.reset();
      std::filesystem::remove_all(dir_.Path("refused"));
    }
    std::filesystem::remove(file);
    ASSERT_OK_AND_ASSIGN(const auto reader, BackupReader::Open(to_));
    EXPECT_FALSE(reader->Verify(made.id).ok()) << file;
    WriteFile(file, bytes);
  }
  EXPECT_GT(files, 4);
  OpenBackups();
  EXPECT_OK(backups_->Verify(made.id));
}

// RocksDB would take some of them for true, and abort over others: two backups
// that say different things of a file they share.
TEST_F(BackupTest, NoFlippedBitOfADescriptionIsPassedOn) {
  ASSERT_OK_AND_ASSIGN(const Backup first, Create());
  harness_->AppendSeeds(300, 310, 5);
  ASSERT_OK_AND_ASSIGN(const Backup second, Create());
  for (const char* kind : {"/meta/", "/seals/"}) {
    const std::string file = absl::StrCat(to_, kind, first.id);
    const std::string bytes = ReadFile(file);
    for (size_t at = 0; at < bytes.size(); ++at) {
      std::string flipped = bytes;
      flipped[at] ^= 1 << at % 8;
      WriteFile(file, flipped);
      // Also of the engine that has read it before.
      const absl::Status found = backups_->Verify(first.id);
      ASSERT_THAT(found, IsDamaged()) << file << " " << at;
      ASSERT_TRUE(absl::StrContains(found.message(), file)) << found;
      ASSERT_OK_AND_ASSIGN(const auto reader, BackupReader::Open(to_));
      const std::vector<Backup> list = reader->List();
      ASSERT_THAT(list, SizeIs(2));
      ASSERT_EQ(list[0].label, std::nullopt) << file << " " << at;
      ASSERT_EQ(list[1].label, second.label);
      if (at % 16 == 0) OpenBackups();
    }
    EXPECT_OK(backups_->Verify(second.id));
    WriteFile(file, bytes);
    OpenBackups();
    EXPECT_OK(backups_->Verify(first.id));
  }
}

TEST_F(BackupTest, ABackupWithoutASealIsNone) {
  ASSERT_OK_AND_ASSIGN(const Backup made, Create());
  std::filesystem::remove(absl::StrCat(to_, "/seals/", made.id));
  OpenBackups();
  EXPECT_THAT(backups_->Verify(made.id), IsDamaged());
  EXPECT_OK(backups_->Delete(made.id));
  EXPECT_THAT(backups_->List(), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const Backup next, Create());
  EXPECT_OK(backups_->Verify(next.id));
}

TEST_F(BackupTest, ABackupThatWouldShareADamagedFileIsNotMade) {
  ASSERT_OK(Create());
  for (const std::string& file : FilesBelow(to_ + "/shared_checksum")) {
    std::string bytes = ReadFile(file);
    bytes[bytes.size() / 2] ^= 1;
    WriteFile(file, bytes);
  }
  harness_->AppendSeeds(300, 310, 5);
  EXPECT_THAT(Create().status(),
              StatusHasReason(absl::StatusCode::kDataLoss, "BACKUP_DAMAGED"));
  EXPECT_THAT(backups_->List(), SizeIs(1));
}

TEST_F(BackupTest, ADeletedBackupLeavesWhatOthersShare) {
  ASSERT_OK_AND_ASSIGN(const Backup first, Create());
  harness_->AppendSeeds(300, 320, 5);
  ASSERT_OK_AND_ASSIGN(const Backup second, Create());
  ASSERT_OK(backups_->Delete(first.id));
  EXPECT_OK(backups_->Verify(second.id));
  CheckRestored(second.id, 320);
  EXPECT_THAT(backups_->Verify(first.id),
              StatusHasReason(absl::StatusCode::kNotFound, "BACKUP_NOT_FOUND"));
  EXPECT_THAT(backups_->Delete(first.id),
              StatusHasReason(absl::StatusCode::kNotFound, "BACKUP_NOT_FOUND"));
}

TEST_F(BackupTest, WhatWasErasedGoesWithTheBackupsThatHoldIt) {
  ASSERT_OK(harness_->Append(WithSecret(4'000)));  // Entry 300.
  ASSERT_OK_AND_ASSIGN(const Backup first, Create());
  EXPECT_TRUE(Holds(to_));
  ASSERT_OK(harness_->Append(Erasing(300)));
  ASSERT_OK(harness_->ledger().PurgeErased());
  ASSERT_OK_AND_ASSIGN(const Backup second, Create());
  EXPECT_TRUE(Holds(to_));
  ASSERT_OK(backups_->Delete(first.id));
  EXPECT_FALSE(Holds(to_));
  EXPECT_OK(backups_->Verify(second.id));
}

TEST_F(BackupTest, NothingIsPurgedWhileABackupIsMade) {
  ASSERT_OK(harness_->Append(WithSecret(4'000)));
  ASSERT_OK(harness_->Append(Erasing(300)));
  EXPECT_OK(store_->Copy([this](rocksdb::DB*) {
    EXPECT_THAT(
        harness_->ledger().PurgeErased(),
        StatusHasReason(absl::StatusCode::kUnavailable, "BACKUP_UNDER_WAY"));
    return absl::OkStatus();
  }));
  EXPECT_TRUE(Holds(dir_.Path("db")));
  EXPECT_OK(harness_->ledger().PurgeErased());
  EXPECT_FALSE(Holds(dir_.Path("db")));
}

TEST_F(BackupTest, ACancelledBackupLeavesTheOthersWhole) {
  ASSERT_OK_AND_ASSIGN(const Backup first, Create());
  harness_->AppendSeeds(300, 320, 5);
  backups_->Cancel();
  EXPECT_THAT(Create(), StatusHasReason(absl::StatusCode::kCancelled,
                                        "BACKUP_CANCELLED"));
  OpenBackups();
  EXPECT_THAT(backups_->List(), SizeIs(1));
  EXPECT_OK(backups_->Verify(first.id));
  EXPECT_OK(Create());
}

TEST_F(BackupTest, TheDirectoryIsOfOneProcess) {
  EXPECT_THAT(BackupDirectory::Open({to_}),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "BACKUP_DIR_IN_USE"));
  EXPECT_THAT(backups_->List(), IsEmpty());
}

}  // namespace
}  // namespace annals::ledger
