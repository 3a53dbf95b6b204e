#include "service/worker_pool.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/support/result_box.h"

namespace annals {
namespace {

constexpr absl::StatusCode kFull = absl::StatusCode::kResourceExhausted;
constexpr absl::StatusCode kDown = absl::StatusCode::kUnavailable;

absl::Status RefusalOf(WorkerPool* pool) {
  absl::Status refusal;
  pool->Post([&refusal](const absl::Status& status) { refusal = status; });
  return refusal;
}

TEST(WorkerPoolTest, RunsATaskOnAnotherThread) {
  WorkerPool pool({1, 8});
  ResultBox<std::thread::id> ran_on;
  pool.Post([&ran_on](const absl::Status& status) {
    EXPECT_OK(status);
    ran_on.Put(std::this_thread::get_id());
  });
  EXPECT_NE(ran_on.Take(), std::this_thread::get_id());
}

TEST(WorkerPoolTest, RefusesWhenFullButForContinuations) {
  Gate started;
  Gate release;
  std::atomic<int> ran = 0;
  WorkerPool pool({1, 1});
  pool.Post([&started, &release](const absl::Status&) {
    started.Open();
    release.Wait();
  });
  started.Wait();
  pool.Post([&ran](const absl::Status& status) { ran += status.ok(); });
  EXPECT_THAT(RefusalOf(&pool), StatusHasReason(kFull, "QUEUE_FULL"));
  pool.PostContinuation(
      [&ran](const absl::Status& status) { ran += status.ok(); });
  release.Open();
  pool.Drain();
  EXPECT_EQ(ran, 2);
}

// Whoever has a hundred tasks in the queue waits longer, and nobody else.
TEST(WorkerPoolTest, LanesTakeTurns) {
  Gate started;
  Gate release;
  std::string order;
  WorkerPool pool({1, 1000});
  pool.Post([&started, &release](const absl::Status&) {
    started.Open();
    release.Wait();
  });
  started.Wait();
  const auto note = [&order](char name) {
    return [&order, name](const absl::Status&) { order.push_back(name); };
  };
  for (int i = 0; i < 5; ++i) pool.Post(note('a'), 1);
  for (int i = 0; i < 2; ++i) pool.Post(note('b'), 2);
  for (int i = 0; i < 3; ++i) pool.PostContinuation(note('.'));
  pool.Post(note('c'), 3);
  release.Open();
  pool.Drain();
  EXPECT_EQ(order, ".a.b.cabaaa");
}

TEST(WorkerPoolTest, ADrainRunsWhatWaitsAndRefusesTheRest) {
  std::atomic<int> ran = 0;
  WorkerPool pool({3, 1000});
  for (int i = 0; i < 1000; ++i) {
    pool.Post([&ran](const absl::Status& status) { ran += status.ok(); });
  }
  pool.Drain();
  EXPECT_EQ(ran, 1000);
  EXPECT_THAT(RefusalOf(&pool), StatusHasReason(kDown, "SHUTTING_DOWN"));
  pool.Drain();
}

TEST(WorkerPoolTest, ATaskMayOwnWhatCannotBeCopied) {
  WorkerPool pool({1, 8});
  ResultBox<int> box;
  pool.Post([&box, value = std::make_unique<int>(7)](const absl::Status&) {
    box.Put(*value);
  });
  EXPECT_EQ(box.Take(), 7);
}

}  // namespace
}  // namespace annals
