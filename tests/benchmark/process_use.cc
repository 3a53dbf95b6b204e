#include "tests/benchmark/process_use.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace annals::benchmark {

ProcessUse UseOf(pid_t pid) {
  ProcessUse use;
  const std::string directory = absl::StrCat("/proc/", pid);
  std::ifstream status(directory + "/status");
  for (std::string line; std::getline(status, line);) {
    absl::string_view rest = line;
    int64_t kib = 0;
    if (absl::ConsumePrefix(&rest, "VmRSS:") &&
        absl::ConsumeSuffix(&rest, "kB") && absl::SimpleAtoi(rest, &kib)) {
      use.resident_mib = static_cast<double>(kib) / 1024;
    }
  }
  for ([[maybe_unused]] const auto& file :
       std::filesystem::directory_iterator(directory + "/fd")) {
    ++use.open_files;
  }
  return use;
}

}  // namespace annals::benchmark
