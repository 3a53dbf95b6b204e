// A daemon that is followed, and one that follows it, or whoever stands before
// it.

#ifndef ANNALS_TESTS_E2E_FOLLOWER_FIXTURE_H_
#define ANNALS_TESTS_E2E_FOLLOWER_FIXTURE_H_

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "httplib.h"
#include "tests/e2e/audit_fixture.h"

namespace annals {

class FollowerFixture : public AuditFixture {
 protected:
  Words FollowCommand(const std::string& primary, const Words& more = {}) {
    Words command = {ANNALSD_PATH,
                     "--data_dir=" + follower_dir_,
                     "--listen=" + follower_listen_,
                     "--follow=" + primary,
                     "--follow_key=" + verifier_key_,
                     "--metrics_listen=127.0.0.1:0"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }

  // Starts it and waits until it serves.
  void StartFollower(const Words& command) {
    BeginFollower(command);
    AwaitFollower();
  }
  void StartFollower() { StartFollower(FollowCommand(server_)); }

  void BeginFollower(const Words& command) {
    follower_daemon_ = std::make_unique<Process>(
        ProcessOptions{command, {}, "", dir_.Path("follower.log")});
  }

  void AwaitFollower() {
    const std::string key = follower_daemon_->ReadLine();
    const std::string serving = follower_daemon_->ReadLine();
    ASSERT_EQ(key, "verifier key: " + verifier_key_) << FollowerLog();
    absl::string_view rest = serving;
    ASSERT_TRUE(absl::ConsumePrefix(&rest, "serving on "))
        << serving << FollowerLog();
    follower_ = std::string(rest);
    follower_listen_ = follower_;
    const std::string metrics = follower_daemon_->ReadLine();
    rest = metrics;
    ASSERT_TRUE(absl::ConsumePrefix(&rest, "metrics on ")) << metrics;
    ASSERT_TRUE(absl::ConsumeSuffix(&rest, "/metrics")) << metrics;
    metrics_ = std::string(rest);
    follower_channel_ =
        grpc::CreateChannel(follower_, grpc::InsecureChannelCredentials());
    follower_ledger_ = v1::LedgerService::NewStub(follower_channel_);
  }

  int EndFollower(int signal) {
    follower_ledger_.reset();
    follower_channel_.reset();
    follower_daemon_->Signal(signal);
    return follower_daemon_->Wait();
  }

  // A start that is refused: its exit code; what it says is in the log.
  int RunFollower(const Words& command) {
    return Process({command, {}, "/dev/null", dir_.Path("follower.log")})
        .Wait();
  }

  std::string FollowerLog() const {
    return ReadFile(dir_.Path("follower.log"));
  }

  // The client, with the follower as its server.
  Outcome AtFollower(Words arguments) {
    arguments.insert(arguments.end(), {"--server", follower_});
    return Annals(arguments);
  }

  uint64_t PrimarySize() {
    v1::Checkpoint checkpoint;
    grpc::ClientContext context;
    EXPECT_THAT(ledger_->GetCheckpoint(&context, {}, &checkpoint), RpcOk());
    return checkpoint.tree_size();
  }

  v1::Checkpoint FollowerCheckpoint() {
    v1::Checkpoint checkpoint;
    grpc::ClientContext context;
    EXPECT_THAT(follower_ledger_->GetCheckpoint(&context, {}, &checkpoint),
                RpcOk());
    return checkpoint;
  }

  // Waits until the follower serves the entry `index`.
  void AwaitEntry(uint64_t index) {
    v1::WatchEntriesRequest request;
    request.set_start_index(index);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(60));
    auto entries = follower_ledger_->WatchEntries(&context, request);
    v1::WatchEntriesResponse response;
    ASSERT_TRUE(entries->Read(&response)) << FollowerLog();
    EXPECT_EQ(response.index(), index);
    context.TryCancel();
    while (entries->Read(&response)) {
    }
    entries->Finish();
  }

  // Waits until it serves all that the primary has.
  void AwaitCaughtUp() { AwaitEntry(PrimarySize() - 1); }

  // The value of a metric of the follower.
  std::string MetricOf(const std::string& name) {
    httplib::Client client(metrics_);
    const auto answer = client.Get("/metrics");
    EXPECT_TRUE(answer);
    if (!answer) return "";
    const std::string line = absl::StrCat("\n", name, " ");
    const size_t begin = answer->body.find(line);
    if (begin == std::string::npos) return "";
    const size_t value = begin + line.size();
    return answer->body.substr(value, answer->body.find('\n', value) - value);
  }

  void AwaitMetric(const std::string& name, const std::string& value) {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (MetricOf(name) != value) {
      ASSERT_LT(std::chrono::steady_clock::now(), end)
          << name << " is " << MetricOf(name) << "\n"
          << FollowerLog();
    }
  }

  // What was kept as evidence, one after the other.
  std::string Evidence() const {
    std::string all;
    for (const auto& file :
         std::filesystem::directory_iterator(follower_dir_)) {
      if (absl::StartsWith(file.path().filename().string(), "evidence-")) {
        all += ReadFile(file.path());
      }
    }
    return all;
  }

  // Its store, stopped, is whole.
  void ExpectWhole() {
    const Outcome fsck =
        Run({ANNALSD_PATH, "--fsck", "--data_dir=" + follower_dir_}, {});
    EXPECT_EQ(fsck.code, 0) << fsck.out << fsck.err;
  }

  std::string follower_dir_ = dir_.Path("follower");
  std::string follower_listen_ = "127.0.0.1:0";
  std::string follower_;
  std::string metrics_;
  std::unique_ptr<Process> follower_daemon_;
  std::shared_ptr<grpc::Channel> follower_channel_;
  std::unique_ptr<v1::LedgerService::Stub> follower_ledger_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_E2E_FOLLOWER_FIXTURE_H_
