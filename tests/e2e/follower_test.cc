// A follower by the real programs: what is recorded at its primary appears, is
// proved and stays, whatever ends in between.

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "annals/v1/erasure_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/follower_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class FollowerTest : public FollowerFixture {
 protected:
  void SetUp() override {
    StartDaemon();
    Register(0);
    etag_ = Submit(0, 2024);
    report_ = absl::StrCat("agencies/", MakeAgencyCode(0), "/reports/2024");
  }

  // At the address that it had.
  void RestartPrimary() {
    StartDaemon(
        {ANNALSD_PATH, "--data_dir=" + data_dir_, "--listen=" + server_});
  }

  // Both give the same answer.
  void ExpectSameAnswer(const Words& arguments) {
    const Outcome original = Annals(arguments);
    const Outcome copied = AtFollower(arguments);
    ASSERT_THAT(original, Succeeded()) << arguments.front();
    ASSERT_THAT(copied, Succeeded()) << arguments.front();
    EXPECT_EQ(copied.out, original.out) << arguments.front();
  }

  std::string etag_;
  std::string report_;
};

TEST_F(FollowerTest, WhatIsRecordedAppearsAndVerifies) {
  StartFollower();
  EXPECT_EQ(FollowerCheckpoint().note(), Checkpoint());
  Correct(0, etag_);
  AwaitCaughtUp();
  EXPECT_EQ(FollowerCheckpoint().note(), Checkpoint());
  ExpectSameAnswer({"get", report_, "--json"});
  ExpectSameAnswer({"history", report_, "--json"});
  ExpectSameAnswer({"diff", report_});
  ExpectSameAnswer({"list", "--json"});
  ExpectSameAnswer({"agency", "list", "--json"});
  ExpectSameAnswer({"blame", report_, "--json"});
  ExpectSameAnswer({"cells", report_, "--json"});
  ExpectSameAnswer({"life", report_, "--json"});
  ExpectSameAnswer({"status", "--year", "2024", "--json"});
  ExpectSameAnswer({"figures", "--year", "2024", "--json"});
  ExpectSameAnswer({"rollup", MakeAgencyCode(0), "--year", "2024", "--json"});
  ExpectSameAnswer({"checkpoint"});
  ExpectSameAnswer({"watch", "--from", "0", "--count", "3", "--json"});
  EXPECT_THAT(AtFollower({"verify", report_}), Succeeded());
  EXPECT_THAT(AtFollower({"audit"}).out, HasSubstr("Audit passed."));
  EXPECT_THAT(AtFollower({"export", dir_.Path("export")}), Succeeded());
  EXPECT_THAT(Annals({"audit", "--offline", dir_.Path("export")}), Succeeded());
  EXPECT_THAT(AtFollower({"receipt", report_, "-o", dir_.Path("receipt")}),
              Succeeded());
  // It serves, but records nothing.
  EXPECT_THAT(AtFollower({"health", "--reads-only"}), Succeeded());
  EXPECT_EQ(AtFollower({"health"}).code, 7);
  EXPECT_EQ(MetricOf("annals_follower_lag_entries"), "0");
  EXPECT_EQ(MetricOf("annals_follower_refused"), "0");
  EXPECT_EQ(EndFollower(SIGTERM), 0) << FollowerLog();
  ExpectWhole();
}

// The pin of the primary's key is the pin of its copies'.
TEST_F(FollowerTest, APinnedClientGoesFromOneToTheOther) {
  StartFollower();
  const std::string key = verifier_key_;
  ASSERT_THAT(Annals({"trust", "add", key}), Succeeded());
  ASSERT_THAT(AtFollower({"trust", "add", key}), Succeeded());
  verifier_key_.clear();
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Annals({"verify", report_}), Succeeded());
    EXPECT_THAT(AtFollower({"verify", report_}), Succeeded());
    Register(10 + i);
    AwaitCaughtUp();
  }
}

