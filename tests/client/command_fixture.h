// The real command, run as a person runs it, without a server.

#ifndef ANNALS_TESTS_CLIENT_COMMAND_FIXTURE_H_
#define ANNALS_TESTS_CLIENT_COMMAND_FIXTURE_H_

#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace annals::client {

struct CommandOutcome {
  int code = -1;
  std::string out;
  std::string err;
};

class CommandFixture : public ::testing::Test {
 protected:
  CommandOutcome Annals(const std::string& words) {
    const std::string line =
        absl::StrCat("env -i LANG=C ", ANNALS_COMMAND, " ", words, " >",
                     dir_.Path("out"), " 2>", dir_.Path("err"), " </dev/null");
    const int status = std::system(line.c_str());
    CommandOutcome outcome;
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    outcome.out = ReadFile(dir_.Path("out"));
    outcome.err = ReadFile(dir_.Path("err"));
    return outcome;
  }

  static std::string Sample(const std::string& name) {
    return absl::StrCat(ANNALS_TEST_DATA, "/", name);
  }

  TempDir dir_;
};

}  // namespace annals::client

#endif  // ANNALS_TESTS_CLIENT_COMMAND_FIXTURE_H_
