#include "service/caller_limiter.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"

namespace annals {
namespace {

using Pass = CallerLimiter::Pass;

constexpr CallKind kCall = CallKind::kUnary;
constexpr CallKind kStream = CallKind::kStream;

auto Refused(const char* reason) {
  return StatusHasReason(absl::StatusCode::kResourceExhausted, reason);
}

class CallerLimiterTest : public ::testing::Test {
 protected:
  CallerLimiter Limiter(const CallerLimits& limits) {
    return {limits, &clock_, &counters_};
  }

  // How many calls of `caller` one after another are let in.
  static int CallsUntilRefused(CallerLimiter* limiter, const char* caller) {
    int calls = 0;
    while (limiter->Enter(caller, kCall).ok()) ++calls;
    return calls;
  }

  void Advance(absl::Duration time) { clock_.Set(clock_.Now() + time); }

  ledger::FakeClock clock_{absl::FromUnixSeconds(1'750'000'000)};
  LimitCounters counters_;
};

TEST_F(CallerLimiterTest, CallsComeBackWithTime) {
  CallerLimiter limiter = Limiter({10, 20, 0, 0});
  EXPECT_EQ(CallsUntilRefused(&limiter, "a"), 20);
  EXPECT_THAT(limiter.Enter("a", kCall).status(),
              Refused("CALL_RATE_EXCEEDED"));
  Advance(absl::Milliseconds(500));
  EXPECT_EQ(CallsUntilRefused(&limiter, "a"), 5);
  Advance(absl::Hours(1));
  EXPECT_EQ(CallsUntilRefused(&limiter, "a"), 20);
  EXPECT_EQ(counters_.hits(Limit::kCallRate), 4u);
}

TEST_F(CallerLimiterTest, OneCallersFloodIsNotAnothers) {
  CallerLimiter limiter = Limiter({1, 3, 0, 0});
  EXPECT_EQ(CallsUntilRefused(&limiter, "a"), 3);
  EXPECT_EQ(CallsUntilRefused(&limiter, "b"), 3);
}

TEST_F(CallerLimiterTest, AClockThatGoesBackGivesAndTakesNothing) {
  CallerLimiter limiter = Limiter({10, 5, 0, 0});
  EXPECT_EQ(CallsUntilRefused(&limiter, "a"), 5);
  Advance(-absl::Hours(1));
  EXPECT_EQ(CallsUntilRefused(&limiter, "a"), 0);
  Advance(absl::Milliseconds(200));
  EXPECT_EQ(CallsUntilRefused(&limiter, "a"), 2);
}

TEST_F(CallerLimiterTest, CallsAndStreamsUnderWayAreCountedApart) {
  CallerLimiter limiter = Limiter({0, 1, 2, 1});
  std::vector<Pass> passes;
  for (const CallKind kind : {kCall, kCall, kStream}) {
    auto pass = limiter.Enter("a", kind);
    ASSERT_OK(pass.status());
    passes.push_back(*std::move(pass));
  }
  EXPECT_THAT(limiter.Enter("a", kCall).status(),
              Refused("TOO_MANY_CALLER_CALLS"));
  EXPECT_THAT(limiter.Enter("a", kStream).status(),
              Refused("TOO_MANY_CALLER_STREAMS"));
  EXPECT_OK(limiter.Enter("b", kStream).status());
  passes.pop_back();
  EXPECT_OK(limiter.Enter("a", kStream).status());
  EXPECT_FALSE(limiter.Enter("a", kCall).ok());
  passes.clear();
  EXPECT_OK(limiter.Enter("a", kCall).status());
  EXPECT_EQ(counters_.hits(Limit::kCallerCalls), 2u);
  EXPECT_EQ(counters_.hits(Limit::kCallerStreams), 1u);
}

// A call that is answered makes room for another; an answer that is not taken
// does not make room for ever more of them.
TEST_F(CallerLimiterTest, AnswersCountUntilTheyAreTaken) {
  CallerLimiter limiter = Limiter({0, 1, 2, 0});
  std::vector<Pass> passes;
  for (int i = 0; i < 2; ++i) {
    auto pass = limiter.Enter("a", kCall);
    ASSERT_OK(pass.status());
    EXPECT_OK(pass->Answer(10, true));
    passes.push_back(*std::move(pass));
  }
  EXPECT_THAT(limiter.Enter("a", kCall).status(),
              Refused("TOO_MANY_CALLER_CALLS"));
  EXPECT_OK(limiter.Enter("b", kCall).status());
  EXPECT_EQ(limiter.answer_bytes(), 20u);
  passes.pop_back();
  EXPECT_OK(limiter.Enter("a", kCall).status());
  passes.clear();
  EXPECT_EQ(limiter.answer_bytes(), 0u);
}

// Of 40 MB one caller may hold ten.
TEST_F(CallerLimiterTest, RequestsUnderWayFillTheirRoom) {
  constexpr size_t kMegabyte = 1'000'000;
  CallerLimiter limiter = Limiter({0, 1, 100, 0, 0, 40 * kMegabyte});
  std::vector<Pass> passes;
  const auto enter = [&](const char* caller, size_t bytes) {
    auto pass = limiter.Enter(caller, kCall, bytes);
    if (!pass.ok()) return pass.status();
    passes.push_back(*std::move(pass));
    return absl::OkStatus();
  };
  EXPECT_OK(enter("a", 8 * kMegabyte));
  EXPECT_OK(enter("a", 2 * kMegabyte));
  EXPECT_THAT(enter("a", 1), Refused("TOO_MANY_REQUEST_BYTES"));
  // Another's first request is always taken, others as long as there is room.
  EXPECT_OK(enter("b", 29 * kMegabyte));
  EXPECT_OK(enter("c", 2 * kMegabyte));
  EXPECT_THAT(enter("c", 1), Refused("TOO_MANY_REQUEST_BYTES"));
  passes.clear();
  EXPECT_OK(enter("a", 8 * kMegabyte));
  EXPECT_OK(enter("a", 2 * kMegabyte));
  EXPECT_EQ(counters_.hits(Limit::kRequestBytes), 2u);
}

// Of 40 MB one caller may hold ten.
TEST_F(CallerLimiterTest, AnswersThatAreNotTakenFillTheirRoom) {
  constexpr size_t kMegabyte = 1'000'000;
  CallerLimiter limiter = Limiter({0, 1, 100, 0, 40 * kMegabyte});
  std::vector<Pass> passes;
  const auto answer = [&](const char* caller, size_t bytes,
                          bool may_refuse = true) {
    auto pass = limiter.Enter(caller, kCall);
    if (!pass.ok()) return pass.status();
    const absl::Status status = pass->Answer(bytes, may_refuse);
    passes.push_back(*std::move(pass));
    return status;
  };
  EXPECT_OK(answer("a", 8 * kMegabyte));
  EXPECT_THAT(answer("a", 3 * kMegabyte), Refused("TOO_MANY_ANSWER_BYTES"));
  EXPECT_EQ(limiter.answer_bytes(), 8 * kMegabyte);
  // What a write did can't be taken back; small answers matter to nobody.
  EXPECT_OK(answer("a", 1000));
  EXPECT_OK(answer("a", 2 * kMegabyte, false));
  EXPECT_THAT(limiter.Enter("a", kCall).status(),
              Refused("TOO_MANY_ANSWER_BYTES"));
  // Another's first answer is always given, others as long as there is room.
  EXPECT_OK(answer("b", 29 * kMegabyte));
  EXPECT_OK(answer("c", 30 * kMegabyte));
  EXPECT_FALSE(answer("b", 100'000).ok());
  passes.clear();
  EXPECT_OK(answer("a", 8 * kMegabyte));
  EXPECT_EQ(counters_.hits(Limit::kAnswerBytes), 3u);
}

TEST_F(CallerLimiterTest, WhatAStreamCarriesCounts) {
  CallerLimiter limiter = Limiter({10, 3, 0, 0});
  ASSERT_OK_AND_ASSIGN(const Pass pass, limiter.Enter("a", kStream));
  EXPECT_TRUE(pass.TakeCall());
  EXPECT_TRUE(pass.TakeCall());
  EXPECT_FALSE(pass.TakeCall());
  EXPECT_FALSE(limiter.Enter("a", kCall).ok());
  Advance(absl::Milliseconds(100));
  EXPECT_TRUE(pass.TakeCall());
}

// Who comes in ever new names takes no memory from others, and does not push
// out who has a call under way.
TEST_F(CallerLimiterTest, CallersWithoutCallsMakeRoom) {
  CallerLimiter limiter = Limiter({0, 1, 0, 1});
  ASSERT_OK_AND_ASSIGN(const Pass pass, limiter.Enter("stays", kStream));
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_OK(limiter.Enter(absl::StrCat("caller ", i), kCall).status());
  }
  EXPECT_THAT(limiter.Enter("stays", kStream).status(),
              Refused("TOO_MANY_CALLER_STREAMS"));
}

TEST_F(CallerLimiterTest, WithoutRoomCallersAreRefused) {
  CallerLimiter limiter = Limiter({0, 1, 0, 0});
  std::vector<Pass> passes;
  absl::Status refusal;
  for (int i = 0; refusal.ok() && i < 100'000; ++i) {
    auto pass = limiter.Enter(absl::StrCat("caller ", i), kStream);
    refusal = pass.status();
    if (pass.ok()) passes.push_back(*std::move(pass));
  }
  EXPECT_THAT(refusal, Refused("TOO_MANY_CALLERS"));
  EXPECT_GT(passes.size(), 10'000u);
}

TEST_F(CallerLimiterTest, ManyThreadsTakeNoMoreThanThereIs) {
  CallerLimiter limiter = Limiter({1, 1000, 0, 0});
  std::atomic<int> calls = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(
        [&] { calls += CallsUntilRefused(&limiter, "shared"); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(calls, 1000);
}

TEST(LimitCountersTest, EveryLimitHasANameOfItsOwn) {
  std::vector<absl::string_view> names;
  for (size_t i = 0; i < kLimitCount; ++i) {
    names.push_back(LimitName(static_cast<Limit>(i)));
    EXPECT_NE(names.back(), "");
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace annals