TEST_F(FollowerTest, WritesAreRefusedAndNameThePrimary) {
  StartFollower();
  const uint64_t size = PrimarySize();
  const Outcome registered =
      AtFollower({"agency", "register", MakeAgencyCode(1), "--name", "某局",
                  "--division", "410303"});
  EXPECT_THAT(registered, RefusedWith(6, "FOLLOWER_READ_ONLY"));
  EXPECT_THAT(registered.err, HasSubstr(server_));
  // Before it is looked at, let alone recorded.
  v1::SubmitRevisionRequest request;
  v1::SubmitRevisionResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(ReasonOf(v1::ReportService::NewStub(follower_channel_)
                         ->SubmitRevision(&context, request, &response)),
            "FOLLOWER_READ_ONLY");
  v1::EraseContentResponse erasure;
  grpc::ClientContext erasing;
  EXPECT_EQ(ReasonOf(v1::ErasureService::NewStub(follower_channel_)
                         ->EraseContent(&erasing, {}, &erasure)),
            "FOLLOWER_READ_ONLY");
  EXPECT_EQ(PrimarySize(), size);
  EXPECT_EQ(FollowerCheckpoint().tree_size(), size);
}

TEST_F(FollowerTest, BothAreRestartedWithoutGapOrDuplicate) {
  StartFollower();
  EXPECT_EQ(EndFollower(SIGTERM), 0) << FollowerLog();
  Correct(0, etag_);
  StartFollower();
  AwaitCaughtUp();
  EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
  // Alone it goes on serving what it has.
  EXPECT_THAT(AtFollower({"verify", report_}), Succeeded());
  EXPECT_EQ(EndFollower(SIGTERM), 0) << FollowerLog();
  StartFollower();
  EXPECT_THAT(AtFollower({"verify", report_}), Succeeded());
  RestartPrimary();
  Register(1);
  AwaitCaughtUp();
  EXPECT_EQ(FollowerCheckpoint().note(), Checkpoint());
  EXPECT_THAT(AtFollower({"audit"}), Succeeded());
  EXPECT_EQ(EndFollower(SIGTERM), 0) << FollowerLog();
  ExpectWhole();
}

// Many entries, and more all the while, so that it is killed in the middle of
// its first copy, and of later ones.
TEST_F(FollowerTest, IsKilledWhileItCopies) {
  const auto register_all = [this](int first, int end) {
    std::vector<std::thread> threads;
    for (int begin = first; begin < first + 16; ++begin) {
      threads.emplace_back([this, begin, end] {
        for (int n = begin; n < end; n += 16) Register(n);
      });
    }
    return threads;
  };
  for (std::thread& thread : register_all(1, 1500)) thread.join();
  std::vector<std::thread> more = register_all(1500, 3000);
  int cut_short = 0;
  for (int i = 0; i < 8; ++i) {
    BeginFollower(FollowCommand(server_));
    // Until it has a part, a little more each time.
    const std::string database = follower_dir_ + "/db/CURRENT";
    while (!std::filesystem::exists(database)) follower_daemon_->Signal(0);
    for (int spin = 0; spin < i * 60'000; ++spin) follower_daemon_->Signal(0);
    follower_daemon_->Signal(SIGKILL);
    follower_daemon_->Wait();
    if (!std::filesystem::exists(follower_dir_ + "/verifier_key")) ++cut_short;
  }
  EXPECT_GT(cut_short, 0);
  StartFollower();
  for (int i = 0; i < 3; ++i) {
    Register(4000 + i);
    EXPECT_EQ(EndFollower(SIGKILL), -SIGKILL);
    StartFollower();
  }
  for (std::thread& thread : more) thread.join();
  AwaitCaughtUp();
  EXPECT_EQ(FollowerCheckpoint().note(), Checkpoint());
  EXPECT_THAT(AtFollower({"audit"}), Succeeded());
  EXPECT_EQ(EndFollower(SIGTERM), 0) << FollowerLog();
  ExpectWhole();
}

TEST_F(FollowerTest, AnErasureErasesHereToo) {
  StartFollower();
  // It is in the follower's memory, too.
  ASSERT_THAT(AtFollower({"get", report_}), Succeeded());
  const Outcome erased =
      Annals({"erase", report_, "--revision", "1", "--reason", "含个人信息",
              "--legal-basis", "条例第十五条"});
  ASSERT_THAT(erased, Succeeded());
  AwaitCaughtUp();
  EXPECT_THAT(AtFollower({"get", report_}), RefusedWith(6, "CONTENT_ERASED"));
  EXPECT_THAT(AtFollower({"audit"}), Succeeded());
  // What was erased before stays so in a new copy.
  EXPECT_EQ(EndFollower(SIGTERM), 0) << FollowerLog();
  ExpectWhole();
  std::filesystem::remove_all(follower_dir_);
  StartFollower();
  EXPECT_THAT(AtFollower({"get", report_}), RefusedWith(6, "CONTENT_ERASED"));
  EXPECT_THAT(AtFollower({"audit"}), Succeeded());
}

// No byte of it is left in the follower's files, nor in those that it
// publishes; of its backups it tells.
TEST_F(FollowerTest, AnErasedContentIsGoneFromItsFiles) {
  constexpr char kSecret[] = "WITHHELD-77aa-the-name-of-a-citizen";
  v1::SubmitRevisionRequest request;
  request.set_name(
      absl::StrCat("agencies/", MakeAgencyCode(0), "/reports/2022"));
  *request.mutable_report() = MakeReport(7, 2022);
  request.mutable_report()->set_s6_other(
      absl::StrCat("本年度未收取信息处理费。", kSecret));
  request.set_reason("年度报告");
  request.set_request_id(NextRequestId());
  v1::SubmitRevisionResponse response;
  grpc::ClientContext context;
  ASSERT_THAT(reports_->SubmitRevision(&context, request, &response), RpcOk());
  const std::string published = dir_.Path("published");
  StartFollower(FollowCommand(
      server_, {"--publish_dir=" + published, "--publish_interval=0",
                "--backup_dir=" + dir_.Path("backups")}));
  const auto holds = [secret = std::string(kSecret)](const std::string& path) {
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(path)) {
      if (file.is_regular_file() &&
          absl::StrContains(ReadFile(file.path()), secret)) {
        return true;
      }
    }
    return false;
  };
  EXPECT_TRUE(holds(follower_dir_));
  while (!std::filesystem::exists(published + "/checkpoint")) {
    follower_daemon_->Signal(0);
  }
  EXPECT_TRUE(holds(published));
  ASSERT_THAT(Annals({"erase", request.name(), "--revision", "1", "--reason",
                      "x", "--legal-basis", "条例第十五条"}),
              Succeeded());
  AwaitCaughtUp();
  EXPECT_EQ(EndFollower(SIGTERM), 0) << FollowerLog();
  EXPECT_FALSE(holds(follower_dir_));
  EXPECT_FALSE(holds(published));
  EXPECT_EQ(ReadFile(published + "/checkpoint"), Checkpoint());
  EXPECT_THAT(FollowerLog(), HasSubstr("backups made before may still hold"));
}

