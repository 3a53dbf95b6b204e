// LifecycleService through a real server: steps, policies, and who may.

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "annals/v1/erasure_service.grpc.pb.h"
#include "annals/v1/lifecycle_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/review_policy.h"
#include "tests/support/server_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

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
    EXPECT_THAT(status, GrpcError(StatusCode::NOT_FOUND, "NOT_IN_EFFECT"));
    return 0;
  }

  std::unique_ptr<v1::LifecycleService::Stub> lifecycle_;
  const std::string office_ = Name(0);
  const std::string agency_ = Name(1);
  const std::string report_ = ReportOf(MakeAgencyCode(1));
  v1::Revision first_;
};

TEST_F(LifecycleTest, AReportGoesFromCompilationToPublication) {
  EXPECT_EQ(InEffect(), 1);
  Pass({v1::STEP_COMPILED, v1::STEP_SIGNED_OFF,
        v1::STEP_CONFIDENTIALITY_REVIEWED, v1::STEP_PUBLICATION_REVIEWED,
        v1::STEP_ACCEPTED});
  v1::TakeStepResponse response;
  ASSERT_THAT(Take(Ask(v1::STEP_PUBLISHED, agency_), &response, "li"),
              GrpcOk());
  EXPECT_EQ(response.step().step().position(), 6);
  EXPECT_EQ(response.step().step().publication().date().day(), 20);
  EXPECT_EQ(response.step().actor().subject(), "local:li");
  EXPECT_EQ(response.step().actor().agency(), agency_);
  EXPECT_EQ(response.step().entry_index(), LedgerSize() - 1);
  EXPECT_THAT(response.checkpoint(), HasSubstr("test.local/annals"));
  const v1::Lifecycle life = Life();
  EXPECT_EQ(life.SerializeAsString(), response.lifecycle().SerializeAsString());
  EXPECT_EQ(life.state(), v1::STEP_PUBLISHED);
  EXPECT_EQ(life.effective_revision(), 1);
  EXPECT_THAT(life.steps(), SizeIs(6));
  EXPECT_EQ(life.policy_agency(), "");
  ASSERT_THAT(life.periods(), SizeIs(1));
  EXPECT_FALSE(life.periods(0).has_entry_index());
  ASSERT_THAT(life.next(), SizeIs(2));
  EXPECT_EQ(life.next(0).step(), v1::STEP_RETURNED);
  EXPECT_EQ(life.next(1).step(), v1::STEP_WITHDRAWN);
}

TEST_F(LifecycleTest, AnIllegalStepIsRefusedWithTheLegalOnesNamed) {
  const uint64_t size = LedgerSize();
  for (const v1::Step step :
       {v1::STEP_SIGNED_OFF, v1::STEP_CONFIDENTIALITY_REVIEWED,
        v1::STEP_PUBLICATION_REVIEWED, v1::STEP_PUBLISHED, v1::STEP_RESTORED}) {
    const grpc::Status status = Take(Ask(step, agency_));
    EXPECT_THAT(status,
                GrpcError(StatusCode::FAILED_PRECONDITION, "ILLEGAL_STEP"));
    EXPECT_EQ(MetadataOf(status, "legalSteps"),
              "STEP_COMPILED,STEP_RETURNED,STEP_ACCEPTED,STEP_WITHDRAWN");
    EXPECT_THAT(status.error_message(), HasSubstr("compiled"));
    EXPECT_THAT(DetailsOf(status).localized.message(), HasSubstr("编制"));
  }
  EXPECT_EQ(LedgerSize(), size);
  Pass({v1::STEP_COMPILED});
  EXPECT_THAT(Take(Ask(v1::STEP_COMPILED, agency_)),
              GrpcError(StatusCode::FAILED_PRECONDITION, "ILLEGAL_STEP"));
  // What was returned is done again.
  Pass({v1::STEP_RETURNED, v1::STEP_COMPILED});
  EXPECT_THAT(Take(Ask(v1::STEP_COMPILED, agency_, 2)),
              GrpcError(StatusCode::NOT_FOUND, "REVISION_NOT_FOUND"));
  Record(Correction(MakeAgencyCode(1), 100, first_.etag()));
  EXPECT_THAT(Take(Ask(v1::STEP_SIGNED_OFF, agency_)),
              GrpcError(StatusCode::FAILED_PRECONDITION, "ILLEGAL_STEP"));
  Pass({v1::STEP_COMPILED}, 2);
}

