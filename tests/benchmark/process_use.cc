#include "tests/benchmark/process_use.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace annals::benchmark {

namespace {

// Of a line such as "VmRSS:   1234 kB"; unchanged by another.
void ReadMib(absl::string_view line, absl::string_view name, double* mib) {
  int64_t kib = 0;
  if (absl::ConsumePrefix(&line, name) && absl::ConsumeSuffix(&line, "kB") &&
      absl::SimpleAtoi(line, &kib)) {
    *mib = static_cast<double>(kib) / 1024;
  }
}

}  // namespace

ProcessUse UseOf(pid_t pid) {
  ProcessUse use;
  const std::string directory = absl::StrCat("/proc/", pid);
  std::ifstream status(directory + "/status");
  for (std::string line; std::getline(status, line);) {
    ReadMib(line, "VmRSS:", &use.resident_mib);
    ReadMib(line, "VmHWM:", &use.peak_mib);
  }
  std::error_code gone;
  for (std::filesystem::directory_iterator file(directory + "/fd", gone), end;
       !gone && file != end; file.increment(gone)) {
    ++use.open_files;
  }
  return use;
}

}  // namespace annals::benchmark
