// The daemon as an operator meets it: flags, first start, refusals, the end.

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/e2e/e2e_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kCode[] = "11410303005450123N";
constexpr char kReport[] = "agencies/11410303005450123N/reports/2024";

class DaemonProcessTest : public EndToEndTest {
 protected:
  std::string InData(const std::string& name) const {
    return absl::StrCat(data_dir_, "/", name);
  }

  void RecordReport() {
    ASSERT_THAT(RegisterAgency(kCode), Succeeded());
    ASSERT_THAT(Annals({"submit", TestData("xigong-2024.txt"), "--agency",
                        kCode, "--year", "2024", "--reason", "年度报告",
                        "--ack", "N-REQUESTS=口径不同"}),
                Succeeded());
  }

  // Starts a daemon that refuses and says this.
  void ExpectRefusal(const Words& command, const std::string& text) {
    EXPECT_NE(RunDaemon(command), 0);
    EXPECT_THAT(DaemonLog(), HasSubstr(text));
  }
};

TEST_F(DaemonProcessTest, RefusesUnknownFlagsAndOtherAddresses) {
  ExpectRefusal(DaemonCommand({"--data_dri=x"}), "data_dri");
  ExpectRefusal(DaemonCommand({"--listen=0.0.0.0:0"}), "loopback");
  ExpectRefusal(DaemonCommand({"--listen=[::]:0"}), "loopback");
  EXPECT_FALSE(std::filesystem::exists(data_dir_));
}

TEST_F(DaemonProcessTest, SaysIfItServes) {
  StartDaemon();
  const Outcome outcome = Annals({"health"});
  EXPECT_THAT(outcome, Succeeded());
  EXPECT_EQ(outcome.out, "server: serving\nrecording: serving\n");
  EXPECT_EQ(Annals({"health", "--reads-only", "--json"}).out,
            "{\"server\": true,\"recording\": true}\n");
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_EQ(Annals({"health", "--timeout", "1"}).code, 7);
}

TEST_F(DaemonProcessTest, ReadsAFlagFile) {
  const std::string file = dir_.Path("annalsd.flags");
  WriteFile(file, absl::StrCat("--data_dir=", data_dir_,
                               "\n--origin=flag.file/annals\n"
                               "--listen=127.0.0.1:0\n"));
  StartDaemon({ANNALSD_PATH, "--flagfile=" + file});
  EXPECT_THAT(verifier_key_, HasSubstr("flag.file/annals+"));
  EXPECT_THAT(Checkpoint(), HasSubstr("flag.file/annals\n0\n"));
  EXPECT_EQ(StopDaemon(), 0);
  WriteFile(file, "--data_dri=x\n");
  ExpectRefusal({ANNALSD_PATH, "--flagfile=" + file}, "data_dri");
}

TEST_F(DaemonProcessTest, TheFirstStartMakesAKeyThatStays) {
  StartDaemon();
  struct stat status = {};
  ASSERT_EQ(stat(InData("signing_key.pem").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const std::string first_key = verifier_key_;
  EXPECT_EQ(ReadFile(InData("verifier_key")), first_key + "\n");
  EXPECT_THAT(DaemonLog(), HasSubstr("loopback"));
  RestartDaemon();
  EXPECT_EQ(verifier_key_, first_key);
}

TEST_F(DaemonProcessTest, RefusesASecondDaemonOnItsDirectory) {
  StartDaemon();
  Process second({DaemonCommand(), {}, "/dev/null", dir_.Path("second.log")});
  EXPECT_NE(second.Wait(), 0);
  EXPECT_THAT(ReadFile(dir_.Path("second.log")),
              AllOf(HasSubstr(data_dir_), HasSubstr("Another annalsd")));
  RecordReport();
  EXPECT_EQ(StopDaemon(), 0);
}

TEST_F(DaemonProcessTest, ASigtermEndsStreamsAndExits0) {
  StartDaemon();
  RecordReport();
  {
    grpc::ClientContext context;
    const auto stream = ledger_->WatchEntries(&context, {});
    v1::WatchEntriesResponse entry;
    ASSERT_TRUE(stream->Read(&entry));
    ASSERT_TRUE(stream->Read(&entry));
    daemon_->Signal(SIGTERM);
    EXPECT_FALSE(stream->Read(&entry));
    EXPECT_FALSE(stream->Finish().ok());
  }
  Disconnect();
  EXPECT_EQ(daemon_->Wait(), 0) << DaemonLog();
  EXPECT_THAT(Annals({"list", "--timeout", "1"}),
              RefusedWith(7, "SERVER_UNREACHABLE"));
  StartDaemon();
  EXPECT_THAT(Annals({"verify", kReport}), Succeeded());
}

TEST_F(DaemonProcessTest, RefusesADatabaseThatWasRolledBack) {
  StartDaemon();
  ASSERT_THAT(RegisterAgency(MakeAgencyCode(1)), Succeeded());
  EXPECT_EQ(StopDaemon(), 0);
  CopyAll(InData("db"), dir_.Path("older"));
  StartDaemon();
  RecordReport();
  EXPECT_EQ(StopDaemon(), 0);
  CopyAll(InData("db"), dir_.Path("newest"));
  CopyAll(dir_.Path("older"), InData("db"));
  ExpectRefusal(DaemonCommand(), "restore the newest copy");
  EXPECT_THAT(DaemonLog(),
              AllOf(HasSubstr("holds 1 entries"), HasSubstr("3 were"),
                    HasSubstr("请恢复最新的副本")));
  // It says what to do, and that helps.
  CopyAll(dir_.Path("newest"), InData("db"));
  StartDaemon();
  EXPECT_THAT(Annals({"verify", kReport}), Succeeded());
}

TEST_F(DaemonProcessTest, RefusesALedgerOfAnotherHistory) {
  StartDaemon();
  RecordReport();
  EXPECT_EQ(StopDaemon(), 0);
  CopyAll(data_dir_, dir_.Path("kept"));
  // The same key and length, other entries.
  std::filesystem::remove_all(InData("db"));
  std::filesystem::remove(InData("published_checkpoint"));
  std::filesystem::remove(InData("verifier_key"));
  ExpectRefusal(DaemonCommand(), "(reason LEDGER_MISSING)");
  WriteFile(InData("first_start"), "");
  StartDaemon();
  RecordReport();
  EXPECT_EQ(StopDaemon(), 0);
  CopyAll(dir_.Path("kept/published_checkpoint"),
          InData("published_checkpoint"));
  ExpectRefusal(DaemonCommand(), "do not give the root that was published");
}

TEST_F(DaemonProcessTest, RefusesADirectoryThatLostAFile) {
  StartDaemon();
  RecordReport();
  EXPECT_EQ(StopDaemon(), 0);
  CopyAll(data_dir_, dir_.Path("kept"));
  for (const char* file : {"published_checkpoint", "db", "signing_key.pem"}) {
    SCOPED_TRACE(file);
    CopyAll(dir_.Path("kept"), data_dir_);
    std::filesystem::remove_all(InData(file));
    ExpectRefusal(DaemonCommand(), InData(file));
    EXPECT_FALSE(std::filesystem::exists(InData(file)));
  }
  CopyAll(dir_.Path("kept"), data_dir_);
  StartDaemon();
}

}  // namespace
}  // namespace annals
