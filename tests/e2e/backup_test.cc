// Backups of a running daemon and their restoration, by the real programs.

#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "annals/v1/backup_service.grpc.pb.h"
#include "annals/v1/erasure_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/e2e_fixture.h"
#include "tests/e2e/submitter.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Two agencies, and the first twenty reports.
constexpr uint64_t kKnownEntriesMin = 22;

class BackupTest : public EndToEndTest {
 protected:
  void SetUp() override {
    StartDaemon(WithBackups());
    ASSERT_THAT(RegisterAgency(MakeAgencyCode(0)), Succeeded());
    ASSERT_THAT(RegisterAgency(MakeAgencyCode(1)), Succeeded());
  }

  Words WithBackups(const Words& more = {}) const {
    Words words = {"--backup_dir=" + backup_dir_};
    words.insert(words.end(), more.begin(), more.end());
    return DaemonCommand(words);
  }

  // A further entry.
  void Grow() {
    ASSERT_THAT(RegisterAgency(MakeAgencyCode(next_agency_++)), Succeeded());
  }

  // What the client printed goes into a file that --expect_checkpoint names.
  std::string KeepCheckpoint(const std::string& name) {
    const std::string path = dir_.Path(name);
    WriteFile(path, Checkpoint());
    return path;
  }

  // A directory with nothing but the signing key.
  std::string NewDataDir(const std::string& name) {
    const std::string path = dir_.Path(name);
    std::filesystem::create_directory(path);
    std::filesystem::copy_file(data_dir_ + "/signing_key.pem",
                               path + "/signing_key.pem");
    return path;
  }

  Outcome Restore(const std::string& data_dir, const std::string& checkpoint,
                  const Words& more = {}) {
    Words command = {ANNALSD_PATH, "--restore=" + backup_dir_,
                     "--expect_checkpoint=" + checkpoint,
                     "--data_dir=" + data_dir};
    command.insert(command.end(), more.begin(), more.end());
    return Run(command, {});
  }

  // Refused, naming why; and what it leaves is served by nobody, as an empty
  // ledger under the key that stands there.
  void ExpectRefused(const std::string& data_dir, const std::string& checkpoint,
                     const std::string& why, const Words& more = {}) {
    const Outcome refused = Restore(data_dir, checkpoint, more);
    EXPECT_EQ(refused.code, 2) << refused.out;
    EXPECT_THAT(refused.err, HasSubstr(why));
    for (const char* name : {"/db", "/published_checkpoint", "/restoring/db"}) {
      EXPECT_FALSE(std::filesystem::exists(data_dir + name)) << name;
    }
    if (std::filesystem::exists(data_dir)) ExpectNotServed(data_dir);
  }

  void ExpectNotServed(const std::string& data_dir) {
    const Outcome start =
        Run({ANNALSD_PATH, "--data_dir=" + data_dir,
             "--origin=test.local/annals", "--listen=127.0.0.1:0"},
            {});
    EXPECT_EQ(start.code, 2) << start.out;
    EXPECT_TRUE(absl::StrContains(start.err, "(reason RESTORE_INCOMPLETE)") ||
                absl::StrContains(start.err, "(reason LEDGER_MISSING)"))
        << start.err;
  }

  void ExpectWhole(const std::string& data_dir) {
    const Outcome fsck =
        Run({ANNALSD_PATH, "--fsck", "--data_dir=" + data_dir}, {});
    EXPECT_EQ(fsck.code, 0) << fsck.out << fsck.err;
  }

  // Another daemon, at the same address, on another directory.
  void StartInstead(const std::string& data_dir) {
    ASSERT_EQ(StopDaemon(), 0) << DaemonLog();
    StartDaemon(
        {ANNALSD_PATH, "--data_dir=" + data_dir, "--listen=" + server_});
  }

  // Each that was acknowledged within the first `entries` is answered alike.
  void ExpectAnsweredAsBefore(const Submitter& submitter, uint64_t entries) {
    int repeated = 0;
    for (const AcknowledgedSubmission& one : submitter.acknowledged()) {
      if (one.response.revision().entry_index() >= entries) continue;
      v1::SubmitRevisionResponse again;
      grpc::ClientContext context;
      ASSERT_THAT(reports_->SubmitRevision(&context, one.request, &again),
                  RpcOk());
      EXPECT_EQ(again.revision().SerializeAsString(),
                one.response.revision().SerializeAsString());
      ++repeated;
    }
    EXPECT_GT(repeated, 0);
  }

