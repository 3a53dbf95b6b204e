// The life of a report: what steps come to, and which are legal.

#include "service/report/lifecycle.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "service/report/review_policy.h"
#include "tests/support/matchers.h"

namespace annals::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<v1::Step> StepsOf(const std::vector<v1::StepRule>& rules) {
  std::vector<v1::Step> steps;
  for (const v1::StepRule& rule : rules) steps.push_back(rule.step());
  return steps;
}

v1::ReviewPolicy EffectiveAfter(v1::Step step) {
  v1::ReviewPolicy policy = DefaultReviewPolicy();
  policy.set_effective_after(step);
  return policy;
}

// By the default nothing that works without steps changes.
TEST(ReportLifeTest, WithoutStepsTheLatestIsInEffect) {
  ReportLife life;
  EXPECT_EQ(life.effective(), 0);
  life.AddRevision(DefaultReviewPolicy().effective_after());
  EXPECT_EQ(life.effective(), 1);
  EXPECT_THAT(StepsOf(life.Legal(DefaultReviewPolicy(), 1)),
              ElementsAre(v1::STEP_COMPILED, v1::STEP_RETURNED,
                          v1::STEP_ACCEPTED, v1::STEP_WITHDRAWN));
  life.AddRevision(v1::STEP_UNSPECIFIED);
  EXPECT_EQ(life.effective(), 2);
  EXPECT_EQ(life.EffectiveBefore(2), 1);
  EXPECT_THAT(life.Legal(DefaultReviewPolicy(), 1), IsEmpty());
  EXPECT_THAT(life.Legal(DefaultReviewPolicy(), 3), IsEmpty());
}

TEST(ReportLifeTest, TheDefaultLeadsToPublication) {
  const v1::ReviewPolicy& policy = DefaultReviewPolicy();
  EXPECT_OK(ValidateReviewPolicy(policy));
  ReportLife life;
  life.AddRevision(v1::STEP_UNSPECIFIED);
  for (const v1::Step step :
       {v1::STEP_COMPILED, v1::STEP_SIGNED_OFF,
        v1::STEP_CONFIDENTIALITY_REVIEWED, v1::STEP_PUBLICATION_REVIEWED,
        v1::STEP_PUBLISHED}) {
    EXPECT_OK(RequireLegalStep(life, policy, step, 1));
    life.AddStep(1, step, "zhang");
    EXPECT_THAT(
        RequireLegalStep(life, policy, step, 1),
        StatusHasReason(absl::StatusCode::kFailedPrecondition, "ILLEGAL_STEP"));
  }
  EXPECT_EQ(life.LastStep(1), v1::STEP_PUBLISHED);
}

TEST(ReportLifeTest, AnIllegalStepNamesTheLegalOnes) {
  ReportLife life;
  life.AddRevision(v1::STEP_UNSPECIFIED);
  const absl::Status status =
      RequireLegalStep(life, DefaultReviewPolicy(), v1::STEP_PUBLISHED, 1);
  EXPECT_THAT(status, StatusHasReason(absl::StatusCode::kFailedPrecondition,
                                      "ILLEGAL_STEP"));
  EXPECT_THAT(status.message(),
              HasSubstr("compiled, returned, accepted, withdrawn"));
  EXPECT_THAT(ErrorTextZh(status), HasSubstr("编制、退回、接收、撤回"));
  EXPECT_THAT(ErrorMetadata(status),
              ::testing::Contains(Pair(
                  "legalSteps",
                  "STEP_COMPILED,STEP_RETURNED,STEP_ACCEPTED,STEP_WITHDRAWN")));
}

