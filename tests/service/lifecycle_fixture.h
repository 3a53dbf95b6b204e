// An office, below it an agency with a report, and calls of LifecycleService.

#ifndef ANNALS_TESTS_SERVICE_LIFECYCLE_FIXTURE_H_
#define ANNALS_TESTS_SERVICE_LIFECYCLE_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "annals/v1/lifecycle_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/review_policy.h"
#include "tests/support/server_fixture.h"

namespace annals {

class LifecycleTest : public ServerTest {
 protected:
  // An office, and below it an agency with a report.
  void SetUp() override {
    ServerTest::SetUp();
    lifecycle_ = v1::LifecycleService::NewStub(channel_);
    ASSERT_THAT(Register(MakeAgencyCode(0)), GrpcOk());
    ASSERT_THAT(Register(MakeAgencyCode(1), office_), GrpcOk());
    first_ = Record(FirstSubmission(MakeAgencyCode(1), 0));
  }

  static std::string Name(int n) { return "agencies/" + MakeAgencyCode(n); }

  v1::TakeStepRequest Ask(v1::Step step, const std::string& acting_for,
                          int revision = 1) const {
    v1::TakeStepRequest request;
    request.set_name(absl::StrCat(report_, "/revisions/", revision));
    request.set_step(step);
    request.set_reason("办理");
    request.set_acting_for(acting_for);
    request.set_request_id(NewRequestId());
    if (step == v1::STEP_PUBLISHED || step == v1::STEP_RESTORED) {
      v1::Date* const date = request.mutable_publication()->mutable_date();
      date->set_year(2025);
      date->set_month(1);
      date->set_day(20);
      request.mutable_publication()->set_url("https://example.gov.cn/1");
    }
    return request;
  }

  grpc::Status Take(const v1::TakeStepRequest& request,
                    v1::TakeStepResponse* response = nullptr,
                    const std::string& actor = "zhang") {
    v1::TakeStepResponse unused;
    return Call(lifecycle_, &v1::LifecycleService::Stub::TakeStep, request,
                response == nullptr ? &unused : response, actor);
  }

  // By the right party, each by another person.
  void Pass(const std::vector<v1::Step>& steps, int revision = 1) {
    for (const v1::Step step : steps) {
      const bool is_above =
          step == v1::STEP_RETURNED || step == v1::STEP_ACCEPTED;
      EXPECT_THAT(Take(Ask(step, is_above ? office_ : agency_, revision),
                       nullptr, absl::StrCat("person", int{step})),
                  GrpcOk())
          << v1::Step_Name(step);
    }
  }

  v1::Lifecycle Life(uint64_t size = 0) {
    v1::GetLifecycleRequest request;
    request.set_name(report_);
    request.set_as_of_size(size);
    v1::Lifecycle life;
    EXPECT_THAT(Call(lifecycle_, &v1::LifecycleService::Stub::GetLifecycle,
                     request, &life),
                GrpcOk());
    return life;
  }

  v1::SetPolicyRequest Setting(const std::string& office) const {
    v1::SetPolicyRequest request;
    request.set_agency(office);
    *request.mutable_policy() = report::DefaultReviewPolicy();
    request.set_reason("本市办理规程");
    request.set_request_id(NewRequestId());
    return request;
  }

  grpc::Status Set(const v1::SetPolicyRequest& request,
                   v1::Policy* policy = nullptr) {
    v1::Policy unused;
    return Call(lifecycle_, &v1::LifecycleService::Stub::SetPolicy, request,
                policy == nullptr ? &unused : policy);
  }

  void SetEffectiveAfter(v1::Step step) {
    v1::SetPolicyRequest request = Setting(office_);
    request.mutable_policy()->set_effective_after(step);
    EXPECT_THAT(Set(request), GrpcOk());
  }

  v1::Policy PolicyOf(const std::string& agency) {
    v1::GetPolicyRequest request;
    request.set_agency(agency);
    v1::Policy policy;
    EXPECT_THAT(Call(lifecycle_, &v1::LifecycleService::Stub::GetPolicy,
                     request, &policy),
                GrpcOk());
    return policy;
  }

  grpc::Status GetInEffect(v1::Revision* revision, uint64_t size = 0) {
    v1::GetReportRequest request;
    request.set_name(report_);
    request.set_in_effect(true);
    request.set_as_of_size(size);
    return Call(reports_, &v1::ReportService::Stub::GetReport, request,
                revision);
  }

  int InEffect(uint64_t size = 0) {
    v1::Revision revision;
    const grpc::Status status = GetInEffect(&revision, size);
    if (status.ok()) return revision.number();
    EXPECT_THAT(status,
                GrpcError(grpc::StatusCode::NOT_FOUND, "NOT_IN_EFFECT"));
    return 0;
  }

  std::unique_ptr<v1::LifecycleService::Stub> lifecycle_;
  const std::string office_ = Name(0);
  const std::string agency_ = Name(1);
  const std::string report_ = ReportOf(MakeAgencyCode(1));
  v1::Revision first_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SERVICE_LIFECYCLE_FIXTURE_H_
