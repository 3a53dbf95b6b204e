#include "ledger/ledger.h"

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/keys.h"
#include "tests/support/faulty_store.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"
#include "tests/support/result_box.h"
#include "tests/support/rfc6962_reference.h"

namespace annals::ledger {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Pair;
using ::testing::SizeIs;

class LedgerTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK(harness_.Open()); }
  Ledger& ledger() { return harness_.ledger(); }

  MemoryStore memory_;
  FaultPlan no_fault_;
  FaultyStore store_{&memory_, &no_fault_};
  MemoryMark mark_;
  LedgerHarness harness_{&store_, &mark_};
};

const auto StreamMoved = [] {
  return StatusHasReason(absl::StatusCode::kAborted, "STREAM_MOVED");
};
const auto RequestIdWasReused = [] {
  return StatusHasReason(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED");
};
const auto IsStopped = [] {
  return StatusHasReason(absl::StatusCode::kUnavailable, "LEDGER_STOPPED");
};
TEST_F(LedgerTest, TheEmptyLedgerHasASignedCheckpoint) {
  harness_.CheckWholeLedger(0);
  EXPECT_EQ(ledger().checkpoint()->checkpoint.root, EmptyRoot());
  EXPECT_THAT(ledger().LengthOf("stream"), IsOkAndHolds(0u));
  EXPECT_OK(ledger().WriteStatus());
}

// The clock stands still: without it they would have the same time.
TEST_F(LedgerTest, NothingIsRecordedBeforeASettledTime) {
  ASSERT_OK(harness_.Append(TestRequest(0)));
  const absl::Time settled = harness_.clock().Now() + absl::Seconds(5);
  harness_.clock().Set(settled);
  ASSERT_OK(ledger().SettleUntil(settled));
  ASSERT_OK_AND_ASSIGN(const AppendResult next,
                       harness_.Append(TestRequest(1)));
  EXPECT_GT(next.recorded_at, settled);
  // An earlier time changes nothing.
  ASSERT_OK(ledger().SettleUntil(settled - absl::Seconds(1)));
  ASSERT_OK_AND_ASSIGN(const AppendResult last,
                       harness_.Append(TestRequest(2)));
  EXPECT_GT(last.recorded_at, next.recorded_at);
}

// Whoever asks while a batch is stored gets an answer that includes it.
TEST_F(LedgerTest, SettlingWaitsForTheBatchThatIsUnderWay) {
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (uint64_t n = 0; n < 300; ++n) {
      EXPECT_OK(harness_.Append(TestRequest(n)));
      harness_.clock().Set(harness_.clock().Now() + absl::Microseconds(1));
    }
    done = true;
  });
  std::vector<std::pair<absl::Time, uint64_t>> answers;
  while (!done) {
    const absl::Time now = harness_.clock().Now();
    EXPECT_OK(ledger().SettleUntil(now));
    answers.emplace_back(now, ledger().checkpoint()->checkpoint.size);
  }
  writer.join();
  std::vector<absl::Time> times;
  for (uint64_t n = 0; n < 300; ++n) {
    const auto entries = ledger().ReadStream(
        {TestRequest(n).stream.stream, TestRequest(n).stream.length,
         TestRequest(n).stream.length + 1});
    ASSERT_OK(entries);
    times.push_back(entries->front().recorded_at);
  }
  for (const auto& [time, size] : answers) {
    if (size == times.size()) continue;
    EXPECT_GT(times[size], time) << size;
  }
}

TEST_F(LedgerTest, AnAnswerIsUnderItsCheckpoint) {
  ASSERT_OK_AND_ASSIGN(const AppendResult result,
                       harness_.Append(TestRequest(0)));
  EXPECT_EQ(result.index, 0u);
  EXPECT_EQ(result.recorded_at, harness_.clock().Now());
  EXPECT_FALSE(result.replayed);
  EXPECT_EQ(result.checkpoint->checkpoint.size, 1u);
  EXPECT_EQ(result.checkpoint->checkpoint.root, LeafHash(result.leaf));
  ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes entry,
                       ledger().ReadEntry(0, true));
  EXPECT_EQ(entry.leaf, result.leaf);
  EXPECT_EQ(entry.content->content, TestContent(0));
  ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes bare,
                       ledger().ReadEntry(0, false));
  EXPECT_FALSE(bare.content.has_value());
}

