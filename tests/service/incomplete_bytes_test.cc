#include "service/incomplete_bytes.h"

#include "gtest/gtest.h"

namespace annals {
namespace {

constexpr uint64_t kLarge = 1'000'000;

// Streams of which one is alive.
StreamCount Answered(uint64_t calls) { return {calls + 1, calls, 0}; }

TEST(IncompleteBytesTest, WhatIsNotWholeIsHeld) {
  IncompleteBytes bytes;
  EXPECT_EQ(bytes.AtMost({kLarge, 0}), kLarge);
  bytes.Settle({kLarge, 0}, Answered(0));
  EXPECT_EQ(bytes.held(), kLarge);
  bytes.Settle({3 * kLarge, 0}, Answered(0));
  EXPECT_EQ(bytes.held(), 3 * kLarge);
  EXPECT_EQ(bytes.AtMost({4 * kLarge, 2 * kLarge}), 2 * kLarge);
}

TEST(IncompleteBytesTest, WhatComesWholeIsNotHeldAnyMore) {
  IncompleteBytes bytes;
  bytes.Settle({3 * kLarge, 0}, Answered(0));
  bytes.Settle({3 * kLarge, 2 * kLarge}, Answered(0));
  EXPECT_EQ(bytes.held(), kLarge);
}

// Nobody saves up for later.
TEST(IncompleteBytesTest, MoreThanAllIsAll) {
  IncompleteBytes bytes;
  bytes.Settle({kLarge, 2 * kLarge}, Answered(1000));
  EXPECT_EQ(bytes.held(), 0u);
  bytes.Settle({2 * kLarge, 2 * kLarge}, Answered(1000));
  EXPECT_EQ(bytes.held(), kLarge);
}

TEST(IncompleteBytesTest, ShortCallsThatAreAnsweredAreNotHeld) {
  constexpr uint64_t kCalls = 1000;
  IncompleteBytes bytes;
  bytes.Settle({300 * kCalls, 0}, Answered(kCalls));
  EXPECT_EQ(bytes.held(), 0u);
  bytes.Settle({300 * kCalls + kLarge, 0}, Answered(kCalls));
  EXPECT_EQ(bytes.held(), kLarge);
}

TEST(IncompleteBytesTest, WithoutACallNothingIsHeld) {
  IncompleteBytes bytes;
  bytes.Settle({kLarge, 0}, Answered(0));
  bytes.Settle({2 * kLarge, 0}, {5, 2, 3});
  EXPECT_EQ(bytes.held(), 0u);
  bytes.Settle({3 * kLarge, 0}, {6, 2, 3});
  EXPECT_EQ(bytes.held(), kLarge);
}

}  // namespace
}  // namespace annals
