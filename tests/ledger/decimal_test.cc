#include "ledger/decimal.h"

#include <limits>
#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::ledger {
namespace {

using ::testing::Optional;

TEST(DecimalTest, ReadsTheShortestForm) {
  EXPECT_THAT(ParseDecimal("0"), Optional(uint64_t{0}));
  EXPECT_THAT(ParseDecimal("7"), Optional(uint64_t{7}));
  EXPECT_THAT(ParseDecimal("1234067"), Optional(uint64_t{1234067}));
  EXPECT_THAT(ParseDecimal("18446744073709551615"),
              Optional(std::numeric_limits<uint64_t>::max()));
}

TEST(DecimalTest, RefusesEverythingElse) {
  for (const char* text : {"", "00", "01", "-1", "-0", "+1", " 1", "1 ", "1\n",
                           "0x1", "1.0", "1e3", "a", "１", "1,000",
                           "18446744073709551616", "99999999999999999999999"}) {
    EXPECT_EQ(ParseDecimal(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace annals::ledger
