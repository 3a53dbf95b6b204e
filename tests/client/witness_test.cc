// The witness protocol by its document (C2SP tlog-witness), without HTTP.

#include "client/witness/witness.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/witness/witness_directory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/support/fake_clock.h"
#include "tests/support/growing_log.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::client {
namespace {

using ledger::AddCheckpointRequest;
using ledger::FormatAddCheckpoint;
using ledger::GrowingLog;
using ledger::Hash;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kOrigin[] = "log.example/annals";
constexpr int64_t kNow = 1'750'000'000;

class MemoryWitnessStore : public WitnessStore {
 public:
  absl::StatusOr<std::optional<std::string>> Read(
      absl::string_view origin) override {
    const auto found = notes.find(std::string(origin));
    if (found == notes.end()) return std::nullopt;
    return found->second;
  }
  absl::Status Write(absl::string_view origin,
                     absl::string_view note) override {
    if (fails) return MakeError(absl::StatusCode::kUnavailable, "FULL", {});
    notes[std::string(origin)] = std::string(note);
    ++writes;
    return absl::OkStatus();
  }
  absl::Status KeepFork(absl::string_view, absl::string_view note) override {
    forks.emplace_back(note);
    return absl::OkStatus();
  }

  std::map<std::string, std::string> notes;
  std::vector<std::string> forks;
  bool fails = false;
  int writes = 0;
};

class WitnessTest : public ::testing::Test {
 protected:
  void SetUp() override { Restart(); }

  WitnessParts Parts() {
    WitnessParts parts;
    parts.logs = {log_.verifier(), other_.verifier()};
    parts.signer = identity_.signer.get();
    parts.store = &store_;
    parts.clock = &clock_;
    parts.tell = [this](const Text& text) { told_.push_back(text.en); };
    return parts;
  }

  void Restart() {
    auto witness = Witness::Create(identity_.verifier, Parts());
    ASSERT_OK(witness);
    witness_ = *std::move(witness);
  }

  HttpAnswer Ask(const AddCheckpointRequest& request) {
    return witness_->Answer(FormatAddCheckpoint(request));
  }
  HttpAnswer Ask(GrowingLog* log, uint64_t old_size, uint64_t new_size) {
    return Ask(log->Request(old_size, new_size));
  }

  void ExpectConflict(const HttpAnswer& answer, uint64_t size) {
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.content_type, "text/x.tlog.size");
    EXPECT_EQ(answer.body, absl::StrCat(size, "\n"));
  }

  // That the answer is one true cosignature of the log's checkpoint.
  void ExpectCosigned(const HttpAnswer& answer, GrowingLog* log,
                      uint64_t size) {
    ASSERT_EQ(answer.status, 200) << answer.body;
    ASSERT_OK_AND_ASSIGN(
        const ledger::ParsedNote note,
        ledger::ParseNote(absl::StrCat(log->Note(size), answer.body)));
    EXPECT_THAT(note.signatures, SizeIs(2));
    EXPECT_THAT(ledger::FindCosignature(note, identity_.verifier),
                IsOkAndHolds(kNow));
  }

  GrowingLog log_{kOrigin, 'l', 300};
  GrowingLog fork_{kOrigin, 'l', 300, /*fork_at=*/7};
  GrowingLog other_{"other.example/log", 'o', 10};
  ledger::TestWitness identity_ = ledger::MakeWitness("witness.example/w", 'w');
  ledger::FakeClock clock_{absl::FromUnixSeconds(kNow)};
  MemoryWitnessStore store_;
  std::vector<std::string> told_;
  std::unique_ptr<Witness> witness_;
};

TEST_F(WitnessTest, CosignsTheFirstCheckpointAndEachThatExtendsIt) {
  ExpectCosigned(Ask(&log_, 0, 5), &log_, 5);
  ExpectCosigned(Ask(&log_, 5, 8), &log_, 8);
  ExpectCosigned(Ask(&log_, 8, 300), &log_, 300);
  // Again, for a fresh time; nothing new is to be stored.
  EXPECT_EQ(store_.writes, 3);
  ExpectCosigned(Ask(&log_, 300, 300), &log_, 300);
  EXPECT_EQ(store_.writes, 3);
}

