// `annals watch` with filters, a state and a command, across ends of either
// side, and against a server that lies.

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/audit_fixture.h"
#include "tests/e2e/lying_server.h"

namespace annals {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WatchE2eTest : public AuditFixture {
 protected:
  // Entries 0 and 1: agencies; 2: a report of each year of agency 0.
  void SetUp() override {
    StartDaemon();
    Register(0);
    Register(1);
    etag_ = Record(0, 2024, "");
  }

  // Another daemon at the same address.
  void RestartAtTheSameAddress() {
    ASSERT_EQ(StopDaemon(), 0) << DaemonLog();
    StartDaemon({ANNALSD_PATH, "--data_dir=" + data_dir_,
                 "--origin=test.local/annals", "--listen=" + server_});
  }

  Outcome Watch(const Words& more) {
    Words words = {"watch"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  std::unique_ptr<Process> StartWatch(const Words& more) {
    Words command = {ANNALS_PATH, "watch"};
    command.insert(command.end(), more.begin(), more.end());
    return std::make_unique<Process>(ProcessOptions{
        command,
        {"LANG=C.UTF-8", "PATH=/usr/bin:/bin", "ANNALS_SERVER=" + server_,
         "ANNALS_KEY=" + verifier_key_,
         "ANNALS_CONFIG_DIR=" + dir_.Path("config")},
        "",
        dir_.Path("watch.err")});
  }

  static std::vector<int> IndexesOf(const std::string& text) {
    std::vector<int> indexes;
    for (absl::string_view line :
         absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      int index = -1;
      EXPECT_TRUE(absl::SimpleAtoi(line.substr(0, line.find(' ')), &index))
          << line;
      indexes.push_back(index);
    }
    return indexes;
  }

  // Until the state says that what is before `next` is done.
  void AwaitState(int next) {
    const std::string wanted = absl::StrCat("\nnext ", next, "\n");
    while (!std::filesystem::exists(state_) ||
           !absl::StrContains(ReadFile(state_), wanted)) {
      std::this_thread::yield();
    }
  }

  std::string etag_;
  const std::string state_ = dir_.Path("state");
  const std::string log_ = dir_.Path("log");
  const std::string append_ =
      absl::StrCat("echo \"$ANNALS_ENTRY_INDEX\" >> '", dir_.Path("log"), "'");
};

TEST_F(WatchE2eTest, FiltersByAgencyYearAndKind) {
  Record(1, 2022, "");  // 3
  Record(0, 2022, "");  // 4
  EXPECT_THAT(IndexesOf(Watch({"--kind", "revision", "--count", "3"}).out),
              ElementsAre(2, 3, 4));
  EXPECT_THAT(IndexesOf(Watch({"--kind", "报告修订", "--kind", "registration",
                               "--agency", MakeAgencyCode(0), "--count", "3"})
                            .out),
              ElementsAre(0, 2, 4));
  const Outcome year = Watch({"--agency", MakeAgencyCode(0), "--subordinates",
                              "--year", "2022", "--count", "1", "--json"});
  EXPECT_THAT(year, Succeeded());
  EXPECT_EQ(FromJson<v1::LedgerEntry>(year.out).index(), 4u);
  EXPECT_THAT(year.err, HasSubstr("is the server's word"));
}

TEST_F(WatchE2eTest, RefusesWhatIsNoFilter) {
  EXPECT_EQ(Watch({"--subordinates", "--count", "1"}).code, 2);
  EXPECT_EQ(Watch({"--kind", "nonsense", "--count", "1"}).code, 2);
  EXPECT_EQ(Watch({"--heartbeat", "0", "--count", "1"}).code, 2);
  EXPECT_EQ(Watch({"--agency", MakeAgencyCode(7), "--count", "1"}).code, 9);
}

TEST_F(WatchE2eTest, ACommandGetsTheEntry) {
  const std::string json = dir_.Path("json");
  const std::string words = dir_.Path("words");
  const Outcome outcome =
      Watch({"--from", "2", "--count", "1", "--exec",
             absl::StrCat("cat > '", json,
                          "'; echo \"$ANNALS_ENTRY_INDEX "
                          "$ANNALS_ENTRY_KIND $ANNALS_ENTRY_AGENCY "
                          "$ANNALS_ENTRY_YEAR $ANNALS_ENTRY_REPORT "
                          "$ANNALS_ENTRY_REVISION\" > '",
                          words, "'")});
  EXPECT_THAT(outcome, Succeeded());
  EXPECT_EQ(FromJson<v1::LedgerEntry>(ReadFile(json)).index(), 2u);
  const std::string code = MakeAgencyCode(0);
  EXPECT_EQ(ReadFile(words),
            absl::StrCat("2 revision ", code, " 2024 agencies/", code,
                         "/reports/2024 1\n"));
}

TEST_F(WatchE2eTest, AnEntryWhoseCommandFailedComesAgain) {
  const Outcome failed =
      Watch({"--state", state_, "--count", "3", "--exec",
             absl::StrCat("test \"$ANNALS_ENTRY_INDEX\" != 1 && ", append_)});
  EXPECT_THAT(failed, RefusedWith(14, "EVENT_COMMAND_FAILED"));
  EXPECT_THAT(failed.err, HasSubstr("entry 1: "));
  EXPECT_THAT(IndexesOf(failed.out), ElementsAre(0));
  EXPECT_THAT(Watch({"--state", state_, "--count", "1", "--exec-timeout",
                     "100ms", "--exec", "exec sleep 60"}),
              RefusedWith(14, "EVENT_COMMAND_TIMED_OUT"));
  const Outcome again =
      Watch({"--state", state_, "--count", "2", "--exec", append_});
  EXPECT_THAT(again, Succeeded());
  EXPECT_THAT(IndexesOf(ReadFile(log_)), ElementsAre(0, 1, 2));
}

TEST_F(WatchE2eTest, AStateIsOfOneWatch) {
  ASSERT_THAT(Watch({"--state", state_, "--count", "1"}), Succeeded());
  EXPECT_THAT(Watch({"--state", state_, "--count", "1", "--year", "2024"}),
              RefusedWith(6, "STATE_FILE_FOREIGN"));
  const auto first = StartWatch({"--state", state_});
  EXPECT_THAT(IndexesOf(first->ReadLine()), ElementsAre(1));
  EXPECT_THAT(Watch({"--state", state_, "--count", "1"}),
              RefusedWith(6, "FILE_LOCKED"));
  first->Signal(SIGTERM);
  EXPECT_EQ(first->Wait(), 0);
  std::ofstream(state_) << "annals-watch 1\nfilter x\n";
  EXPECT_THAT(Watch({"--state", state_, "--count", "1"}),
              RefusedWith(6, "STATE_FILE_DAMAGED"));
}

// Each entry once, though the watcher is killed where it has nothing to do, and
// the server restarted while it follows.
TEST_F(WatchE2eTest, GoesOnAcrossEndsOfEitherSide) {
  const Words words = {"--state",     state_,     "--exec",
                       append_,       "--agency", MakeAgencyCode(0),
                       "--heartbeat", "1"};
  auto watch = StartWatch(words);
  EXPECT_THAT(IndexesOf(watch->ReadLine()), ElementsAre(0));
  EXPECT_THAT(IndexesOf(watch->ReadLine()), ElementsAre(2));
  Record(1, 2024, "");  // 3: of nobody that is watched.
  // By a heartbeat, which says that 3 was looked at.
  AwaitState(4);
  watch->Signal(SIGKILL);
  EXPECT_EQ(watch->Wait(), -SIGKILL);
  Record(0, 2022, "");  // 4
  watch = StartWatch(words);
  EXPECT_THAT(IndexesOf(watch->ReadLine()), ElementsAre(4));
  RestartAtTheSameAddress();
  Record(0, 2020, "");  // 5
  EXPECT_THAT(IndexesOf(watch->ReadLine()), ElementsAre(5));
  AwaitState(6);
  ASSERT_EQ(StopDaemon(), 0);
  watch->Signal(SIGTERM);
  EXPECT_EQ(watch->Wait(), 0);
  StartDaemon();
  Record(0, 2018, "");  // 6
  watch = StartWatch(words);
  EXPECT_THAT(IndexesOf(watch->ReadLine()), ElementsAre(6));
  EXPECT_THAT(IndexesOf(ReadFile(log_)), ElementsAre(0, 2, 4, 5, 6));
}

// What was refused from the start is not waited for without end.
TEST_F(WatchE2eTest, EndsIfItGetsNoStream) {
  ASSERT_EQ(StopDaemon(), 0);
  StartDaemon(DaemonCommand({"--caller_streams_max=1"}));
  const auto first = StartWatch({"--from", "2"});
  EXPECT_THAT(IndexesOf(first->ReadLine()), ElementsAre(2));
  const Outcome second = Watch({"--count", "1", "--timeout", "2"});
  EXPECT_THAT(second, RefusedWith(7, "TOO_MANY_CALLER_STREAMS"));
  EXPECT_THAT(second.err, HasSubstr("You have 1 stream open "
                                    "(--caller_streams_max); end one, or "
                                    "share it; resuming at entry 0 in "));
  first->Signal(SIGTERM);
  EXPECT_EQ(first->Wait(), 0);
  EXPECT_THAT(Watch({"--count", "1"}), Succeeded());
}

// Killed at any moment, one entry may come twice, and none is left out.
TEST_F(WatchE2eTest, KilledAnywhereNothingIsLeftOut) {
  constexpr int kLast = 60;
  constexpr int kKills = 5;
  for (int n = 2; n + 1 <= kLast; ++n) Register(n);  // Up to entry kLast.
  const Words words = {"--state", state_, "--exec", append_};
  for (int kill = 0; kill < kKills; ++kill) {
    const auto watch = StartWatch(words);
    for (int i = 0; i < 7; ++i) watch->ReadLine();
    watch->Signal(SIGKILL);
    watch->Wait();
  }
  const auto watch = StartWatch(words);
  AwaitState(kLast + 1);
  const std::vector<int> delivered = IndexesOf(ReadFile(log_));
  const std::set<int> distinct(delivered.begin(), delivered.end());
  EXPECT_TRUE(std::is_sorted(delivered.begin(), delivered.end()));
  EXPECT_EQ(distinct.size(), size_t{kLast + 1});
  EXPECT_LE(delivered.size(), distinct.size() + kKills);
}

class LyingWatchTest : public WatchE2eTest {
 protected:
  void SetUp() override {
    WatchE2eTest::SetUp();
    liar_ = std::make_unique<LyingServer>(channel_);
    server_ = liar_->address();
  }

  std::unique_ptr<LyingServer> liar_;
};

TEST_F(LyingWatchTest, AnEntryThatIsNotInTheLedgerIsNotDelivered) {
  liar_->lies().watched = [](v1::WatchEntriesResponse* response) {
    v1::LedgerEntry entry;
    if (response->has_heartbeat()) return;
    entry.ParseFromString(response->leaf());
    entry.set_reason("another");
    response->set_leaf(entry.SerializeAsString());
  };
  const Outcome all = Watch({"--count", "1", "--exec", append_});
  EXPECT_THAT(all, RefusedWith(8, "INCLUSION_NOT_PROVED"));
  EXPECT_THAT(all.out, IsEmpty());
  EXPECT_THAT(Watch({"--count", "1", "--kind", "revision"}),
              RefusedWith(8, "INCLUSION_NOT_PROVED"));
  EXPECT_FALSE(std::filesystem::exists(log_));
}

TEST_F(LyingWatchTest, WithoutFiltersAnEntryThatIsLeftOutIsNoticed) {
  liar_->lies().is_sent = [](const v1::WatchEntriesResponse& response) {
    return response.index() != 1;
  };
  const Outcome outcome = Watch({"--count", "3"});
  EXPECT_THAT(outcome.err, HasSubstr("(reason WATCH_GAP)"));
  EXPECT_NE(outcome.code, 0);
}

TEST_F(LyingWatchTest, AnEntryThatWasNotAskedForIsNotDelivered) {
  // As if it were of the kind that was asked for.
  liar_->lies().watched = [this](v1::WatchEntriesResponse* response) {
    if (response->has_heartbeat()) return;
    v1::GetEntryRequest request;
    v1::Entry entry;
    grpc::ClientContext context;
    EXPECT_THAT(ledger_->GetEntry(&context, request, &entry), RpcOk());
    response->set_index(0);
    response->set_leaf(entry.leaf());
  };
  EXPECT_THAT(Watch({"--count", "1", "--kind", "revision"}),
              RefusedWith(8, "ANSWER_MISMATCH"));
}

TEST_F(LyingWatchTest, AHeartbeatMustNotSkipWhatItsCheckpointDoesNotCover) {
  liar_->lies().watched = [](v1::WatchEntriesResponse* response) {
    if (response->has_heartbeat()) {
      response->mutable_heartbeat()->set_next_index(1000);
    }
  };
  const Outcome outcome = Watch({"--count", "2", "--kind", "revision"});
  EXPECT_THAT(outcome.err, HasSubstr("(reason WATCH_GAP)"));
}

}  // namespace
}  // namespace annals
