// Open or refuse: what the ledger does with a store and a mark that do not
// agree, and with a damaged store. On RocksDB and files.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/keys.h"
#include "ledger/ledger.h"
#include "ledger/published_mark.h"
#include "ledger/rocksdb_store.h"
#include "tests/support/faulty_store.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const auto DataLoss = [](absl::string_view reason) {
  return StatusHasReason(absl::StatusCode::kDataLoss, std::string(reason));
};

// The write-ahead logs in a database's directory that hold anything, oldest
// first.
std::vector<std::string> WriteAheadLogs(const std::string& path) {
  std::vector<std::string> logs;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (entry.path().extension() == ".log" && entry.file_size() > 0) {
      logs.push_back(entry.path().string());
    }
  }
  EXPECT_FALSE(error);
  std::sort(logs.begin(), logs.end());
  return logs;
}

class LedgerOpenTest : public ::testing::Test {
 protected:
  absl::Status Open() {
    Close();
    ASSIGN_OR_RETURN(store_, OpenRocksDbStore(db_, RocksDbOptions()));
    mark_ = std::make_unique<PublishedMarkFile>(mark_path_);
    harness_ = std::make_unique<LedgerHarness>(store_.get(), mark_.get());
    if (signer_ != nullptr) harness_->UseSigner(signer_.get());
    if (!origin_.empty()) harness_->options().origin = origin_;
    harness_->options().accept_damaged_mark_slot = accept_damaged_slot_;
    return harness_->Open();
  }

  void Close() {
    harness_.reset();
    mark_.reset();
    store_.reset();
  }

  // A ledger of `size` entries, closed.
  void Build(uint64_t size) {
    ASSERT_OK(Open());
    harness_->AppendSeeds(0, size, 4);
    Close();
  }

  // Leaves the files as a crash would: the database is not closed, so that its
  // last writes are in the write-ahead log only.
  void BuildAndCrash(uint64_t size) {
    ASSERT_OK(Open());
    harness_->AppendSeeds(0, size, 1);
    Crash();
  }

  void Crash() {
    const std::string db_image = directory_.Path("db-image");
    const std::string mark_image = directory_.Path("mark-image");
    CopyAll(db_, db_image);
    CopyAll(mark_path_, mark_image);
    Close();
    CopyAll(db_image, db_);
    CopyAll(mark_image, mark_path_);
  }

  // Opens, refused or not, and opens again: a refusal changes nothing.
  absl::Status OpenTwice() {
    const absl::Status first = Open();
    const absl::Status second = Open();
    EXPECT_EQ(ErrorReason(first), ErrorReason(second));
    return first;
  }

  // Flips a bit in the mark's slot that holds the checkpoint of `size`.
  void DamageSlotOf(uint64_t size) {
    std::string bytes = ReadFile(mark_path_);
    const size_t at = bytes.find(absl::StrCat(kTestOrigin, "\n", size, "\n"));
    ASSERT_NE(at, std::string::npos);
    bytes[at] ^= 0x01;
    WriteFile(mark_path_, bytes);
  }

  TempDir directory_;
  const std::string db_ = directory_.Path("db");
  const std::string mark_path_ = directory_.Path("published");
  std::unique_ptr<Ed25519Signer> signer_;
  std::string origin_;
  bool accept_damaged_slot_ = false;
  std::unique_ptr<Store> store_;
  std::unique_ptr<PublishedMark> mark_;
  std::unique_ptr<LedgerHarness> harness_;
};

TEST_F(LedgerOpenTest, OpensWhatWasClosed) {
  for (uint64_t size : {0, 1, 300}) {
    ASSERT_OK(Open());
    const uint64_t old_size = harness_->ledger().checkpoint()->checkpoint.size;
    harness_->AppendSeeds(old_size, size, 100);
    ASSERT_OK(Open());
    harness_->CheckWholeLedger(size);
  }
}

TEST_F(LedgerOpenTest, OpensAfterACrash) {
  BuildAndCrash(20);
  ASSERT_OK(Open());
  harness_->CheckWholeLedger(20);
}

TEST_F(LedgerOpenTest, RefusesAStoreThatWasRolledBack) {
  Build(5);
  CopyAll(db_, directory_.Path("older"));
  ASSERT_OK(Open());
  harness_->AppendSeeds(5, 10, 2);
  Close();
  CopyAll(directory_.Path("older"), db_);
  EXPECT_THAT(OpenTwice(), DataLoss("LEDGER_BEHIND_MARK"));
}