TEST_F(WitnessTest, CosignsTheEmptyTree) {
  ExpectCosigned(Ask(&log_, 0, 0), &log_, 0);
  ExpectCosigned(Ask(&log_, 0, 3), &log_, 3);
}

TEST_F(WitnessTest, EveryStepBetweenTwoSizesIsCosigned) {
  for (uint64_t old_size = 1; old_size < 20; ++old_size) {
    for (uint64_t new_size = old_size; new_size < 20; ++new_size) {
      store_.notes.clear();
      Restart();
      ASSERT_EQ(Ask(&log_, 0, old_size).status, 200);
      EXPECT_EQ(Ask(&log_, old_size, new_size).status, 200)
          << old_size << " → " << new_size;
    }
  }
}

TEST_F(WitnessTest, StoresTheCheckpointBeforeItAnswers) {
  store_.fails = true;
  EXPECT_EQ(Ask(&log_, 0, 5).status, 500);
  store_.fails = false;
  // Nothing was cosigned, so it is as before.
  ExpectConflict(Ask(&log_, 5, 8), 0);
  ExpectCosigned(Ask(&log_, 0, 5), &log_, 5);
  ASSERT_OK_AND_ASSIGN(const auto note, store_.Read(kOrigin));
  EXPECT_THAT(ledger::OpenCheckpoint(*note, log_.verifier()),
              IsOkAndHolds(log_.At(5)));
}

TEST_F(WitnessTest, RemembersOverARestart) {
  ASSERT_EQ(Ask(&log_, 0, 9).status, 200);
  Restart();
  ExpectConflict(Ask(&log_, 0, 9), 9);
  ExpectConflict(Ask(&log_, 0, 200), 9);
  EXPECT_EQ(Ask(&fork_, 9, 20).status, 422);
  ExpectCosigned(Ask(&log_, 9, 20), &log_, 20);
}

TEST_F(WitnessTest, Answers400ToWhatIsMalformedOrGoesBack) {
  ASSERT_EQ(Ask(&log_, 0, 5).status, 200);
  const std::string note = log_.Note(8);
  const std::vector<std::string> bodies = {
      "", "old 5\n", "old 5\n" + note, "old 05\n\n" + note,
      "old 5\nAAAA\n\n" + note, "old 5\n\n" + note.substr(0, note.size() - 1),
      "old 5\n\n", "old 5\n\nno note\n",
      "old 5\n\n" + log_.log().Sign("log.example/annals\n8\n"),
      "old 5\n\n" + absl::StrReplaceAll(note, {{"\n8\n", "\n08\n"}}),
      FormatAddCheckpoint({5, std::vector<Hash>(64), note}),
      // The old size above the new one, though it is the latest.
      FormatAddCheckpoint({5, {}, log_.Note(4)}),
      FormatAddCheckpoint({9, {}, log_.Note(8)})};
  for (const std::string& body : bodies) {
    EXPECT_EQ(witness_->Answer(body).status, 400) << body;
  }
  ExpectCosigned(Ask(&log_, 5, 8), &log_, 8);
}

TEST_F(WitnessTest, Answers403WithoutATrueSignatureOfAKnownKey) {
  GrowingLog impostor(kOrigin, 'i', 10);
  EXPECT_EQ(Ask(&impostor, 0, 5).status, 403);
  // A known signature on another text.
  const std::string altered =
      absl::StrReplaceAll(log_.Note(5), {{"\n5\n", "\n6\n"}});
  EXPECT_EQ(Ask({0, {}, altered}).status, 403);
  // Of another log under this origin.
  EXPECT_EQ(Ask({0, {}, other_.log().Sign(CheckpointText(log_.At(5)))}).status,
            403);
  EXPECT_THAT(store_.notes, IsEmpty());
}

