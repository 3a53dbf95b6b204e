// Where a report stands, on a ledger in memory with a clock of its own:
// policies of offices that come, go and move.

#include "service/life_reader.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/days.h"
#include "service/report/review_policy.h"
#include "tests/support/agency_code.h"
#include "tests/support/entry_ledger.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

class LifeReaderTest : public ::testing::Test {
 protected:
  // 0 above 1 above 2, whose report it is.
  void SetUp() override {
    entries_.At("2025-01-01 00:00:00");
    for (int n = 0; n < 3; ++n) entries_.AppendAgency(Agency(n, n - 1));
  }

  static std::string Name(int n) { return "agencies/" + MakeAgencyCode(n); }

  static v1::Agency Agency(int n, int supervisor) {
    v1::Agency agency;
    agency.set_name(Name(n));
    if (supervisor >= 0) agency.set_supervisor(Name(supervisor));
    return agency;
  }

  void Move(int n, int supervisor, int number, absl::CivilDay first) {
    v1::LedgerEntry entry;
    entry.mutable_agency_changed()->set_number(number);
    v1::Agency* const agency = entry.mutable_agency_changed()->mutable_agency();
    *agency = Agency(n, supervisor);
    *agency->mutable_valid_from() = report::DateOf(first);
    entries_.Append(std::move(entry));
  }

  void Revise(int number) {
    v1::LedgerEntry entry;
    v1::RevisionRecorded* const event = entry.mutable_revision_recorded();
    event->set_report(Report().ToString());
    event->set_number(number);
    v1::RevisionContent content;
    content.mutable_report()->set_year(2024 + number);
    entries_.Append(std::move(entry), content.SerializeAsString());
  }

  void Take(int number, v1::Step step, int position) {
    v1::LedgerEntry entry;
    v1::StepTaken* const event = entry.mutable_step_taken();
    event->set_report(Report().ToString());
    event->set_number(number);
    event->set_step(step);
    event->set_position(position);
    entries_.Append(std::move(entry));
  }

  // STEP_UNSPECIFIED removes it.
  uint64_t SetPolicy(int n, v1::Step effective_after, int number) {
    v1::LedgerEntry entry;
    v1::PolicySet* const event = entry.mutable_policy_set();
    event->set_agency(Name(n));
    event->set_number(number);
    if (effective_after != v1::STEP_UNSPECIFIED) {
      *event->mutable_policy() = report::DefaultReviewPolicy();
      event->mutable_policy()->set_effective_after(effective_after);
    }
    return entries_.Append(std::move(entry));
  }

  static report::ReportName Report() {
    return {MakeAgencyCode(2), 2024, v1::SCOPE_ORGAN};
  }

  LifeReader Reader() { return {&entries_.ledger(), &entries_.clock()}; }

  GovernedLife Read() {
    const LifeReader reader = Reader();
    auto life = reader.ReadGoverned(Report(), reader.Now());
    EXPECT_OK(life);
    return life.ok() ? *std::move(life) : GovernedLife();
  }

  EntryLedger entries_;
};

TEST_F(LifeReaderTest, ALaterPolicyChangesNothingThatIsRecorded) {
  Revise(1);
  SetPolicy(0, v1::STEP_COMPILED, 1);
  EXPECT_EQ(Read().recorded.life.effective(), 1);
  Revise(2);
  EXPECT_EQ(Read().recorded.life.effective(), 1);
  SetPolicy(0, v1::STEP_UNSPECIFIED, 2);
  EXPECT_EQ(Read().recorded.life.effective(), 1);
  Take(2, v1::STEP_COMPILED, 1);
  const GovernedLife life = Read();
  EXPECT_EQ(life.recorded.life.effective(), 2);
  EXPECT_THAT(life.recorded.periods, SizeIs(2));
  EXPECT_FALSE(life.policy.entry.has_value());
}