TEST_F(LifecycleTest, TwoPersonsCompileAndSignOff) {
  ASSERT_THAT(Take(Ask(v1::STEP_COMPILED, agency_), nullptr, "zhang"),
              GrpcOk());
  EXPECT_THAT(Take(Ask(v1::STEP_SIGNED_OFF, agency_), nullptr, "zhang"),
              GrpcError(StatusCode::PERMISSION_DENIED, "SAME_PERSON"));
  EXPECT_THAT(Take(Ask(v1::STEP_SIGNED_OFF, agency_), nullptr, "li"), GrpcOk());
}

TEST_F(LifecycleTest, EachPartyTakesItsOwnSteps) {
  const auto wrong = GrpcError(StatusCode::PERMISSION_DENIED, "WRONG_PARTY");
  EXPECT_THAT(Take(Ask(v1::STEP_COMPILED, "")), wrong);
  EXPECT_THAT(Take(Ask(v1::STEP_COMPILED, office_)), wrong);
  EXPECT_THAT(Take(Ask(v1::STEP_RETURNED, agency_)), wrong);
  ASSERT_THAT(Register(MakeAgencyCode(2), office_), GrpcOk());
  EXPECT_THAT(Take(Ask(v1::STEP_RETURNED, Name(2))), wrong);
  EXPECT_THAT(Take(Ask(v1::STEP_RETURNED, Name(3))),
              GrpcError(StatusCode::NOT_FOUND, "AGENCY_NOT_FOUND"));
  EXPECT_THAT(Take(Ask(v1::STEP_RETURNED, "agencies/x")),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_AGENCY_CODE"));
  EXPECT_THAT(Take(Ask(v1::STEP_RETURNED, office_)), GrpcOk());
  // Anybody may withdraw.
  EXPECT_THAT(Take(Ask(v1::STEP_WITHDRAWN, "")), GrpcOk());
}

TEST_F(LifecycleTest, ADissolvedOfficeActsNoMore) {
  v1::GetAgencyRequest get;
  get.set_name(office_);
  v1::Agency office;
  ASSERT_THAT(
      Call(agencies_, &v1::AgencyService::Stub::GetAgency, get, &office),
      GrpcOk());
  v1::UpdateAgencyRequest update;
  update.mutable_agency()->set_name(office_);
  update.mutable_agency()->set_etag(office.etag());
  update.mutable_update_mask()->add_paths("dissolved_on");
  v1::Date* const day = update.mutable_agency()->mutable_dissolved_on();
  day->set_year(2025);
  day->set_month(1);
  day->set_day(1);
  update.set_reason("机构改革");
  update.set_request_id(NewRequestId());
  ASSERT_THAT(
      Call(agencies_, &v1::AgencyService::Stub::UpdateAgency, update, &office),
      GrpcOk());
  EXPECT_THAT(Take(Ask(v1::STEP_RETURNED, office_)),
              GrpcError(StatusCode::PERMISSION_DENIED, "WRONG_PARTY"));
}

TEST_F(LifecycleTest, AMalformedRequestRecordsNothing) {
  const uint64_t size = LedgerSize();
  v1::TakeStepRequest request = Ask(v1::STEP_PUBLISHED, agency_);
  request.clear_publication();
  EXPECT_THAT(Take(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  request = Ask(v1::STEP_PUBLISHED, agency_);
  request.mutable_publication()->mutable_date()->set_month(13);
  EXPECT_THAT(Take(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  request = Ask(v1::STEP_COMPILED, agency_);
  request.mutable_publication();
  EXPECT_THAT(Take(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  request = Ask(static_cast<v1::Step>(99), agency_);
  EXPECT_THAT(Take(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  request = Ask(v1::STEP_COMPILED, agency_);
  request.clear_reason();
  EXPECT_THAT(Take(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  request = Ask(v1::STEP_COMPILED, agency_);
  request.set_name(report_);
  EXPECT_THAT(Take(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_RESOURCE_NAME"));
  request = Ask(v1::STEP_COMPILED, agency_);
  request.set_request_id("1");
  EXPECT_THAT(Take(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST_ID"));
  EXPECT_EQ(LedgerSize(), size);
}

TEST_F(LifecycleTest, ARepeatedStepGetsItsFirstAnswer) {
  const v1::TakeStepRequest request = Ask(v1::STEP_COMPILED, agency_);
  v1::TakeStepResponse first;
  ASSERT_THAT(Take(request, &first), GrpcOk());
  Pass({v1::STEP_SIGNED_OFF});
  v1::TakeStepResponse again;
  ASSERT_THAT(Take(request, &again), GrpcOk());
  EXPECT_EQ(again.step().SerializeAsString(), first.step().SerializeAsString());
  EXPECT_EQ(again.lifecycle().SerializeAsString(),
            first.lifecycle().SerializeAsString());
  v1::TakeStepRequest other = request;
  other.set_reason("另一理由");
  EXPECT_THAT(Take(other),
              GrpcError(StatusCode::ALREADY_EXISTS, "REQUEST_ID_REUSED"));
}

TEST_F(LifecycleTest, OfRacingStepsExactlyOneIsRecorded) {
  constexpr int kCallers = 8;
  for (int round = 0; round < 10; ++round) {
    const uint64_t size = LedgerSize();
    std::vector<grpc::Status> statuses(kCallers);
    std::vector<std::thread> threads;
    for (int i = 0; i < kCallers; ++i) {
      threads.emplace_back([this, i, &status = statuses[i]] {
        status = Take(Ask(v1::STEP_COMPILED, agency_), nullptr,
                      absl::StrCat("person", i));
      });
    }
    for (std::thread& thread : threads) thread.join();
    int recorded = 0;
    for (const grpc::Status& status : statuses) {
      if (status.ok()) {
        ++recorded;
      } else {
        EXPECT_THAT(status,
                    GrpcError(StatusCode::FAILED_PRECONDITION, "ILLEGAL_STEP"));
      }
    }
    EXPECT_EQ(recorded, 1);
    EXPECT_EQ(LedgerSize(), size + 1);
    Pass({v1::STEP_RETURNED});
  }
}

TEST_F(LifecycleTest, ASameStepSentManyTimesAtOnceIsRecordedOnce) {
  const v1::TakeStepRequest request = Ask(v1::STEP_COMPILED, agency_);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back(
        [this, &request] { EXPECT_THAT(Take(request), GrpcOk()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(Life().steps(), SizeIs(1));
}

// A step and a correction, or a policy that forbids it, at the same moment:
// whichever comes first, what was recorded was legal then.
TEST_F(LifecycleTest, NoStepRacesPastACorrectionOrAPolicy) {
  v1::Revision latest = first_;
  for (int round = 1; round <= 10; ++round) {
    grpc::Status step;
    std::thread thread([this, round, &step] {
      step = Take(Ask(v1::STEP_COMPILED, agency_, round));
    });
    const uint64_t seed = 100 + static_cast<uint64_t>(round);
    latest = Record(Correction(MakeAgencyCode(1), seed, latest.etag()));
    thread.join();
    if (step.ok()) {
      EXPECT_LT(Life().steps().rbegin()->entry_index(), latest.entry_index());
    }
  }
  const int revision = latest.number();
  for (int round = 1; round <= 10; ++round) {
    v1::TakeStepResponse taken;
    grpc::Status step;
    std::thread thread([this, revision, &step, &taken] {
      step = Take(Ask(v1::STEP_COMPILED, agency_, revision), &taken);
    });
    v1::SetPolicyRequest forbids = Setting(office_);
    forbids.mutable_policy()->clear_steps();
    v1::StepRule* const rule = forbids.mutable_policy()->add_steps();
    rule->set_step(v1::STEP_RETURNED);
    v1::Policy policy;
    ASSERT_THAT(Set(forbids, &policy), GrpcOk());
    thread.join();
    if (step.ok()) {
      EXPECT_LT(taken.step().entry_index(), policy.entry_index());
      EXPECT_THAT(Take(Ask(v1::STEP_RETURNED, "", revision)), GrpcOk());
    } else {
      EXPECT_THAT(step,
                  GrpcError(StatusCode::FAILED_PRECONDITION, "ILLEGAL_STEP"));
    }
    v1::SetPolicyRequest removal = Setting(office_);
    removal.clear_policy();
    ASSERT_THAT(Set(removal), GrpcOk());
  }
}

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

TEST_F(LifecycleTest, AReportThatIsNotThereHasNoLife) {
  v1::GetLifecycleRequest request;
  request.set_name(ReportOf(MakeAgencyCode(1), 2020));
  v1::Lifecycle life;
  EXPECT_THAT(Call(lifecycle_, &v1::LifecycleService::Stub::GetLifecycle,
                   request, &life),
              GrpcError(StatusCode::NOT_FOUND, "REPORT_NOT_FOUND"));
  v1::TakeStepRequest step = Ask(v1::STEP_COMPILED, agency_);
  step.set_name(request.name() + "/revisions/1");
  EXPECT_THAT(Take(step), GrpcError(StatusCode::NOT_FOUND, "REPORT_NOT_FOUND"));
}

}  // namespace
}  // namespace annals