TEST(ReportLifeTest, AnIllegalStepNamesWhatMayBeDoneOnTheOneInEffect) {
  const v1::ReviewPolicy& policy = DefaultReviewPolicy();
  ReportLife life;
  life.AddRevision(v1::STEP_UNSPECIFIED);
  life.AddRevision(v1::STEP_ACCEPTED);
  absl::Status status = RequireLegalStep(life, policy, v1::STEP_RESTORED, 2);
  EXPECT_THAT(status.message(), HasSubstr("On revision 1: withdrawn."));
  EXPECT_THAT(ErrorTextZh(status), HasSubstr("修订 1 可办理：撤回。"));
  life.AddStep(1, v1::STEP_WITHDRAWN, "wang");
  status = RequireLegalStep(life, policy, v1::STEP_WITHDRAWN, 2);
  EXPECT_THAT(status.message(),
              ::testing::AllOf(HasSubstr("in effect none"),
                               HasSubstr("On revision 1: restored.")));
  EXPECT_THAT(ErrorTextZh(status), HasSubstr("没有生效的"));
}

// A newer policy may not have the step by which an older one let a revision
// take effect.
TEST(ReportLifeTest, WhatARevisionAwaitsStaysPossible) {
  const v1::ReviewPolicy recorded_under = EffectiveAfter(v1::STEP_SIGNED_OFF);
  v1::ReviewPolicy policy;
  policy.add_steps()->set_step(v1::STEP_RETURNED);
  ReportLife life;
  life.AddRevision(v1::STEP_SIGNED_OFF);
  EXPECT_EQ(life.AwaitedStep(), v1::STEP_SIGNED_OFF);
  AddAwaitedStep(life, recorded_under, &policy);
  EXPECT_THAT(StepsOf(life.Legal(policy, 1)),
              ElementsAre(v1::STEP_RETURNED, v1::STEP_SIGNED_OFF));
  AddAwaitedStep(life, recorded_under, &policy);
  EXPECT_EQ(policy.steps_size(), 2);
  life.AddStep(1, v1::STEP_SIGNED_OFF, "li");
  EXPECT_EQ(life.effective(), 1);
  EXPECT_EQ(life.AwaitedStep(), v1::STEP_UNSPECIFIED);
  // One that is in the newer policy comes after what that one says.
  life.AddRevision(v1::STEP_SIGNED_OFF);
  v1::ReviewPolicy stricter = DefaultReviewPolicy();
  AddAwaitedStep(life, recorded_under, &stricter);
  EXPECT_EQ(stricter.steps_size(), DefaultReviewPolicy().steps_size());
}

TEST(ReportLifeTest, SigningOffIsLeftToAnotherPerson) {
  const v1::ReviewPolicy& policy = DefaultReviewPolicy();
  const v1::StepRule& rule = *FindStepRule(policy, v1::STEP_SIGNED_OFF);
  ReportLife life;
  life.AddRevision(v1::STEP_UNSPECIFIED);
  life.AddStep(1, v1::STEP_COMPILED, "zhang");
  EXPECT_THAT(
      RequireOtherPerson(life, rule, 1, "zhang"),
      StatusHasReason(absl::StatusCode::kPermissionDenied, "SAME_PERSON"));
  EXPECT_OK(RequireOtherPerson(life, rule, 1, "li"));
  // What was returned does not count any more, nor does who did it.
  life.AddStep(1, v1::STEP_RETURNED, "wang");
  life.AddStep(1, v1::STEP_COMPILED, "li");
  EXPECT_OK(RequireOtherPerson(life, rule, 1, "zhang"));
  EXPECT_FALSE(RequireOtherPerson(life, rule, 1, "li").ok());
}

