#include "tests/benchmark/process_use.h"

#include <unistd.h>

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

// What /proc/[pid]/stat says (proc(5)): utime and stime are its fields 14 and
// 15, and field 2, the program's name in parentheses, may hold blanks.
double CpuMillisecondsIn(std::istream* stat) {
  constexpr int kFieldsBetween = 11;
  std::string field;
  std::getline(*stat, field, ')');
  for (int i = 0; i < kFieldsBetween; ++i) *stat >> field;
  double user = 0;
  double system = 0;
  *stat >> user >> system;
  return 1000 * (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
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
  std::ifstream stat(directory + "/stat");
  use.cpu_milliseconds = CpuMillisecondsIn(&stat);
  std::error_code gone;
  for (std::filesystem::directory_iterator file(directory + "/fd", gone), end;
       !gone && file != end; file.increment(gone)) {
    ++use.open_files;
  }
  return use;
}

}  // namespace annals::benchmark
