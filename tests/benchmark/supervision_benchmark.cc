// Measures what a supervising office asks, on a made register in the real
// shape, through a daemon and a channel. Run by hand; figures are of this
// machine and moment.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "annals/v1/supervision_service.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/grpcpp.h"
#include "ledger/check.h"
#include "ledger/hash.h"
#include "service/daemon.h"
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

namespace annals::benchmark {
namespace {

struct Answer {
  int filings = 0;
  double milliseconds = 0;
  // Of this process: server and client.
  double cpu_milliseconds = 0;
};

double CpuMilliseconds() {
  return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

Answer AskStatus(v1::SupervisionService::Stub* stub,
                 const std::string& parent) {
  v1::ListFilingsRequest request;
  request.set_parent(parent);
  request.set_year(2024);
  grpc::ClientContext context;
  const absl::Time begin = absl::Now();
  const double cpu_begin = CpuMilliseconds();
  auto reader = stub->ListFilings(&context, request);
  Answer answer;
  v1::ListFilingsResponse page;
  while (reader->Read(&page)) answer.filings += page.filings_size();
  ANNALS_CHECK(reader->Finish().ok());
  answer.milliseconds = absl::ToDoubleMilliseconds(absl::Now() - begin);
  answer.cpu_milliseconds = CpuMilliseconds() - cpu_begin;
  return answer;
}

void MeasureStatus(v1::SupervisionService::Stub* stub,
                   const std::string& parent) {
  std::vector<double> times;
  std::vector<double> cpu_times;
  int filings = 0;
  for (int round = 0; round < absl::GetFlag(FLAGS_rounds); ++round) {
    const Answer answer = AskStatus(stub, parent);
    times.push_back(answer.milliseconds);
    cpu_times.push_back(answer.cpu_milliseconds);
    filings = answer.filings;
  }
  std::sort(times.begin(), times.end());
  std::sort(cpu_times.begin(), cpu_times.end());
  absl::PrintF(
      "status of %s: %d agencies, %.0f ms (%.0f to %.0f), %.0f ms of CPU\n",
      parent, filings, times[times.size() / 2], times.front(), times.back(),
      cpu_times[cpu_times.size() / 2]);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
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

void MeasureRollUp(v1::SupervisionService::Stub* stub,
                   const std::string& office) {
  v1::RollUpRequest request;
  request.set_agency(office);
  request.set_year(2024);
  std::vector<double> times;
  std::vector<double> cpu_times;
  v1::RollUpResponse response;
  for (int round = 0; round < absl::GetFlag(FLAGS_rounds); ++round) {
    grpc::ClientContext context;
    const absl::Time begin = absl::Now();
    const double cpu_begin = CpuMilliseconds();
    ANNALS_CHECK(stub->RollUp(&context, request, &response).ok());
    times.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
    cpu_times.push_back(CpuMilliseconds() - cpu_begin);
  }
  absl::PrintF(
      "roll-up of %s: %d reports, %d missing, %.0f ms, %.0f ms of CPU\n",
      office, response.revisions_size(), response.missing_size(), Median(times),
      Median(cpu_times));
  PrintBaselines(response.revisions_size(), Median(times));
}

void MeasureFigures(v1::SupervisionService::Stub* stub,
                    const std::string& parent) {
  v1::ListFiguresRequest request;
  request.set_parent(parent);
  request.set_year(2024);
  std::vector<double> times;
  std::vector<double> cpu_times;
  int rows = 0;
  size_t bytes = 0;
  for (int round = 0; round < absl::GetFlag(FLAGS_rounds); ++round) {
    grpc::ClientContext context;
    const absl::Time begin = absl::Now();
    const double cpu_begin = CpuMilliseconds();
    auto reader = stub->ListFigures(&context, request);
    rows = 0;
    bytes = 0;
    v1::ListFiguresResponse page;
    while (reader->Read(&page)) {
      rows += page.rows_size();
      bytes += page.ByteSizeLong();
    }
    ANNALS_CHECK(reader->Finish().ok());
    times.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
    cpu_times.push_back(CpuMilliseconds() - cpu_begin);
  }
  const double time = Median(times);
  absl::PrintF(
      "figures of %s: %d reports, %.1f MB, %.0f ms, %.0f reports/s, %.0f ms of "
      "CPU\n",
      parent, rows, static_cast<double>(bytes) / 1e6, time, 1000 * rows / time,
      Median(cpu_times));
  PrintBaselines(rows, time);
}

// Asks `rounds` times: the median.
template <typename Ask>
double MedianMilliseconds(const Ask& ask) {
  std::vector<double> times;
  for (int round = 0; round < absl::GetFlag(FLAGS_rounds); ++round) {
    const absl::Time begin = absl::Now();
    ANNALS_CHECK(ask().ok());
    times.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
  }
  return Median(times);
}

void MeasureHistory(v1::ReportService::Stub* stub, const std::string& report) {
  v1::ListRevisionsRequest history;
  history.set_parent(report);
  v1::ListRevisionsResponse revisions;
  const double history_time = MedianMilliseconds([&] {
    grpc::ClientContext context;
    return stub->ListRevisions(&context, history, &revisions);
  });
  v1::BlameReportRequest blame;
  blame.set_name(report);
  v1::BlameReportResponse fields;
  const double blame_time = MedianMilliseconds([&] {
    grpc::ClientContext context;
    return stub->BlameReport(&context, blame, &fields);
  });
  absl::PrintF(
      "%s of %d revisions: history %.1f ms, blame of all its fields %.1f ms\n",
      report, revisions.revisions_size(), history_time, blame_time);
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
  DaemonOptions options;
  options.data_dir = dir.Path("data");
  options.listen = "127.0.0.1:0";
  // The one caller is to take all that there is.
  options.server.caller = {0, 1, 0, 0};
  auto daemon = Daemon::Start(options);
  ANNALS_CHECK(daemon.ok());
  const auto channel = grpc::CreateChannel((*daemon)->address(),
                                           grpc::InsecureChannelCredentials());
  auto stub = v1::SupervisionService::NewStub(channel);
  MeasureStatus(stub.get(), "agencies/" + filled.province);
  if (shape.provinces > 1) MeasureStatus(stub.get(), "agencies/-");
  if (shape.has_contents) {
    MeasureRollUp(stub.get(), "agencies/" + filled.city);
    MeasureFigures(stub.get(), "agencies/-");
    MeasureFigures(stub.get(), "agencies/" + filled.city);
    MeasureHistory(v1::ReportService::NewStub(channel).get(), filled.report);
  }
  stub.reset();
  (*daemon)->Drain(absl::Seconds(5));
}

}  // namespace
}  // namespace annals::benchmark

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  annals::benchmark::Run();
  return 0;
}
