// What is in effect, and by which policy, through a real server.

#include <string>
#include <utility>
#include <vector>

#include "annals/v1/erasure_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/report/finding_support.h"
#include "tests/service/lifecycle_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST_F(LifecycleTest, ACorrectionIsInEffectWhenItHasPassed) {
  SetEffectiveAfter(v1::STEP_SIGNED_OFF);
  // It was in effect before the policy came.
  EXPECT_EQ(InEffect(), 1);
  const uint64_t before = LedgerSize();
  Record(Correction(MakeAgencyCode(1), 100, first_.etag()));
  EXPECT_EQ(InEffect(), 1);
  EXPECT_EQ(Life().correction_statement(), "");
  Pass({v1::STEP_COMPILED, v1::STEP_RETURNED, v1::STEP_COMPILED}, 2);
  EXPECT_EQ(InEffect(), 1);
  Pass({v1::STEP_SIGNED_OFF}, 2);
  EXPECT_EQ(InEffect(), 2);
  const v1::Lifecycle life = Life();
  EXPECT_THAT(life.correction_statement(),
              AllOf(HasSubstr("更正说明"), HasSubstr("数据错误。核对后更正"),
                    HasSubstr(" 更正为 ")));
  ASSERT_THAT(life.periods(), SizeIs(2));
  EXPECT_EQ(life.periods(1).first_revision(), 2);
  EXPECT_EQ(life.periods(1).effective_after(), v1::STEP_SIGNED_OFF);
  EXPECT_EQ(life.policy_agency(), office_);
  EXPECT_EQ(life.policy_entry_index(), life.periods(1).entry_index());
  EXPECT_EQ(InEffect(before), 1);
  // Removed: what it had let take effect stays so.
  v1::SetPolicyRequest removal = Setting(office_);
  removal.clear_policy();
  ASSERT_THAT(Set(removal), GrpcOk());
  EXPECT_EQ(InEffect(), 2);
}

TEST_F(LifecycleTest, WithdrawnNothingIsInEffectUntilItIsRestored) {
  v1::Revision revision;
  ASSERT_THAT(Get(report_, &revision), GrpcOk());  // In memory from now on.
  Pass({v1::STEP_WITHDRAWN});
  const uint64_t withdrawn = LedgerSize();
  EXPECT_EQ(InEffect(), 0);
  EXPECT_THAT(Get(report_, &revision), GrpcOk());
  EXPECT_THAT(Take(Ask(v1::STEP_COMPILED, agency_)),
              GrpcError(StatusCode::FAILED_PRECONDITION, "ILLEGAL_STEP"));
  Pass({v1::STEP_RESTORED});
  EXPECT_EQ(InEffect(), 1);
  EXPECT_EQ(InEffect(withdrawn), 0);
  EXPECT_EQ(Life(withdrawn).effective_revision(), 0);
  Pass({v1::STEP_WITHDRAWN});
  Record(Correction(MakeAgencyCode(1), 100, first_.etag()));
  EXPECT_EQ(InEffect(), 2);
  EXPECT_THAT(Take(Ask(v1::STEP_RESTORED, agency_)),
              GrpcError(StatusCode::FAILED_PRECONDITION, "ILLEGAL_STEP"));
  v1::GetReportRequest both;
  both.set_name(report_ + "/revisions/1");
  both.set_in_effect(true);
  EXPECT_THAT(
      Call(reports_, &v1::ReportService::Stub::GetReport, both, &revision),
      GrpcError(StatusCode::INVALID_ARGUMENT, "IN_EFFECT_WITH_REVISION"));
}