TEST_F(LedgerTest, EverySizeUpTo300Proves) {
  for (uint64_t size = 1; size <= 300; ++size) {
    harness_.AppendSeeds(size - 1, size, 1);
    // The full check is quadratic: all of it where tiles fill and now and then.
    if (size < 20 || size % 64 < 2 || size == 300) {
      harness_.CheckWholeLedger(size);
    }
  }
  std::vector<std::string> leaves;
  for (uint64_t index = 0; index < 300; ++index) {
    ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes entry,
                         ledger().ReadEntry(index, false));
    leaves.push_back(entry.leaf);
  }
  Rfc6962Reference reference(leaves);
  for (uint64_t size = 1; size <= 300; ++size) {
    const Hash root = HashFromBytes(reference.Mth(0, size));
    for (uint64_t index = 0; index < size; ++index) {
      ASSERT_OK_AND_ASSIGN(const std::vector<Hash> proof,
                           ledger().InclusionProof({index, size}));
      ASSERT_OK(
          VerifyInclusion({index, size}, LeafHash(leaves[index]), proof, root));
    }
  }
}

TEST_F(LedgerTest, BatchesOfAnySizeProve) {
  harness_.options().batch_entries_max = 1000;
  ASSERT_OK(harness_.Open());
  uint64_t size = 0;
  for (uint64_t batch : {2, 255, 256, 257, 600, 1}) {
    harness_.AppendSeeds(size, size + batch, batch);
    size += batch;
  }
  harness_.CheckWholeLedger(size);
  ASSERT_OK(harness_.Open());
  harness_.AppendSeeds(size, 3000, 256);
  harness_.CheckWholeLedger(3000);
}

