// The end of the database's log, as a power cut can leave it: the last write
// has its length, and some of its blocks are missing. It is dropped only if
// nothing published was in it, which the mark tells.

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/published_mark.h"
#include "ledger/recovery.h"
#include "ledger/rocksdb_store.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::ledger {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kPublished = 5;

class TornLogTest : public ::testing::Test {
 protected:
  // A store of one entry more than kPublished, as a crash leaves it; the log's
  // last write, which is the last entry, lacks some bytes.
  void SetUp() override {
    ASSERT_OK(OpenStore());
    mark_ = std::make_unique<PublishedMarkFile>(mark_path_);
    LedgerHarness harness(store_.get(), mark_.get());
    ASSERT_OK(harness.Open());
    harness.AppendSeeds(0, kPublished, 1);
    const std::string log = LogOf(db_);
    const auto whole = ReadFile(log).size();
    CopyAll(mark_path_, older_mark_);
    harness.AppendSeeds(kPublished, kPublished + 1, 1);
    const std::string image = directory_.Path("image");
    CopyAll(db_, image);
    harness.Close();
    store_.reset();
    CopyAll(image, db_);
    std::string bytes = ReadFile(log);
    ASSERT_GT(bytes.size(), whole + 100);
    bytes.replace(whole + 50, 40, std::string(40, '\0'));
    WriteFile(log, bytes);
  }

  // As a crash before it was published leaves it.
  void UnpublishTheLastEntry() {
    mark_.reset();
    CopyAll(older_mark_, mark_path_);
    mark_ = std::make_unique<PublishedMarkFile>(mark_path_);
  }

  // The log that holds anything.
  static std::string LogOf(const std::string& db) {
    std::string log;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(db, error)) {
      if (entry.path().extension() == ".log" && entry.file_size() > 0) {
        EXPECT_EQ(log, "");
        log = entry.path().string();
      }
    }
    return log;
  }

  absl::Status OpenStore() {
    options_.holds_all_published = [this](uint64_t entries) {
      return HoldsAllPublished(entries, mark_.get());
    };
    return OpenStoreAs(options_);
  }

  absl::Status OpenStoreAs(const RocksDbOptions& options) {
    store_.reset();
    ASSIGN_OR_RETURN(store_, OpenRocksDbStore(db_, options));
    return absl::OkStatus();
  }

  TempDir directory_;
  const std::string db_ = directory_.Path("db");
  const std::string mark_path_ = directory_.Path("mark");
  const std::string older_mark_ = directory_.Path("older-mark");
  RocksDbOptions options_;
  std::unique_ptr<PublishedMark> mark_;
  std::unique_ptr<DatabaseStore> store_;
};

TEST_F(TornLogTest, AWriteThatWasNotPublishedIsDropped) {
  UnpublishTheLastEntry();
  ASSERT_OK(OpenStore());
  EXPECT_THAT(store_->DroppedTail(), HasSubstr(".log: dropping "));
  LedgerHarness harness(store_.get(), mark_.get());
  ASSERT_OK(harness.Open());
  harness.CheckWholeLedger(kPublished);
  // The same request is recorded now.
  harness.AppendSeeds(kPublished, kPublished + 3, 2);
  harness.Close();
  ASSERT_OK(OpenStore());
  EXPECT_THAT(store_->DroppedTail(), IsEmpty());
  LedgerHarness again(store_.get(), mark_.get());
  ASSERT_OK(again.Open());
  again.CheckWholeLedger(kPublished + 3);
}

TEST_F(TornLogTest, WhoOnlyReadsChangesNothing) {
  UnpublishTheLastEntry();
  const std::string log = LogOf(db_);
  const std::string bytes = ReadFile(log);
  options_.read_only = true;
  ASSERT_OK(OpenStore());
  ASSERT_OK_AND_ASSIGN(const StoreHead head, store_->Head());
  EXPECT_EQ(head.size, kPublished);
  store_.reset();
  EXPECT_EQ(ReadFile(log), bytes);
}

TEST_F(TornLogTest, AWriteThatWasPublishedIsDamage) {
  const std::string log = LogOf(db_);
  const std::string bytes = ReadFile(log);
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(OpenStore(),
                StatusHasReason(absl::StatusCode::kDataLoss, "STORE_DAMAGED"));
    EXPECT_EQ(ReadFile(log), bytes);
  }
}

TEST_F(TornLogTest, WithoutAMarkItIsDamage) {
  UnpublishTheLastEntry();
  EXPECT_THAT(OpenStoreAs({}),
              StatusHasReason(absl::StatusCode::kDataLoss, "STORE_DAMAGED"));
  mark_.reset();
  ASSERT_TRUE(std::filesystem::remove(mark_path_));
  mark_ = std::make_unique<PublishedMarkFile>(mark_path_);
  EXPECT_THAT(OpenStore(),
              StatusHasReason(absl::StatusCode::kDataLoss, "STORE_DAMAGED"));
}

// The slot may have vouched for the write that is torn.
TEST_F(TornLogTest, BesideADamagedMarkItIsDamage) {
  std::string bytes = ReadFile(mark_path_);
  const size_t at = bytes.find("\n6\n");
  ASSERT_NE(at, std::string::npos);
  bytes[at + 1] ^= 0x01;
  mark_.reset();
  WriteFile(mark_path_, bytes);
  mark_ = std::make_unique<PublishedMarkFile>(mark_path_);
  EXPECT_THAT(OpenStore(),
              StatusHasReason(absl::StatusCode::kDataLoss, "STORE_DAMAGED"));
}

}  // namespace
}  // namespace annals::ledger