TEST_F(WitnessTest, IgnoresSignaturesOfUnknownKeysAndStoresNone) {
  GrowingLog stranger("stranger.example/x", 's', 1);
  const std::vector<std::string> parts =
      absl::StrSplit(stranger.Note(1), absl::MaxSplits("\n\n", 1));
  const std::string note = absl::StrCat(log_.Note(5), parts[1]);
  EXPECT_EQ(Ask({0, {}, note}).status, 200);
  ASSERT_OK_AND_ASSIGN(const auto stored, store_.Read(kOrigin));
  EXPECT_THAT(*stored, ::testing::Not(HasSubstr("stranger.example")));
}

TEST_F(WitnessTest, Answers404ToAnUnknownOrigin) {
  GrowingLog unknown("unknown.example/log", 'u', 5);
  EXPECT_EQ(Ask(&unknown, 0, 5).status, 404);
}

TEST_F(WitnessTest, Answers409WithTheSizeOfTheLatest) {
  ExpectConflict(Ask(&log_, 3, 5), 0);
  ASSERT_EQ(Ask(&log_, 0, 5).status, 200);
  ExpectConflict(Ask(&log_, 0, 5), 5);
  ExpectConflict(Ask(&log_, 4, 9), 5);
  ExpectConflict(Ask(&log_, 6, 9), 5);
  ExpectConflict(Ask(&log_, 3, 3), 5);
}

TEST_F(WitnessTest, Answers409ToAForkOfTheSameSizeAndKeepsIt) {
  ASSERT_EQ(Ask(&log_, 0, 9).status, 200);
  ExpectConflict(Ask(&fork_, 9, 9), 9);
  EXPECT_THAT(store_.forks, SizeIs(1));
  EXPECT_EQ(store_.forks[0], fork_.Note(9));
  EXPECT_THAT(told_.back(), HasSubstr("FORK"));
}

TEST_F(WitnessTest, Answers422IfTheProofDoesNotHold) {
  ASSERT_EQ(Ask(&log_, 0, 9).status, 200);
  const AddCheckpointRequest whole = log_.Request(9, 21);
  ASSERT_FALSE(whole.proof.empty());
  for (size_t i = 0; i < whole.proof.size(); ++i) {
    AddCheckpointRequest request = whole;
    request.proof[i][0] ^= 1;
    EXPECT_EQ(Ask(request).status, 422) << i;
    request = whole;
    request.proof.erase(request.proof.begin() + static_cast<long>(i));
    EXPECT_EQ(Ask(request).status, 422) << i;
  }
  AddCheckpointRequest request = whole;
  request.proof.push_back(Hash{});
  EXPECT_EQ(Ask(request).status, 422);
  EXPECT_EQ(Ask({9, {}, log_.Note(21)}).status, 422);
  EXPECT_EQ(Ask({9, {Hash{}}, log_.Note(9)}).status, 422);
  EXPECT_EQ(Ask(&fork_, 9, 21).status, 422);
  // The empty tree proves nothing, so nothing may be given.
  EXPECT_EQ(Ask({0, {Hash{}}, other_.Note(3)}).status, 422);
  ExpectCosigned(Ask(whole), &log_, 21);
}

TEST_F(WitnessTest, KeepsLogsApart) {
  ASSERT_EQ(Ask(&log_, 0, 9).status, 200);
  ExpectCosigned(Ask(&other_, 0, 4), &other_, 4);
  ExpectConflict(Ask(&log_, 0, 10), 9);
  ExpectConflict(Ask(&other_, 0, 10), 4);
}

TEST_F(WitnessTest, TakesEitherKeyOfALogThatChangesIts) {
  GrowingLog renewed(kOrigin, 'n', 20);
  WitnessParts parts = Parts();
  parts.logs.push_back(renewed.verifier());
  ASSERT_OK_AND_ASSIGN(witness_,
                       Witness::Create(identity_.verifier, std::move(parts)));
  EXPECT_EQ(Ask(&log_, 0, 5).status, 200);
  EXPECT_EQ(Ask(&renewed, 5, 8).status, 200);
}