// Findings quote figures, and are read by those who may not see a draft.
TEST_F(LifecycleTest, FindingsCompareWithWhatIsInEffect) {
  const auto check_next_year = [this] {
    v1::CheckReportRequest request;
    const auto next = FirstSubmission(MakeAgencyCode(1), 7, 2025);
    request.set_name(next.name());
    *request.mutable_report() = next.report();
    v1::CheckReportResponse response;
    EXPECT_THAT(Call(reports_, &v1::ReportService::Stub::CheckReport, request,
                     &response),
                GrpcOk());
    return response.check();
  };
  const v1::CheckResult first = check_next_year();
  ASSERT_EQ(report::OutcomeOf(first, "Y-CARRY-total"), v1::OUTCOME_FAIL);
  SetEffectiveAfter(v1::STEP_SIGNED_OFF);
  Record(Correction(MakeAgencyCode(1), 100, first_.etag()));
  EXPECT_EQ(check_next_year().SerializeAsString(), first.SerializeAsString());
  Pass({v1::STEP_COMPILED, v1::STEP_SIGNED_OFF}, 2);
  const v1::CheckResult corrected = check_next_year();
  EXPECT_NE(report::FindingOf(corrected, "Y-CARRY-total").right().value(),
            report::FindingOf(first, "Y-CARRY-total").right().value());
  Pass({v1::STEP_WITHDRAWN}, 2);
  const v1::Finding finding =
      report::FindingOf(check_next_year(), "Y-CARRY-total");
  EXPECT_EQ(finding.outcome(), v1::OUTCOME_NOT_ASSESSABLE);
  EXPECT_EQ(finding.right().terms_size(), 0);
}

// The same of the reports that a regional one adds up.
TEST_F(LifecycleTest, ADraftIsNotAddedUp) {
  ASSERT_THAT(Register(MakeAgencyCode(2), office_), GrpcOk());
  SetEffectiveAfter(v1::STEP_SIGNED_OFF);
  Record(FirstSubmission(MakeAgencyCode(2), 1));
  v1::CheckReportRequest request;
  request.set_name(ReportOf(MakeAgencyCode(0)) + "-regional");
  *request.mutable_report() = MakeReport(3, 2024);
  request.mutable_report()->set_scope(v1::SCOPE_REGIONAL);
  v1::CheckReportResponse response;
  ASSERT_THAT(
      Call(reports_, &v1::ReportService::Stub::CheckReport, request, &response),
      GrpcOk());
  EXPECT_THAT(
      report::FindingOf(response.check(), "R-MISSING").missing_reports(),
      UnorderedElementsAre(ReportOf(MakeAgencyCode(0)),
                           ReportOf(MakeAgencyCode(2))));
  for (const v1::Finding& finding : response.check().findings()) {
    for (const v1::Term& term : finding.right().terms()) {
      EXPECT_NE(term.report(), ReportOf(MakeAgencyCode(2)));
    }
  }
}

TEST_F(LifecycleTest, AsOfGivesTheSameAnswerForGood) {
  Pass({v1::STEP_COMPILED, v1::STEP_SIGNED_OFF});
  const uint64_t size = LedgerSize();
  const std::string then = Life(size).SerializeAsString();
  EXPECT_EQ(Life().SerializeAsString(), then);
  Pass({v1::STEP_RETURNED});
  SetEffectiveAfter(v1::STEP_PUBLISHED);
  Record(Correction(MakeAgencyCode(1), 100, first_.etag()));
  Restart();
  lifecycle_ = v1::LifecycleService::NewStub(channel_);
  EXPECT_EQ(Life(size).SerializeAsString(), then);
  EXPECT_THAT(Life(4).steps(), SizeIs(1));
  v1::GetLifecycleRequest early;
  early.set_name(report_);
  early.set_as_of_size(2);
  v1::Lifecycle life;
  EXPECT_THAT(
      Call(lifecycle_, &v1::LifecycleService::Stub::GetLifecycle, early, &life),
      GrpcError(StatusCode::NOT_FOUND, "REPORT_NOT_FOUND"));
}

