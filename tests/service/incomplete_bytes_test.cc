#include "service/incomplete_bytes.h"

#include "gtest/gtest.h"

namespace annals {
namespace {

constexpr uint64_t kLarge = 1'000'000;
constexpr uint64_t kStream = 12 << 10;

TEST(IncompleteBytesTest, WhatIsNotWholeIsHeld) {
  IncompleteBytes bytes;
  EXPECT_EQ(bytes.BytesAtMost({kLarge, 0, 0}), kLarge);
  bytes.Settle({kLarge, 0, 0}, 1);
  EXPECT_EQ(bytes.held(), kLarge + kStream);
  bytes.Settle({3 * kLarge, 0, 0}, 2);
  EXPECT_EQ(bytes.held(), 3 * kLarge + 2 * kStream);
}

TEST(IncompleteBytesTest, WhatComesWholeIsNotHeldAnyMore) {
  IncompleteBytes bytes;
  bytes.Settle({3 * kLarge, 0, 0}, 1);
  bytes.Settle({3 * kLarge, 0, 2 * kLarge}, 1);
  // Less the heads of frames.
  EXPECT_EQ(bytes.held(), kLarge + kStream - 2 * kLarge / 100);
  bytes.Settle({3 * kLarge, 0, 3 * kLarge});
  EXPECT_EQ(bytes.held(), kStream);
}

// Nobody saves up for later.
TEST(IncompleteBytesTest, MoreThanAllIsAll) {
  IncompleteBytes bytes;
  bytes.Settle({kLarge, 1000, 2 * kLarge}, 1);
  EXPECT_EQ(bytes.held(), kStream);
  bytes.Settle({2 * kLarge, 1000, 2 * kLarge}, 1);
  EXPECT_EQ(bytes.held(), kLarge + kStream);
}

TEST(IncompleteBytesTest, WhatGoesWithACallIsNotHeld) {
  constexpr uint64_t kCalls = 1000;
  IncompleteBytes bytes;
  bytes.Settle({120 * kCalls, kCalls, 0}, 1);
  EXPECT_EQ(bytes.held(), kStream);
}

// Calls without end hide no more than that.
TEST(IncompleteBytesTest, AllThatGoesWithCallsHasABound) {
  IncompleteBytes bytes;
  uint64_t received = 0;
  uint64_t calls = 0;
  for (int i = 0; i < 1000; ++i) {
    received += kLarge;
    calls += kLarge / 100;
    bytes.Settle({received, calls, 0}, 1);
  }
  EXPECT_EQ(bytes.held(), 1000 * kLarge - (8 << 20) + kStream);
  // Until handlers know all.
  bytes.Settle({received, calls, 0}, 0);
  bytes.Settle({received + 100 * kLarge / 100, calls + kLarge / 100, 0}, 1);
  EXPECT_EQ(bytes.held(), kStream);
}

TEST(IncompleteBytesTest, IfHandlersKnowAllNothingIsHeld) {
  IncompleteBytes bytes;
  bytes.Settle({kLarge, 0, 0}, 1);
  bytes.Settle({2 * kLarge, 1, 0}, 0);
  EXPECT_EQ(bytes.held(), 0u);
  bytes.Settle({3 * kLarge, 1, 0}, 3);
  EXPECT_EQ(bytes.held(), kLarge + 3 * kStream);
}

}  // namespace
}  // namespace annals