  const std::string backup_dir_ = dir_.Path("backups");
  int next_agency_ = 10;
};

TEST_F(BackupTest, ABackupIsMadeListedVerifiedAndPruned) {
  EXPECT_THAT(Annals({"backup", "list"}).err, HasSubstr("no backups yet"));
  const Outcome first = Annals({"backup", "create"});
  ASSERT_THAT(first, Succeeded());
  EXPECT_THAT(first.out,
              AllOf(HasSubstr("backups/1  "), HasSubstr(" 2 entries  root ")));
  EXPECT_THAT(first.err, HasSubstr("The signing keys are not in it"));
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(backup_dir_)) {
    if (file.is_regular_file()) {
      EXPECT_FALSE(absl::StrContains(ReadFile(file.path()), "PRIVATE KEY"));
    }
  }
  Grow();
  const std::string id = "00000000-0000-4000-8000-000000000001";
  const Outcome second = Annals({"backup", "create", "--request-id", id});
  ASSERT_THAT(second, Succeeded());
  EXPECT_EQ(Annals({"backup", "create", "--request-id", id}).out, second.out);
  const Outcome list = Annals({"backup", "list"});
  ASSERT_THAT(list, Succeeded());
  EXPECT_EQ(list.out, second.out + first.out);
  EXPECT_THAT(Annals({"backup", "list", "--json"}).out,
              HasSubstr("\"tree_size\": \"3\""));
  EXPECT_THAT(Annals({"backup", "verify", "2"}).out,
              HasSubstr("whole: every file"));
  EXPECT_THAT(Annals({"--lang", "zh", "backup", "verify", "backups/1"}).out,
              HasSubstr("完好"));
  EXPECT_THAT(Annals({"backup", "prune", "--keep", "1"}).out,
              HasSubstr("deleted backups/1"));
  EXPECT_EQ(Annals({"backup", "list"}).out, second.out);
  EXPECT_THAT(Annals({"backup", "verify", "1"}),
              RefusedWith(9, "BACKUP_NOT_FOUND"));
  EXPECT_EQ(Annals({"backup", "prune", "--keep", "0"}).code, 2);
  // Also by a daemon that finds them there.
  EXPECT_EQ(StopDaemon(), 0);
  StartDaemon(WithBackups());
  EXPECT_EQ(Annals({"backup", "list"}).out, second.out);
}

TEST_F(BackupTest, WithoutADirectoryThereAreNone) {
  ASSERT_EQ(StopDaemon(), 0);
  StartDaemon();
  for (const Words& words : {Words{"backup", "create"}, Words{"backup", "list"},
                             Words{"backup", "verify", "1"},
                             Words{"backup", "prune", "--keep", "1"}}) {
    EXPECT_THAT(Annals(words), RefusedWith(6, "BACKUPS_OFF")) << words[1];
  }
}

TEST_F(BackupTest, ADirectoryIsOfOneDaemonAndOneLedger) {
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  Words other = {ANNALSD_PATH, "--data_dir=" + dir_.Path("other"),
                 "--origin=test.local/other", "--listen=127.0.0.1:0",
                 "--backup_dir=" + backup_dir_};
  Outcome refused = Run(other, {});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("another annalsd makes its backups in"));
  ASSERT_EQ(StopDaemon(), 0);
  refused = Run(other, {});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err,
              HasSubstr("backups of the ledger test.local/annals"));
}

