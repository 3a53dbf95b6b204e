// A copy of a ledger: what it takes, what it refuses, and what it shows.

#include "ledger/replica.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/faulty_store.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"
#include "tests/support/simple_leaf.h"

namespace annals::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

NoteVerifier VerifierOf(const Signer& signer) {
  return *NoteVerifier::Create(kTestOrigin, signer.public_key());
}

// The accusation with this reason.
auto Accuses(const char* reason) {
  return StatusHasReason(absl::StatusCode::kDataLoss, reason);
}

// A ledger with entries, and a copy of it.
class ReplicaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(primary_.Open());
    Grow(300);
    ASSERT_OK(OpenCopy());
  }

  // To so many entries.
  void Grow(uint64_t size) {
    primary_.AppendSeeds(next_seed_, next_seed_ + size - PrimarySize(), 100);
    next_seed_ += 1000;
    ASSERT_EQ(PrimarySize(), size);
  }
  uint64_t PrimarySize() { return Shown().checkpoint.size; }
  SignedCheckpoint Shown() { return *primary_.ledger().checkpoint(); }

  void Erase(uint64_t index) {
    AppendRequest request = TestRequest(4 * (100'000 + index) + 3,
                                        {absl::StrCat("erase-", index), 0});
    request.erases = index;
    ASSERT_OK(primary_.Append(std::move(request)));
  }

  absl::Status OpenCopy(Store* store = nullptr) {
    opened_ = OpenedReplica();
    LedgerParts parts;
    parts.store = store == nullptr ? &store_ : store;
    parts.mark = &mark_;
    parts.decoder = &decoder_;
    parts.clock = &primary_.clock();
    ASSIGN_OR_RETURN(opened_, OpenReplica(options_, parts));
    return absl::OkStatus();
  }
  Ledger& copy() { return *opened_.ledger; }
  Replica& replica() { return *opened_.replica; }

  // What the primary sends of the entries behind those that are stored, up to
  // `end`.
  std::vector<CopiedEntry> Sent(uint64_t end) {
    std::vector<CopiedEntry> entries;
    for (uint64_t i = replica().stored_size(); i < end; ++i) {
      auto entry = primary_.ledger().ReadEntry(i, true);
      EXPECT_OK(entry);
      entries.push_back({entry->leaf, entry->content, entry->erased_by});
    }
    return entries;
  }
  CoveringTree Covering(uint64_t end) {
    CoveringTree tree{Shown().checkpoint, {}};
    if (end == tree.checkpoint.size) return tree;
    auto proof =
        primary_.ledger().ConsistencyProof({end, tree.checkpoint.size});
    EXPECT_OK(proof);
    tree.proof = *std::move(proof);
    return tree;
  }
  absl::StatusOr<std::vector<uint64_t>> AddTo(uint64_t end) {
    return replica().Add(Sent(end), Covering(end));
  }
  // All that there is, in batches.
  void CopyAll() {
    while (replica().stored_size() < PrimarySize()) {
      ASSERT_OK(AddTo(std::min(replica().stored_size() + 77, PrimarySize())));
    }
    ASSERT_THAT(replica().Publish(Shown()), IsOkAndHolds(true));
  }

  void ExpectEqual() {
    Ledger& original = primary_.ledger();
    const uint64_t size = PrimarySize();
    ASSERT_EQ(copy().checkpoint()->note, Shown().note);
    EXPECT_THAT(mark_.Read(), IsOkAndHolds(Optional(Shown().note)));
    for (uint64_t i = 0; i < size; ++i) {
      ASSERT_OK_AND_ASSIGN(const ProvenEntry a,
                           original.ReadProvenEntry({i, size}, true));
      ASSERT_OK_AND_ASSIGN(const ProvenEntry b,
                           copy().ReadProvenEntry({i, size}, true));
      ASSERT_EQ(a.entry.leaf, b.entry.leaf);
      ASSERT_EQ(a.entry.erased_by, b.entry.erased_by);
      ASSERT_EQ(a.inclusion_proof, b.inclusion_proof);
      ASSERT_EQ(a.entry.content.has_value(), b.entry.content.has_value());
      if (!a.entry.content.has_value()) continue;
      ASSERT_EQ(a.entry.content->content, b.entry.content->content);
      ASSERT_EQ(a.entry.content->salt, b.entry.content->salt);
    }
    EXPECT_EQ(primary_store_.index_rows(), store_.index_rows());
  }

  MemoryStore primary_store_;
  MemoryMark primary_mark_;
  LedgerHarness primary_{&primary_store_, &primary_mark_};
  uint64_t next_seed_ = 0;
  MemoryStore store_;
  MemoryMark mark_;
  const SimpleLeafDecoder decoder_;
  const std::unique_ptr<Ed25519Signer> signer_ = TestSigner('s');
  ReplicaOptions options_ = {{VerifierOf(*signer_)}, "127.0.0.1:7", true};
  OpenedReplica opened_;
};

