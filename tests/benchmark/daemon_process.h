// A daemon in a process of its own, so that what it takes is told from what the
// benchmark takes.

#ifndef ANNALS_TESTS_BENCHMARK_DAEMON_PROCESS_H_
#define ANNALS_TESTS_BENCHMARK_DAEMON_PROCESS_H_

#include <sys/types.h>

#include <string>

#include "tests/benchmark/process_use.h"
#include "tests/support/process.h"

namespace annals::benchmark {

// Starts with this, and ends with it. Whatever goes wrong ends the benchmark.
class DaemonProcess {
 public:
  // `flags`: further ones of annalsd.
  explicit DaemonProcess(const std::string& data_dir, const Words& flags = {});
  ~DaemonProcess();

  const std::string& address() const { return address_; }
  ProcessUse Use() const { return UseOf(process_.pid()); }

 private:
  Process process_;
  std::string address_;
};

}  // namespace annals::benchmark

#endif  // ANNALS_TESTS_BENCHMARK_DAEMON_PROCESS_H_