// What acknowledged submissions and a watcher saw is in the restored ledger, as
// far as the checkpoint goes that was known before the backup.
TEST_F(BackupTest, ABackupUnderLoadIsRestoredAndGoesOn) {
  std::vector<std::unique_ptr<Submitter>> submitters;
  for (int i = 0; i < 2; ++i) {
    submitters.push_back(std::make_unique<Submitter>(i, MakeAgencyCode(i)));
  }
  AcknowledgementCounter counter;
  std::vector<std::thread> threads;
  for (const auto& submitter : submitters) {
    threads.emplace_back([&submitter, &counter, this] {
      submitter->Run(reports_.get(), &counter);
    });
  }
  ASSERT_TRUE(counter.WaitFor(20));
  const std::string known = KeepCheckpoint("known");
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  ASSERT_TRUE(counter.WaitFor(40));
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  ASSERT_TRUE(counter.WaitFor(60));
  daemon_->Signal(SIGKILL);
  daemon_->Wait();
  for (std::thread& thread : threads) thread.join();
  Disconnect();

  const std::string restored = NewDataDir("restored");
  const Outcome outcome = Restore(restored, known);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("restored backups/2: "),
                                 HasSubstr("now start annalsd --data_dir=")));
  ExpectWhole(restored);
  StartDaemon({ANNALSD_PATH, "--data_dir=" + restored, "--listen=127.0.0.1:0"});
  Grow();
  EXPECT_THAT(Annals({"audit"}), Succeeded());
  ExpectAnsweredAsBefore(*submitters[0], kKnownEntriesMin);
  ExpectAnsweredAsBefore(*submitters[1], kKnownEntriesMin);
}

TEST_F(BackupTest, APinnedClientAcceptsWhatLostNothingAndAccusesWhatDid) {
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  const std::string known = KeepCheckpoint("known");
  const std::string whole = NewDataDir("whole");
  ASSERT_EQ(Restore(whole, known).code, 0);
  StartInstead(whole);
  EXPECT_THAT(Annals({"agency", "list"}), Succeeded());
  ASSERT_EQ(StopDaemon(), 0);
  // The same backup after the ledger has grown.
  StartDaemon({ANNALSD_PATH, "--data_dir=" + whole, "--listen=" + server_});
  Grow();
  const std::string behind = NewDataDir("behind");
  ASSERT_EQ(Restore(behind, known).code, 0);
  StartInstead(behind);
  EXPECT_EQ(Annals({"agency", "list"}).code, 11);
}

TEST_F(BackupTest, WhatDoesNotExtendTheExpectedCheckpointIsRefused) {
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  const std::string known = KeepCheckpoint("known");
  Grow();
  const std::string newer = KeepCheckpoint("newer");
  const std::string target = NewDataDir("target");
  ExpectRefused(target, newer, "lacks entries that were published");
  // The same text under no signature of the ledger; no checkpoint at all.
  std::string forged = ReadFile(known);
  const size_t size_at = forged.find("\n2\n");
  ASSERT_NE(size_at, std::string::npos);
  forged[size_at + 1] = '1';
  WriteFile(dir_.Path("forged"), forged);
  ExpectRefused(target, dir_.Path("forged"), "is not signed by this ledger");
  WriteFile(dir_.Path("nonsense"), "nonsense\n");
  ExpectRefused(target, dir_.Path("nonsense"), "is no signed checkpoint");
  ExpectRefused(target, known, "holds no backup 9", {"--restore_backup=9"});
  EXPECT_EQ(
      Run({ANNALSD_PATH, "--restore=" + backup_dir_, "--data_dir=" + target},
          {})
          .code,
      2);
  // It is signed by the ledger, and of another history.
  ASSERT_EQ(StopDaemon(), 0);
  StartDaemon({ANNALSD_PATH, "--data_dir=" + dir_.Path("fork"),
               "--signing_key=" + data_dir_ + "/signing_key.pem",
               "--origin=test.local/annals", "--listen=127.0.0.1:0"});
  Grow();
  const std::string forked = KeepCheckpoint("forked");
  ExpectRefused(target, forked, "is of another history");
  ExpectRefused(dir_.Path("nowhere"), known, "signing key is in no backup");
  EXPECT_FALSE(std::filesystem::exists(dir_.Path("nowhere")));
  // A key of another ledger.
  const std::string stranger = dir_.Path("stranger");
  ASSERT_EQ(StopDaemon(), 0);
  StartDaemon({ANNALSD_PATH, "--data_dir=" + stranger,
               "--origin=test.local/annals", "--listen=127.0.0.1:0"});
  ASSERT_EQ(StopDaemon(), 0);
  EXPECT_THAT(Restore(stranger, known).err, HasSubstr("is there. Restore"));
  for (const char* name : {"/db", "/published_checkpoint", "/verifier_key"}) {
    std::filesystem::remove_all(stranger + name);
  }
  ExpectRefused(stranger, known, "is not signed by this ledger");
  // And what is right still is.
  EXPECT_EQ(Restore(target, known).code, 0);
}