TEST_F(WitnessTest, RefusesToBeginWithDamagedState) {
  const auto damaged =
      StatusHasReason(absl::StatusCode::kDataLoss, "WITNESS_STATE_DAMAGED");
  GrowingLog impostor(kOrigin, 'i', 10);
  for (const std::string& note :
       {std::string(), std::string("x"), impostor.Note(5), other_.Note(5),
        absl::StrReplaceAll(log_.Note(5), {{"\n5\n", "\n6\n"}})}) {
    store_.notes[kOrigin] = note;
    EXPECT_THAT(Witness::Create(identity_.verifier, Parts()), damaged) << note;
  }
}

TEST_F(WitnessTest, RefusesAnothersSigner) {
  EXPECT_THAT(Witness::Create(ledger::MakeWitness("x", 'x').verifier, Parts()),
              StatusHasReason(absl::StatusCode::kInvalidArgument,
                              "SIGNER_KEY_MISMATCH"));
}

// Both are signed by the log and extend what was cosigned: whichever comes
// first must shut out the other.
TEST_F(WitnessTest, OfTwoForksAtOnceOnlyOneIsCosigned) {
  for (int round = 0; round < 20; ++round) {
    store_.notes.clear();
    Restart();
    ASSERT_EQ(Ask(&log_, 0, 5).status, 200);
    const std::vector<std::string> bodies = {
        log_.Body(5, 20), fork_.Body(5, 20), log_.Body(5, 30),
        fork_.Body(5, 9)};
    std::vector<int> statuses(bodies.size());
    std::vector<std::thread> threads;
    for (size_t i = 0; i < bodies.size(); ++i) {
      threads.emplace_back([this, &bodies, &statuses, i] {
        statuses[i] = witness_->Answer(bodies[i]).status;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 200), 1);
    EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 409), 3);
  }
}

TEST(WitnessDirectoryTest, KeepsNotesAndOneFork) {
  TempDir dir;
  ASSERT_OK_AND_ASSIGN(auto state, WitnessDirectory::Open(dir.Path("w")));
  EXPECT_THAT(state->Read("a/b"), IsOkAndHolds(std::nullopt));
  ASSERT_THAT(state->Write("a/b", "one\n"), IsOk());
  ASSERT_THAT(state->Write("../c", "other\n"), IsOk());
  ASSERT_THAT(state->Write("a/b", "two\n"), IsOk());
  ASSERT_THAT(state->KeepFork("a/b", "fork one\n"), IsOk());
  ASSERT_THAT(state->KeepFork("a/b", "fork two\n"), IsOk());
  const std::string path = state->PathOf("a/b");
  EXPECT_EQ(ReadFile(path), "two\n");
  EXPECT_EQ(ReadFile(absl::StrReplaceAll(path, {{".checkpoint", ".fork"}})),
            "fork one\n");
  // What it contradicts is kept as well, however the log goes on.
  ASSERT_THAT(state->Write("a/b", "three\n"), IsOk());
  EXPECT_EQ(
      ReadFile(absl::StrReplaceAll(path, {{".checkpoint", ".fork-cosigned"}})),
      "two\n");
  EXPECT_THAT(
      WitnessDirectory::Open(dir.Path("w")),
      StatusHasReason(absl::StatusCode::kFailedPrecondition, "FILE_LOCKED"));
  state.reset();
  ASSERT_OK_AND_ASSIGN(state, WitnessDirectory::Open(dir.Path("w")));
  EXPECT_THAT(state->Read("../c"), IsOkAndHolds(std::string("other\n")));
}

TEST(WitnessDirectoryTest, ALostCheckpointIsNoNewBeginning) {
  TempDir dir;
  ASSERT_OK_AND_ASSIGN(const auto state, WitnessDirectory::Open(dir.Path("w")));
  ASSERT_THAT(state->Write("a/b", "one\n"), IsOk());
  ASSERT_TRUE(std::filesystem::remove(state->PathOf("a/b")));
  EXPECT_THAT(state->Read("a/b"),
              StatusHasReason(absl::StatusCode::kFailedPrecondition,
                              "WITNESS_STATE_MISSING"));
  EXPECT_THAT(state->Read("c"), IsOkAndHolds(std::nullopt));
}

}  // namespace
}  // namespace annals::client
