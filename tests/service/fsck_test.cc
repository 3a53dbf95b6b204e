// annalsd --fsck on a real data directory.

#include "service/fsck.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/keys.h"
#include "ledger/rocksdb_store.h"
#include "rocksdb/db.h"
#include "tests/support/process.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class FsckTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    const std::string code = MakeAgencyCode(0);
    ASSERT_THAT(Register(code), GrpcOk());
    const v1::Revision first = Record(FirstSubmission(code, 1));
    Record(Correction(code, 2, first.etag()));
  }

  void Stop() {
    channel_.reset();
    daemon_->Drain(absl::Seconds(5));
    daemon_.reset();
  }

  Outcome Fsck() {
    Process process(
        {{ANNALSD_PATH, "--fsck", "--data_dir=" + options_.data_dir},
         {},
         dir_.Path("out"),
         dir_.Path("err")});
    Outcome outcome;
    outcome.code = process.Wait();
    outcome.out = ReadFile(dir_.Path("out"));
    outcome.err = ReadFile(dir_.Path("err"));
    return outcome;
  }

  // Every file with its time and size.
  std::string Listing() const {
    std::string listing;
    std::vector<std::string> lines;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(options_.data_dir)) {
      if (!entry.is_regular_file()) continue;
      lines.push_back(absl::StrCat(
          entry.path().string(), " ", entry.file_size(), " ",
          entry.last_write_time().time_since_epoch().count(), "\n"));
    }
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines) listing += line;
    return listing;
  }
};

TEST_F(FsckTest, AWholeLedgerHasNoFaultAndIsNotChanged) {
  Stop();
  const std::string before = Listing();
  const Outcome fsck = Fsck();
  EXPECT_EQ(fsck.code, 0) << fsck.out << fsck.err;
  EXPECT_THAT(fsck.out, HasSubstr("3 entries, "));
  EXPECT_THAT(fsck.out, HasSubstr(" 0 faults"));
  EXPECT_EQ(Listing(), before);
  // And it is still served.
  Start();
  EXPECT_EQ(LedgerSize(), 3u);
}

// As with --signing_key, or a backup that is kept apart from the key.
TEST_F(FsckTest, TheSigningKeyIsNotNeeded) {
  Stop();
  std::filesystem::remove(options_.data_dir + "/signing_key.pem");
  const Outcome fsck = Fsck();
  EXPECT_EQ(fsck.code, 0) << fsck.out << fsck.err;
}

TEST_F(FsckTest, ARunningDaemonIsLeftAlone) {
  const Outcome fsck = Fsck();
  EXPECT_EQ(fsck.code, 2);
  EXPECT_THAT(fsck.err, HasSubstr("Another annalsd runs"));
}

TEST_F(FsckTest, ADirectoryWithoutALedgerIsRefused) {
  Stop();
  options_.data_dir = dir_.Path("nothing");
  const Outcome fsck = Fsck();
  EXPECT_EQ(fsck.code, 2);
  EXPECT_THAT(fsck.err, HasSubstr("holds no ledger"));
  EXPECT_FALSE(std::filesystem::exists(options_.data_dir));
}

TEST_F(FsckTest, AChangedIndexIsNamedAndRebuilt) {
  Stop();
  {
    auto store = ledger::OpenRocksDbStore(options_.data_dir + "/db", {});
    ASSERT_THAT(store, IsOk());
    ASSERT_THAT((*store)->WriteIndexes(
                    {{ledger::StreamHeadKey(ReportOf(MakeAgencyCode(0))),
                      ledger::StreamHeadValue({1, 1})},
                     {ledger::StreamHeadKey("agencies/invented"),
                      ledger::StreamHeadValue({1, 1})}}),
                IsOk());
  }
  const Outcome fsck = Fsck();
  EXPECT_EQ(fsck.code, 1);
  EXPECT_THAT(fsck.out, HasSubstr(ReportOf(MakeAgencyCode(0))));
  EXPECT_THAT(fsck.out, HasSubstr("is one too many"));
  EXPECT_THAT(fsck.out, HasSubstr(" 2 faults"));
  options_.ledger.rebuild_indexes = true;
  Start();
  Stop();
  EXPECT_EQ(Fsck().code, 0);
}

