#include "service/refusal_hold.h"

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace annals {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr uint64_t kCaller = 1;
constexpr uint64_t kOther = 2;
constexpr absl::Duration kForGood = absl::Hours(1);

absl::Status OverLimit() { return absl::ResourceExhaustedError("too many"); }

TEST(RefusalHoldTest, ARefusalComesAfterTheHold) {
  RefusalHold hold(absl::Milliseconds(30));
  for (int round = 0; round < 2; ++round) {
    std::promise<void> answered;
    const SteadyClock::time_point start = SteadyClock::now();
    hold.Run({kCaller, OverLimit()}, [&answered] { answered.set_value(); });
    answered.get_future().wait();
    EXPECT_GE(SteadyClock::now() - start, std::chrono::milliseconds(30));
  }
}

TEST(RefusalHoldTest, WhatCameTogetherIsAnsweredOneAfterTheOther) {
  constexpr int kCalls = 200;
  RefusalHold hold(absl::Milliseconds(1));
  std::atomic<int> left = kCalls;
  std::promise<void> answered;
  const SteadyClock::time_point start = SteadyClock::now();
  for (int i = 0; i < kCalls; ++i) {
    hold.Run({kCaller, OverLimit()}, [&] {
      if (--left == 0) answered.set_value();
    });
  }
  answered.get_future().wait();
  EXPECT_GE(SteadyClock::now() - start, std::chrono::milliseconds(90));
}

// Nor can it tell how many they are.
TEST(RefusalHoldTest, ACallerDoesNotWaitForTheAnswersToAnother) {
  RefusalHold hold(absl::Milliseconds(1));
  std::atomic<int> flood = 0;
  for (int i = 0; i < 4000; ++i) {
    hold.Run({kCaller, OverLimit()}, [&] { ++flood; });
  }
  std::promise<int> answered;
  hold.Run({kOther, OverLimit()}, [&] { answered.set_value(flood); });
  EXPECT_LT(answered.get_future().get(), 2000);
}

TEST(RefusalHoldTest, OtherErrorsAndNoHoldAreAnsweredAtOnce) {
  const auto this_thread = std::this_thread::get_id();
  int answers = 0;
  const auto answer = [&] {
    EXPECT_EQ(std::this_thread::get_id(), this_thread);
    ++answers;
  };
  RefusalHold hold(kForGood);
  hold.Run({kCaller, absl::OkStatus()}, answer);
  hold.Run({kCaller, absl::UnauthenticatedError("who")}, answer);
  hold.Run({kCaller, absl::UnavailableError("later")}, answer);
  hold.Run({kCaller, OverLimit(), RefusalHold::kRequestBytesMax + 1}, answer);
  RefusalHold none(absl::ZeroDuration());
  none.Run({kCaller, OverLimit()}, answer);
  EXPECT_EQ(answers, 5);
}

TEST(RefusalHoldTest, WhatIsHeldIsAnsweredOnceWhenAllIsReleased) {
  std::atomic<int> answers = 0;
  RefusalHold hold(kForGood);
  for (int i = 0; i < 10; ++i)
    hold.Run({kCaller, OverLimit()}, [&] { ++answers; });
  EXPECT_EQ(answers, 0);
  hold.ReleaseAll();
  EXPECT_EQ(answers, 10);
  hold.Run({kCaller, OverLimit()}, [&] { ++answers; });
  EXPECT_EQ(answers, 11);
  hold.ReleaseAll();
  EXPECT_EQ(answers, 11);
}

TEST(RefusalHoldTest, NoMoreAreHeldThanThereIsRoomFor) {
  std::atomic<size_t> answers = 0;
  {
    RefusalHold hold(kForGood);
    for (size_t i = 0; i < RefusalHold::kHeldMax + 3; ++i) {
      hold.Run({kCaller, OverLimit()}, [&] { ++answers; });
    }
    EXPECT_EQ(answers, 3);
  }
  EXPECT_EQ(answers, RefusalHold::kHeldMax + 3);
}

TEST(RefusalHoldTest, EachIsAnsweredOnceWhileManyComeAndAllIsReleased) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 2000;
  std::vector<std::atomic<int>> answers(kThreads * kCalls);
  RefusalHold hold(absl::Microseconds(100));
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCalls; ++i) {
        hold.Run({kCaller, OverLimit()},
                 [&answers, n = t * kCalls + i] { ++answers[n]; });
        if (t == 0 && i == kCalls / 2) hold.ReleaseAll();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& count : answers) EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace annals
