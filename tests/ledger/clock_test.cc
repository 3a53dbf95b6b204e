#include "ledger/clock.h"

#include <set>

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace annals::ledger {
namespace {

TEST(ClockTest, TheSystemClockTellsTheTime) {
  const absl::Time before = absl::Now();
  const absl::Time now = Clock::System()->Now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, absl::Now());
}

TEST(ClockTest, ThereIsOneSystemClock) {
  EXPECT_EQ(Clock::System(), Clock::System());
}

TEST(RandomSourceTest, SaltsNeverRepeat) {
  std::set<Salt> salts;
  for (int i = 0; i < 1000; ++i) {
    salts.insert(RandomSource::System()->NewSalt());
  }
  EXPECT_EQ(salts.size(), 1000u);
}

// In 1000 salts each of the 256 bits is set about 500 times; 16 standard
// deviations are 253.
TEST(RandomSourceTest, EveryBitOfASaltIsRandom) {
  int set[8 * kSaltBytes] = {};
  for (int i = 0; i < 1000; ++i) {
    const Salt salt = RandomSource::System()->NewSalt();
    for (size_t bit = 0; bit < 8 * kSaltBytes; ++bit) {
      set[bit] += (salt[bit / 8] >> (bit % 8)) & 1;
    }
  }
  for (int count : set) {
    EXPECT_GT(count, 500 - 253);
    EXPECT_LT(count, 500 + 253);
  }
}

}  // namespace
}  // namespace annals::ledger
