// Where a report stands, on a ledger in memory with a clock of its own:
// policies of offices that come, go and move.

#include "service/life_reader.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/life_view.h"
#include "service/publication.h"
#include "tests/service/life_ledger.h"

namespace annals {
namespace {

using ::absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

class LifeReaderTest : public LifeLedgerTest {
 protected:
  LifeReader Reader() { return {&entries_.ledger(), &entries_.clock()}; }

  GovernedLife Read() {
    const LifeReader reader = Reader();
    auto life = reader.ReadGoverned(Report(), reader.Now());
    EXPECT_OK(life);
    return life.ok() ? *std::move(life) : GovernedLife();
  }

  absl::StatusOr<v1::Lifecycle> Get(const v1::GetLifecycleRequest& request) {
    const LifeReader reader = Reader();
    const Publications publications(&entries_.ledger(), &reader);
    return LifeView(&reader, &publications).Get(request, View::kAll);
  }
};

TEST_F(LifeReaderTest, ALaterPolicyChangesNothingThatIsRecorded) {
  Revise(1);
  SetPolicy(0, v1::STEP_COMPILED, 1);
  EXPECT_EQ(Read().recorded.life.effective(), 1);
  Revise(2);
  EXPECT_EQ(Read().recorded.life.effective(), 1);
  SetPolicy(0, v1::STEP_UNSPECIFIED, 2);
  EXPECT_EQ(Read().recorded.life.effective(), 1);
  Take(2, v1::STEP_COMPILED);
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
  Take(1, v1::STEP_COMPILED);
  const uint64_t size = entries_.size();
  entries_.At("2025-02-01 00:00:00");
  const absl::Time then = entries_.clock().Now();
  entries_.At("2025-03-01 00:00:00");
  Take(1, v1::STEP_SIGNED_OFF);
  SetPolicy(0, v1::STEP_COMPILED, 1);
  Revise(2);
  v1::GetLifecycleRequest by_time;
  by_time.set_name(Report().ToString());
  *by_time.mutable_as_of() = ToTimestamp(then);
  v1::GetLifecycleRequest by_size;
  by_size.set_name(by_time.name());
  by_size.set_as_of_size(size);
  const auto first = Get(by_time);
  const auto second = Get(by_size);
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  EXPECT_THAT(first->steps(), SizeIs(1));
  EXPECT_EQ(first->latest_revision(), 1);
  by_size.set_as_of_size(3);
  EXPECT_THAT(Get(by_size),
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
