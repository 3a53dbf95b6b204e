// The small parts that the sequencer is made of.

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/append_queue.h"
#include "ledger/listeners.h"
#include "ledger/stream_lengths.h"
#include "tests/support/matchers.h"
#include "tests/support/result_box.h"

namespace annals::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

PendingAppend AppendOf(size_t content_bytes) {
  PendingAppend append;
  append.request.content = std::string(content_bytes, 'c');
  return append;
}

absl::Status PushBytes(AppendQueue* queue, size_t content_bytes) {
  PendingAppend append = AppendOf(content_bytes);
  return queue->Push(&append);
}

const auto QueueIsFull = [] {
  return StatusHasReason(absl::StatusCode::kResourceExhausted, "QUEUE_FULL");
};

TEST(AppendQueueTest, RefusesMoreThanItsEntries) {
  AppendQueue queue({.queue_entries_max = 2});
  EXPECT_OK(PushBytes(&queue, 1));
  EXPECT_OK(PushBytes(&queue, 1));
  PendingAppend append = AppendOf(7);
  EXPECT_THAT(queue.Push(&append), QueueIsFull());
  EXPECT_THAT(append.request.content, Optional(SizeIs(7)));
  EXPECT_THAT(queue.PopBatch(), SizeIs(2));
  EXPECT_OK(queue.Push(&append));
}

TEST(AppendQueueTest, RefusesMoreThanItsBytesButNeverTheOnlyOne) {
  AppendQueue queue({.queue_bytes_max = 100});
  EXPECT_OK(PushBytes(&queue, 1000));
  EXPECT_THAT(PushBytes(&queue, 1), QueueIsFull());
  EXPECT_THAT(queue.PopBatch(), SizeIs(1));
  EXPECT_OK(PushBytes(&queue, 60));
  EXPECT_OK(PushBytes(&queue, 40));
  EXPECT_THAT(PushBytes(&queue, 1), QueueIsFull());
}

TEST(AppendQueueTest, ABatchIsBoundedInEntriesAndBytes) {
  AppendQueue queue({.batch_entries_max = 3, .batch_bytes_max = 100});
  for (size_t bytes : {1, 1, 1, 60, 60, 200, 1}) {
    ASSERT_OK(PushBytes(&queue, bytes));
  }
  std::vector<size_t> sizes;
  for (int i = 0; i < 5; ++i) sizes.push_back(queue.PopBatch().size());
  EXPECT_THAT(sizes, ElementsAre(3, 1, 1, 1, 1));
}

TEST(AppendQueueTest, AFullBatchDoesNotWaitForMore) {
  AppendQueue queue({.batch_entries_max = 2, .batch_wait = absl::Hours(1)});
  ASSERT_OK(PushBytes(&queue, 1));
  std::thread second([&queue] { EXPECT_OK(PushBytes(&queue, 1)); });
  EXPECT_THAT(queue.PopBatch(), SizeIs(2));
  second.join();
}

TEST(AppendQueueTest, ABatchThatStaysSmallGoesAfterItsWait) {
  AppendQueue queue(
      {.batch_entries_max = 2, .batch_wait = absl::Milliseconds(1)});
  ASSERT_OK(PushBytes(&queue, 1));
  EXPECT_THAT(queue.PopBatch(), SizeIs(1));
}

TEST(AppendQueueTest, ClosedItGivesOutWhatItHoldsAndThenNothing) {
  AppendQueue queue({.batch_wait = absl::Hours(1)});
  ASSERT_OK(PushBytes(&queue, 1));
  queue.Close(absl::UnavailableError("first"));
  queue.Close(absl::UnavailableError("second"));
  EXPECT_THAT(PushBytes(&queue, 1), Eq(absl::UnavailableError("first")));
  EXPECT_EQ(queue.status(), absl::UnavailableError("first"));
  EXPECT_THAT(queue.PopBatch(), SizeIs(1));
  EXPECT_THAT(queue.PopBatch(), IsEmpty());
}

TEST(StreamLengthsTest, ForgetsTheOneLongestUnused) {
  StreamLengths lengths(2);
  lengths.Set("a", 1);
  lengths.Set("b", 2);
  EXPECT_THAT(lengths.Get("a"), Optional(1));
  lengths.Set("c", 3);
  EXPECT_THAT(lengths.Get("b"), Eq(std::nullopt));
  EXPECT_THAT(lengths.Get("a"), Optional(1));
  EXPECT_THAT(lengths.Get("c"), Optional(3));
  lengths.Set("a", 7);
  lengths.Set("d", 4);
  EXPECT_THAT(lengths.Get("a"), Optional(7));
  EXPECT_THAT(lengths.Get("c"), Eq(std::nullopt));
}

TEST(ListenersTest, CallsEachOnceUntilItIsRemoved) {
  Listeners listeners;
  std::vector<std::string> calls;
  const auto a = listeners.Add(
      [&calls](uint64_t size) { calls.push_back(absl::StrCat("a", size)); });
  const auto b = listeners.Add(
      [&calls](uint64_t size) { calls.push_back(absl::StrCat("b", size)); });
  listeners.Notify(1);
  listeners.Remove(a);
  listeners.Notify(2);
  listeners.Remove(b);
  listeners.Remove(b);
  listeners.Notify(3);
  EXPECT_THAT(calls, ElementsAre("a1", "b1", "b2"));
}

TEST(ListenersTest, RemoveWaitsForACallUnderWay) {
  Listeners listeners;
  Gate called;
  Gate release;
  auto alive = std::make_unique<int>(0);
  const auto id =
      listeners.Add([&called, &release, counter = alive.get()](uint64_t) {
        called.Open();
        release.Wait();
        ++*counter;
      });
  std::thread notifier([&listeners] { listeners.Notify(1); });
  called.Wait();
  std::thread remover([&listeners, &alive, id] {
    listeners.Remove(id);
    EXPECT_EQ(*alive, 1);
    // A call that came later would touch freed memory.
    alive.reset();
  });
  release.Open();
  notifier.join();
  remover.join();
  listeners.Notify(2);
}

}  // namespace
}  // namespace annals::ledger
