// What reminders say, and how many days they count.

#include "client/filings/reminders.h"

#include "client/filings/filing_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/leaf_codec.h"
#include "service/report/days.h"

namespace annals::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

absl::Time Day(int year, int month, int day) {
  return report::StartInShanghai(absl::CivilDay(year, month, day));
}

// Due until the end of 31 January 2026.
v1::Filing FilingOf(v1::FilingState state) {
  v1::Filing filing;
  filing.set_state(state);
  filing.mutable_agency()->set_name("agencies/11410300005448123D");
  filing.mutable_agency()->set_display_name("某局");
  *filing.mutable_deadline() =
      ToTimestamp(Day(2026, 2, 1) - absl::Nanoseconds(1));
  return filing;
}

v1::Filing Filed(v1::FilingState state, absl::Time filed_at) {
  v1::Filing filing = FilingOf(state);
  *filing.mutable_filed_at() = ToTimestamp(filed_at);
  filing.mutable_revision()->set_number(1);
  return filing;
}

std::string CsvOf(const v1::Filing& filing, absl::Time judged_at) {
  Reminders reminders(2025);
  reminders.Add(filing, judged_at);
  return reminders.Csv();
}

TEST(RemindersTest, AReturnedReportIsOverdueFromItsDeadlineOn) {
  const v1::Filing filing = Filed(v1::FILING_STATE_RETURNED, Day(2026, 1, 20));
  EXPECT_THAT(CsvOf(filing, Day(2026, 2, 10)),
              AllOf(HasSubstr(",2026-01-31,10,"), HasSubstr("已被退回"),
                    HasSubstr("现已逾期10天")));
  EXPECT_THAT(CsvOf(filing, Day(2026, 1, 25)),
              AllOf(HasSubstr(",2026-01-31,0,"), Not(HasSubstr("逾期0天"))));
}

TEST(RemindersTest, ARegionalReportIsNamedAndDoesNotStandForTheOwn) {
  v1::Filing filing = FilingOf(v1::FILING_STATE_MISSING);
  EXPECT_THAT(CsvOf(filing, Day(2026, 2, 2)), Not(HasSubstr("汇总报告")));
  filing.set_regional_revision(1);
  EXPECT_THAT(CsvOf(filing, Day(2026, 2, 2)),
              AllOf(HasSubstr(",2026-01-31,2,"), HasSubstr("汇总报告")));
}

TEST(RemindersTest, WhoHasFiledGetsNone) {
  for (const v1::FilingState state :
       {v1::FILING_STATE_ON_TIME, v1::FILING_STATE_LATE,
        v1::FILING_STATE_WITHDRAWN}) {
    Reminders reminders(2025);
    reminders.Add(Filed(state, Day(2026, 2, 5)), Day(2026, 3, 1));
    EXPECT_EQ(reminders.count(), 0);
  }
}

TEST(DaysLateTest, WhatIsArchivedIsLateByItsDayOfPublication) {
  v1::Filing filing = Filed(v1::FILING_STATE_LATE, Day(2029, 12, 1));
  EXPECT_GT(DaysLate(filing, Day(2030, 1, 1)), 1000);
  *filing.mutable_published_on() = report::DateOf(absl::CivilDay(2026, 2, 3));
  EXPECT_EQ(DaysLate(filing, Day(2030, 1, 1)), 3);
  *filing.mutable_published_on() = report::DateOf(absl::CivilDay(2026, 1, 31));
  EXPECT_EQ(DaysLate(filing, Day(2030, 1, 1)), 0);
}

}  // namespace
}  // namespace annals::client
