#include "tests/benchmark/submissions.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "annals/v1/agency_service.grpc.pb.h"
#include "ledger/check.h"
#include "tests/support/agency_code.h"
#include "tests/support/report_maker.h"

namespace annals::benchmark {
namespace {

constexpr uint64_t kYearsPerAgency = 3000;
constexpr int kFirstYear = 2010;
// Making a report costs more than submitting one.
constexpr uint64_t kReports = 256;

void Redate(int year, v1::Report* report) {
  report->set_title(absl::StrReplaceAll(
      report->title(), {{absl::StrCat(report->year()), absl::StrCat(year)}}));
  report->set_year(year);
  report->mutable_period()->mutable_start()->set_year(year);
  report->mutable_period()->mutable_end()->set_year(year);
}

std::string RequestId(uint64_t n) {
  return absl::StrFormat("00000000-0000-4000-8000-%012x", n);
}

void Register(const Bench& bench, const std::string& code, uint64_t n) {
  v1::CreateAgencyRequest request;
  request.set_agency_id(code);
  request.mutable_agency()->set_display_name("洛阳市西工区人民政府办公室");
  request.mutable_agency()->set_division_code("410303");
  request.set_reason("首次登记");
  request.set_request_id(RequestId(n));
  v1::Agency agency;
  grpc::ClientContext context;
  const grpc::Status status = v1::AgencyService::NewStub(bench.channel())
                                  ->CreateAgency(&context, request, &agency);
  ANNALS_CHECK(status.ok());
}

}  // namespace

Submissions::Submissions(const Bench& bench, uint64_t count) {
  std::vector<v1::Report> reports;
  for (uint64_t seed = 0; seed < kReports; ++seed) {
    reports.push_back(MakeReport(seed));
  }
  std::string code;
  for (uint64_t n = 0; n < count; ++n) {
    if (n % kYearsPerAgency == 0) {
      code = MakeAgencyCode(static_cast<int>(n / kYearsPerAgency));
      Register(bench, code, count + n);
    }
    const int year = kFirstYear + 2 * static_cast<int>(n % kYearsPerAgency);
    v1::SubmitRevisionRequest request;
    request.set_name(absl::StrCat("agencies/", code, "/reports/", year));
    *request.mutable_report() = reports[n % kReports];
    Redate(year, request.mutable_report());
    request.set_reason("年度报告首次提交");
    request.set_request_id(RequestId(n));
    names_.push_back(request.name());
    requests_.push_back(ToBytes(request));
  }
}

}  // namespace annals::benchmark
