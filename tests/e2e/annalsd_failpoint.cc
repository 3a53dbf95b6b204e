// annalsd for tests: the same daemon, which kills itself (SIGKILL) at a fail
// point. The point is a step of its work on files, by the name that StepName
// gives it, so that one lies before and after each durable step. It has small
// memtables, so that the database flushes and compacts under a test's load.

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "rocksdb/env.h"
#include "service/daemon.h"
#include "tests/support/file_watcher.h"
#include "tests/support/watched_calls.h"
#include "tests/support/watched_file_system.h"

ABSL_FLAG(std::string, data_dir, "", "As of annalsd.");
ABSL_FLAG(std::string, origin, "", "As of annalsd.");
ABSL_FLAG(std::string, listen, "127.0.0.1:0", "As of annalsd.");
ABSL_FLAG(std::string, step, "", "Where to die, such as \"log sync\".");
ABSL_FLAG(bool, after, false, "Die after the step, not before it.");
ABSL_FLAG(int, pass, 1, "At its so manieth passing, counted when armed.");
ABSL_FLAG(bool, armed, false, "From the start on, and not from SIGUSR1.");

namespace annals {
namespace {

constexpr size_t kWriteBufferBytes = size_t{256} << 10;

// Ends the process as kill -9 does: nothing is flushed, nobody is told.
class FailPoint : public FileWatcher {
 public:
  FailPoint(std::string step, bool is_after, int pass)
      : step_(std::move(step)), is_after_(is_after), passes_left_(pass) {}

  void Arm() { is_armed_ = true; }

  int Run(const FileEvent& event, absl::FunctionRef<int()> act) override {
    const bool is_here = is_armed_ && StepName(event) == step_;
    if (is_here && !is_after_) Pass();
    const int error = act();
    if (is_here && is_after_) Pass();
    return error;
  }

 private:
  void Pass() {
    if (--passes_left_ == 0) kill(getpid(), SIGKILL);
  }

  const std::string step_;
  const bool is_after_;
  std::atomic<int> passes_left_;
  std::atomic<bool> is_armed_ = false;
};

int Run(FailPoint* fail_point) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  const WatchedCalls calls(absl::GetFlag(FLAGS_data_dir), fail_point);
  const std::unique_ptr<rocksdb::Env> env = NewWatchedEnv(fail_point);
  DaemonOptions options;
  options.data_dir = absl::GetFlag(FLAGS_data_dir);
  options.origin = absl::GetFlag(FLAGS_origin);
  options.listen = absl::GetFlag(FLAGS_listen);
  options.store.env = env.get();
  options.store.write_buffer_bytes = kWriteBufferBytes;
  const auto daemon = Daemon::Start(options);
  if (!daemon.ok()) {
    std::fprintf(stderr, "%s\n", daemon.status().ToString().c_str());
    return 2;
  }
  std::printf("verifier key: %s\nserving on %s\n",
              (*daemon)->verifier_key().c_str(), (*daemon)->address().c_str());
  std::fflush(stdout);
  for (int number = 0; number != SIGTERM;) {
    sigwait(&signals, &number);
    if (number == SIGUSR1) fail_point->Arm();
  }
  (*daemon)->Drain(absl::Seconds(10));
  return 0;
}

}  // namespace
}  // namespace annals

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  annals::FailPoint fail_point(absl::GetFlag(FLAGS_step),
                               absl::GetFlag(FLAGS_after),
                               absl::GetFlag(FLAGS_pass));
  if (absl::GetFlag(FLAGS_armed)) fail_point.Arm();
  return annals::Run(&fail_point);
}
