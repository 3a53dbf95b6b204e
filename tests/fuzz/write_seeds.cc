// Writes the seeds of every TARGET into DIRECTORY/TARGET, for libFuzzer.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/fuzz/seeds.h"

int main(int argc, char** argv) {
  for (int i = 2; i < argc; ++i) {
    const std::string directory = absl::StrCat(argv[1], "/", argv[i]);
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    const std::vector<std::string> seeds = annals::SeedsOf(argv[i]);
    for (size_t j = 0; j < seeds.size(); ++j) {
      std::ofstream out(absl::StrCat(directory, "/seed", j), std::ios::binary);
      out << seeds[j];
      if (!out)
        std::fprintf(stderr, "can't write into %s\n", directory.c_str());
      if (!out) return 1;
    }
  }
  return 0;
}
