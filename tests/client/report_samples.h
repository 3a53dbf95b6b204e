// Real reports, for the tests of what shows them.

#ifndef ANNALS_TESTS_CLIENT_REPORT_SAMPLES_H_
#define ANNALS_TESTS_CLIENT_REPORT_SAMPLES_H_

#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/import/importer.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace annals::client {

inline std::string ReadTestFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream.good()) << path;
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

// The report of tests/data/NAME.txt.
inline v1::Report SampleReport(const std::string& name) {
  auto imported = ImportText(
      ReadTestFile(absl::StrCat(ANNALS_TEST_DATA, "/", name, ".txt")));
  EXPECT_THAT(imported, IsOk());
  return imported.ok() ? imported->report : v1::Report();
}

}  // namespace annals::client

#endif  // ANNALS_TESTS_CLIENT_REPORT_SAMPLES_H_
