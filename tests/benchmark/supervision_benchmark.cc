// Measures what a supervising office asks, on a made register in the real
// shape, through a daemon in its own process. Run by hand; figures are of this
// machine and moment.

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "annals/v1/supervision_service.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/grpcpp.h"
#include "ledger/check.h"
#include "ledger/hash.h"
#include "tests/benchmark/daemon_process.h"
#include "tests/benchmark/process_use.h"
#include "tests/benchmark/register_fill.h"
#include "tests/support/temp_dir.h"

ABSL_FLAG(int, provinces, 1, "Provinces of the register.");
ABSL_FLAG(int, cities, 14, "Cities of a province.");
ABSL_FLAG(int, counties, 10, "Counties of a city.");
ABSL_FLAG(int, departments, 128, "Departments of each office.");
ABSL_FLAG(int, years, 1, "Years of reports.");
ABSL_FLAG(
    bool, contents, false,
    "Reports with contents, for roll-ups and figures; --counties=25 makes "
    "a city of 3000 reports.");
ABSL_FLAG(int, revisions, 50,
          "With --contents: of the report whose history is asked for.");
ABSL_FLAG(int, rounds, 5, "Times that each is asked.");
ABSL_FLAG(int64_t, block_cache_bytes, int64_t{256} << 20,
          "As annalsd's. What memory does not depend on it shows when it is "
          "small: the blocks of a small ledger don't fill a large cache.");