TEST_F(FollowerTest, NoDirectoryIsOfBothKinds) {
  StartFollower();
  EXPECT_EQ(EndFollower(SIGTERM), 0) << FollowerLog();
  EXPECT_EQ(RunFollower({ANNALSD_PATH, "--data_dir=" + follower_dir_,
                         "--origin=test.local/annals", "--listen=127.0.0.1:0"}),
            2);
  EXPECT_THAT(FollowerLog(), HasSubstr("holds a copy of another daemon's"));
  EXPECT_FALSE(std::filesystem::exists(follower_dir_ + "/signing_key.pem"));
  const std::string primary = server_;
  EXPECT_EQ(StopDaemon(), 0);
  Words command = FollowCommand(primary);
  command[1] = "--data_dir=" + data_dir_;
  EXPECT_EQ(RunFollower(command), 2);
  EXPECT_THAT(FollowerLog(), HasSubstr("the directory is a ledger's own"));
  // Nor of two ledgers.
  command = FollowCommand(primary);
  command[4] = "--follow_key=" + OtherKey("other.local/annals");
  EXPECT_EQ(RunFollower(command), 2);
  EXPECT_THAT(FollowerLog(), HasSubstr("holds a copy of test.local/annals"));
}

// By the steps of the handbook, when the primary is lost for good.
TEST_F(FollowerTest, ACopyTakesThePlaceOfAPrimaryThatIsLost) {
  StartFollower();
  EXPECT_EQ(EndFollower(SIGTERM), 0) << FollowerLog();
  const std::string address = server_;
  EXPECT_EQ(StopDaemon(), 0);
  std::filesystem::rename(data_dir_ + "/signing_key.pem",
                          follower_dir_ + "/signing_key.pem");
  std::filesystem::remove(follower_dir_ + "/following");
  StartDaemon(
      {ANNALSD_PATH, "--data_dir=" + follower_dir_, "--listen=" + address});
  EXPECT_THAT(Annals({"verify", report_}), Succeeded());
  Correct(0, etag_);
  // An earlier request is known.
  next_request_ = 1;
  Register(0);
  EXPECT_EQ(PrimarySize(), 3u);
  EXPECT_THAT(Annals({"audit"}), Succeeded());
}

