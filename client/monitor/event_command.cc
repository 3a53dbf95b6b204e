#include "client/monitor/event_command.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals::client {
namespace {

constexpr int kPollMilliseconds = 50;
// Between SIGTERM and SIGKILL.
constexpr int kGraceMilliseconds = 1000;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

absl::Status Failed(const std::string& en, const std::string& zh) {
  return MakeError(absl::StatusCode::kInternal, kCommandFailedReason,
                   {absl::StrCat("the command of --exec ", en),
                    absl::StrCat("--exec 的命令", zh)});
}

absl::Status NotStarted(int error) {
  return Failed(absl::StrCat("can't be started: ", std::strerror(error)),
                absl::StrCat("无法启动：", std::strerror(error)));
}

// A file in memory: unlike a pipe it takes all at once, whether the command
// reads it or not.
absl::Status WriteInput(const Descriptor& file, absl::string_view input) {
  while (!input.empty()) {
    const ssize_t written = write(file.get(), input.data(), input.size());
    if (written < 0) return NotStarted(errno);
    input.remove_prefix(static_cast<size_t>(written));
  }
  if (lseek(file.get(), 0, SEEK_SET) != 0) return NotStarted(errno);
  return absl::OkStatus();
}

// This process's variables, and those of the input in place of any of the same
// name.
std::vector<std::string> EnvironmentOf(const CommandInput& input) {
  std::vector<std::string> environment;
  for (const auto& [name, value] : input.variables) {
    environment.push_back(absl::StrCat(name, "=", value));
  }
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const bool is_replaced =
        std::any_of(input.variables.begin(), input.variables.end(),
                    [variable](const auto& replacement) {
                      return absl::StartsWith(
                          *variable, absl::StrCat(replacement.first, "="));
                    });
    if (!is_replaced) environment.emplace_back(*variable);
  }
  return environment;
}

// In a process group of its own, with the signals that we block.
int Spawn(const EventCommand& command, std::vector<std::string> environment,
          int input, pid_t* pid) {
  std::vector<char*> variables;
  for (std::string& variable : environment) {
    variables.push_back(variable.data());
  }
  variables.push_back(nullptr);
  std::string shell = "sh";
  std::string option = "-c";
  std::string text = command.text;
  const std::array<char*, 4> arguments = {shell.data(), option.data(),
                                          text.data(), nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  sigset_t none;
  sigemptyset(&none);
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
                                            POSIX_SPAWN_SETSIGMASK |
                                            POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  const int error = posix_spawn(pid, "/bin/sh", &files, &attributes,
                                arguments.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

// glibc 2.36 declares its own pidfd_open without C linkage.
int OpenProcess(pid_t pid) {
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

// True if the process has ended.
bool WaitForEnd(const Descriptor& process, int milliseconds) {
  pollfd poll_one = {process.get(), POLLIN, 0};
  return poll(&poll_one, 1, milliseconds) > 0;
}

void EndGroup(pid_t pid, const Descriptor& process) {
  kill(-pid, SIGTERM);
  WaitForEnd(process, kGraceMilliseconds);
  kill(-pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

absl::Status OutcomeOf(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) return NotStarted(errno);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  if (WIFEXITED(status)) {
    return Failed(absl::StrCat("ended with exit code ", WEXITSTATUS(status)),
                  absl::StrCat("以退出码 ", WEXITSTATUS(status), " 结束"));
  }
  return Failed(absl::StrCat("was ended by signal ", WTERMSIG(status)),
                absl::StrCat("被信号 ", WTERMSIG(status), " 结束"));
}

}  // namespace

absl::Status RunEventCommand(const EventCommand& command,
                             const CommandInput& input, ledger::Clock* clock,
                             StopSignal* stop) {
  const Descriptor file(memfd_create("annals-event", MFD_CLOEXEC));
  if (file.get() < 0) return NotStarted(errno);
  RETURN_IF_ERROR(WriteInput(file, input.bytes));
  pid_t pid = 0;
  const int error = Spawn(command, EnvironmentOf(input), file.get(), &pid);
  if (error != 0) return NotStarted(error);
  const Descriptor process(OpenProcess(pid));
  const absl::Time deadline = clock->Now() + command.timeout;
  while (process.get() >= 0 && !stop->stopped() && clock->Now() < deadline) {
    if (WaitForEnd(process, kPollMilliseconds)) return OutcomeOf(pid);
  }
  EndGroup(pid, process);
  if (stop->stopped()) {
    return MakeError(absl::StatusCode::kCancelled, "INTERRUPTED",
                     {"interrupted by a signal", "被信号中断"});
  }
  const std::string limit = absl::FormatDuration(command.timeout);
  return MakeError(
      absl::StatusCode::kDeadlineExceeded, kCommandTimedOutReason,
      {absl::StrCat("the command of --exec did not end within ", limit,
                    " and was ended"),
       absl::StrCat("--exec 的命令 ", limit, " 内没有结束，已将其终止")});
}

}  // namespace annals::client