TEST_F(LedgerOpenTest, RefusesAnEmptyStoreBehindAMark) {
  Build(5);
  std::error_code error;
  std::filesystem::remove_all(db_, error);
  EXPECT_THAT(OpenTwice(), DataLoss("LEDGER_BEHIND_MARK"));
}

TEST_F(LedgerOpenTest, RefusesAnotherLedgersStore) {
  // The same key and size, other entries.
  ASSERT_OK(Open());
  harness_->AppendSeeds(100, 106, 3);
  Close();
  CopyAll(db_, directory_.Path("other"));
  std::error_code error;
  std::filesystem::remove_all(db_, error);
  std::filesystem::remove(mark_path_, error);
  Build(6);
  CopyAll(directory_.Path("other"), db_);
  EXPECT_THAT(OpenTwice(), DataLoss("LEDGER_DIVERGED"));
}

TEST_F(LedgerOpenTest, VerifiesAndPublishesWhatIsAheadOfTheMark) {
  Build(5);
  CopyAll(mark_path_, directory_.Path("older"));
  ASSERT_OK(Open());
  harness_->AppendSeeds(5, 300, 256);
  Close();
  CopyAll(directory_.Path("older"), mark_path_);
  ASSERT_OK(Open());
  harness_->CheckWholeLedger(300);
  ASSERT_OK(Open());
}

TEST_F(LedgerOpenTest, RefusesAStoreWithoutItsMark) {
  Build(5);
  std::error_code error;
  ASSERT_TRUE(std::filesystem::remove(mark_path_, error));
  EXPECT_THAT(OpenTwice(), DataLoss("MARK_MISSING"));
  EXPECT_FALSE(std::filesystem::exists(mark_path_, error));
}

TEST_F(LedgerOpenTest, RefusesTheMarkOfAnotherKeyOrOrigin) {
  Build(5);
  const auto foreign =
      StatusHasReason(absl::StatusCode::kFailedPrecondition, "MARK_FOREIGN");
  signer_ = TestSigner('x');
  EXPECT_THAT(OpenTwice(), foreign);
  signer_ = nullptr;
  origin_ = "other.example/annals";
  EXPECT_THAT(OpenTwice(), foreign);
  origin_.clear();
  EXPECT_OK(Open());
}

TEST_F(LedgerOpenTest, ATornMarkCountsAsTheOneBefore) {
  Build(5);
  ASSERT_OK(Open());
  const std::string note = harness_->ledger().checkpoint()->note;
  Close();
  std::string bytes = ReadFile(mark_path_);
  const size_t at = bytes.find(note);
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at + 20, 100, std::string(100, '\0'));
  WriteFile(mark_path_, bytes);
  ASSERT_OK(Open());
  harness_->CheckWholeLedger(5);
  // The new signature has healed the slot.
  ASSERT_OK(Open());
}

TEST_F(LedgerOpenTest, RefusesARollbackHiddenByADamagedSlot) {
  Build(8);
  CopyAll(db_, directory_.Path("older"));
  ASSERT_OK(Open());
  harness_->AppendSeeds(8, 12, 4);
  Close();
  CopyAll(directory_.Path("older"), db_);
  DamageSlotOf(12);
  const std::string mark = ReadFile(mark_path_);
  const absl::Status status = OpenTwice();
  EXPECT_THAT(status, DataLoss("MARK_DAMAGED"));
  for (const std::string& part :
       {mark_path_, std::string("--accept_damaged_mark_slot")}) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
    EXPECT_THAT(ErrorTextZh(status), HasSubstr(part));
  }
  EXPECT_EQ(ReadFile(mark_path_), mark);
}

TEST_F(LedgerOpenTest, OpensWithADamagedSlotThatIsAcceptedAndHealsIt) {
  Build(8);
  DamageSlotOf(4);
  EXPECT_THAT(OpenTwice(), DataLoss("MARK_DAMAGED"));
  accept_damaged_slot_ = true;
  ASSERT_OK(Open());
  harness_->CheckWholeLedger(8);
  accept_damaged_slot_ = false;
  ASSERT_OK(Open());
  harness_->CheckWholeLedger(8);
}

