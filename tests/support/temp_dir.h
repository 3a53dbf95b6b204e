// A directory of a test's own, removed with all that is in it.

#ifndef ANNALS_TESTS_SUPPORT_TEMP_DIR_H_
#define ANNALS_TESTS_SUPPORT_TEMP_DIR_H_

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace annals {

class TempDir {
 public:
  TempDir() : TempDir(::testing::TempDir()) {}
  // In the directory `above`, which ends with a slash.
  explicit TempDir(const std::string& above) : path_(above + "annals-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << path_;
  }
  ~TempDir() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }

  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string Path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Replaces the directory or file `to` by a copy of `from`.
inline void CopyAll(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::remove_all(to, error);
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive,
                        error);
  EXPECT_FALSE(error) << from << " → " << to << ": " << error.message();
}

inline std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

inline void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  EXPECT_TRUE(out.good()) << path;
}

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_TEMP_DIR_H_