TEST_F(FsckTest, IndexesThatAreNotThereAreMadeByTheNextStart) {
  Stop();
  const std::string path = options_.data_dir + "/db";
  {
    std::vector<std::string> names;
    ASSERT_TRUE(
        rocksdb::DB::ListColumnFamilies(rocksdb::Options(), path, &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> tables;
    for (const std::string& name : names) {
      tables.emplace_back(name, rocksdb::ColumnFamilyOptions());
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(
        rocksdb::DB::Open(rocksdb::Options(), path, tables, &handles, &opened)
            .ok());
    const std::unique_ptr<rocksdb::DB> db(opened);
    for (rocksdb::ColumnFamilyHandle* const handle : handles) {
      if (handle->GetName() == "indexes") {
        EXPECT_TRUE(db->DropColumnFamily(handle).ok());
      }
      EXPECT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
    }
  }
  const Outcome fsck = Fsck();
  EXPECT_EQ(fsck.code, 2);
  EXPECT_THAT(fsck.err, HasSubstr("has no indexes"));
  Start();
  Stop();
  EXPECT_EQ(Fsck().code, 0);
}

TEST_F(FsckTest, ADamagedMarkIsNamed) {
  Stop();
  const std::string path = options_.data_dir + "/published_checkpoint";
  std::string mark = ReadFile(path);
  mark[20] ^= 1;
  WriteFile(path, mark);
  const Outcome fsck = Fsck();
  EXPECT_EQ(fsck.code, 1) << fsck.out << fsck.err;
}

// The store is ahead of the slot that is left, as after a crash: that is what
// is said of it, and the daemon says what it does about it.
TEST_F(FsckTest, ADamagedNewestSlotIsRewrittenAndTold) {
  Stop();
  const std::string path = options_.data_dir + "/published_checkpoint";
  constexpr size_t kSlotBytes = 4096;
  constexpr size_t kSequenceAt = 8;
  std::string mark = ReadFile(path);
  const bool is_second =
      mark.substr(kSlotBytes + kSequenceAt, sizeof(uint64_t)) >
      mark.substr(kSequenceAt, sizeof(uint64_t));
  mark[(is_second ? kSlotBytes : 0) + 20] ^= 1;
  WriteFile(path, mark);
  const Outcome fsck = Fsck();
  EXPECT_EQ(fsck.code, 1) << fsck.out << fsck.err;
  EXPECT_THAT(fsck.out, HasSubstr("holds 3 entries, more than the 2"));
  EXPECT_THAT(fsck.out, Not(HasSubstr("not ahead")));
  Process daemon({{ANNALSD_PATH, "--data_dir=" + options_.data_dir,
                   "--listen=127.0.0.1:0"},
                  {},
                  "",
                  dir_.Path("log")});
  daemon.ReadLine();
  EXPECT_THAT(daemon.ReadLine(), HasSubstr("serving on"));
  daemon.Signal(SIGTERM);
  EXPECT_EQ(daemon.Wait(), 0);
  EXPECT_THAT(ReadFile(dir_.Path("log")),
              HasSubstr("was damaged and was rewritten"));
  EXPECT_EQ(Fsck().code, 0);
}

TEST_F(FsckTest, AReadOnlyStoreRefusesToBeWritten) {
  Stop();
  ledger::RocksDbOptions read_only;
  read_only.read_only = true;
  auto store = ledger::OpenRocksDbStore(options_.data_dir + "/db", read_only);
  ASSERT_THAT(store, IsOk());
  ASSERT_OK_AND_ASSIGN(const ledger::StoreHead head, (*store)->Head());
  EXPECT_EQ(head.size, 3u);
  EXPECT_FALSE((*store)->WriteIndexes({{"x", "y"}}).ok());
  EXPECT_FALSE((*store)->BeginEpoch().ok());
}

}  // namespace
}  // namespace annals