// Whoever has two certificates is still one person.
TEST(ReportLifeTest, ARoleMakesNoOtherPerson) {
  const std::string agency = "annals://agency/11410303005450123N";
  EXPECT_EQ(PersonOf(agency + "/submitter#张三"),
            PersonOf(agency + "/reviewer#张三"));
  EXPECT_NE(PersonOf(agency + "/submitter#张三"),
            PersonOf(agency + "/submitter#李四"));
  EXPECT_NE(PersonOf(agency + "/submitter#张三"),
            PersonOf("annals://agency/11410300005448123B/submitter#张三"));
  EXPECT_EQ(PersonOf(agency + "/submitter"), PersonOf(agency + "/reviewer"));
  EXPECT_NE(PersonOf(agency + "/submitter"),
            PersonOf(agency + "/submitter#张三"));
  EXPECT_EQ(PersonOf(agency + "/submitter#Zhang San"),
            PersonOf(agency + "/reviewer#zhang san"));
  EXPECT_EQ(PersonOf(agency + "/submitter#RENÉ"),
            PersonOf(agency + "/reviewer#René"));
  for (const char* dot : {"•", "‧", "・", "･"}) {
    EXPECT_EQ(PersonOf(agency + "/submitter#买买提·艾力"),
              PersonOf(absl::StrCat(agency, "/reviewer#买买提", dot, "艾力")));
  }
  EXPECT_EQ(PersonOf(agency + "/submitter#O'Neil"),
            PersonOf(agency + "/reviewer#O’Neil"));
  EXPECT_EQ(PersonOf(agency + "/submitter#欧阳〇"),
            PersonOf(agency + "/reviewer#欧阳○"));
  EXPECT_NE(PersonOf(agency + "/submitter#买买提·艾力"),
            PersonOf(agency + "/reviewer#买买提艾力"));
  // A slash in a name is the name's.
  EXPECT_NE(PersonOf(agency + "/submitter#a/b"),
            PersonOf(agency + "/submitter#a/c"));
  EXPECT_EQ(PersonOf("local:zhang/1"), "local:zhang/1");
  ReportLife life;
  life.AddRevision(v1::STEP_UNSPECIFIED);
  life.AddStep(1, v1::STEP_COMPILED, agency + "/submitter#张三");
  v1::StepRule rule;
  rule.set_step(v1::STEP_SIGNED_OFF);
  rule.add_other_person_than(v1::STEP_COMPILED);
  const absl::Status refused =
      RequireOtherPerson(life, rule, 1, agency + "/reviewer#张三");
  EXPECT_THAT(refused, StatusHasReason(absl::StatusCode::kPermissionDenied,
                                       "SAME_PERSON"));
  // It is the other certificate that took the step.
  EXPECT_THAT(refused.message(), HasSubstr("submitter#张三"));
  EXPECT_OK(RequireOtherPerson(life, rule, 1, agency + "/reviewer#李四"));
}

TEST(ReportLifeTest, ACorrectionTakesEffectWhenItHasPassed) {
  const v1::ReviewPolicy policy = EffectiveAfter(v1::STEP_SIGNED_OFF);
  ReportLife life;
  life.AddRevision(v1::STEP_SIGNED_OFF);
  EXPECT_EQ(life.effective(), 0);
  EXPECT_FALSE(RequireLegalStep(life, policy, v1::STEP_WITHDRAWN, 1).ok());
  life.AddStep(1, v1::STEP_COMPILED, "zhang");
  life.AddStep(1, v1::STEP_SIGNED_OFF, "li");
  EXPECT_EQ(life.effective(), 1);
  life.AddRevision(v1::STEP_SIGNED_OFF);
  EXPECT_EQ(life.effective(), 1);
  life.AddStep(2, v1::STEP_RETURNED, "wang");
  EXPECT_EQ(life.effective(), 1);
  // The one in effect may be withdrawn while a correction is under review.
  EXPECT_THAT(StepsOf(life.Legal(policy, 1)), ElementsAre(v1::STEP_WITHDRAWN));
  life.AddStep(1, v1::STEP_WITHDRAWN, "wang");
  EXPECT_EQ(life.effective(), 0);
  EXPECT_THAT(StepsOf(life.Legal(policy, 1)), ElementsAre(v1::STEP_RESTORED));
  life.AddStep(2, v1::STEP_COMPILED, "zhang");
  life.AddStep(2, v1::STEP_SIGNED_OFF, "li");
  EXPECT_EQ(life.effective(), 2);
  EXPECT_EQ(life.EffectiveBefore(2), 1);
  EXPECT_THAT(life.Legal(policy, 1), IsEmpty());
}