namespace annals::benchmark {
namespace {

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// What an answer takes: the medians of all rounds.
struct Cost {
  double milliseconds = 0;
  double cpu_milliseconds = 0;  // Of the daemon.
};

// `ask` asks the daemon once and gives a grpc::Status.
template <typename Ask>
Cost CostOf(const DaemonProcess& daemon, const Ask& ask) {
  std::vector<double> times;
  std::vector<double> cpu_times;
  for (int round = 0; round < absl::GetFlag(FLAGS_rounds); ++round) {
    const absl::Time begin = absl::Now();
    const double cpu_begin = daemon.Use().cpu_milliseconds;
    ANNALS_CHECK(ask().ok());
    times.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
    cpu_times.push_back(daemon.Use().cpu_milliseconds - cpu_begin);
  }
  return {Median(times), Median(cpu_times)};
}

void PrintMemory(const DaemonProcess& daemon) {
  const ProcessUse use = daemon.Use();
  absl::PrintF("  the daemon's memory: %.0f MiB, at most %.0f MiB\n",
               use.resident_mib, use.peak_mib);
  std::fflush(stdout);
}

void MeasureStatus(const DaemonProcess& daemon,
                   v1::SupervisionService::Stub* stub,
                   const std::string& parent) {
  v1::ListFilingsRequest request;
  request.set_parent(parent);
  request.set_year(2024);
  int filings = 0;
  const Cost cost = CostOf(daemon, [&] {
    grpc::ClientContext context;
    auto reader = stub->ListFilings(&context, request);
    filings = 0;
    v1::ListFilingsResponse page;
    while (reader->Read(&page)) filings += page.filings_size();
    return reader->Finish();
  });
  absl::PrintF("status of %s: %d agencies, %.0f ms, %.0f ms of CPU\n", parent,
               filings, cost.milliseconds, cost.cpu_milliseconds);
  PrintMemory(daemon);
}

// How long it takes to make messages of `count` contents, and do nothing else.
double ParseMilliseconds(int count) {
  const std::vector<std::string>& contents = BenchmarkContents();
  const absl::Time begin = absl::Now();
  for (int i = 0; i < count; ++i) {
    v1::RevisionContent content;
    ANNALS_CHECK(content.ParseFromString(
        contents[static_cast<size_t>(i) % contents.size()]));
  }
  return absl::ToDoubleMilliseconds(absl::Now() - begin);
}

// The same to hash them.
double HashMilliseconds(int count) {
  const std::vector<std::string>& contents = BenchmarkContents();
  const absl::Time begin = absl::Now();
  for (int i = 0; i < count; ++i) {
    ledger::Sha256(contents[static_cast<size_t>(i) % contents.size()]);
  }
  return absl::ToDoubleMilliseconds(absl::Now() - begin);
}

void PrintBaselines(int reports, double milliseconds) {
  const double parse = ParseMilliseconds(reports);
  const double hash = HashMilliseconds(reports);
  absl::PrintF(
      "  of as many contents alone: %.0f ms to make messages (ratio %.2f), "
      "%.0f ms to hash (ratio %.2f)\n",
      parse, milliseconds / parse, hash, milliseconds / hash);
}

void MeasureRollUp(const DaemonProcess& daemon,
                   v1::SupervisionService::Stub* stub,
                   const std::string& office) {
  v1::RollUpRequest request;
  request.set_agency(office);
  request.set_year(2024);
  v1::RollUpResponse response;
  const Cost cost = CostOf(daemon, [&] {
    grpc::ClientContext context;
    return stub->RollUp(&context, request, &response);
  });
  absl::PrintF(
      "roll-up of %s: %d reports, %d missing, %.0f ms, %.0f ms of CPU\n",
      office, response.revisions_size(), response.missing_size(),
      cost.milliseconds, cost.cpu_milliseconds);
  PrintBaselines(response.revisions_size(), cost.milliseconds);
  PrintMemory(daemon);
}

void MeasureFigures(const DaemonProcess& daemon,
                    v1::SupervisionService::Stub* stub,
                    const std::string& parent) {
  v1::ListFiguresRequest request;
  request.set_parent(parent);
  request.set_year(2024);
  int rows = 0;
  size_t bytes = 0;
  const Cost cost = CostOf(daemon, [&] {
    grpc::ClientContext context;
    auto reader = stub->ListFigures(&context, request);
    rows = 0;
    bytes = 0;
    v1::ListFiguresResponse page;
    while (reader->Read(&page)) {
      rows += page.rows_size();
      bytes += page.ByteSizeLong();
    }
    return reader->Finish();
  });
  absl::PrintF(
      "figures of %s: %d reports, %.1f MB, %.0f ms, %.0f reports/s, %.0f ms of "
      "CPU\n",
      parent, rows, static_cast<double>(bytes) / 1e6, cost.milliseconds,
      1000 * rows / cost.milliseconds, cost.cpu_milliseconds);
  PrintBaselines(rows, cost.milliseconds);
  PrintMemory(daemon);
}

void MeasureHistory(const DaemonProcess& daemon, v1::ReportService::Stub* stub,
                    const std::string& report) {
  v1::ListRevisionsRequest history;
  history.set_parent(report);
  v1::ListRevisionsResponse revisions;
  const Cost history_cost = CostOf(daemon, [&] {
    grpc::ClientContext context;
    return stub->ListRevisions(&context, history, &revisions);
  });
  v1::BlameReportRequest blame;
  blame.set_name(report);
  v1::BlameReportResponse fields;
  const Cost blame_cost = CostOf(daemon, [&] {
    grpc::ClientContext context;
    return stub->BlameReport(&context, blame, &fields);
  });
  absl::PrintF(
      "%s of %d revisions: history %.1f ms, blame of all its fields %.1f ms\n",
      report, revisions.revisions_size(), history_cost.milliseconds,
      blame_cost.milliseconds);
}

RegisterShape ShapeOfFlags() {
  RegisterShape shape;
  shape.provinces = absl::GetFlag(FLAGS_provinces);
  shape.cities = absl::GetFlag(FLAGS_cities);
  shape.counties = absl::GetFlag(FLAGS_counties);
  shape.departments = absl::GetFlag(FLAGS_departments);
  shape.first_year = shape.last_year - absl::GetFlag(FLAGS_years) + 1;
  shape.has_contents = absl::GetFlag(FLAGS_contents);
  shape.revisions = absl::GetFlag(FLAGS_revisions);
  return shape;
}

void Run() {
  const RegisterShape shape = ShapeOfFlags();
  TempDir dir;
  const absl::Time begin = absl::Now();
  const FilledRegister filled = FillRegister(dir.Path("data"), shape);
  absl::PrintF("%d agencies and %d years of reports recorded in %s\n",
               AgencyCount(shape), absl::GetFlag(FLAGS_years),
               absl::FormatDuration(absl::Now() - begin));
  std::fflush(stdout);
  const DaemonProcess daemon(
      dir.Path("data"), {absl::StrCat("--block_cache_bytes=",
                                      absl::GetFlag(FLAGS_block_cache_bytes))});
  PrintMemory(daemon);
  const auto channel =
      grpc::CreateChannel(daemon.address(), grpc::InsecureChannelCredentials());
  auto stub = v1::SupervisionService::NewStub(channel);
  MeasureStatus(daemon, stub.get(), "agencies/" + filled.province);
  if (shape.provinces > 1) MeasureStatus(daemon, stub.get(), "agencies/-");
  if (!shape.has_contents) return;
  MeasureRollUp(daemon, stub.get(), "agencies/" + filled.city);
  MeasureFigures(daemon, stub.get(), "agencies/-");
  MeasureFigures(daemon, stub.get(), "agencies/" + filled.city);
  MeasureHistory(daemon, v1::ReportService::NewStub(channel).get(),
                 filled.report);
}

}  // namespace
}  // namespace annals::benchmark

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  annals::benchmark::Run();
  return 0;
}