// A copy's notes are its primary's, so it can be copied in its turn.
TEST_F(FollowerTest, AFollowerCanBeFollowed) {
  StartFollower();
  const std::string first = follower_;
  const std::unique_ptr<Process> first_daemon = std::move(follower_daemon_);
  follower_dir_ = dir_.Path("second");
  follower_listen_ = "127.0.0.1:0";
  StartFollower(FollowCommand(first));
  Correct(0, etag_);
  AwaitCaughtUp();
  EXPECT_EQ(FollowerCheckpoint().note(), Checkpoint());
  EXPECT_THAT(AtFollower({"verify", report_}), Succeeded());
}

TEST_F(FollowerTest, FlagsThatDoNotFitAreRefused) {
  for (const Words& more :
       {Words{"--signing_key=x"}, Words{"--origin=other.local/annals"},
        Words{"--follow_cert=x"}, Words{"--follow_key="},
        Words{"--follow_key=x"}, Words{"--follow=nowhere"}}) {
    EXPECT_EQ(RunFollower(FollowCommand(server_, more)), 2) << more.front();
    EXPECT_THAT(FollowerLog(), HasSubstr("--follow")) << more.front();
  }
  EXPECT_FALSE(std::filesystem::exists(follower_dir_));
}

TEST_F(FollowerTest, WaitsForAPrimaryThatIsAwayAndCanBeStopped) {
  const std::string primary = server_;
  EXPECT_EQ(StopDaemon(), 0);
  BeginFollower(FollowCommand(primary));
  while (!absl::StrContains(FollowerLog(), "was interrupted")) {
    follower_daemon_->Signal(0);
  }
  follower_daemon_->Signal(SIGTERM);
  EXPECT_EQ(follower_daemon_->Wait(), 0) << FollowerLog();
  EXPECT_THAT(FollowerLog(), HasSubstr("the next start goes on with it"));
  BeginFollower(FollowCommand(primary));
  RestartPrimary();
  AwaitFollower();
  EXPECT_EQ(FollowerCheckpoint().note(), Checkpoint());
}

TEST_F(FollowerTest, AChangeOfKeysIsFollowedWithBothKeys) {
  const std::string old_vkey = verifier_key_;
  const std::string new_path = dir_.Path("new.pem");
  const Outcome made = Annals(
      {"key", "generate", "--name", "test.local/annals", "-o", new_path});
  ASSERT_THAT(made, Succeeded());
  const std::string new_vkey = made.out.substr(0, made.out.find('\n'));
  const std::string primary = server_;
  const Words start = {ANNALSD_PATH, "--data_dir=" + data_dir_,
                       "--listen=" + primary};
  const auto with = [&start](const Words& more) {
    Words words = start;
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  StartFollower();
  EXPECT_EQ(StopDaemon(), 0);
  StartDaemon(with({"--next_key=" + new_path}));
  AwaitCaughtUp();
  while (!absl::StrContains(FollowerLog(), "is not in --follow_key")) {
    follower_daemon_->Signal(0);
  }
  EXPECT_THAT(FollowerLog(), HasSubstr(new_vkey));
  // As it says.
  EXPECT_EQ(EndFollower(SIGTERM), 0) << FollowerLog();
  const Words both =
      FollowCommand(primary, {"--follow_key=" + old_vkey + "," + new_vkey});
  StartFollower(both);
  EXPECT_EQ(StopDaemon(), 0);
  StartDaemon(
      with({"--signing_key=" + new_path, "--previous_vkey=" + old_vkey}));
  EXPECT_EQ(verifier_key_, new_vkey);
  Register(1);
  AwaitCaughtUp();
  EXPECT_EQ(FollowerCheckpoint().note(), Checkpoint());
  EXPECT_THAT(AtFollower({"verify", report_}), Succeeded());
  EXPECT_EQ(EndFollower(SIGTERM), 0) << FollowerLog();
  ExpectWhole();
  StartFollower(both);
  EXPECT_THAT(AtFollower({"verify", report_}), Succeeded());
}

}  // namespace
}  // namespace annals