TEST(ReportLifeTest, AReturnTakesNothingOutOfEffect) {
  ReportLife life;
  life.AddRevision(v1::STEP_PUBLISHED);
  life.AddStep(1, v1::STEP_PUBLISHED, "zhang");
  life.AddStep(1, v1::STEP_RETURNED, "wang");
  EXPECT_EQ(life.effective(), 1);
  EXPECT_FALSE(
      RequireLegalStep(life, DefaultReviewPolicy(), v1::STEP_RETURNED, 1).ok());
}

TEST(ReportLifeTest, AWithdrawnRevisionComesBackOnlyByRestoration) {
  const v1::ReviewPolicy& policy = DefaultReviewPolicy();
  ReportLife life;
  life.AddRevision(v1::STEP_UNSPECIFIED);
  life.AddStep(1, v1::STEP_WITHDRAWN, "wang");
  EXPECT_THAT(StepsOf(life.Legal(policy, 1)),
              ElementsAre(v1::STEP_RETURNED, v1::STEP_RESTORED));
  life.AddStep(1, v1::STEP_RETURNED, "wang");
  EXPECT_THAT(StepsOf(life.Legal(policy, 1)), ElementsAre(v1::STEP_RESTORED));
  life.AddStep(1, v1::STEP_RESTORED, "wang");
  EXPECT_EQ(life.effective(), 1);
  EXPECT_EQ(life.EffectiveBefore(1), 0);
}

// A second, naive model: it keeps all events, and answers every question by
// looking at all of them.
class NaiveLife {
 public:
  struct Event {
    int revision = 0;
    // Unspecified: the revision was recorded.
    v1::Step step = v1::STEP_UNSPECIFIED;
  };

  explicit NaiveLife(const v1::ReviewPolicy& policy) : policy_(policy) {}

  std::vector<Event> events;

  int Latest() const {
    int latest = 0;
    for (const Event& event : events) {
      if (event.step == v1::STEP_UNSPECIFIED) latest = event.revision;
    }
    return latest;
  }

  // Which revision is in effect, or was when it was withdrawn.
  std::pair<int, bool> Effect() const {
    int shown = 0;
    bool is_withdrawn = false;
    for (const Event& event : events) {
      const bool passes = event.step == policy_.effective_after();
      if (passes && event.revision > shown) {
        shown = event.revision;
        is_withdrawn = false;
      }
      if (event.revision == shown && event.step == v1::STEP_WITHDRAWN) {
        is_withdrawn = true;
      }
      if (event.revision == shown && event.step == v1::STEP_RESTORED) {
        is_withdrawn = false;
      }
    }
    return {shown, is_withdrawn};
  }

  // Whether it stands among the events of a revision since it was returned.
  bool Stands(int revision, v1::Step step) const {
    bool stands = false;
    for (const Event& event : events) {
      if (event.revision != revision) continue;
      if (event.step == step) stands = true;
      if (event.step == v1::STEP_RETURNED) stands = step == v1::STEP_RETURNED;
      if (step == v1::STEP_RETURNED && event.step != v1::STEP_RETURNED) {
        stands = false;
      }
    }
    return stands;
  }

  bool MayTake(int revision, v1::Step step) const {
    const v1::StepRule* const rule = FindStepRule(policy_, step);
    if (rule == nullptr) return false;
    for (const int after : rule->after()) {
      if (!Stands(revision, static_cast<v1::Step>(after))) return false;
    }
    const auto [shown, is_withdrawn] = Effect();
    const bool is_shown = revision == shown;
    if (step == v1::STEP_WITHDRAWN) return is_shown && !is_withdrawn;
    if (step == v1::STEP_RESTORED) return is_shown && is_withdrawn;
    if (revision != Latest() || Stands(revision, step)) return false;
    return step == v1::STEP_RETURNED || !(is_shown && is_withdrawn);
  }

