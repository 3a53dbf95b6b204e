// What was acknowledged is there, and proves, however the daemon ended: killed
// at random, killed before or after a step of its work on files, or asked to
// stop.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/crash_fixture.h"
#include "tests/support/wanted_count.h"

namespace annals {
namespace {

// As many as ctest has time for; ANNALS_TEST_KILLS asks for others.
constexpr int kKills = 45;
constexpr uint32_t kSeed = 7;
// A load goes on for so many acknowledgements if nothing kills the daemon.
constexpr int kLoadMax = 120;
constexpr int kRandomLoadMax = 60;

int KillsWanted() {
  return static_cast<int>(WantedCount("ANNALS_TEST_KILLS", kKills));
}

enum class Phase { kFirstStart, kStart, kLoad };

struct FailPoint {
  std::string step;  // As of StepName.
  bool is_after = false;
  Phase phase = Phase::kLoad;
  int pass = 1;

  std::string ToString() const {
    return absl::StrCat(phase == Phase::kLoad ? "in load" : "at start",
                        is_after ? " after " : " before ", step);
  }
};

std::vector<FailPoint> BeforeAndAfter(const std::vector<std::string>& steps,
                                      Phase phase) {
  std::vector<FailPoint> points;
  for (const std::string& step : steps) {
    points.push_back({step, false, phase});
    points.push_back({step, true, phase});
  }
  return points;
}

// Every durable step of a daemon that serves: batches and their marks, flushes,
// compactions.
std::vector<FailPoint> PointsInLoad() {
  return BeforeAndAfter(
      {"log write", "log sync", "mark write", "mark sync", "log create",
       "table create", "table write", "table sync", "manifest write",
       "manifest sync", "database directory sync", "log remove"},
      Phase::kLoad);
}

// Those of one that opens the ledger. After a kill the log is replayed into
// tables, and the mark may be behind.
std::vector<FailPoint> PointsAtStart() {
  return BeforeAndAfter({"table create",    "table write",
                         "table sync",      "database directory sync",
                         "manifest create", "manifest write",
                         "manifest sync",   "pointer create",
                         "pointer write",   "pointer sync",
                         "pointer rename",  "log create",
                         "log write",       "log sync",
                         "log remove",      "manifest remove",
                         "options create",  "options write",
                         "options sync",    "options rename",
                         "options remove"},
                        Phase::kStart);
}

// Some of a first start; service/first_start_test cuts the power at all.
std::vector<FailPoint> PointsAtFirstStart() {
  return BeforeAndAfter(
      {"signing key rename", "database directory create", "pointer rename",
       "log sync", "mark rename", "verifier key rename"},
      Phase::kFirstStart);
}

class CrashTest : public CrashFixture {
 protected:
  Words FailPointCommand(const FailPoint& point,
                         const std::string& data_dir) const {
    return {ANNALSD_FAILPOINT_PATH,
            "--data_dir=" + data_dir,
            "--origin=test.local/annals",
            "--listen=127.0.0.1:0",
            "--step=" + point.step,
            absl::StrCat("--pass=", point.pass),
            absl::StrCat("--after=", point.is_after ? "true" : "false"),
            absl::StrCat("--armed=",
                         point.phase == Phase::kLoad ? "false" : "true")};
  }

  // A daemon that checks out, serves a load and is killed at some moment of it.
  std::string KillAtRandom() {
    StartDaemon();
    ExpectAllThere();
    StartLoad();
    const int acknowledged = static_cast<int>(random_() % kRandomLoadMax);
    EXPECT_TRUE(counter_->WaitFor(acknowledged)) << DaemonLog();
    daemon_->Signal(SIGKILL);
    EXPECT_EQ(AwaitEnd(), -SIGKILL) << DaemonLog();
    return "at random";
  }

