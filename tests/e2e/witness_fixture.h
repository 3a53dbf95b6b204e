// A daemon that asks witnesses, and witness processes.

#ifndef ANNALS_TESTS_E2E_WITNESS_FIXTURE_H_
#define ANNALS_TESTS_E2E_WITNESS_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/e2e/e2e_fixture.h"

namespace annals {

// A witness process on a state and a key of its own.
struct WitnessProcess {
  std::string name;  // In policies.
  std::string key_path;
  std::string state_path;
  std::string vkey;
  std::string url;
  std::unique_ptr<Process> process;
};

class WitnessFixture : public EndToEndTest {
 protected:
  static constexpr char kCode[] = "11410303005450123N";
  static constexpr char kReport[] = "agencies/11410303005450123N/reports/2024";

  // The daemon's first start, without witnesses: it makes the ledger's key.
  void MakeLedger() {
    StartDaemon();
    EXPECT_EQ(StopDaemon(), 0) << DaemonLog();
  }

  WitnessProcess NewWitness(const std::string& name) {
    WitnessProcess witness;
    witness.name = name;
    witness.key_path = dir_.Path(name + ".pem");
    witness.state_path = dir_.Path(name + ".state");
    const Outcome made =
        Annals({"key", "generate", "--witness", "--name",
                "witness.example/" + name, "-o", witness.key_path});
    EXPECT_THAT(made, Succeeded());
    witness.vkey = made.out.substr(0, made.out.find('\n'));
    return witness;
  }

  // Starts it for the ledger and reads where it listens. `log` is the ledger's
  // key unless given.
  void StartWitness(WitnessProcess* witness, const std::string& listen,
                    const Words& more = {}) {
    Words command = {ANNALS_PATH, "--lang",
                     "en",        "witness",
                     "--key",     witness->key_path,
                     "--state",   witness->state_path,
                     "--listen",  listen,
                     "--log",     verifier_key_};
    command.insert(command.end(), more.begin(), more.end());
    witness->process = std::make_unique<Process>(
        ProcessOptions{command, {}, "", dir_.Path(witness->name + ".log")});
    const std::string key = witness->process->ReadLine();
    const std::string serving = witness->process->ReadLine();
    EXPECT_EQ(key, "verifier key: " + witness->vkey)
        << ReadFile(dir_.Path(witness->name + ".log"));
    absl::string_view url = serving;
    EXPECT_TRUE(absl::ConsumePrefix(&url, "serving on ")) << serving;
    witness->url = std::string(url);
  }

  void StartWitness(WitnessProcess* witness) {
    StartWitness(witness, "127.0.0.1:0");
  }

  WitnessProcess RunningWitness(const std::string& name) {
    WitnessProcess witness = NewWitness(name);
    StartWitness(&witness);
    return witness;
  }

  static std::string PolicyLine(const WitnessProcess& witness) {
    return absl::StrCat("witness ", witness.name, " ", witness.vkey, " ",
                        witness.url, "\n");
  }

  std::string WritePolicy(const std::string& name, const std::string& text) {
    WriteFile(dir_.Path(name), text);
    return dir_.Path(name);
  }

  // The path of a policy that asks for this one.
  std::string PolicyFor(const WitnessProcess& witness) {
    return WritePolicy("policy", absl::StrCat(PolicyLine(witness), "quorum ",
                                              witness.name, "\n"));
  }

  Words WithPolicy(const std::string& path, const Words& more = {}) const {
    Words words = {"--witness_policy=" + path, "--witness_interval=50ms",
                   "--witness_timeout=2s"};
    words.insert(words.end(), more.begin(), more.end());
    return DaemonCommand(words);
  }

  void RecordReport() {
    ASSERT_THAT(RegisterAgency(kCode), Succeeded());
    ASSERT_THAT(Annals({"submit", TestData("xigong-2024.txt"), "--agency",
                        kCode, "--year", "2024", "--reason", "年度报告",
                        "--ack", "N-REQUESTS=口径不同"}),
                Succeeded());
  }

  grpc::Status GetWitnessed(v1::Checkpoint* checkpoint) {
    grpc::ClientContext context;
    v1::GetCheckpointRequest request;
    request.set_witnessed(true);
    return ledger_->GetCheckpoint(&context, request, checkpoint);
  }

  // Asks until the witnessed checkpoint has the size, at most 15 s.
  v1::Checkpoint WaitUntilWitnessed(uint64_t size) {
    const absl::Time deadline = absl::Now() + absl::Seconds(15);
    v1::Checkpoint checkpoint;
    while (absl::Now() < deadline) {
      const grpc::Status status = GetWitnessed(&checkpoint);
      if (status.ok() && checkpoint.tree_size() == size) return checkpoint;
    }
    ADD_FAILURE() << "size " << size << " was never witnessed\n" << DaemonLog();
    return checkpoint;
  }

  // Reads the daemon's log until it says this, at most 15 s.
  void WaitUntilLogged(const std::string& text) {
    const absl::Time deadline = absl::Now() + absl::Seconds(15);
    while (absl::Now() < deadline) {
      if (absl::StrContains(DaemonLog(), text)) return;
    }
    ADD_FAILURE() << "never logged: " << text << "\n" << DaemonLog();
  }
};

}  // namespace annals

#endif  // ANNALS_TESTS_E2E_WITNESS_FIXTURE_H_
