// Steps through a real server: which may be taken, and by whom.

#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/lifecycle_fixture.h"

namespace annals {
namespace {

using ::grpc::StatusCode;
using ::testing::HasSubstr;
using ::testing::SizeIs;

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
  request = Ask(v1::STEP_PUBLISHED, agency_);
  request.mutable_publication()->set_url("javascript:alert(1)");
  EXPECT_THAT(Take(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  request = Ask(v1::STEP_PUBLISHED, agency_);
  request.mutable_publication()->mutable_date()->set_year(2000);
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

TEST_F(LifecycleTest, ANewPolicyLeavesWhatARevisionAwaits) {
  SetEffectiveAfter(v1::STEP_ACCEPTED);
  Record(Correction(MakeAgencyCode(1), 100, first_.etag()));
  EXPECT_EQ(Life().effective_revision(), 1);
  v1::SetPolicyRequest other = Setting(office_);
  other.mutable_policy()->clear_steps();
  other.mutable_policy()->add_steps()->set_step(v1::STEP_COMPILED);
  other.mutable_policy()->set_effective_after(v1::STEP_COMPILED);
  ASSERT_THAT(Set(other), GrpcOk());
  Pass({v1::STEP_COMPILED}, 2);
  const v1::Lifecycle life = Life();
  EXPECT_EQ(life.effective_revision(), 1);
  ASSERT_THAT(life.next(), SizeIs(1));
  EXPECT_EQ(life.next(0).step(), v1::STEP_ACCEPTED);
  Pass({v1::STEP_ACCEPTED}, 2);
  EXPECT_EQ(Life().effective_revision(), 2);
}

TEST_F(LifecycleTest, NothingIsPublishedBeforeItsDay) {
  Pass({v1::STEP_COMPILED, v1::STEP_SIGNED_OFF,
        v1::STEP_CONFIDENTIALITY_REVIEWED, v1::STEP_PUBLICATION_REVIEWED});
  v1::TakeStepRequest request = Ask(v1::STEP_PUBLISHED, agency_);
  request.mutable_publication()->mutable_date()->set_year(2999);
  EXPECT_THAT(Take(request),
              GrpcError(StatusCode::INVALID_ARGUMENT, "INVALID_VALUE"));
  request.mutable_publication()->mutable_date()->set_year(2025);
  EXPECT_THAT(Take(request), GrpcOk());
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
