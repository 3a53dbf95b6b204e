#include "client/times.h"

#include <cstdlib>

#include "client/uuid.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace annals::client {
namespace {

using ::testing::MatchesRegex;

const absl::TimeZone kChina = absl::FixedTimeZone(8 * 3600);

TEST(TimesTest, ReadsTheFormsOfTheHelp) {
  const absl::Time expected = absl::FromUnixSeconds(1738339200);
  for (const char* text :
       {"2025-02-01T00:00:00+08:00", "2025-01-31T16:00:00Z",
        "2025-02-01 00:00:00", "2025-02-01T00:00", "2025-02-01"}) {
    EXPECT_THAT(ParseMoment(text, kChina), IsOkAndHolds(expected)) << text;
  }
}

TEST(TimesTest, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2025-02-30", "yesterday", "2025-02-01T25:00"}) {
    EXPECT_THAT(ParseMoment(text, kChina),
                StatusHasReason(absl::StatusCode::kInvalidArgument, "USAGE"))
        << text;
  }
}

TEST(TimesTest, WhatIsPrintedCanBeGivenBack) {
  const absl::Time time = absl::FromUnixNanos(1'738'339'200'123'456'789);
  const std::string text = FormatMoment(time, kChina);
  EXPECT_EQ(text, "2025-02-01T00:00:00.123456789+08:00");
  EXPECT_THAT(ParseMoment(text, absl::UTCTimeZone()), IsOkAndHolds(time));
  EXPECT_EQ(FromTimestamp(ToTimestamp(time)), time);
}

// Where a clerk's machine is set to is no matter.
TEST(TimesTest, PeopleReadTheTimeInShanghai) {
  setenv("TZ", "America/New_York", 1);
  const absl::Time time = absl::FromUnixSeconds(1738339200);
  EXPECT_EQ(FormatMoment(time), "2025-02-01T00:00:00.000000+08:00");
  EXPECT_EQ(FormatMoment(ToTimestamp(time)),
            "2025-02-01T00:00:00.000000+08:00");
}

class FixedRandom : public ledger::RandomSource {
 public:
  ledger::Salt NewSalt() override {
    ledger::Salt salt;
    salt.fill(0xFF);
    return salt;
  }
};

TEST(UuidTest, IsOfVersion4) {
  FixedRandom random;
  EXPECT_EQ(NewUuid(&random), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

}  // namespace
}  // namespace annals::client
