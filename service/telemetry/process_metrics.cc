#include "service/telemetry/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "ledger/file_io.h"

namespace annals {
namespace {

constexpr size_t kProcFileBytesMax = size_t{64} << 10;

// The fields of /proc/self/stat after the command in parentheses, so that the
// first is the third of proc(5).
std::vector<std::string> StatFields() {
  const absl::StatusOr<std::string> stat =
      ledger::ReadFileOrPipe("/proc/self/stat", kProcFileBytesMax);
  if (!stat.ok()) return {};
  const size_t end = stat->rfind(')');
  if (end == std::string::npos) return {};
  return absl::StrSplit(stat->substr(end + 1), ' ', absl::SkipEmpty());
}

double NumberAt(const std::vector<std::string>& fields, size_t proc_field) {
  constexpr size_t kFirst = 3;
  double value = 0;
  const size_t i = proc_field - kFirst;
  return i < fields.size() && absl::SimpleAtod(fields[i], &value) ? value : 0;
}

// When the machine started; 0 if that can't be had.
double BootTime() {
  const absl::StatusOr<std::string> stat =
      ledger::ReadFileOrPipe("/proc/stat", size_t{4} << 20);
  if (!stat.ok()) return 0;
  for (absl::string_view line : absl::StrSplit(*stat, '\n')) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    double value = 0;
    if (words.size() == 2 && words[0] == "btime" &&
        absl::SimpleAtod(words[1], &value)) {
      return value;
    }
  }
  return 0;
}

void CollectStat(MetricWriter* metrics) {
  constexpr size_t kUserTime = 14;
  constexpr size_t kSystemTime = 15;
  constexpr size_t kStartTime = 22;
  constexpr size_t kResidentPages = 24;
  const std::vector<std::string> fields = StatFields();
  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  if (fields.empty() || ticks <= 0) return;
  metrics->Add(
      Metric::kProcessCpu,
      (NumberAt(fields, kUserTime) + NumberAt(fields, kSystemTime)) / ticks);
  metrics->Add(Metric::kProcessMemory,
               NumberAt(fields, kResidentPages) *
                   static_cast<double>(sysconf(_SC_PAGESIZE)));
  static const double boot_time = BootTime();
  if (boot_time > 0) {
    metrics->Add(Metric::kProcessStart,
                 boot_time + NumberAt(fields, kStartTime) / ticks);
  }
}

void CollectDescriptors(MetricWriter* metrics) {
  std::error_code error;
  double open = 0;
  std::filesystem::directory_iterator fds("/proc/self/fd", error);
  for (; !error && fds != std::filesystem::directory_iterator();
       fds.increment(error)) {
    ++open;
  }
  // One of them is the directory's.
  if (!error) metrics->Add(Metric::kProcessOpenFds, open - 1);
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    metrics->Add(Metric::kProcessMaxFds, static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace

void CollectProcessMetrics(const std::string& data_dir, MetricWriter* metrics) {
  CollectStat(metrics);
  CollectDescriptors(metrics);
  std::error_code error;
  const auto space = std::filesystem::space(data_dir, error);
  if (error) return;
  metrics->Add(Metric::kDiskFree, static_cast<double>(space.available));
  metrics->Add(Metric::kDiskSize, static_cast<double>(space.capacity));
}

}  // namespace annals
