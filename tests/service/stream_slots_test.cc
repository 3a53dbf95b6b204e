#include "service/stream_slots.h"

#include <optional>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/support/matchers.h"

namespace annals {
namespace {

using Slot = StreamSlots::Slot;

absl::Status AllTaken(size_t) {
  return MakeError(absl::StatusCode::kResourceExhausted, "ALL_TAKEN",
                   {"All are taken.", "已满。"});
}

auto Refused(const char* reason) {
  return StatusHasReason(absl::StatusCode::kResourceExhausted, reason);
}

// How many the caller gets.
std::vector<Slot> TakeAll(StreamSlots* slots, uint64_t caller) {
  std::vector<Slot> taken;
  while (true) {
    auto slot = slots->Take(caller);
    if (!slot.ok()) return taken;
    taken.push_back(*std::move(slot));
  }
}

TEST(StreamSlotsTest, ACallerGetsAQuarter) {
  StreamSlots slots({16}, &AllTaken);
  std::vector<Slot> first = TakeAll(&slots, 1);
  EXPECT_EQ(first.size(), 4u);
  EXPECT_THAT(slots.Take(1).status(), Refused("TOO_MANY_CALLER_STREAMS"));
  EXPECT_EQ(TakeAll(&slots, 2).size(), 4u);
  first.pop_back();
  EXPECT_OK(slots.Take(1).status());
}

TEST(StreamSlotsTest, WhatIsRefusedTakesNothing) {
  StreamSlots slots({4}, &AllTaken);
  const std::vector<Slot> first = TakeAll(&slots, 1);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(slots.Take(1).ok());
  std::vector<Slot> others;
  for (const uint64_t caller : {2, 3, 4}) {
    auto slot = slots.Take(caller);
    ASSERT_OK(slot.status());
    others.push_back(*std::move(slot));
  }
  EXPECT_THAT(slots.Take(5).status(), Refused("ALL_TAKEN"));
  others.clear();
  EXPECT_OK(slots.Take(5).status());
}

TEST(StreamSlotsTest, OneIsForAnybodyAndNoneForNobody) {
  StreamSlots one({1}, &AllTaken);
  {
    ASSERT_OK_AND_ASSIGN(const Slot slot, one.Take(1));
    EXPECT_THAT(one.Take(2).status(), Refused("ALL_TAKEN"));
  }
  EXPECT_OK(one.Take(2).status());
  StreamSlots none({0}, &AllTaken);
  EXPECT_THAT(none.Take(1).status(), Refused("ALL_TAKEN"));
}

TEST(StreamSlotsTest, WhereCallersAreOneItGetsAll) {
  StreamSlots slots({8, false}, &AllTaken);
  const std::vector<Slot> all = TakeAll(&slots, 1);
  EXPECT_EQ(all.size(), 8u);
  EXPECT_THAT(slots.Take(1).status(), Refused("ALL_TAKEN"));
}

// A slot that is moved is given back once.
TEST(StreamSlotsTest, ASlotMoves) {
  StreamSlots slots({1}, &AllTaken);
  std::optional<Slot> kept;
  {
    ASSERT_OK_AND_ASSIGN(Slot slot, slots.Take(1));
    kept = std::move(slot);
  }
  EXPECT_FALSE(slots.Take(1).ok());
  kept.reset();
  EXPECT_OK(slots.Take(1).status());
}

}  // namespace
}  // namespace annals