TEST_F(ReplicaTest, HoldsTheSameEntriesProofsAndIndexes) {
  EXPECT_FALSE(replica().has_checkpoint());
  CopyAll();
  EXPECT_TRUE(replica().has_checkpoint());
  ExpectEqual();
  Grow(700);
  Erase(301);
  CopyAll();
  ExpectEqual();
  ASSERT_OK(OpenCopy());
  ExpectEqual();
}

TEST_F(ReplicaTest, ShowsNothingBeforeTheCheckpointIsReached) {
  CopyAll();
  Grow(400);
  uint64_t notified = 0;
  const auto listener =
      copy().AddListener([&notified](uint64_t size) { notified = size; });
  ASSERT_THAT(AddTo(350), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(replica().stored_size(), 350u);
  EXPECT_EQ(copy().checkpoint()->checkpoint.size, 300u);
  EXPECT_THAT(
      copy().ReadEntry(300, true),
      StatusHasReason(absl::StatusCode::kOutOfRange, "ENTRY_NOT_FOUND"));
  EXPECT_EQ(notified, 0u);
  // Nor after a restart, and it goes on where it was.
  copy().RemoveListener(listener);
  ASSERT_OK(OpenCopy());
  EXPECT_EQ(copy().checkpoint()->checkpoint.size, 300u);
  EXPECT_EQ(replica().stored_size(), 350u);
  copy().AddListener([&notified](uint64_t size) { notified = size; });
  CopyAll();
  EXPECT_EQ(notified, 400u);
  ExpectEqual();
}

TEST_F(ReplicaTest, AFirstCopyThatWasCutShortIsGoneOnWith) {
  ASSERT_OK(AddTo(100));
  ASSERT_OK(OpenCopy());
  EXPECT_FALSE(replica().has_checkpoint());
  EXPECT_EQ(replica().stored_size(), 100u);
  CopyAll();
  ExpectEqual();
  // Later a mark that is gone is lost.
  options_.is_first_copy = false;
  mark_.Erase();
  EXPECT_THAT(OpenCopy(), Accuses("MARK_MISSING"));
}

TEST_F(ReplicaTest, TheEmptyLedgerIsCopied) {
  MemoryStore store;
  MemoryMark mark;
  LedgerHarness empty(&store, &mark);
  ASSERT_OK(empty.Open());
  EXPECT_THAT(replica().Publish(*empty.ledger().checkpoint()),
              IsOkAndHolds(true));
  EXPECT_EQ(copy().checkpoint()->checkpoint.size, 0u);
}

TEST_F(ReplicaTest, RefusesALeafThatWasChangedAndStoresNothing) {
  CopyAll();
  Grow(310);
  for (uint64_t end : {305, 310}) {
    for (uint64_t i : {0, 3}) {
      std::vector<CopiedEntry> entries = Sent(end);
      entries[i].leaf.back() ^= 1;
      EXPECT_THAT(replica().Add(std::move(entries), Covering(end)),
                  Accuses(kReplicaEntriesFalse));
    }
  }
  std::vector<CopiedEntry> swapped = Sent(310);
  std::swap(swapped[1], swapped[2]);
  EXPECT_THAT(replica().Add(std::move(swapped), Covering(310)),
              Accuses(kReplicaEntriesFalse));
  CoveringTree tree = Covering(305);
  tree.proof.back()[0] ^= 1;
  EXPECT_THAT(replica().Add(Sent(305), tree), Accuses(kReplicaEntriesFalse));
  tree.proof.clear();
  EXPECT_THAT(replica().Add(Sent(305), tree), Accuses(kReplicaEntriesFalse));
  EXPECT_EQ(replica().stored_size(), 300u);
  ASSERT_OK_AND_ASSIGN(const StoreHead head, store_.Head());
  EXPECT_EQ(head.size, 300u);
  CopyAll();
  ExpectEqual();
}

TEST_F(ReplicaTest, RefusesAContentThatIsNotTheLeafs) {
  std::vector<CopiedEntry> changed = Sent(10);
  changed[0].content->content += ".";
  EXPECT_THAT(replica().Add(std::move(changed), Covering(10)),
              Accuses(kReplicaEntriesFalse));
  std::vector<CopiedEntry> salted = Sent(10);
  salted[0].content->salt[31] ^= 1;
  EXPECT_THAT(replica().Add(std::move(salted), Covering(10)),
              Accuses(kReplicaEntriesFalse));
  // The fourth has none.
  std::vector<CopiedEntry> added = Sent(10);
  added[3].content = StoredContent{{}, "x"};
  EXPECT_THAT(replica().Add(std::move(added), Covering(10)),
              Accuses(kReplicaEntriesFalse));
  std::vector<CopiedEntry> withheld = Sent(10);
  withheld[0].content = std::nullopt;
  EXPECT_THAT(replica().Add(withheld, Covering(10)),
              Accuses(kReplicaEntriesFalse));
  EXPECT_EQ(replica().stored_size(), 0u);
  // Said to be erased by an entry that did no such thing.
  withheld[0].erased_by = 5;
  ASSERT_OK(replica().Add(withheld, Covering(10)));
  ASSERT_OK(AddTo(300));
  EXPECT_THAT(replica().Publish(Shown()), Accuses(kReplicaEntriesFalse));
  EXPECT_FALSE(replica().has_checkpoint());
  // A restart does not make it better.
  ASSERT_OK(OpenCopy());
  EXPECT_THAT(replica().Publish(Shown()), Accuses(kReplicaEntriesFalse));
}

TEST_F(ReplicaTest, AnErasureErasesHereToo) {
  CopyAll();
  ASSERT_TRUE(copy().ReadEntry(4, true)->content.has_value());
  Erase(4);
  EXPECT_THAT(AddTo(301), IsOkAndHolds(ElementsAre(4)));
  EXPECT_THAT(store_.ReadContent(4), StatusIs(absl::StatusCode::kNotFound));
  // It is gone, and the entry that says so is not shown yet.
  EXPECT_THAT(
      copy().ReadEntry(4, true),
      StatusHasReason(absl::StatusCode::kUnavailable, "ERASURE_UNDER_WAY"));
  ASSERT_THAT(replica().Publish(Shown()), IsOkAndHolds(true));
  EXPECT_EQ(copy().ReadEntry(4, true)->erased_by, 300u);
  ExpectEqual();
}

TEST_F(ReplicaTest, WhatWasErasedStaysErased) {
  Erase(0);
  Erase(5);
  Grow(310);
  CopyAll();
  ExpectEqual();
  EXPECT_THAT(store_.ReadContent(0), StatusIs(absl::StatusCode::kNotFound));
}

// An entry is sent without its content, which was erased after the checkpoint
// that the copy is on its way to.
TEST_F(ReplicaTest, AContentThatWasErasedMeanwhileNeedsALaterCheckpoint) {
  const SignedCheckpoint before = Shown();
  Erase(6);
  const std::vector<CopiedEntry> sent = Sent(300);
  EXPECT_EQ(sent[6].erased_by, 300u);
  ASSERT_OK(replica().Add(sent, {before.checkpoint, {}}));
  EXPECT_THAT(replica().Publish(before), IsOkAndHolds(false));
  EXPECT_FALSE(replica().has_checkpoint());
  // Nor is it forgotten when it is cut off here.
  ASSERT_OK(OpenCopy());
  EXPECT_FALSE(replica().has_checkpoint());
  EXPECT_EQ(replica().stored_size(), 300u);
  CopyAll();
  ExpectEqual();
}

TEST_F(ReplicaTest, RefusesACheckpointThatItsKeysDidNotSign) {
  const Checkpoint tree = Shown().checkpoint;
  const auto stranger = TestSigner('x');
  ASSERT_OK_AND_ASSIGN(
      const std::string note,
      SignNote(CheckpointText(tree), VerifierOf(*stranger), stranger.get()));
  EXPECT_THAT(replica().OpenNote(note), Accuses(kOtherKeyReason));
  std::string false_note = Shown().note;
  const size_t digit = false_note.find("300");
  false_note[digit] = '4';
  EXPECT_THAT(replica().OpenNote(false_note), Accuses(kFalseSignatureReason));
  EXPECT_THAT(replica().OpenNote("no note"), Accuses(kNotACheckpointReason));
  EXPECT_THAT(replica().OpenNote(Shown().note), IsOkAndHolds(tree));
  // Anybody can add lines to it, and what can't be kept is not taken over.
  std::string long_note = Shown().note;
  while (long_note.size() <= kMarkNoteBytesMax) {
    long_note += "\u2014 stranger AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
  }
  EXPECT_THAT(replica().OpenNote(long_note), Accuses(kNotACheckpointReason));
}

TEST_F(ReplicaTest, AnyOfItsKeysMaySign) {
  const auto next = TestSigner('n');
  options_.keys.push_back(VerifierOf(*next));
  ASSERT_OK(OpenCopy());
  CopyAll();
  primary_.Close();
  primary_.UseSigner(next.get());
  primary_.options().former_keys = {VerifierOf(*signer_)};
  ASSERT_OK(primary_.Open());
  Grow(301);
  CopyAll();
  EXPECT_EQ(copy().checkpoint()->note, Shown().note);
  ASSERT_OK(OpenCopy());
  EXPECT_EQ(copy().checkpoint()->checkpoint.size, 301u);
  // The old key alone does not open the mark any more.
  options_.keys.pop_back();
  EXPECT_THAT(OpenCopy(), StatusHasReason(absl::StatusCode::kFailedPrecondition,
                                          "MARK_FOREIGN"));
}

TEST_F(ReplicaTest, TellsAForkFromGrowth) {
  CopyAll();
  MemoryStore other_store;
  MemoryMark other_mark;
  LedgerHarness other(&other_store, &other_mark);
  ASSERT_OK(other.Open());
  other.AppendSeeds(5000, 5300, 100);
  const SignedCheckpoint same_size = *other.ledger().checkpoint();
  EXPECT_THAT(replica().RequireGrowth(same_size.checkpoint, {}),
              Accuses(kForkedReason));
  EXPECT_THAT(replica().Publish(same_size), Accuses(kForkedReason));
  other.AppendSeeds(6000, 6010, 10);
  const Checkpoint larger = other.ledger().checkpoint()->checkpoint;
  ASSERT_OK_AND_ASSIGN(const auto proof,
                       other.ledger().ConsistencyProof({300, 310}));
  EXPECT_THAT(replica().RequireGrowth(larger, proof), Accuses(kForkedReason));

  const Checkpoint older = Shown().checkpoint;
  Grow(310);
  ASSERT_OK_AND_ASSIGN(const auto growth,
                       primary_.ledger().ConsistencyProof({300, 310}));
  EXPECT_OK(replica().RequireGrowth(Shown().checkpoint, growth));
  EXPECT_THAT(replica().RequireGrowth(Shown().checkpoint, {}),
              Accuses(kForkedReason));
  CopyAll();
  EXPECT_OK(replica().RequireGrowth(older, {}));
}

TEST_F(ReplicaTest, RecordsNothingItself) {
  CopyAll();
  absl::Status refusal;
  copy().Append(TestRequest(1),
                [&refusal](absl::StatusOr<AppendResult> result) {
                  refusal = result.status();
                });
  EXPECT_THAT(refusal, StatusHasReason(absl::StatusCode::kFailedPrecondition,
                                       "FOLLOWER_READ_ONLY"));
  EXPECT_THAT(refusal.message(), HasSubstr("127.0.0.1:7"));
  EXPECT_OK(copy().WriteStatus());
}

TEST_F(ReplicaTest, GoesOnShowingWhatItHasOnceItRefuses) {
  CopyAll();
  Grow(310);
  replica().Refuse(absl::UnavailableError("why"));
  EXPECT_EQ(copy().WriteStatus(), absl::UnavailableError("why"));
  EXPECT_EQ(AddTo(310).status(), absl::UnavailableError("why"));
  EXPECT_OK(copy().ReadEntry(299, true));
  EXPECT_OK(copy().InclusionProof({0, 300}));
}

TEST_F(ReplicaTest, StopsAfterAWriteThatFailedAndGoesOnWhenOpenedAnew) {
  for (const FaultFlavour flavour :
       {FaultFlavour::kNotDone, FaultFlavour::kDone}) {
    // The first write begins the epoch.
    FaultPlan plan(2, flavour);
    FaultyStore faulty(&store_, &plan);
    ASSERT_OK(OpenCopy(&faulty));
    const uint64_t stored = replica().stored_size();
    EXPECT_FALSE(AddTo(stored + 10).ok());
    ASSERT_TRUE(plan.happened());
    EXPECT_THAT(
        copy().WriteStatus(),
        StatusHasReason(absl::StatusCode::kUnavailable, "LEDGER_STOPPED"));
    EXPECT_FALSE(AddTo(stored + 10).ok());
    opened_ = OpenedReplica();
  }
  ASSERT_OK(OpenCopy());
  CopyAll();
  ExpectEqual();
}

// The salts of entries without content are nobody's to know.
TEST_F(ReplicaTest, CanTakeThePrimarysPlace) {
  CopyAll();
  opened_ = OpenedReplica();
  primary_.Close();
  LedgerHarness promoted(&store_, &mark_);
  ASSERT_OK(promoted.Open());
  promoted.CheckWholeLedger(300);
  for (const uint64_t seed : {2, 3}) {
    const auto again = promoted.Append(TestRequest(seed));
    ASSERT_OK(again);
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(again->index, seed);
  }
  AppendRequest other = TestRequest(2);
  other.request_digest = Sha256("another");
  EXPECT_THAT(
      promoted.Append(std::move(other)),
      StatusHasReason(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED"));
}

}  // namespace
}  // namespace annals::ledger
