// Witnesses from outside: a daemon that asks them, witness processes, and a
// client that demands a quorum.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "httplib.h"
#include "tests/e2e/witness_fixture.h"
#include "tests/support/agency_code.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

size_t Count(const std::string& text, const std::string& part) {
  const std::vector<std::string> parts = absl::StrSplit(text, part);
  return parts.size() - 1;
}

// Takes connections and never answers.
class HangingServer {
 public:
  HangingServer() {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(fd_, 16), 0);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size),
              0);
    url_ = absl::StrCat("http://127.0.0.1:", ntohs(address.sin_port));
  }
  ~HangingServer() { close(fd_); }
  const std::string& url() const { return url_; }

 private:
  const int fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string url_;
};

// Answers every request with the same.
class LyingServer {
 public:
  LyingServer(int status, const std::string& body) {
    server_.Post(
        "/add-checkpoint",
        [status, body](const httplib::Request&, httplib::Response& response) {
          response.status = status;
          response.set_content(body, "text/plain");
        });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~LyingServer() {
    server_.stop();
    thread_.join();
  }
  std::string url() const { return absl::StrCat("http://127.0.0.1:", port_); }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

class WitnessE2eTest : public WitnessFixture {
 protected:
  void SetUp() override { MakeLedger(); }
};

TEST_F(WitnessE2eTest, AQuorumOfTwoProcessesIsServedAndEnforced) {
  WitnessProcess w1 = NewWitness("w1");
  WitnessProcess w2 = NewWitness("w2");
  StartWitness(&w1);
  StartWitness(&w2);
  const std::string policy =
      absl::StrCat("log ", verifier_key_, "\n", PolicyLine(w1), PolicyLine(w2),
                   "group both all w1 w2\nquorum both\n");
  const std::string path = WritePolicy("policy", policy);
  StartDaemon(WithPolicy(path));
  RecordReport();
  const v1::Checkpoint witnessed = WaitUntilWitnessed(2);
  EXPECT_THAT(witnessed.note(), AllOf(HasSubstr("— witness.example/w1 "),
                                      HasSubstr("— witness.example/w2 ")));
  const Outcome printed = Annals({"checkpoint", "--witnessed"});
  EXPECT_THAT(printed, Succeeded());
  EXPECT_EQ(printed.out, witnessed.note());

  const Outcome verified =
      Annals({"verify", kReport, "--policy", path, "--lang", "en"});
  EXPECT_THAT(verified, Succeeded());
  EXPECT_THAT(verified.out,
              AllOf(HasSubstr("witness w1 cosigned"),
                    HasSubstr("witness w2 cosigned"), HasSubstr("Verified.")));
  EXPECT_THAT(Annals({"verify", kReport, "--policy", path, "--json"}).out,
              HasSubstr("\"witnesses\": [\"w1\",\"w2\"]"));

  // A client that demands a third witness, and one that knows another ledger.
  const WitnessProcess w3 = NewWitness("w3");
  const std::string demanding = WritePolicy(
      "demanding", absl::StrCat(PolicyLine(w1), PolicyLine(w2), "witness w3 ",
                                w3.vkey, "\ngroup g all w1 w2 w3\nquorum g\n"));
  const Outcome refused = Annals({"verify", kReport, "--policy", demanding});
  EXPECT_THAT(refused, RefusedWith(8, "WITNESS_QUORUM_NOT_MET"));
  EXPECT_THAT(refused.err, HasSubstr("missing: w3;"));
  const Outcome key = Annals({"key", "generate", "--name", "test.local/annals",
                              "-o", dir_.Path("other.pem")});
  const std::string foreign = WritePolicy(
      "foreign", absl::StrCat("log ", key.out, PolicyLine(w1), "quorum w1\n"));
  const Outcome usage = Annals({"verify", kReport, "--policy", foreign});
  EXPECT_EQ(usage.code, 2);
  EXPECT_THAT(usage.err, HasSubstr("log lines of the witness policy name"));
}

// Who pins the policy can audit what the daemon publishes.
TEST_F(WitnessE2eTest, ThePublishedDirectoryHasTheCosignatures) {
  WitnessProcess w1 = RunningWitness("w1");
  const std::string policy = WritePolicy(
      "policy",
      absl::StrCat("log ", verifier_key_, "\n", PolicyLine(w1), "quorum w1\n"));
  const std::string www = dir_.Path("www");
  const Words publishing = {"--publish_dir=" + www, "--publish_interval=0s"};
  StartDaemon(WithPolicy(policy, publishing));
  RecordReport();
  const std::string witnessed = WaitUntilWitnessed(2).note();
  // What is witnessed is published before the daemon ends.
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_EQ(ReadFile(www + "/checkpoint"), witnessed);
  const Outcome pinned =
      Annals({"trust", "add", verifier_key_, "--policy", policy});
  EXPECT_THAT(pinned.err, HasSubstr("under a witness policy"));
  const Words audit = {"audit", "--offline", www};
  verifier_key_.clear();
  EXPECT_THAT(Annals(audit), Succeeded());
  // The witness is away: the directory waits for it, but for an erasure.
  w1.process->Signal(SIGTERM);
  w1.process->Wait();
  StartDaemon(WithPolicy(policy, publishing));
  ASSERT_THAT(RegisterAgency(MakeAgencyCode(1)), Succeeded());
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_EQ(ReadFile(www + "/checkpoint"), witnessed);
  StartDaemon(WithPolicy(policy, publishing));
  const Outcome erased = Annals({"erase", kReport, "--revision", "1",
                                 "--reason", "x", "--legal-basis", "y"});
  EXPECT_THAT(erased.out, Not(HasSubstr("not yet removed")));
  EXPECT_FALSE(std::filesystem::exists(www + "/content/001"));
}

// Nor is anything published that no quorum has cosigned.
TEST_F(WitnessE2eTest, ADirectoryWaitsForTheFirstWitnessedCheckpoint) {
  WitnessProcess w1 = RunningWitness("w1");
  w1.process->Signal(SIGKILL);
  w1.process->Wait();
  const std::string policy = PolicyFor(w1);
  const std::string www = dir_.Path("www");
  const Words command =
      WithPolicy(policy, {"--publish_dir=" + www, "--publish_interval=0s"});
  StartDaemon(command);
  ASSERT_THAT(RegisterAgency(kCode), Succeeded());
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_THAT(DaemonLog(), HasSubstr("waits for the first checkpoint"));
  EXPECT_FALSE(std::filesystem::exists(www + "/checkpoint"));
  StartWitness(&w1, std::string(absl::StripPrefix(w1.url, "http://")));
  StartDaemon(command);
  const std::string witnessed = WaitUntilWitnessed(1).note();
  EXPECT_EQ(StopDaemon(), 0);
  EXPECT_EQ(ReadFile(www + "/checkpoint"), witnessed);
}

TEST_F(WitnessE2eTest, TheWitnessedCheckpointOutlivesARestart) {
  WitnessProcess w1 = RunningWitness("w1");
  const std::string path = PolicyFor(w1);
  StartDaemon(WithPolicy(path));
  ASSERT_THAT(RegisterAgency(kCode), Succeeded());
  const v1::Checkpoint before = WaitUntilWitnessed(1);
  EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
  w1.process->Signal(SIGTERM);
  EXPECT_EQ(w1.process->Wait(), 0);

  StartDaemon(WithPolicy(path));
  v1::Checkpoint after;
  ASSERT_THAT(GetWitnessed(&after), RpcOk());
  EXPECT_EQ(after.note(), before.note());
  // The witness comes back with its state, and the daemon finds it.
  StartWitness(&w1, std::string(absl::StripPrefix(w1.url, "http://")));
  ASSERT_THAT(Annals({"submit", TestData("xigong-2024.txt"), "--agency", kCode,
                      "--year", "2024", "--reason", "年度报告", "--ack",
                      "N-REQUESTS=口径不同"}),
              Succeeded());
  WaitUntilWitnessed(2);
}

TEST_F(WitnessE2eTest, AReceiptUnderAPolicyIsOfAWitnessedCheckpoint) {
  WitnessProcess w1 = RunningWitness("w1");
  const std::string path = PolicyFor(w1);
  StartDaemon(WithPolicy(path));
  ASSERT_THAT(RegisterAgency(kCode), Succeeded());
  WaitUntilWitnessed(1);
  ASSERT_THAT(Annals({"trust", "add", verifier_key_, "--policy", path}),
              Succeeded());
  const std::string receipt = dir_.Path("receipt");
  // It waits for the witness.
  const Outcome submitted =
      Annals({"submit", TestData("xigong-2024.txt"), "--agency", kCode,
              "--year", "2024", "--reason", "年度报告", "--ack",
              "N-REQUESTS=口径不同", "--receipt", receipt});
  EXPECT_THAT(submitted, Succeeded());
  EXPECT_THAT(ReadFile(receipt), HasSubstr("\n2\n"));
  EXPECT_THAT(ReadFile(receipt), HasSubstr("— witness.example/w1 "));
  EXPECT_THAT(Annals({"receipt", kReport, "-o", dir_.Path("again")}),
              Succeeded());
  EXPECT_EQ(ReadFile(dir_.Path("again.content")),
            ReadFile(receipt + ".content"));

  w1.process->Signal(SIGKILL);
  w1.process->Wait();
  ASSERT_THAT(RegisterAgency(MakeAgencyCode(1)), Succeeded());
  const Words newest = {"--timeout", "0.5", "receipt",          "--entry",
                        "2",         "-o",  dir_.Path("newest")};
  EXPECT_THAT(Annals(newest), RefusedWith(7, "ENTRY_NOT_WITNESSED"));
  EXPECT_FALSE(std::filesystem::exists(dir_.Path("newest")));
  StartWitness(&w1, std::string(absl::StripPrefix(w1.url, "http://")));
  WaitUntilWitnessed(3);
  EXPECT_THAT(Annals(newest), Succeeded());

  EXPECT_EQ(StopDaemon(), 0);
  for (const std::string& file : {receipt, dir_.Path("newest")}) {
    const Outcome verified =
        Annals({"verify-receipt", file, "--policy", path, "--lang", "en"});
    EXPECT_THAT(verified, Succeeded());
    EXPECT_THAT(verified.out, HasSubstr("w1"));
    EXPECT_THAT(Annals({"verify-receipt", file}), Succeeded());
  }
  // The policy's log line is a key as well.
  const std::string with_log = WritePolicy(
      "with_log", absl::StrCat("log ", verifier_key_, "\n", ReadFile(path)));
  verifier_key_.clear();
  EXPECT_THAT(Annals({"verify-receipt", receipt, "--policy", with_log,
                      "--config-dir", dir_.Path("nobody")}),
              Succeeded());
}

// What nobody has cosigned yet is still on record: the ledger signed it.
TEST_F(WitnessE2eTest, AnErasureThatWaitsForItsWitnessesIsNoFault) {
  WitnessProcess w1 = RunningWitness("w1");
  const std::string path = PolicyFor(w1);
  StartDaemon(WithPolicy(path));
  RecordReport();
  WaitUntilWitnessed(2);
  ASSERT_THAT(Annals({"trust", "add", verifier_key_, "--policy", path}),
              Succeeded());
  w1.process->Signal(SIGKILL);
  w1.process->Wait();
  ASSERT_THAT(
      Annals({"erase", kReport, "--revision", "1", "--reason", "含个人信息",
              "--legal-basis", "条例第十五条", "--timeout", "1"}),
      Succeeded());
  EXPECT_THAT(Annals({"audit"}), Succeeded());
  const Outcome monitor = Annals({"monitor", "--once"});
  EXPECT_THAT(monitor, Succeeded());
  EXPECT_THAT(monitor.out, Not(HasSubstr("damaged_entry")));
}

// Who has verified more than the witnesses have cosigned accuses nobody: what
// they cosigned is the beginning of it.
TEST_F(WitnessE2eTest, WitnessesThatLagAreNoRollback) {
  WitnessProcess w1 = RunningWitness("w1");
  const std::string path = PolicyFor(w1);
  StartDaemon(WithPolicy(path));
  ASSERT_THAT(RegisterAgency(kCode), Succeeded());
  const std::string witnessed = WaitUntilWitnessed(1).note();
  w1.process->Signal(SIGKILL);
  w1.process->Wait();
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(data_dir_, dir_.Path("older"));
  StartDaemon(WithPolicy(path));
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  ASSERT_THAT(RegisterAgency(MakeAgencyCode(1)), Succeeded());
  const std::string state = dir_.Path("audit.state");
  ASSERT_THAT(Annals({"audit", "--state", state}), Succeeded());
  ASSERT_THAT(Annals({"export", dir_.Path("export")}), Succeeded());

  // Two entries are remembered, one is witnessed.
  const Outcome older = Annals({"checkpoint", "--witnessed"});
  EXPECT_THAT(older, Succeeded());
  EXPECT_EQ(older.out, witnessed);
  ASSERT_THAT(Annals({"trust", "add", verifier_key_, "--policy", path}),
              Succeeded());
  EXPECT_THAT(Annals({"agency", "get", kCode}), Succeeded());
  EXPECT_THAT(Annals({"audit"}), Succeeded());
  EXPECT_THAT(Annals({"monitor", "--once"}), Succeeded());
  EXPECT_THAT(Annals({"monitor", "--once", "--state", state}), Succeeded());
  for (const Words& words : {Words{"audit", "--state", state},
                             Words{"export", dir_.Path("export")}}) {
    const Outcome beyond = Annals(words);
    EXPECT_THAT(beyond, RefusedWith(7, "ENTRY_NOT_WITNESSED"));
    EXPECT_THAT(beyond.err, HasSubstr("entry 1 is not witnessed yet"));
  }
  // Nor is the older one remembered: the same daemon, rolled back, is noticed.
  const std::string address = server_;
  ASSERT_EQ(StopDaemon(), 0);
  CopyAll(dir_.Path("older"), data_dir_);
  Words command = WithPolicy(path);
  std::replace(command.begin(), command.end(),
               std::string("--listen=127.0.0.1:0"), "--listen=" + address);
  StartDaemon(command);
  EXPECT_THAT(Annals({"audit"}), RefusedWith(11, "LEDGER_ROLLED_BACK"));
  EXPECT_THAT(Annals({"checkpoint", "--witnessed"}),
              RefusedWith(11, "LEDGER_ROLLED_BACK"));
}

TEST_F(WitnessE2eTest, WithoutAQuorumThereIsNoWitnessedCheckpoint) {
  StartDaemon();
  EXPECT_THAT(Annals({"checkpoint", "--witnessed"}),
              RefusedWith(6, "NO_WITNESSED_CHECKPOINT"));
  EXPECT_EQ(StopDaemon(), 0);
  WitnessProcess w1 = NewWitness("w1");
  w1.url = "http://127.0.0.1:1";
  const std::string path = PolicyFor(w1);
  StartDaemon(WithPolicy(path));
  RecordReport();
  EXPECT_THAT(Annals({"checkpoint", "--witnessed"}),
              RefusedWith(6, "NO_WITNESSED_CHECKPOINT"));
  const Outcome refused = Annals({"verify", kReport, "--policy", path});
  EXPECT_THAT(refused, RefusedWith(8, "WITNESS_QUORUM_NOT_MET"));
  EXPECT_THAT(refused.err, HasSubstr("missing: w1;"));
}

TEST_F(WitnessE2eTest, LiarsAndHangersHoldUpNobody) {
  WitnessProcess good = NewWitness("good");
  StartWitness(&good);
  WitnessProcess forger = NewWitness("forger");
  const LyingServer forging(
      200, "— witness.example/forger AAAAAAAAAABkGFDLEZMHwSRaJNiIDoe9DYn\n");
  forger.url = forging.url();
  WitnessProcess babbler = NewWitness("babbler");
  const LyingServer babbling(200, std::string(1 << 20, 'x'));
  babbler.url = babbling.url();
  WitnessProcess ahead = NewWitness("ahead");
  const LyingServer leading(409, "1000000\n");
  ahead.url = leading.url();
  WitnessProcess hanger = NewWitness("hanger");
  const HangingServer hanging;
  hanger.url = hanging.url();
  const std::string path = WritePolicy(
      "policy",
      absl::StrCat(PolicyLine(good), PolicyLine(forger), PolicyLine(babbler),
                   PolicyLine(ahead), PolicyLine(hanger),
                   "group any1 any good forger babbler ahead hanger\n"
                   "quorum any1\n"));
  StartDaemon(WithPolicy(path));
  RecordReport();
  const v1::Checkpoint witnessed = WaitUntilWitnessed(2);
  EXPECT_THAT(witnessed.note(),
              AllOf(HasSubstr("witness.example/good"),
                    Not(HasSubstr("witness.example/forger"))));
  WaitUntilLogged("no cosignature by witness.example/forger");
  WaitUntilLogged("no cosignature by witness.example/babbler");
  WaitUntilLogged("witness witness.example/ahead says it has cosigned");
  WaitUntilLogged("no cosignature by witness.example/hanger");
  // Once, not at every try.
  EXPECT_EQ(Count(DaemonLog(), "no cosignature by witness.example/forger"), 1u);
  const absl::Time begin = absl::Now();
  EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(3));
}

// Two daemons on copies of one store, with one key: a split view.
TEST_F(WitnessE2eTest, OfTwoDaemonsOnOneStoreOnlyOneIsCosigned) {
  WitnessProcess w1 = RunningWitness("w1");
  const std::string path = PolicyFor(w1);
  CopyAll(data_dir_, dir_.Path("copy"));
  StartDaemon(WithPolicy(path));
  ASSERT_THAT(RegisterAgency(kCode), Succeeded());
  WaitUntilWitnessed(1);
  EXPECT_EQ(StopDaemon(), 0);

  data_dir_ = dir_.Path("copy");
  StartDaemon(WithPolicy(path));
  ASSERT_THAT(RegisterAgency("11320300014051234A"), Not(Succeeded()));
  ASSERT_THAT(RegisterAgency(kCode, {"--reason", "别的理由"}), Succeeded());
  WaitUntilLogged("has cosigned another tree of this ledger");
  v1::Checkpoint checkpoint;
  EXPECT_EQ(ReasonOf(GetWitnessed(&checkpoint)), "NO_WITNESSED_CHECKPOINT");
  EXPECT_THAT(ReadFile(dir_.Path("w1.log")), HasSubstr("FORK"));
}

TEST_F(WitnessE2eTest, ARollbackOfTheWholeDirectoryIsNoticed) {
  WitnessProcess w1 = RunningWitness("w1");
  const std::string path = PolicyFor(w1);
  CopyAll(data_dir_, dir_.Path("older"));
  StartDaemon(WithPolicy(path));
  RecordReport();
  WaitUntilWitnessed(2);
  EXPECT_EQ(StopDaemon(), 0);
  CopyAll(dir_.Path("older"), data_dir_);
  StartDaemon(WithPolicy(path));
  WaitUntilLogged("the ledger was rolled back, or the witness is wrong");
}

TEST_F(WitnessE2eTest, TheDaemonRefusesPoliciesThatCannotWork) {
  WitnessProcess w1 = NewWitness("w1");
  const Words cases[] = {
      {"witness w1 nonsense http://127.0.0.1:1\nquorum w1\n", "line 1"},
      {absl::StrCat("witness w1 ", w1.vkey, "\nquorum w1\n"), "no quorum"},
      {absl::StrCat("witness w1 ", w1.vkey, " ftp://x\nquorum w1\n"),
       "no URL of a witness"},
      {absl::StrCat(
           "log ",
           Annals({"key", "generate", "--name", "x", "-o", dir_.Path("x.pem")})
               .out,
           "witness w1 ", w1.vkey, " http://x\nquorum w1\n"),
       "not this ledger's key"},
      {"", "no such file, or it is empty"}};
  for (const Words& words : cases) {
    const std::string path = WritePolicy("policy", words[0]);
    EXPECT_NE(RunDaemon(WithPolicy(path)), 0);
    EXPECT_THAT(DaemonLog(), HasSubstr(words[1]));
  }
}

// What the protocol's document says of HTTP itself.
TEST_F(WitnessE2eTest, TheWitnessSpeaksHttpAsTheDocumentSays) {
  WitnessProcess w1 = RunningWitness("w1");
  StartDaemon();
  ASSERT_THAT(RegisterAgency(kCode), Succeeded());
  const std::string note = Checkpoint();
  httplib::Client client(w1.url);
  client.set_keep_alive(true);
  const auto post = [&client](const std::string& body) {
    auto result = client.Post("/add-checkpoint", body,
                              "application/x-www-form-urlencoded");
    EXPECT_TRUE(result) << httplib::to_string(result.error());
    return *result;
  };
  EXPECT_EQ(post("nonsense").status, 400);
  const httplib::Response cosigned = post("old 0\n\n" + note);
  EXPECT_EQ(cosigned.status, 200);
  EXPECT_THAT(cosigned.body, StartsWith("— witness.example/w1 "));
  const httplib::Response conflict = post("old 0\n\n" + note);
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.get_header_value("Content-Type"), "text/x.tlog.size");
  EXPECT_EQ(conflict.body, "1\n");
  EXPECT_EQ(client.Get("/add-checkpoint")->status, 405);
  EXPECT_EQ(client.Get("/")->status, 404);
  EXPECT_EQ(
      client.Post("/add-checkpoint", std::string(1 << 20, 'x'), "text/plain")
          ->status,
      413);
  // A second witness can't take the state or the port.
  Words second = {ANNALS_PATH, "witness",     "--key", w1.key_path,
                  "--state",   w1.state_path, "--log", verifier_key_};
  EXPECT_THAT(Run(second, {}), RefusedWith(6, "FILE_LOCKED"));
  second[5] = dir_.Path("second.state");
  second.insert(
      second.end(),
      {"--listen", std::string(absl::StripPrefix(w1.url, "http://"))});
  EXPECT_THAT(Run(second, {}), RefusedWith(7, "LISTEN_FAILED"));
  client.stop();
  w1.process->Signal(SIGTERM);
  EXPECT_EQ(w1.process->Wait(), 0);
}

}  // namespace
}  // namespace annals