 private:
  const v1::ReviewPolicy& policy_;
};

constexpr v1::Step kSteps[] = {v1::STEP_COMPILED,  v1::STEP_SIGNED_OFF,
                               v1::STEP_RETURNED,  v1::STEP_PUBLISHED,
                               v1::STEP_WITHDRAWN, v1::STEP_RESTORED};

struct Walk {
  const v1::ReviewPolicy& policy;
  int depth_max;
  int64_t visited = 0;

  void Compare(const ReportLife& life, const NaiveLife& naive) const {
    const auto [shown, is_withdrawn] = naive.Effect();
    ASSERT_EQ(life.latest(), naive.Latest());
    ASSERT_EQ(life.effective(), is_withdrawn ? 0 : shown);
    ASSERT_EQ(life.withdrawn(), is_withdrawn ? shown : 0);
  }

  // All legal sequences; every step on every revision, or another revision.
  void Go(const ReportLife& life, NaiveLife* naive, int depth) {
    ++visited;
    ASSERT_NO_FATAL_FAILURE(Compare(life, *naive));
    for (int revision = 1; revision <= life.latest(); ++revision) {
      for (const v1::Step step : kSteps) {
        const bool is_legal =
            RequireLegalStep(life, policy, step, revision).ok();
        ASSERT_EQ(is_legal, naive->MayTake(revision, step))
            << v1::Step_Name(step) << " on " << revision;
        if (!is_legal || depth == depth_max) continue;
        ReportLife next = life;
        next.AddStep(revision, step, "zhang");
        naive->events.push_back({revision, step});
        ASSERT_NO_FATAL_FAILURE(Go(next, naive, depth + 1));
        naive->events.pop_back();
      }
    }
    if (depth == depth_max || life.latest() == 3) return;
    ReportLife next = life;
    next.AddRevision(policy.effective_after());
    naive->events.push_back({next.latest(), v1::STEP_UNSPECIFIED});
    ASSERT_NO_FATAL_FAILURE(Go(next, naive, depth + 1));
    naive->events.pop_back();
  }
};

