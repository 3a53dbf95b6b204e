#include "tests/benchmark/daemon_process.h"

#include <signal.h>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "ledger/check.h"

namespace annals::benchmark {

namespace {

Words Command(const std::string& data_dir, const Words& flags) {
  Words command = {ANNALSD_PATH, "--data_dir=" + data_dir,
                   "--listen=127.0.0.1:0"};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

}  // namespace

DaemonProcess::DaemonProcess(const std::string& data_dir, const Words& flags)
    : process_(ProcessOptions{Command(data_dir, flags), {}, "", "/dev/null"}) {
  process_.ReadLine();  // The verifier key.
  const std::string line = process_.ReadLine();
  ANNALS_CHECK(absl::StartsWith(line, "serving on "));
  address_ = std::string(absl::StripPrefix(line, "serving on "));
}

DaemonProcess::~DaemonProcess() {
  process_.Signal(SIGTERM);
  ANNALS_CHECK(process_.Wait() == 0);
}

}  // namespace annals::benchmark