TEST_F(BackupTest, ADamagedBackupIsRefusedEverywhere) {
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  const std::string known = KeepCheckpoint("known");
  const std::string target = NewDataDir("target");
  for (const auto& file : std::filesystem::recursive_directory_iterator(
           backup_dir_ + "/shared_checksum")) {
    std::string bytes = ReadFile(file.path());
    bytes[bytes.size() / 2] ^= 1;
    WriteFile(file.path(), bytes);
    break;
  }
  EXPECT_THAT(Annals({"backup", "verify", "1"}),
              RefusedWith(8, "BACKUP_DAMAGED"));
  ExpectRefused(target, known, "backup 1 is damaged");
}

// Which older one will do is not for the daemon to say.
TEST_F(BackupTest, ADamagedNewestBackupIsNotPassedOver) {
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  const std::string known = KeepCheckpoint("known");
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  ASSERT_EQ(StopDaemon(), 0);
  WriteFile(backup_dir_ + "/meta/2", "");
  const std::string target = NewDataDir("target");
  ExpectRefused(target, known, "backups/2, the newest, is damaged");
  EXPECT_EQ(Restore(target, known, {"--restore_backup=1"}).code, 0);
}

// Over two that say different things of a file they share RocksDB aborts.
TEST_F(BackupTest, ADamagedDescriptionEndsNoDaemon) {
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  Grow();
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  const std::string known = KeepCheckpoint("known");
  const std::string description = backup_dir_ + "/meta/1";
  std::string bytes = ReadFile(description);
  const size_t shared = bytes.find("shared_checksum/");
  ASSERT_NE(shared, std::string::npos);
  bytes[bytes.find('\n', shared) - 1] ^= 1;  // Of the file's checksum.
  WriteFile(description, bytes);
  // Of the daemon that wrote it, too.
  const Outcome found = Annals({"backup", "verify", "1"});
  EXPECT_THAT(found, RefusedWith(8, "BACKUP_DAMAGED"));
  EXPECT_THAT(found.err, HasSubstr(description));
  ASSERT_EQ(StopDaemon(), 0) << DaemonLog();
  StartDaemon(WithBackups());
  EXPECT_THAT(DaemonLog(),
              AllOf(HasSubstr("backup 1 is damaged"), HasSubstr(description)));
  EXPECT_THAT(Annals({"backup", "verify", "2"}), Succeeded());
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  const std::string target = NewDataDir("target");
  ExpectRefused(target, known, description, {"--restore_backup=1"});
  EXPECT_EQ(Restore(target, known).code, 0);
  ExpectWhole(target);
}

TEST_F(BackupTest, ARestoreThatWasCutShortIsTakenUpAgain) {
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  const std::string known = KeepCheckpoint("known");
  const std::string target = NewDataDir("target");
  ASSERT_EQ(Restore(target, known).code, 0);
  // As after each step but the last.
  const struct {
    bool has_database;
    bool has_mark;
  } steps[] = {{false, false}, {true, false}, {true, true}};
  for (const auto& step : steps) {
    std::filesystem::create_directory(target + "/restoring");
    WriteFile(target + "/restoring/moving", "");
    if (!step.has_database) std::filesystem::remove_all(target + "/db");
    if (!step.has_mark) {
      std::filesystem::remove(target + "/published_checkpoint");
    }
    ExpectNotServed(target);
    const Outcome again = Restore(target, known);
    EXPECT_EQ(again.code, 0) << again.err;
    ExpectWhole(target);
  }
}

