// Steps and policies in an audit: each in its place, none missing.

#include <string>

#include "client/audit/audit_state.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/audited_log.h"
#include "tests/support/matchers.h"

namespace annals::client {
namespace {

using ::testing::SizeIs;

class AuditLifeTest : public AuditTest {
 protected:
  v1::LedgerEntry& Step(int report, int revision, int position,
                        v1::Step step = v1::STEP_COMPILED) {
    v1::LedgerEntry& leaf = Add().leaf;
    leaf.mutable_step_taken()->set_report(ReportNumber(report));
    leaf.mutable_step_taken()->set_number(revision);
    leaf.mutable_step_taken()->set_step(step);
    leaf.mutable_step_taken()->set_position(position);
    return leaf;
  }

  v1::LedgerEntry& Policy(int agency, int number, bool is_set = true) {
    v1::LedgerEntry& leaf = Add().leaf;
    leaf.mutable_policy_set()->set_agency(AgencyNumber(agency));
    leaf.mutable_policy_set()->set_number(number);
    if (is_set) leaf.mutable_policy_set()->mutable_policy();
    return leaf;
  }
};

TEST_F(AuditLifeTest, StepsAndPoliciesInOrderAreNoFault) {
  Step(0, 2, 1).mutable_actor()->set_agency(AgencyNumber(0));
  Policy(0, 1);
  Step(1, 1, 1);
  Step(0, 1, 2);
  Policy(0, 2, false);
  AuditState state;
  ASSERT_OK(Audit(&state));
  EXPECT_EQ(state.unknown_entries(), 0u);
  ASSERT_THAT(state.steps(), SizeIs(2));
  const StepFacts& steps = state.steps().at(KeyOf(ReportNumber(0)));
  EXPECT_EQ(steps.steps, 2);
  EXPECT_EQ(steps.last_index, 8u);
  const PolicyFacts& policy = state.policies().at(KeyOf(AgencyNumber(0)));
  EXPECT_EQ(policy.policies, 2);
  EXPECT_FALSE(policy.is_set);
}

TEST_F(AuditLifeTest, StepsHaveNoGapAndNoneTwice) {
  Step(0, 2, 1);
  Step(0, 2, 3);
  ExpectFault("AUDIT_ORDER", 6, "expected 2, found 3");
  entries_.back().leaf.mutable_step_taken()->set_position(1);
  ExpectFault("AUDIT_ORDER", 6, "position of the report's step");
}

TEST_F(AuditLifeTest, AStepIsTakenOnARevisionThatIsThere) {
  Step(0, 3, 1);
  ExpectFault("AUDIT_ORDER", 5, "revision that the step is taken on");
  entries_.back().leaf.mutable_step_taken()->set_report(ReportNumber(7));
  ExpectFault("AUDIT_ORDER", 5, "revision that the step is taken on");
}

TEST_F(AuditLifeTest, AStepNamesWhatItIs) {
  Step(0, 2, 1, v1::STEP_UNSPECIFIED);
  ExpectFault("AUDIT_ENTRY_INVALID", 5, "position, step");
  entries_.back().leaf.mutable_step_taken()->set_step(v1::STEP_COMPILED);
  entries_.back().leaf.mutable_step_taken()->set_report("nothing");
  ExpectFault("AUDIT_ENTRY_INVALID", 5, "nothing");
}

TEST_F(AuditLifeTest, WhoeverActsOrSetsAPolicyIsRegistered) {
  Step(0, 2, 1).mutable_actor()->set_agency(AgencyNumber(9));
  ExpectFault("AUDIT_ORDER", 5, "registration");
  entries_.pop_back();
  Policy(9, 1);
  ExpectFault("AUDIT_ORDER", 5, "registration");
}

TEST_F(AuditLifeTest, PoliciesHaveNoGap) {
  Policy(0, 2);
  ExpectFault("AUDIT_ORDER", 5, "number of the office's policy");
  entries_.back().leaf.mutable_policy_set()->set_number(0);
  ExpectFault("AUDIT_ENTRY_INVALID", 5, "policy");
}

TEST_F(AuditLifeTest, AnAuditGoesOnInTheMiddle) {
  Step(0, 2, 1);
  Policy(1, 1);
  AuditState state;
  ASSERT_OK(Audit(&state));
  auto resumed = Parse(Serialize(state));
  ASSERT_OK(resumed);
  EXPECT_EQ(resumed->steps().at(KeyOf(ReportNumber(0))).chain,
            state.steps().at(KeyOf(ReportNumber(0))).chain);
  EXPECT_EQ(resumed->policies().at(KeyOf(AgencyNumber(1))).answer_digest,
            state.policies().at(KeyOf(AgencyNumber(1))).answer_digest);
  Step(0, 2, 2);
  Policy(1, 2, false);
  ASSERT_OK(Audit(&*resumed));
  ASSERT_OK(Audit(&state));
  EXPECT_EQ(resumed->steps().at(KeyOf(ReportNumber(0))).chain,
            state.steps().at(KeyOf(ReportNumber(0))).chain);
  Step(0, 2, 2);
  EXPECT_THAT(Audit(&*resumed),
              StatusHasReason(absl::StatusCode::kDataLoss, "AUDIT_ORDER"));
}

}  // namespace
}  // namespace annals::client
