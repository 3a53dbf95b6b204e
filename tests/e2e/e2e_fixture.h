// A daemon process on a data directory of its own, client processes, and a
// channel to the daemon for what the client does not send.

#ifndef ANNALS_TESTS_E2E_E2E_FIXTURE_H_
#define ANNALS_TESTS_E2E_E2E_FIXTURE_H_

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "annals/v1/agency_service.grpc.pb.h"
#include "annals/v1/ledger_service.grpc.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "tests/support/agency_code.h"
#include "tests/support/matchers.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace annals {

inline std::string TestData(const std::string& name) {
  return absl::StrCat(ANNALS_TEST_DATA, "/", name);
}

// The reason of the ErrorInfo that `status` carries.
inline std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status rpc;
  rpc.ParseFromString(status.error_details());
  google::rpc::ErrorInfo info;
  for (const auto& detail : rpc.details()) {
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

MATCHER(RpcOk, "is OK") {
  *result_listener << "which is " << arg.error_code() << ": "
                   << arg.error_message();
  return arg.ok();
}

// An Outcome with `code` whose standard error has the stable reason `reason`.
MATCHER_P2(RefusedWith, code, reason,
           absl::StrCat("ends with exit code ", code, " and the reason ",
                        reason)) {
  *result_listener << "which ended with " << arg.code << ": " << arg.err;
  return arg.code == code &&
         absl::StrContains(arg.err, absl::StrCat("(reason ", reason, ")"));
}

MATCHER(Succeeded, "ends with exit code 0") {
  *result_listener << "which ended with " << arg.code << ": " << arg.err;
  return arg.code == 0;
}

class EndToEndTest : public ::testing::Test {
 protected:
  Words DaemonCommand(const Words& more = {}) const {
    Words command = {ANNALSD_PATH, "--data_dir=" + data_dir_,
                     "--origin=test.local/annals", "--listen=127.0.0.1:0"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }

  // Starts a daemon and waits until it serves; false if it ends before.
  bool TryStartDaemon(const Words& command) {
    daemon_ = std::make_unique<Process>(
        ProcessOptions{command, {}, "", dir_.Path("daemon.log")});
    const std::string key = daemon_->ReadLine();
    const std::string serving = daemon_->ReadLine();
    absl::string_view rest = key;
    if (!absl::ConsumePrefix(&rest, "verifier key: ")) return false;
    verifier_key_ = std::string(rest);
    rest = serving;
    if (!absl::ConsumePrefix(&rest, "serving on ")) return false;
    server_ = std::string(rest);
    channel_ = grpc::CreateChannel(server_, grpc::InsecureChannelCredentials());
    reports_ = v1::ReportService::NewStub(channel_);
    agencies_ = v1::AgencyService::NewStub(channel_);
    ledger_ = v1::LedgerService::NewStub(channel_);
    return true;
  }

  void StartDaemon(const Words& command) {
    ASSERT_TRUE(TryStartDaemon(command)) << DaemonLog();
  }

  void StartDaemon() { StartDaemon(DaemonCommand()); }

  void Disconnect() {
    reports_.reset();
    agencies_.reset();
    ledger_.reset();
    channel_.reset();
  }

  // Asks the daemon to stop: its exit code. Without a channel of ours: one that
  // has no call under way looks only every 5 s if the daemon says goodbye.
  int StopDaemon() {
    Disconnect();
    daemon_->Signal(SIGTERM);
    return daemon_->Wait();
  }

  void RestartDaemon() {
    EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
    StartDaemon();
  }

  // Runs a daemon that is expected to refuse: its exit code; what it says is in
  // the daemon's log.
  int RunDaemon(const Words& command) {
    return Process({command, {}, "/dev/null", dir_.Path("daemon.log")}).Wait();
  }

  std::string DaemonLog() const { return ReadFile(dir_.Path("daemon.log")); }

  Outcome Run(const Words& command, const Words& environment) {
    Process process({command, environment, dir_.Path("out"), dir_.Path("err")});
    Outcome outcome;
    outcome.code = process.Wait();
    outcome.out = ReadFile(dir_.Path("out"));
    outcome.err = ReadFile(dir_.Path("err"));
    return outcome;
  }

  // The client, finding the server and the key in its environment.
  Outcome Annals(const Words& arguments) {
    Words command = {ANNALS_PATH};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return Run(command,
               {"LANG=C.UTF-8", "TZ=Asia/Shanghai", "ANNALS_ACTOR=张三",
                "ANNALS_SERVER=" + server_, "ANNALS_KEY=" + verifier_key_,
                "ANNALS_CONFIG_DIR=" + dir_.Path("config")});
  }

  Outcome RegisterAgency(const std::string& code, const Words& more = {}) {
    Words words = {
        "agency",     "register", code, "--name", "洛阳市西工区人民政府办公室",
        "--division", "410303"};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  std::string Checkpoint() {
    const Outcome outcome = Annals({"checkpoint"});
    EXPECT_THAT(outcome, Succeeded());
    return outcome.out;
  }

  template <typename Message>
  static Message FromJson(const std::string& json) {
    Message message;
    const auto status =
        google::protobuf::util::JsonStringToMessage(json, &message);
    EXPECT_TRUE(status.ok()) << status.ToString() << ": " << json;
    return message;
  }

  TempDir dir_;
  std::string data_dir_ = dir_.Path("data");
  std::string server_ = "127.0.0.1:1";
  std::string verifier_key_;
  std::unique_ptr<Process> daemon_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ReportService::Stub> reports_;
  std::unique_ptr<v1::AgencyService::Stub> agencies_;
  std::unique_ptr<v1::LedgerService::Stub> ledger_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_E2E_E2E_FIXTURE_H_