TEST_F(LedgerOpenTest, AnAcceptedSlotDoesNotExcuseARolledBackStore) {
  Build(4);
  CopyAll(db_, directory_.Path("older"));
  ASSERT_OK(Open());
  harness_->AppendSeeds(4, 12, 4);
  Close();
  CopyAll(directory_.Path("older"), db_);
  DamageSlotOf(12);
  accept_damaged_slot_ = true;
  EXPECT_THAT(OpenTwice(), DataLoss("LEDGER_BEHIND_MARK"));
}

TEST_F(LedgerOpenTest, RefusesAMarkThatIsDamaged) {
  Build(5);
  WriteFile(mark_path_, std::string(8192, 'x'));
  EXPECT_THAT(OpenTwice(), DataLoss("MARK_DAMAGED"));
}

TEST_F(LedgerOpenTest, RefusesAFlippedByteInTheMiddleOfTheLog) {
  BuildAndCrash(200);
  const std::vector<std::string> logs = WriteAheadLogs(db_);
  ASSERT_THAT(logs, Not(IsEmpty()));
  std::string bytes = ReadFile(logs.back());
  bytes[bytes.size() / 2] ^= 0x40;
  WriteFile(logs.back(), bytes);
  const absl::Status status = OpenTwice();
  EXPECT_THAT(status, DataLoss("STORE_DAMAGED"));
  const std::string name =
      std::filesystem::path(logs.back()).filename().string();
  EXPECT_THAT(std::string(status.message()), HasSubstr(name));
  EXPECT_EQ(ReadFile(logs.back()), bytes);
}

TEST_F(LedgerOpenTest, RefusesALogThatWasCutShort) {
  BuildAndCrash(200);
  const std::vector<std::string> logs = WriteAheadLogs(db_);
  ASSERT_THAT(logs, Not(IsEmpty()));
  const std::string bytes = ReadFile(logs.back());
  WriteFile(logs.back(), bytes.substr(0, bytes.size() / 2));
  EXPECT_THAT(OpenTwice(), DataLoss("LEDGER_BEHIND_MARK"));
}

TEST_F(LedgerOpenTest, ATornTailThatNobodyWasToldOfIsDropped) {
  ASSERT_OK(Open());
  harness_->AppendSeeds(0, 50, 1);
  const std::string mark_before = ReadFile(mark_path_);
  harness_->AppendSeeds(50, 51, 1);
  Crash();
  WriteFile(mark_path_, mark_before);
  const std::vector<std::string> logs = WriteAheadLogs(db_);
  ASSERT_THAT(logs, Not(IsEmpty()));
  const std::string bytes = ReadFile(logs.back());
  WriteFile(logs.back(), bytes.substr(0, bytes.size() - 100));
  ASSERT_OK(Open());
  harness_->CheckWholeLedger(50);
  ASSERT_OK_AND_ASSIGN(const AppendResult again,
                       harness_->Append(TestRequest(50)));
  EXPECT_FALSE(again.replayed);
}

TEST_F(LedgerOpenTest, RefusesAMissingTableFile) {
  Build(5);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(db_, error)) {
    if (entry.path().extension() == ".sst") {
      ASSERT_TRUE(std::filesystem::remove(entry.path(), error));
    }
  }
  EXPECT_THAT(OpenTwice(), DataLoss("STORE_DAMAGED"));
}

// RocksDB opens the first tables at once, and names no file when a later one's
// footer is damaged.
TEST_F(LedgerOpenTest, ADamagedFooterIsNamedByTheReadThatMeetsIt) {
  constexpr uint64_t kRounds = 7;
  for (uint64_t round = 0; round < kRounds; ++round) {
    ASSERT_OK(Open());
    harness_->AppendSeeds(round * 10, round * 10 + 10, 5);
  }
  ASSERT_OK(Open());
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(db_, error)) {
    if (entry.path().extension() != ".sst") continue;
    std::string bytes = ReadFile(entry.path());
    bytes[bytes.size() - 12] ^= 0x40;  // Of the format's version.
    WriteFile(entry.path(), bytes);
  }
  int damaged = 0;
  for (uint64_t index = 0; index < kRounds * 10; ++index) {
    const auto entry = harness_->ledger().ReadEntry(index, true);
    if (entry.ok()) continue;
    ++damaged;
    EXPECT_THAT(entry, DataLoss("ENTRY_DAMAGED"));
    EXPECT_THAT(std::string(entry.status().message()), HasSubstr(".sst"));
  }
  EXPECT_GT(damaged, 0);
}

