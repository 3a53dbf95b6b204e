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
#include "annals/v1/supervision_service.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/grpcpp.h"
#include "ledger/check.h"
#include "service/daemon.h"
#include "tests/benchmark/register_fill.h"
#include "tests/support/temp_dir.h"

ABSL_FLAG(int, provinces, 1, "Provinces of the register.");
ABSL_FLAG(int, cities, 14, "Cities of a province.");
ABSL_FLAG(int, counties, 10, "Counties of a city.");
ABSL_FLAG(int, departments, 128, "Departments of each office.");
ABSL_FLAG(int, years, 1, "Years of reports.");
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

void Run() {
  RegisterShape shape;
  shape.provinces = absl::GetFlag(FLAGS_provinces);
  shape.cities = absl::GetFlag(FLAGS_cities);
  shape.counties = absl::GetFlag(FLAGS_counties);
  shape.departments = absl::GetFlag(FLAGS_departments);
  shape.first_year = shape.last_year - absl::GetFlag(FLAGS_years) + 1;
  TempDir dir;
  const absl::Time begin = absl::Now();
  const std::string province = FillRegister(dir.Path("data"), shape);
  absl::PrintF("%d agencies and %d years of reports recorded in %s\n",
               AgencyCount(shape), absl::GetFlag(FLAGS_years),
               absl::FormatDuration(absl::Now() - begin));
  DaemonOptions options;
  options.data_dir = dir.Path("data");
  options.listen = "127.0.0.1:0";
  auto daemon = Daemon::Start(options);
  ANNALS_CHECK(daemon.ok());
  auto stub = v1::SupervisionService::NewStub(grpc::CreateChannel(
      (*daemon)->address(), grpc::InsecureChannelCredentials()));
  MeasureStatus(stub.get(), "agencies/" + province);
  if (shape.provinces > 1) MeasureStatus(stub.get(), "agencies/-");
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
