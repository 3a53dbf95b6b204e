// The program annalsd: flags, output, signals.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace annals {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A running annalsd; its standard output is read line by line.
class Process {
 public:
  Process(std::vector<std::string> arguments, const std::string& log) {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    std::string program = ANNALSD_PATH;
    std::vector<char*> argv = {program.data()};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      const int log_fd = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      dup2(ends[1], STDOUT_FILENO);
      dup2(log_fd, STDERR_FILENO);
      execv(argv[0], argv.data());
      _exit(127);
    }
    close(ends[1]);
    output_ = fdopen(ends[0], "r");
  }

  ~Process() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      Wait();
    }
    fclose(output_);
  }

  std::string ReadLine() {
    char line[512] = "";
    if (fgets(line, sizeof line, output_) == nullptr) return "";
    return line;
  }

  void Signal(int number) const { kill(pid_, number); }

  // The exit code, or 1000 plus the signal that ended it.
  int Wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = 0;
  FILE* output_ = nullptr;
};

class AnnalsdTest : public ::testing::Test {
 protected:
  std::vector<std::string> Arguments(std::vector<std::string> more = {}) {
    std::vector<std::string> all = {"--data_dir=" + dir_.Path("data"),
                                    "--origin=test.local/annals",
                                    "--listen=127.0.0.1:0"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  // Runs to the end: the exit code; what it logged is in Log().
  int Run(const std::vector<std::string>& arguments) {
    return Process(arguments, log_).Wait();
  }

  std::string Log() { return ReadFile(log_); }

  TempDir dir_;
  const std::string log_ = dir_.Path("log");
};

TEST_F(AnnalsdTest, SaysItsKeyAndAddressAndStopsOnATerm) {
  Process process(Arguments({"--log_format=json"}), log_);
  EXPECT_THAT(process.ReadLine(),
              StartsWith("verifier key: test.local/annals+"));
  const std::string serving = process.ReadLine();
  EXPECT_THAT(serving, StartsWith("serving on 127.0.0.1:"));
  EXPECT_NE(serving, "serving on 127.0.0.1:0\n");
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait(), 0);
  EXPECT_THAT(Log(), HasSubstr("\"message\":\"TLS is off"));
  EXPECT_THAT(Log(), HasSubstr("\"message\":\"stopped\""));
}

TEST_F(AnnalsdTest, RefusesWhatItDoesNotUnderstand) {
  const struct {
    std::vector<std::string> more;
    const char* text;
  } cases[] = {{{"--no_such_flag=1"}, "no_such_flag"},
               {{"stray"}, "stray"},
               {{"--queue_max=0"}, "--queue_max is 0"},
               {{"--queue_max=many"}, "queue_max"},
               {{"--caller_calls_burst=0"}, "--caller_calls_burst is 0"},
               {{"--page_size_max=1001"}, "--page_size_max is 1001"},
               {{"--handshake_timeout=1ms"}, "--handshake_timeout (ms) is 1"},
               {{"--log_level=loud"}, "--log_level=loud"},
               {{"--listen=0.0.0.0:1"}, "loopback"},
               {{"--listen=0.0.0.0:1"}, "回环"},
               {{"--access_log=/none/at/all"}, "--access_log"},
               {{"--access_log=/none/at/all"}, "访问日志"},
               {{"--metrics_listen=9464"}, "9464"},
               {{"--drain_timeout=-1s"}, "drain_timeout"}};
  for (const auto& one : cases) {
    SCOPED_TRACE(one.text);
    EXPECT_NE(Run(Arguments(one.more)), 0);
    EXPECT_THAT(Log(), HasSubstr(one.text));
  }
  EXPECT_NE(Run({}), 0);
  EXPECT_THAT(Log(), HasSubstr("--data_dir"));
}

TEST_F(AnnalsdTest, ReadsAFlagFile) {
  const std::string flags = dir_.Path("flags");
  WriteFile(flags, absl::StrCat("--data_dir=", dir_.Path("data"),
                                "\n--origin=from.file/annals\n"
                                "--listen=127.0.0.1:0\n"));
  Process process({"--flagfile=" + flags}, log_);
  EXPECT_THAT(process.ReadLine(),
              StartsWith("verifier key: from.file/annals+"));
  process.Signal(SIGINT);
  EXPECT_EQ(process.Wait(), 0);
  WriteFile(flags, "--no_such_flag=1\n");
  EXPECT_NE(Run({"--flagfile=" + flags}), 0);
}

// As logrotate does it: the file is moved, and a hang-up follows.
TEST_F(AnnalsdTest, OpensItsAccessLogAnewOnAHangUp) {
  const std::string file = dir_.Path("access.log");
  const std::string moved = dir_.Path("access.log.1");
  Process process(
      Arguments({"--access_log=" + file, "--metrics_listen=127.0.0.1:0"}),
      log_);
  process.ReadLine();
  process.ReadLine();
  EXPECT_THAT(process.ReadLine(), StartsWith("metrics on http://127.0.0.1:"));
  ASSERT_EQ(std::rename(file.c_str(), moved.c_str()), 0);
  process.Signal(SIGHUP);
  while (access(file.c_str(), F_OK) != 0) std::this_thread::yield();
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait(), 0);
  EXPECT_EQ(ReadFile(moved), "");
}

// Every flag with its default, and nothing of the libraries' flags.
TEST_F(AnnalsdTest, HelpListsItsFlagsAndEndsWell) {
  Process process({"--data_dir=/nonexistent", "--help"}, log_);
  std::string help;
  for (std::string line = process.ReadLine(); !line.empty();
       line = process.ReadLine()) {
    help += line;
  }
  EXPECT_EQ(process.Wait(), 0);
  EXPECT_THAT(help, StartsWith("annalsd - the daemon of Annals"));
  EXPECT_THAT(help, HasSubstr("\n  --data_dir=VALUE\n"));
  EXPECT_THAT(help, HasSubstr("\n  --fsck\n"));
  EXPECT_THAT(help, HasSubstr("Default: 127.0.0.1:7432."));
  EXPECT_THAT(help, HasSubstr("\nExit codes:\n"));
  EXPECT_THAT(help, Not(HasSubstr("tryfromenv")));
  EXPECT_EQ(Log(), "");
}

TEST_F(AnnalsdTest, SaysItsVersion) {
  Process process({"--version"}, log_);
  EXPECT_THAT(process.ReadLine(), StartsWith("annalsd "));
  EXPECT_EQ(process.Wait(), 0);
}

}  // namespace
}  // namespace annals
