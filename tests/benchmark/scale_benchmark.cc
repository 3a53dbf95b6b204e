// A daemon on a large ledger beside one on a small ledger, in one run: how long
// the start takes, GetEntry with its proof, memory, and the bytes on the disk.
// Run by hand.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "annals/v1/ledger_service.pb.h"
#include "ledger/check.h"
#include "tests/benchmark/daemon_process.h"
#include "tests/benchmark/ledger_fill.h"
#include "tests/benchmark/load.h"
#include "tests/support/temp_dir.h"

ABSL_FLAG(uint64_t, entries, 10000000, "Entries of the large ledger.");
ABSL_FLAG(uint64_t, small_entries, 100000, "Entries of the small ledger.");
ABSL_FLAG(uint64_t, calls, 50000, "GetEntry in a round.");
ABSL_FLAG(int, in_flight, 8, "Calls in flight.");
ABSL_FLAG(int, rounds, 3, "Rounds; the median counts.");
ABSL_FLAG(std::string, dir, "",
          "Where the ledgers are made, and kept for another run; empty for a "
          "directory that is deleted at the end.");

namespace annals::benchmark {
namespace {

constexpr int kConnections = 4;

struct Measured {
  double start_ms = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double resident_mib = 0;
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Requests for entries anywhere in the ledger.
std::vector<grpc::ByteBuffer> RandomRequests(uint64_t entries) {
  std::mt19937_64 random(1);
  std::vector<grpc::ByteBuffer> requests;
  for (uint64_t n = 0; n < absl::GetFlag(FLAGS_calls); ++n) {
    v1::GetEntryRequest request;
    request.set_index(random() % entries);
    requests.push_back(ToBytes(request));
  }
  return requests;
}

Measured Measure(const std::string& data_dir, uint64_t entries) {
  Measured measured;
  const absl::Time begin = absl::Now();
  const DaemonProcess daemon(data_dir);
  measured.start_ms = absl::ToDoubleMilliseconds(absl::Now() - begin);
  const Target target = {"/annals.v1.LedgerService/GetEntry",
                         MakeChannels(daemon.address(), kConnections)};
  const std::vector<grpc::ByteBuffer> requests = RandomRequests(entries);
  const LoadResult result =
      RunCalls({absl::GetFlag(FLAGS_in_flight), requests.size()}, target,
               [&requests](uint64_t n) { return &requests[n]; });
  if (result.errors > 0)
    std::fprintf(stderr, "%s\n", result.first_error.c_str());
  ANNALS_CHECK(result.errors == 0);
  measured.p50_ms = absl::ToDoubleMilliseconds(result.p50);
  measured.p99_ms = absl::ToDoubleMilliseconds(result.p99);
  measured.resident_mib = daemon.Use().resident_mib;
  return measured;
}

double BytesIn(const std::string& directory) {
  double bytes = 0;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(directory)) {
    if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
  }
  return bytes;
}

void Print(const std::string& data_dir, uint64_t entries,
           const Measured& measured) {
  absl::PrintF(
      "%9u entries: start %.0f ms, GetEntry with proof p50 %.2f ms, p99 %.2f "
      "ms, memory %.0f MiB, %.0f bytes on disk each\n",
      entries, measured.start_ms, measured.p50_ms, measured.p99_ms,
      measured.resident_mib, BytesIn(data_dir) / static_cast<double>(entries));
  std::fflush(stdout);
}

std::string Fill(const std::string& data_dir, uint64_t entries) {
  const absl::Time begin = absl::Now();
  FillLedger(data_dir, entries);
  absl::PrintF("filled %u entries in %s\n", entries,
               absl::FormatDuration(absl::Now() - begin));
  std::fflush(stdout);
  return data_dir;
}

void Run() {
  TempDir temporary;
  const std::string dir = absl::GetFlag(FLAGS_dir).empty()
                              ? temporary.Path("ledgers")
                              : absl::GetFlag(FLAGS_dir);
  std::filesystem::create_directories(dir);
  const uint64_t few = absl::GetFlag(FLAGS_small_entries);
  const uint64_t many = absl::GetFlag(FLAGS_entries);
  const std::string small_dir = Fill(dir + "/small", few);
  const std::string large_dir = Fill(dir + "/large", many);
  std::vector<double> ratios;
  for (int round = 0; round < absl::GetFlag(FLAGS_rounds); ++round) {
    const Measured of_few = Measure(small_dir, few);
    const Measured of_many = Measure(large_dir, many);
    Print(small_dir, few, of_few);
    Print(large_dir, many, of_many);
    ratios.push_back(of_many.p99_ms / of_few.p99_ms);
  }
  absl::PrintF(
      "p99 ratio %.2f, median of %u (target 2); targets of the large "
      "one: start 1000 ms, memory 512 MiB\n",
      Median(ratios), ratios.size());
}

}  // namespace
}  // namespace annals::benchmark

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("A daemon on a large and on a small ledger.");
  absl::ParseCommandLine(argc, argv);
  annals::benchmark::Run();
  return 0;
}