// Where a restore was refused, somebody may have put the ledger itself back.
TEST_F(BackupTest, ARestoreRemovesNoLedgerThatItDidNotBring) {
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  const std::string known = KeepCheckpoint("known");
  const std::string target = NewDataDir("target");
  ExpectRefused(target, known, "holds no backup 9", {"--restore_backup=9"});
  ASSERT_EQ(StopDaemon(), 0);
  for (const char* name : {"/db", "/published_checkpoint", "/verifier_key"}) {
    CopyAll(data_dir_ + name, target + name);
  }
  EXPECT_THAT(Restore(target, known), RefusedWith(2, "DATA_DIR_NOT_EMPTY"));
  ASSERT_TRUE(std::filesystem::remove(target + "/restoring"));
  ExpectWhole(target);
}

// Killed at some moment of a restore, again and again.
TEST_F(BackupTest, AKilledRestoreLeavesNothingThatIsServed) {
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  const std::string known = KeepCheckpoint("known");
  const std::string target = NewDataDir("target");
  for (int i = 0; i < 12; ++i) {
    Process restore({{ANNALSD_PATH, "--restore=" + backup_dir_,
                      "--expect_checkpoint=" + known, "--data_dir=" + target},
                     {},
                     dir_.Path("out")});
    for (int spin = 0; spin < i * 30'000; ++spin) restore.Signal(0);
    restore.Signal(SIGKILL);
    restore.Wait();
    if (std::filesystem::exists(target + "/db") &&
        !std::filesystem::exists(target + "/restoring")) {
      ExpectWhole(target);
      std::filesystem::remove_all(target + "/db");
      std::filesystem::remove(target + "/published_checkpoint");
      std::filesystem::remove(target + "/verifier_key");
    } else {
      ExpectNotServed(target);
    }
  }
  const Outcome again = Restore(target, known);
  EXPECT_EQ(again.code, 0) << again.err;
  ExpectWhole(target);
}

TEST_F(BackupTest, AnErasureNamesTheBackupsThatMayHoldTheContent) {
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());  // Before it.
  v1::SubmitRevisionRequest request;
  request.set_name(
      absl::StrCat("agencies/", MakeAgencyCode(0), "/reports/2024"));
  *request.mutable_report() = MakeReport(7, 2024);
  request.mutable_report()->mutable_s6_other()->append("WITHHELD-4c1e");
  request.set_reason("年度报告");
  request.set_request_id("00000000-0000-4000-8000-0000000000aa");
  v1::SubmitRevisionResponse response;
  grpc::ClientContext context;
  ASSERT_THAT(reports_->SubmitRevision(&context, request, &response), RpcOk());
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  const Outcome erased =
      Annals({"erase", request.name(), "--revision", "1", "--reason", "x",
              "--legal-basis", "条例第十五条"});
  ASSERT_THAT(erased, Succeeded());
  EXPECT_THAT(erased.out,
              AllOf(HasSubstr("may still hold it: backups/3, backups/2;"),
                    Not(HasSubstr("backups/1")),
                    HasSubstr("annals backup prune --keep 1")));
  const auto holds = [this] {
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(backup_dir_)) {
      if (file.is_regular_file() &&
          absl::StrContains(ReadFile(file.path()), "WITHHELD-4c1e")) {
        return true;
      }
    }
    return false;
  };
  EXPECT_TRUE(holds());
  ASSERT_THAT(Annals({"backup", "create"}), Succeeded());
  ASSERT_THAT(Annals({"backup", "prune", "--keep", "1"}), Succeeded());
  EXPECT_FALSE(holds());
  EXPECT_THAT(Annals({"backup", "verify", "4"}), Succeeded());
}

TEST_F(BackupTest, TheDaemonMakesBackupsByItself) {
  ASSERT_EQ(StopDaemon(), 0);
  StartDaemon(WithBackups({"--backup_interval=50ms", "--backup_keep=2"}));
  const auto backups = v1::BackupService::NewStub(channel_);
  v1::ListBackupsResponse list;
  // The first two are gone once there is a later one.
  do {
    grpc::ClientContext context;
    ASSERT_THAT(backups->ListBackups(&context, {}, &list), RpcOk());
  } while (list.backups().empty() || list.backups(0).name() == "backups/1" ||
           list.backups(0).name() == "backups/2");
  EXPECT_LE(list.backups_size(), 2);
}

}  // namespace
}  // namespace annals
