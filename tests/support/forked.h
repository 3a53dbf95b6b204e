// What may end the process is tried in a process of its own.

#ifndef ANNALS_TESTS_SUPPORT_FORKED_H_
#define ANNALS_TESTS_SUPPORT_FORKED_H_

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace annals {

struct ForkedOutcome {
  // What the function returned.
  std::string text;
  // Empty, or how the process ended instead of returning it.
  std::string crash;
};

// Calls `function` in a child and passes its answer on. The caller must not
// have used what has threads of its own, such as RocksDB or gRPC: the child has
// none of them. An expectation that fails in the child is not seen.
inline ForkedOutcome RunForked(const std::function<std::string()>& function) {
  std::array<int, 2> ends = {-1, -1};
  EXPECT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    std::string text;
    try {
      text = function();
    } catch (const std::exception& thrown) {
      // As of a program that catches nothing.
      fprintf(stderr, "exception: %s\n", thrown.what());
      abort();
    }
    for (size_t done = 0; done < text.size();) {
      const ssize_t written =
          write(ends[1], text.data() + done, text.size() - done);
      if (written <= 0) _exit(1);
      done += static_cast<size_t>(written);
    }
    _exit(0);
  }
  close(ends[1]);
  ForkedOutcome outcome;
  std::array<char, 4096> buffer;
  for (ssize_t got = 1; got > 0;) {
    got = read(ends[0], buffer.data(), buffer.size());
    if (got > 0) outcome.text.append(buffer.data(), static_cast<size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status)) {
    outcome.crash = absl::StrCat("signal ", WTERMSIG(status));
  } else if (WEXITSTATUS(status) != 0) {
    outcome.crash = absl::StrCat("exit code ", WEXITSTATUS(status));
  }
  return outcome;
}

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_FORKED_H_
