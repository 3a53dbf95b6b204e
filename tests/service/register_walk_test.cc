// The walk over the register, against a tree that is made of all changes anew.

#include "service/register_walk.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/report_register.h"

namespace annals {
namespace {

constexpr int kAgencies = 400;
constexpr int kChanges = 150;
const absl::CivilDay kFirstDay(2020, 1, 1);

// A register whose offices stand anywhere between those that supervise none.
// Nobody is supervised by one of a larger number, so there are no circles.
class RegisterWalkTest : public ::testing::Test {
 protected:
  struct State {
    uint64_t size = 0;  // Of the ledger that holds it.
    absl::CivilDay first_day;
    int supervisor = -1;
  };

  void SetUp() override {
    for (int n = 0; n < kAgencies; ++n) {
      const int supervisor = SomeOffice(n);
      register_.Add(n, supervisor);
      states_[static_cast<size_t>(n)] = {
          {register_.entries().size(), absl::CivilDay::min(), supervisor}};
    }
    std::vector<int> numbers(kAgencies, 0);
    for (int i = 0; i < kChanges; ++i) {
      const int n = Some(kAgencies);
      const int supervisor = SomeOffice(n);
      const absl::CivilDay first = kFirstDay + i;
      register_.Change(ReportRegister::Agency(n, supervisor),
                       ++numbers[static_cast<size_t>(n)] + 1, first);
      states_[static_cast<size_t>(n)].push_back(
          {register_.entries().size(), first, supervisor});
    }
  }

  int Some(int below) {
    return static_cast<int>(random_() % static_cast<uint32_t>(below));
  }

  // One of the few that supervise, or none.
  int SomeOffice(int below) {
    if (below == 0 || Some(8) == 0) return -1;
    return std::min(below - 1, Some(30) * 13);
  }

  // -1 for none; -2 if it is not registered.
  int SupervisorOf(int n, const RegisterMoment& moment) const {
    int supervisor = -2;
    for (const State& state : states_[static_cast<size_t>(n)]) {
      if (state.size > moment.size) break;
      if (supervisor == -2 || state.first_day <= moment.day) {
        supervisor = state.supervisor;
      }
    }
    return supervisor;
  }

  void AddBelow(int office, int depth, const RegisterMoment& moment,
                std::vector<std::string>* lines) const {
    for (int n = 0; n < kAgencies; ++n) {
      if (SupervisorOf(n, moment) != office) continue;
      lines->push_back(absl::StrCat(depth, " ", ReportRegister::Name(n)));
      AddBelow(n, depth + 1, moment, lines);
    }
  }

  std::vector<std::string> Walk(const std::string& parent,
                                const RegisterMoment& moment) {
    std::vector<std::string> lines;
    auto walk =
        RegisterWalk::Start(&register_.entries().ledger(), parent, moment);
    EXPECT_OK(walk);
    while (walk.ok() && !walk->AtEnd()) {
      const auto agency = walk->Step();
      EXPECT_OK(agency);
      if (!agency.ok()) break;
      if (!agency->has_value()) continue;
      lines.push_back(
          absl::StrCat((*agency)->depth, " ", (*agency)->agency.name()));
    }
    return lines;
  }

  std::mt19937 random_{7};
  ReportRegister register_;
  std::vector<std::vector<State>> states_{kAgencies};
};

TEST_F(RegisterWalkTest, FindsTheTreeOfEachMoment) {
  for (int round = 0; round < 12; ++round) {
    const RegisterMoment moment = {
        1 + static_cast<uint64_t>(
                Some(static_cast<int>(register_.entries().size()))),
        kFirstDay + Some(kChanges)};
    std::vector<std::string> expected;
    AddBelow(-1, 0, moment, &expected);
    EXPECT_EQ(Walk("agencies/-", moment), expected)
        << moment.size << " " << absl::FormatCivilTime(moment.day);
  }
}

TEST_F(RegisterWalkTest, BeginsAtAnyAgency) {
  const RegisterMoment moment = {register_.entries().size(),
                                 kFirstDay + kChanges};
  for (int n = 0; n < kAgencies; n += 7) {
    std::vector<std::string> expected = {
        absl::StrCat("0 ", ReportRegister::Name(n))};
    AddBelow(n, 1, moment, &expected);
    EXPECT_EQ(Walk(ReportRegister::Name(n), moment), expected);
  }
}

}  // namespace
}  // namespace annals