TEST_F(LedgerOpenTest, TwoProcessesCannotShareAStore) {
  ASSERT_OK(Open());
  EXPECT_THAT(
      OpenRocksDbStore(db_, RocksDbOptions()),
      StatusHasReason(absl::StatusCode::kFailedPrecondition, "STORE_LOCKED"));
}

// On the store in memory, whose rows can be compared.
class LedgerIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(harness_.Open());
    for (uint64_t i = 0; i < 30; ++i) {
      const std::string stream = absl::StrCat("stream-", i % 4);
      ASSERT_OK(harness_.Append(TestRequest(i, {stream, i / 4})));
    }
    harness_.Close();
    rows_ = store_.index_rows();
  }

  void ExpectRebuilt() {
    ASSERT_OK(harness_.Open());
    EXPECT_EQ(store_.index_rows(), rows_);
    harness_.CheckWholeLedger(30);
  }

  MemoryStore store_;
  MemoryMark mark_;
  LedgerHarness harness_{&store_, &mark_};
  std::map<std::string, std::string> rows_;
};

TEST_F(LedgerIndexTest, DroppedIndexesAreRebuilt) {
  ASSERT_OK(store_.ClearIndexes());
  ExpectRebuilt();
}

TEST_F(LedgerIndexTest, IndexesOfTooFewEntriesAreRebuilt) {
  ASSERT_OK(
      store_.WriteIndexes({{IndexMarkerKey(), IndexMarkerValue({29, 1, 1})}}));
  ExpectRebuilt();
}

TEST_F(LedgerIndexTest, BrokenRowsOfTheLastEntryAreRebuilt) {
  ASSERT_OK(store_.WriteIndexes({{StreamHeadKey("stream-1"), "broken"}}));
  ExpectRebuilt();
  ASSERT_OK(store_.WriteIndexes(
      {{RequestKey("caller-2", "request-29"), RequestValue(3)}}));
  ExpectRebuilt();
}

TEST_F(LedgerIndexTest, OtherBrokenRowsAreRebuiltOnDemand) {
  ASSERT_OK(store_.WriteIndexes(
      {{StreamHeadKey("stream-0"), "broken"}, {"stray", "row"}}));
  ASSERT_OK(harness_.Open());
  const absl::Status damaged = harness_.ledger().LengthOf("stream-0").status();
  EXPECT_THAT(damaged, DataLoss("INDEX_DAMAGED"));
  EXPECT_THAT(std::string(damaged.message()), HasSubstr("--rebuild_indexes"));
  EXPECT_THAT(ErrorTextZh(damaged), HasSubstr("--rebuild_indexes"));
  harness_.options().rebuild_indexes = true;
  ExpectRebuilt();
}

TEST_F(LedgerIndexTest, RowsOfAnotherFormatAreRebuilt) {
  const SimpleLeafDecoder newer(2);
  harness_.UseDecoder(&newer);
  ASSERT_OK(harness_.Open());
  EXPECT_NE(store_.index_rows().at(IndexMarkerKey()),
            rows_.at(IndexMarkerKey()));
  harness_.CheckWholeLedger(30);
}

TEST_F(LedgerIndexTest, AnInterruptedRebuildIsDoneAgain) {
  ASSERT_OK(store_.ClearIndexes());
  for (int k = 1; k <= 3; ++k) {
    FaultPlan fault(k, FaultFlavour::kNotDone);
    FaultyStore faulty(&store_, &fault);
    LedgerHarness interrupted(&faulty, &mark_);
    EXPECT_THAT(interrupted.Open(), Not(IsOk())) << k;
  }
  ExpectRebuilt();
}

TEST_F(LedgerIndexTest, ADamagedLeafIsNotIndexed) {
  ASSERT_OK(store_.ClearIndexes());
  FaultPlan none;
  FaultyStore faulty(&store_, &none);
  faulty.DamageLeaf(3);
  LedgerHarness harness(&faulty, &mark_);
  EXPECT_THAT(harness.Open(), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace annals::ledger
