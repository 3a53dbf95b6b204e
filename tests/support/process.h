// Programs run as a person or an init system runs them: as processes, with an
// environment of their own.

#ifndef ANNALS_TESTS_SUPPORT_PROCESS_H_
#define ANNALS_TESTS_SUPPORT_PROCESS_H_

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace annals {

using Words = std::vector<std::string>;

struct ProcessOptions {
  Words command;      // The program's path and its arguments.
  Words environment;  // NAME=value, and nothing else.
  // Where standard output goes; if empty, ReadLine() reads it.
  std::string out_path;
  std::string err_path = "/dev/null";
};

// A process without standard input. If it still runs when it goes out of scope
// it is killed.
class Process {
 public:
  explicit Process(ProcessOptions options) {
    int ends[2] = {-1, -1};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    Open(&actions, STDIN_FILENO, "/dev/null", O_RDONLY);
    Open(&actions, STDERR_FILENO, options.err_path,
         O_WRONLY | O_CREAT | O_TRUNC);
    if (options.out_path.empty()) {
      EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
      posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    } else {
      Open(&actions, STDOUT_FILENO, options.out_path,
           O_WRONLY | O_CREAT | O_TRUNC);
    }
    const std::vector<char*> argv = Pointers(&options.command);
    const std::vector<char*> environment = Pointers(&options.environment);
    EXPECT_EQ(posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(),
                          environment.data()),
              0)
        << argv[0];
    posix_spawn_file_actions_destroy(&actions);
    if (ends[1] >= 0) close(ends[1]);
    if (ends[0] >= 0) output_ = fdopen(ends[0], "r");
  }

  ~Process() {
    if (pid_ > 0) {
      Signal(SIGKILL);
      Wait();
    }
    if (output_ != nullptr) fclose(output_);
  }

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The next line of its standard output, without the newline; blocks until
  // there is one. Empty when there is no more.
  std::string ReadLine() {
    std::string line;
    for (int c = fgetc(output_); c != EOF && c != '\n'; c = fgetc(output_)) {
      line.push_back(static_cast<char>(c));
    }
    return line;
  }

  pid_t pid() const { return pid_; }

  void Signal(int number) const { kill(pid_, number); }

  // Blocks until it ends: its exit code, or minus the signal that ended it.
  int Wait() {
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  static void Open(posix_spawn_file_actions_t* actions, int fd,
                   const std::string& path, int flags) {
    posix_spawn_file_actions_addopen(actions, fd, path.c_str(), flags, 0600);
  }

  static std::vector<char*> Pointers(Words* words) {
    std::vector<char*> pointers;
    for (std::string& word : *words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
  }

  pid_t pid_ = 0;
  FILE* output_ = nullptr;
};

// What a program that has ended left behind.
struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_PROCESS_H_
