#include "service/answer_cache.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace annals {
namespace {

SharedBytes Answer(size_t bytes) {
  return std::make_shared<const std::string>(bytes, 'a');
}

// Entries whose numbers are multiples of it share one part of the memory.
constexpr uint64_t kStride = 16;
constexpr size_t kPart = 1000;

TEST(AnswerCacheTest, KeepsWhatWasAdded) {
  AnswerCache cache(kStride * kPart);
  EXPECT_EQ(cache.Find(3), nullptr);
  const SharedBytes answer = Answer(10);
  cache.Add(3, answer);
  EXPECT_EQ(cache.Find(3), answer);
  EXPECT_EQ(cache.Find(3 + kStride), nullptr);
  cache.Add(3, Answer(20));
  EXPECT_EQ(cache.Find(3), answer);
}

TEST(AnswerCacheTest, DropsWhatWasNotUsedForLongest) {
  AnswerCache cache(kStride * kPart);
  cache.Add(0, Answer(400));
  cache.Add(kStride, Answer(400));
  EXPECT_NE(cache.Find(0), nullptr);
  cache.Add(2 * kStride, Answer(400));
  EXPECT_NE(cache.Find(0), nullptr);
  EXPECT_EQ(cache.Find(kStride), nullptr);
  EXPECT_NE(cache.Find(2 * kStride), nullptr);
}

TEST(AnswerCacheTest, KeepsNothingThatIsTooLarge) {
  AnswerCache cache(kStride * kPart);
  cache.Add(0, Answer(kPart));
  cache.Add(kStride, Answer(kPart + 1));
  EXPECT_NE(cache.Find(0), nullptr);
  EXPECT_EQ(cache.Find(kStride), nullptr);
  AnswerCache none(0);
  none.Add(0, Answer(1));
  EXPECT_EQ(none.Find(0), nullptr);
}

TEST(AnswerCacheTest, HoldsAnAnswerForWhoeverSendsIt) {
  AnswerCache cache(kStride * kPart);
  cache.Add(0, Answer(600));
  const SharedBytes held = cache.Find(0);
  cache.Add(kStride, Answer(600));
  EXPECT_EQ(cache.Find(0), nullptr);
  EXPECT_EQ(*held, std::string(600, 'a'));
}

TEST(AnswerCacheTest, WhatWasDroppedDoesNotComeBack) {
  AnswerCache cache(kStride * kPart);
  cache.Add(0, Answer(600));
  cache.Add(1, Answer(600));
  cache.Drop(0);
  EXPECT_EQ(cache.Find(0), nullptr);
  cache.Add(0, Answer(600));
  EXPECT_EQ(cache.Find(0), nullptr);
  EXPECT_NE(cache.Find(1), nullptr);
  // Its room is free.
  cache.Drop(7);
  cache.Add(kStride, Answer(900));
  EXPECT_NE(cache.Find(kStride), nullptr);
}

TEST(AnswerCacheTest, IsForManyThreads) {
  AnswerCache cache(kStride * kPart);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache, t] {
      for (uint64_t i = 0; i < 5000; ++i) {
        const uint64_t index = (i * 7 + static_cast<uint64_t>(t)) % 64;
        cache.Add(index, Answer(100 + index));
        const SharedBytes found = cache.Find(index);
        if (found != nullptr) {
          EXPECT_EQ(found->size(), 100 + index);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace annals