TEST(ReportLifeTest, EveryShortLifeIsAsANaiveModelSays) {
  v1::ReviewPolicy policy;
  for (const v1::Step step : kSteps) {
    v1::StepRule* const rule = policy.add_steps();
    rule->set_step(step);
    if (step == v1::STEP_SIGNED_OFF) rule->add_after(v1::STEP_COMPILED);
    if (step == v1::STEP_PUBLISHED) rule->add_after(v1::STEP_SIGNED_OFF);
  }
  int64_t visited = 0;
  for (const v1::Step step : {v1::STEP_UNSPECIFIED, v1::STEP_COMPILED,
                              v1::STEP_SIGNED_OFF, v1::STEP_PUBLISHED}) {
    policy.set_effective_after(step);
    ASSERT_OK(ValidateReviewPolicy(policy));
    Walk walk{policy, 9};
    NaiveLife naive(policy);
    walk.Go(ReportLife(), &naive, 0);
    visited += walk.visited;
    if (HasFatalFailure()) break;
  }
  EXPECT_GT(visited, 10'000);
  RecordProperty("visited", absl::StrCat(visited));
}

class ReviewPolicyTest : public ::testing::Test {
 protected:
  void ExpectFault(const std::string& field, const std::string& text) {
    const absl::Status status = ValidateReviewPolicy(policy_);
    EXPECT_THAT(status, StatusHasReason(absl::StatusCode::kInvalidArgument,
                                        "INVALID_POLICY"));
    bool found = false;
    for (const FieldViolation& violation : FieldViolations(status)) {
      found = found || (violation.field == field &&
                        violation.description.find(text) != std::string::npos);
    }
    EXPECT_TRUE(found) << field << " " << text << " in " << status.message();
    EXPECT_FALSE(ErrorTextZh(status).empty());
  }

  v1::StepRule* Rule(v1::Step step) {
    for (v1::StepRule& rule : *policy_.mutable_steps()) {
      if (rule.step() == step) return &rule;
    }
    return nullptr;
  }

  v1::ReviewPolicy policy_ = DefaultReviewPolicy();
};

TEST_F(ReviewPolicyTest, StepsAreKnownAndThereOnce) {
  policy_.add_steps()->set_step(v1::STEP_COMPILED);
  ExpectFault("policy.steps[9].step", "a second time");
  policy_.mutable_steps(9)->set_step(static_cast<v1::Step>(99));
  ExpectFault("policy.steps[9].step", "no step");
  policy_.mutable_steps(9)->clear_step();
  ExpectFault("policy.steps[9].step", "no step");
  policy_.mutable_steps(9)->set_party(static_cast<v1::Party>(7));
  ExpectFault("policy.steps[9].party", "no party");
  policy_.clear_steps();
  ExpectFault("policy.steps", "no steps");
}

TEST_F(ReviewPolicyTest, WhatAStepRefersToIsThere) {
  Rule(v1::STEP_SIGNED_OFF)->add_after(v1::STEP_RETURNED);
  ExpectFault("policy.steps[1].after", "STEP_RETURNED");
  policy_ = v1::ReviewPolicy();
  v1::StepRule* const rule = policy_.add_steps();
  rule->set_step(v1::STEP_SIGNED_OFF);
  rule->add_after(v1::STEP_COMPILED);
  rule->add_other_person_than(static_cast<v1::Step>(42));
  ExpectFault("policy.steps[0].after", "not among");
  ExpectFault("policy.steps[0].other_person_than", "42");
  policy_ = DefaultReviewPolicy();
  Rule(v1::STEP_SIGNED_OFF)->add_after(v1::STEP_COMPILED);
  ExpectFault("policy.steps[1].after", "twice");
}

TEST_F(ReviewPolicyTest, NoStepComesAfterItself) {
  Rule(v1::STEP_COMPILED)->add_after(v1::STEP_PUBLISHED);
  ExpectFault("policy.steps[0].after", "only after itself");
  ExpectFault("policy.steps[4].after", "only after itself");
  policy_ = DefaultReviewPolicy();
  Rule(v1::STEP_ACCEPTED)->add_after(v1::STEP_ACCEPTED);
  ExpectFault("policy.steps[6].after", "only after itself");
}

TEST_F(ReviewPolicyTest, ARevisionCanTakeEffect) {
  policy_.set_effective_after(v1::STEP_RETURNED);
  ExpectFault("policy.effective_after", "nothing in effect");
  policy_.set_effective_after(static_cast<v1::Step>(77));
  ExpectFault("policy.effective_after", "not among");
  policy_.set_effective_after(v1::STEP_PUBLISHED);
  EXPECT_OK(ValidateReviewPolicy(policy_));
  // What is not in effect is not withdrawn either.
  policy_.mutable_steps(0)->add_after(v1::STEP_WITHDRAWN);
  ExpectFault("policy.effective_after", "comes after STEP_WITHDRAWN");
}

TEST_F(ReviewPolicyTest, DeadlinesAreDaysAndOneForAKind) {
  v1::Deadline* const deadline = policy_.add_deadlines();
  deadline->set_month(2);
  deadline->set_day(30);
  ExpectFault("policy.deadlines[0]", "which there is not");
  deadline->set_month(13);
  ExpectFault("policy.deadlines[0]", "which there is not");
  deadline->set_month(0);
  ExpectFault("policy.deadlines[0]", "which there is not");
  deadline->set_month(2);
  deadline->set_day(29);
  EXPECT_OK(ValidateReviewPolicy(policy_));
  *policy_.add_deadlines() = *deadline;
  ExpectFault("policy.deadlines[1].kind", "a second time");
  policy_.mutable_deadlines(1)->set_kind(static_cast<v1::AgencyKind>(50));
  ExpectFault("policy.deadlines[1].kind", "no kind");
}

}  // namespace
}  // namespace annals::report