TEST_F(LifeReaderTest, TheNearestOfficeOfTheDayGoverns) {
  Revise(1);
  SetPolicy(0, v1::STEP_COMPILED, 1);
  EXPECT_EQ(Read().policy.office(), Name(0));
  SetPolicy(1, v1::STEP_SIGNED_OFF, 1);
  EXPECT_EQ(Read().policy.office(), Name(1));
  Move(2, 0, 2, absl::CivilDay(2025, 6, 1));
  entries_.At("2025-05-31 23:59:59");
  EXPECT_EQ(Read().policy.office(), Name(1));
  entries_.At("2025-06-01 00:00:00");
  EXPECT_EQ(Read().policy.office(), Name(0));
  // A revision is recorded under the policy of its own day.
  Revise(2);
  const GovernedLife life = Read();
  ASSERT_THAT(life.recorded.periods, SizeIs(2));
  EXPECT_EQ(life.recorded.periods[0].policy_agency(), "");
  EXPECT_EQ(life.recorded.periods[1].policy_agency(), Name(0));
}

// Whatever a step relies on must not change before it is recorded.
TEST_F(LifeReaderTest, EveryStreamThatWasReadIsNamed) {
  Revise(1);
  SetPolicy(0, v1::STEP_COMPILED, 1);
  SetPolicy(1, v1::STEP_COMPILED, 1);
  SetPolicy(1, v1::STEP_UNSPECIFIED, 2);
  const GovernedLife life = Read();
  std::vector<std::pair<std::string, uint64_t>> streams;
  for (const auto* lengths : {&life.path.relied_on, &life.policy.relied_on}) {
    for (const ledger::StreamLength& length : *lengths) {
      streams.emplace_back(length.stream, length.length);
    }
  }
  EXPECT_THAT(
      streams,
      ElementsAre(Pair(Name(2), 1), Pair(Name(1), 1), Pair(Name(0), 1),
                  Pair(Name(2) + "/policy", 0), Pair(Name(1) + "/policy", 2),
                  Pair(Name(0) + "/policy", 1)));
}

TEST_F(LifeReaderTest, AsOfATimeIsAsOfASize) {
  Revise(1);
  Take(1, v1::STEP_COMPILED, 1);
  const uint64_t size = entries_.size();
  entries_.At("2025-02-01 00:00:00");
  const absl::Time then = entries_.clock().Now();
  entries_.At("2025-03-01 00:00:00");
  Take(1, v1::STEP_SIGNED_OFF, 2);
  SetPolicy(0, v1::STEP_COMPILED, 1);
  Revise(2);
  v1::GetLifecycleRequest by_time;
  by_time.set_name(Report().ToString());
  *by_time.mutable_as_of() = ToTimestamp(then);
  v1::GetLifecycleRequest by_size;
  by_size.set_name(by_time.name());
  by_size.set_as_of_size(size);
  const auto first = Reader().Get(by_time);
  const auto second = Reader().Get(by_size);
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  EXPECT_THAT(first->steps(), SizeIs(1));
  EXPECT_EQ(first->latest_revision(), 1);
  by_size.set_as_of_size(3);
  EXPECT_THAT(Reader().Get(by_size),
              StatusHasReason(StatusCode::kNotFound, "REPORT_NOT_FOUND"));
  v1::GetPolicyRequest policy;
  policy.set_agency(Name(2));
  policy.set_as_of_size(size);
  ASSERT_OK(Reader().GetPolicy(policy));
  EXPECT_EQ(Reader().GetPolicy(policy)->agency(), "");
  policy.clear_as_of_size();
  EXPECT_EQ(Reader().GetPolicy(policy)->agency(), Name(0));
}

TEST_F(LifeReaderTest, StatesWhatWasCorrected) {
  Revise(1);
  EXPECT_EQ(Reader().ToMessage(Read())->correction_statement(), "");
  Revise(2);
  EXPECT_THAT(Reader().ToMessage(Read())->correction_statement(),
              HasSubstr("2025年1月1日更正"));
}

}  // namespace
}  // namespace annals