TEST_F(LifecycleTest, TheNearestPolicyGoverns) {
  EXPECT_EQ(PolicyOf(agency_).agency(), "");
  EXPECT_FALSE(PolicyOf(agency_).has_entry_index());
  EXPECT_THAT(PolicyOf(agency_).policy().steps(), SizeIs(9));
  ASSERT_THAT(Set(Setting(office_)), GrpcOk());
  EXPECT_EQ(PolicyOf(agency_).agency(), office_);
  v1::SetPolicyRequest own = Setting(agency_);
  own.mutable_policy()->mutable_steps()->DeleteSubrange(1, 8);
  v1::Policy set;
  ASSERT_THAT(Set(own, &set), GrpcOk());
  EXPECT_EQ(set.entry_index(), LedgerSize() - 1);
  EXPECT_EQ(PolicyOf(agency_).SerializeAsString(), set.SerializeAsString());
  EXPECT_EQ(PolicyOf(office_).agency(), office_);
  EXPECT_THAT(Take(Ask(v1::STEP_WITHDRAWN, "")),
              GrpcError(StatusCode::FAILED_PRECONDITION, "ILLEGAL_STEP"));
  own.set_request_id(NewRequestId());
  own.clear_policy();
  ASSERT_THAT(Set(own, &set), GrpcOk());
  EXPECT_FALSE(set.has_policy());
  EXPECT_EQ(PolicyOf(agency_).agency(), office_);
  EXPECT_THAT(Take(Ask(v1::STEP_WITHDRAWN, "")), GrpcOk());
  // A repeated request gets its first answer; a new one has nothing to remove.
  v1::Policy again;
  ASSERT_THAT(Set(own, &again), GrpcOk());
  EXPECT_EQ(again.SerializeAsString(), set.SerializeAsString());
  own.set_request_id(NewRequestId());
  EXPECT_THAT(Set(own), GrpcError(StatusCode::NOT_FOUND, "POLICY_NOT_FOUND"));
}

TEST_F(LifecycleTest, APolicyThatCanNotBeFollowedIsRefused) {
  const uint64_t size = LedgerSize();
  v1::SetPolicyRequest request = Setting(office_);
  request.mutable_policy()->set_effective_after(v1::STEP_WITHDRAWN);
  request.mutable_policy()->add_deadlines()->set_month(13);
  const grpc::Status status = Set(request);
  EXPECT_THAT(status,
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_POLICY"));
  const auto violations = DetailsOf(status).bad_request.field_violations();
  ASSERT_THAT(violations, SizeIs(2));
  EXPECT_EQ(violations[0].field(), "policy.effective_after");
  EXPECT_EQ(violations[1].field(), "policy.deadlines[0]");
  EXPECT_THAT(Set(Setting(Name(7))),
              GrpcError(StatusCode::NOT_FOUND, "AGENCY_NOT_FOUND"));
  request = Setting(office_);
  request.clear_reason();
  EXPECT_THAT(Set(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  EXPECT_EQ(LedgerSize(), size);
}

TEST_F(LifecycleTest, AnErasedRevisionKeepsItsLife) {
  Record(Correction(MakeAgencyCode(1), 100, first_.etag()));
  EXPECT_NE(Life().correction_statement(), "");
  Pass({v1::STEP_COMPILED}, 2);
  const auto erasures = v1::ErasureService::NewStub(channel_);
  v1::EraseContentRequest request;
  request.set_name(report_ + "/revisions/1");
  request.set_reason("含个人信息");
  request.set_legal_basis("条例第十五条");
  request.set_request_id(NewRequestId());
  v1::EraseContentResponse response;
  ASSERT_THAT(Call(erasures, &v1::ErasureService::Stub::EraseContent, request,
                   &response),
              GrpcOk());
  const v1::Lifecycle life = Life();
  EXPECT_EQ(life.correction_statement(), "");
  EXPECT_THAT(life.steps(), SizeIs(1));
  EXPECT_EQ(life.effective_revision(), 2);
  Pass({v1::STEP_SIGNED_OFF}, 2);
}

}  // namespace
}  // namespace annals