  // A daemon that kills itself at the point, or is killed if it never comes
  // there. Where it was.
  std::string KillAt(const FailPoint& point) {
    if (!TryStartDaemon(FailPointCommand(point, data_dir_))) {
      EXPECT_EQ(daemon_->Wait(), -SIGKILL) << DaemonLog();
      return point.ToString();
    }
    if (point.phase == Phase::kLoad) {
      ExpectAllThere();
      daemon_->Signal(SIGUSR1);
    }
    StartLoad();
    const bool was_missed = counter_->WaitFor(kLoadMax);
    if (was_missed) daemon_->Signal(SIGKILL);
    EXPECT_EQ(AwaitEnd(), -SIGKILL) << DaemonLog();
    return was_missed ? "at random" : point.ToString();
  }

  // In load, one of the first passings of what comes with every batch.
  FailPoint AtSomePass(FailPoint point) {
    const bool is_frequent =
        point.phase == Phase::kLoad &&
        (point.step.find("log ") == 0 || point.step.find("mark ") == 0) &&
        (point.step.find("sync") != std::string::npos ||
         point.step.find("write") != std::string::npos);
    if (is_frequent) point.pass = static_cast<int>(1 + random_() % 20);
    return point;
  }

  std::mt19937 random_{kSeed};
};

TEST_F(CrashTest, NothingAcknowledgedIsLostWhenTheDaemonIsKilled) {
  daemon_->Signal(SIGKILL);
  AwaitEnd();
  std::vector<FailPoint> points = PointsInLoad();
  for (FailPoint& point : PointsAtStart()) points.push_back(std::move(point));
  std::shuffle(points.begin(), points.end(), random_);
  std::map<std::string, int> kills;
  const int wanted = KillsWanted();
  for (int kill = 0; kill < wanted; ++kill) {
    // Every third at random.
    const size_t next = static_cast<size_t>(kill - kill / 3);
    const FailPoint point = AtSomePass(points[next % points.size()]);
    SCOPED_TRACE(absl::StrCat("kill ", kill, " ", point.ToString()));
    ++kills[kill % 3 == 2 ? KillAtRandom() : KillAt(point)];
    if (HasFailure()) return;
  }
  StartDaemon();
  ExpectAllThere();
  StopDaemon();
  EXPECT_EQ(RunDaemon({ANNALSD_PATH, "--data_dir=" + data_dir_, "--fsck"}), 0)
      << DaemonLog();
  for (const auto& [place, count] : kills) {
    std::printf("%4d %s\n", count, place.c_str());
  }
  std::printf("%d kills, %llu submissions acknowledged\n", wanted,
              static_cast<unsigned long long>(Made()));
}

TEST_F(CrashTest, AFirstStartThatWasKilledIsTakenUpAgain) {
  StopDaemon();
  for (const FailPoint& point : PointsAtFirstStart()) {
    SCOPED_TRACE(point.ToString());
    const std::string data_dir = dir_.Path("first");
    EXPECT_FALSE(TryStartDaemon(FailPointCommand(point, data_dir)));
    EXPECT_EQ(daemon_->Wait(), -SIGKILL) << DaemonLog();
    StartDaemon({ANNALSD_PATH, "--data_dir=" + data_dir,
                 "--origin=test.local/annals", "--listen=127.0.0.1:0"});
    const std::string key = verifier_key_;
    EXPECT_EQ(Latest().size, 0u);
    daemon_->Signal(SIGKILL);
    AwaitEnd();
    EXPECT_EQ(ReadFile(data_dir + "/verifier_key"), key + "\n");
    std::filesystem::remove_all(data_dir);
    if (HasFailure()) return;
  }
}

TEST_F(CrashTest, ADrainAnswersWhatItRecords) {
  StartLoad();
  EXPECT_TRUE(counter_->WaitFor(40)) << DaemonLog();
  daemon_->Signal(SIGTERM);
  EXPECT_EQ(AwaitEnd(), 0) << DaemonLog();
  const uint64_t answered = Made();
  StartDaemon();
  EXPECT_EQ(Latest().size, submitters_.size() + answered);
  ExpectAllThere();
}

}  // namespace
}  // namespace annals