TEST_F(LedgerTest, AProvenEntryIsTheEntryAndItsProof) {
  harness_.AppendSeeds(0, 520, 256);
  for (uint64_t index : {0, 255, 256, 519}) {
    ASSERT_OK_AND_ASSIGN(const ProvenEntry proven,
                         ledger().ReadProvenEntry({index, 520}, true));
    ASSERT_OK_AND_ASSIGN(const LedgerEntryBytes entry,
                         ledger().ReadEntry(index, true));
    EXPECT_EQ(proven.entry.index, index);
    EXPECT_EQ(proven.entry.leaf, entry.leaf);
    EXPECT_EQ(proven.entry.content.has_value(), entry.content.has_value());
    EXPECT_THAT(ledger().InclusionProof({index, 520}),
                IsOkAndHolds(proven.inclusion_proof));
  }
  EXPECT_THAT(
      ledger().ReadProvenEntry({520, 520}, false),
      StatusHasReason(absl::StatusCode::kOutOfRange, "ENTRY_NOT_FOUND"));
  const auto not_reached =
      StatusHasReason(absl::StatusCode::kOutOfRange, "TREE_SIZE_NOT_REACHED");
  EXPECT_THAT(ledger().ReadProvenEntry({1, 521}, false), not_reached);
  EXPECT_THAT(ledger().InclusionProof({1, 521}), not_reached);
  EXPECT_THAT(ledger().ConsistencyProof({1, 521}), not_reached);
  EXPECT_THAT(ledger().InclusionProof({5, 5}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ledger().ConsistencyProof({0, 5}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(LedgerTest, ConcurrentAppendersAllGetDistinctPlaces) {
  constexpr uint64_t kThreads = 8;
  constexpr uint64_t kEach = 100;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      for (uint64_t i = 0; i < kEach; ++i) {
        const uint64_t seed = t * kEach + i;
        const auto result = harness_.Append(TestRequest(seed));
        ASSERT_OK(result);
        // What was answered can be read and proved at once.
        ASSERT_THAT(ledger().FindRequest(absl::StrCat("caller-", seed % 3),
                                         absl::StrCat("request-", seed),
                                         Sha256(absl::StrCat("digest ", seed))),
                    IsOk());
        const auto proven = ledger().ReadProvenEntry(
            {result->index, result->checkpoint->checkpoint.size}, true);
        ASSERT_OK(proven);
        ASSERT_OK(VerifyInclusion(
            {result->index, result->checkpoint->checkpoint.size},
            LeafHash(result->leaf), proven->inclusion_proof,
            result->checkpoint->checkpoint.root));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  harness_.CheckWholeLedger(kThreads * kEach);
}

TEST_F(LedgerTest, AReplayGetsTheFirstAnswer) {
  ASSERT_OK_AND_ASSIGN(const AppendResult first,
                       harness_.Append(TestRequest(5)));
  harness_.AppendSeeds(6, 10, 4);
  for (bool reopened : {false, true}) {
    if (reopened) {
      ASSERT_OK(harness_.Open());
    }
    ASSERT_OK_AND_ASSIGN(const AppendResult again,
                         harness_.Append(TestRequest(5)));
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.index, first.index);
    EXPECT_EQ(again.recorded_at, first.recorded_at);
    EXPECT_EQ(again.leaf, first.leaf);
    EXPECT_EQ(again.checkpoint->checkpoint.size, 5u);
    ASSERT_OK_AND_ASSIGN(
        const std::optional<AppendResult> found,
        ledger().FindRequest("caller-2", "request-5", Sha256("digest 5")));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->leaf, first.leaf);
    EXPECT_NE(found->checkpoint, nullptr);
  }
  harness_.CheckWholeLedger(5);
}

TEST_F(LedgerTest, AReplayInTheSameBatchGetsTheSameAnswer) {
  const auto results = harness_.AppendTogether(
      {TestRequest(0), TestRequest(1), TestRequest(0), TestRequest(0)});
  for (const auto& result : results) ASSERT_OK(result);
  EXPECT_EQ(results[2]->index, results[0]->index);
  EXPECT_EQ(results[2]->leaf, results[0]->leaf);
  EXPECT_FALSE(results[0]->replayed);
  EXPECT_TRUE(results[2]->replayed);
  EXPECT_TRUE(results[3]->replayed);
  harness_.CheckWholeLedger(2);
}

TEST_F(LedgerTest, ARequestIdIsBoundToItsContentAndItsCaller) {
  AppendRequest other_content = TestRequest(0);
  other_content.request_digest = Sha256("other");
  AppendRequest other_caller = TestRequest(0, {"another stream", 0});
  other_caller.caller = "other";
  other_caller.make_leaf = [](const LeafContext& context) {
    return MakeSimpleLeaf(context, "another stream", "other", "request-0");
  };
  const auto together =
      harness_.AppendTogether({TestRequest(0), other_content});
  EXPECT_OK(together[0]);
  EXPECT_THAT(together[1], RequestIdWasReused());
  EXPECT_THAT(harness_.Append(other_content), RequestIdWasReused());
  EXPECT_THAT(ledger().FindRequest("caller-0", "request-0", Sha256("other")),
              RequestIdWasReused());
  ASSERT_OK_AND_ASSIGN(const AppendResult own, harness_.Append(other_caller));
  EXPECT_FALSE(own.replayed);
  EXPECT_THAT(ledger().FindRequest("nobody", "request-0", Sha256("digest 0")),
              IsOkAndHolds(Eq(std::nullopt)));
  harness_.CheckWholeLedger(2);
}

TEST_F(LedgerTest, OfTwoThatExpectTheSameLengthOneIsRefused) {
  const auto together = harness_.AppendTogether({TestRequest(0, {"s", 0}),
                                                 TestRequest(1, {"s", 0}),
                                                 TestRequest(2, {"s", 1})});
  EXPECT_OK(together[0]);
  EXPECT_THAT(together[1], StreamMoved());
  EXPECT_THAT(ErrorMetadata(together[1].status()),
              ElementsAre(Pair("stream", "s"), Pair("length", "1")));
  EXPECT_OK(together[2]);
  EXPECT_THAT(harness_.Append(TestRequest(3, {"s", 1})), StreamMoved());
  EXPECT_THAT(harness_.Append(TestRequest(4, {"s", 3})), StreamMoved());
  ASSERT_OK(harness_.Open());
  EXPECT_THAT(harness_.Append(TestRequest(5, {"s", 1})), StreamMoved());
  EXPECT_OK(harness_.Append(TestRequest(6, {"s", 2})));
  // What was refused left no trace: its id is free.
  EXPECT_OK(harness_.Append(TestRequest(1, {"s", 3})));
  harness_.CheckWholeLedger(4);
}

TEST_F(LedgerTest, ReliesOnOtherStreamsNotMoving) {
  ASSERT_OK(harness_.Append(TestRequest(0, {"base", 0})));
  AppendRequest relying = TestRequest(1, {"s", 0});
  relying.unchanged = {{"base", 1}, {"none", 0}};
  AppendRequest mover = TestRequest(2, {"base", 1});
  AppendRequest late = TestRequest(3, {"s", 1});
  late.unchanged = {{"base", 1}};
  const auto together = harness_.AppendTogether({relying, mover, late});
  EXPECT_OK(together[0]);
  EXPECT_OK(together[1]);
  EXPECT_THAT(together[2], StreamMoved());
  EXPECT_THAT(ErrorMetadata(together[2].status()),
              Contains(Pair("stream", "base")));
  harness_.CheckWholeLedger(3);
}

TEST_F(LedgerTest, ReadsAStreamInSlices) {
  for (uint64_t i = 0; i < 10; ++i) {
    ASSERT_OK(harness_.Append(TestRequest(2 * i, {"s", i})));
    ASSERT_OK(harness_.Append(TestRequest(2 * i + 1, {"s1", i})));
  }
  const auto positions = [this](uint64_t begin, uint64_t end) {
    std::vector<uint64_t> found;
    const auto entries = ledger().ReadStream({"s", begin, end});
    EXPECT_OK(entries);
    for (const StreamEntry& entry : *entries) {
      EXPECT_EQ(entry.index, 2 * entry.position);
      found.push_back(entry.position);
    }
    return found;
  };
  EXPECT_THAT(positions(0, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(positions(4, 6), ElementsAre(4, 5));
  EXPECT_THAT(positions(8, 99), ElementsAre(8, 9));
  EXPECT_THAT(positions(10, 99), SizeIs(0));
  EXPECT_THAT(positions(5, 5), SizeIs(0));
  EXPECT_THAT(positions(6, 5), SizeIs(0));
}

TEST_F(LedgerTest, OwnersRowsAreKeptApart) {
  harness_.AppendSeeds(0, 9, 9);
  ASSERT_OK_AND_ASSIGN(const std::vector<IndexRow> rows,
                       ledger().ScanIndex({.prefix = "caller-1", .limit = 10}));
  EXPECT_THAT(
      rows,
      ElementsAre(IndexRow{absl::StrCat("caller-1", EntryKey(1)), "stream-1"},
                  IndexRow{absl::StrCat("caller-1", EntryKey(4)), "stream-4"},
                  IndexRow{absl::StrCat("caller-1", EntryKey(7)), "stream-7"}));
  EXPECT_THAT(ledger().ScanIndex({.limit = 100}), IsOkAndHolds(SizeIs(9)));
  EXPECT_THAT(ledger().ScanIndex({.prefix = "caller-1",
                                  .after_key = rows[1].key,
                                  .limit = 10,
                                  .descending = true}),
              IsOkAndHolds(ElementsAre(rows[0])));
}

TEST_F(LedgerTest, TimeNeverRunsBackwards) {
  const absl::Time start = harness_.clock().Now();
  std::vector<absl::Time> times;
  const auto append = [this, &times](uint64_t seed) {
    const auto result = harness_.Append(TestRequest(seed));
    ASSERT_OK(result);
    times.push_back(result->recorded_at);
  };
  append(0);
  append(1);
  harness_.clock().Set(start - absl::Hours(10));
  append(2);
  ASSERT_OK(harness_.Open());
  append(3);
  harness_.clock().Set(start + absl::Seconds(1) + absl::Nanoseconds(1999));
  append(4);
  EXPECT_THAT(
      times,
      ElementsAre(start, start + absl::Microseconds(1),
                  start + absl::Microseconds(2), start + absl::Microseconds(3),
                  start + absl::Seconds(1) + absl::Microseconds(1)));
}

TEST_F(LedgerTest, ALeafMustNotBeTooLarge) {
  const auto with_leaf_of = [](uint64_t seed, size_t bytes) {
    AppendRequest request = TestRequest(seed);
    request.stream.stream.resize(
        bytes - MakeSimpleLeaf({.content_hash = Hash{}}, "", request.caller,
                               request.request_id)
                    .size(),
        's');
    request.make_leaf = [stream = request.stream.stream,
                         caller = request.caller,
                         id = request.request_id](const LeafContext& context) {
      return MakeSimpleLeaf(context, stream, caller, id);
    };
    return request;
  };
  EXPECT_THAT(
      harness_.Append(with_leaf_of(0, 65536)),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "LEAF_TOO_LARGE"));
  ASSERT_OK_AND_ASSIGN(const AppendResult result,
                       harness_.Append(with_leaf_of(1, 65535)));
  EXPECT_EQ(result.leaf.size(), 65535u);
  harness_.CheckWholeLedger(1);
}

TEST_F(LedgerTest, ALeafThatContradictsItsRequestIsRefused) {
  const auto mismatch =
      StatusHasReason(absl::StatusCode::kInternal, "LEAF_MISMATCH");
  using Leaf = std::function<std::string(LeafContext)>;
  const std::vector<Leaf> wrong = {
      [](LeafContext) { return std::string(); },
      [](LeafContext context) {
        ++context.index;
        return MakeSimpleLeaf(context, "stream-0", "caller-0", "request-0");
      },
      [](LeafContext context) {
        context.recorded_at += absl::Microseconds(1);
        return MakeSimpleLeaf(context, "stream-0", "caller-0", "request-0");
      },
      [](LeafContext context) {
        context.request_hash[0] ^= 1;
        return MakeSimpleLeaf(context, "stream-0", "caller-0", "request-0");
      },
      [](LeafContext context) {
        context.content_hash = std::nullopt;
        return MakeSimpleLeaf(context, "stream-0", "caller-0", "request-0");
      },
      [](LeafContext context) {
        return MakeSimpleLeaf(context, "stream-1", "caller-0", "request-0");
      },
      [](LeafContext context) {
        return MakeSimpleLeaf(context, "stream-0", "caller-1", "request-0");
      },
      [](LeafContext context) {
        return MakeSimpleLeaf(context, "stream-0", "caller-0", "request-1");
      }};
  for (const Leaf& leaf : wrong) {
    AppendRequest request = TestRequest(0);
    request.make_leaf = leaf;
    EXPECT_THAT(harness_.Append(request), mismatch);
  }
  harness_.CheckWholeLedger(0);
  EXPECT_OK(harness_.Append(TestRequest(0)));
}

TEST_F(LedgerTest, AFullQueueRefusesAtOnce) {
  harness_.options().queue_entries_max = 3;
  harness_.options().batch_entries_max = 1;
  ASSERT_OK(harness_.Open());
  std::vector<AppendRequest> requests;
  for (uint64_t seed = 0; seed < 5; ++seed) {
    requests.push_back(TestRequest(seed));
  }
  // The sequencer is held while these are queued.
  const auto results = harness_.AppendTogether(std::move(requests));
  for (size_t i = 0; i < 3; ++i) EXPECT_OK(results[i]);
  for (size_t i = 3; i < 5; ++i) {
    EXPECT_THAT(
        results[i],
        StatusHasReason(absl::StatusCode::kResourceExhausted, "QUEUE_FULL"));
  }
  harness_.CheckWholeLedger(3);
}

TEST_F(LedgerTest, StopAnswersWhatWasQueued) {
  Gate entered;
  Gate release;
  AppendRequest held = TestRequest(0);
  held.make_leaf = [&entered, &release,
                    make = held.make_leaf](const LeafContext& context) {
    entered.Open();
    release.Wait();
    return make(context);
  };
  std::vector<ResultBox<absl::StatusOr<AppendResult>>> boxes(3);
  for (size_t i = 0; i < boxes.size(); ++i) {
    ledger().Append(i == 0 ? held : TestRequest(i),
                    [box = &boxes[i]](absl::StatusOr<AppendResult> result) {
                      box->Put(std::move(result));
                    });
    if (i == 0) entered.Wait();
  }
  std::thread stopper([this] { ledger().Stop(); });
  release.Open();
  for (auto& box : boxes) EXPECT_OK(box.Take());
  stopper.join();
  EXPECT_THAT(harness_.Append(TestRequest(9)), IsStopped());
  EXPECT_THAT(ledger().WriteStatus(), IsStopped());
  ledger().Stop();
  harness_.CheckWholeLedger(3);
}

TEST_F(LedgerTest, ListenersHearOfEachSize) {
  std::vector<uint64_t> sizes;
  const auto id =
      ledger().AddListener([&sizes](uint64_t size) { sizes.push_back(size); });
  harness_.AppendSeeds(0, 3, 3);
  harness_.AppendSeeds(3, 4, 1);
  ASSERT_OK(harness_.Append(TestRequest(0)));  // Records nothing.
  ledger().RemoveListener(id);
  harness_.AppendSeeds(4, 5, 1);
  EXPECT_THAT(sizes, ElementsAre(3, 4));
}

}  // namespace
}  // namespace annals::ledger
