// A follower whose primary lies: nothing false is served, and what contradicts
// what is kept.

#include <atomic>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/checkpoint.h"
#include "ledger/key_file.h"
#include "ledger/note.h"
#include "tests/e2e/follower_fixture.h"
#include "tests/e2e/lying_server.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class FollowerRefusalTest : public FollowerFixture {
 protected:
  void SetUp() override {
    StartDaemon();
    Register(0);
    Submit(0, 2024);
    report_ = absl::StrCat("agencies/", MakeAgencyCode(0), "/reports/2024");
    liar_ = std::make_unique<LyingServer>(channel_);
    Lies& lies = liar_->lies();
    lies.watched = [this](v1::WatchEntriesResponse* response) {
      if (!lying_) return;
      if (response->has_heartbeat()) {
        if (checkpoint_lie_ != nullptr) {
          checkpoint_lie_(response->mutable_heartbeat()->mutable_checkpoint());
        }
      } else if (entry_lie_ != nullptr) {
        entry_lie_(response);
      }
    };
    lies.checkpoint = [this](v1::Checkpoint* checkpoint) {
      if (lying_ && checkpoint_lie_ != nullptr) checkpoint_lie_(checkpoint);
    };
  }

  // The follower first: it holds a stream of the liar.
  void TearDown() override {
    follower_daemon_.reset();
    liar_.reset();
  }

  void Follow() { StartFollower(FollowCommand(liar_->address())); }

  // From now on it lies, and has something to tell.
  void Lie() {
    honest_note_ = FollowerCheckpoint().note();
    lying_ = true;
    Register(1);
  }

  // It is refused, loudly, and what was verified is still served.
  void ExpectRefused(const std::string& reason) {
    AwaitMetric("annals_follower_refused", "1");
    EXPECT_THAT(FollowerLog(), AllOf(HasSubstr(reason), HasSubstr("critical"),
                                     HasSubstr("no longer follows")));
    EXPECT_THAT(Evidence(), AllOf(HasSubstr("reason: " + reason),
                                  HasSubstr("server: " + liar_->address()),
                                  HasSubstr(honest_note_)));
    EXPECT_EQ(FollowerCheckpoint().note(), honest_note_);
    EXPECT_THAT(AtFollower({"verify", report_}), Succeeded());
    EXPECT_THAT(AtFollower({"audit"}), Succeeded());
    EXPECT_EQ(MetricOf("annals_ledger_writes_stopped"), "1");
    EXPECT_EQ(EndFollower(SIGTERM), 0) << FollowerLog();
    ExpectWhole();
  }

  // A note that the primary's own key signs, as an operator could who forks.
  std::string SignedByPrimary(const ledger::Checkpoint& checkpoint) {
    auto key = ledger::LoadNamedKey(data_dir_ + "/signing_key.pem");
    EXPECT_THAT(key, IsOk());
    auto verifier = ledger::NoteVerifier::Parse(verifier_key_);
    EXPECT_THAT(verifier, IsOk());
    auto note = ledger::SignNote(ledger::CheckpointText(checkpoint), *verifier,
                                 key->signer.get());
    EXPECT_THAT(note, IsOk());
    return *note;
  }

  ledger::Checkpoint Parsed(const std::string& note) {
    auto verifier = ledger::NoteVerifier::Parse(verifier_key_);
    EXPECT_THAT(verifier, IsOk());
    auto checkpoint = ledger::OpenCheckpoint(note, *verifier);
    EXPECT_THAT(checkpoint, IsOk());
    return *checkpoint;
  }

  std::string report_;
  std::string honest_note_;
  // Set while nothing is asked.
  std::function<void(v1::Checkpoint*)> checkpoint_lie_;
  std::function<void(v1::WatchEntriesResponse*)> entry_lie_;
  std::atomic<bool> lying_ = false;
  std::unique_ptr<LyingServer> liar_;
};

TEST_F(FollowerRefusalTest, TheTruthIsFollowed) {
  Follow();
  Lie();
  AwaitCaughtUp();
  EXPECT_EQ(FollowerCheckpoint().note(), Checkpoint());
  EXPECT_THAT(Evidence(), IsEmpty());
}

TEST_F(FollowerRefusalTest, AWrongLeaf) {
  entry_lie_ = [](v1::WatchEntriesResponse* response) {
    response->mutable_leaf()->back() ^= 1;
  };
  Follow();
  Lie();
  ExpectRefused("LEDGER_ENTRIES_FALSE");
}

TEST_F(FollowerRefusalTest, AnEntryThatIsLeftOut) {
  entry_lie_ = [](v1::WatchEntriesResponse* response) {
    response->set_index(response->index() + 1);
  };
  Follow();
  Lie();
  ExpectRefused("LEDGER_ENTRIES_FALSE");
}

TEST_F(FollowerRefusalTest, AForkedCheckpoint) {
  checkpoint_lie_ = [this](v1::Checkpoint* checkpoint) {
    ledger::Checkpoint forked = Parsed(checkpoint->note());
    forked.root[0] ^= 1;
    checkpoint->set_note(SignedByPrimary(forked));
  };
  Follow();
  Lie();
  ExpectRefused("LEDGER_FORKED");
  // The fork is its signer's own word.
  EXPECT_THAT(Evidence(), HasSubstr("==== shown"));
  // A restart tries again and refuses again; it is the same evidence.
  const std::string evidence = Evidence();
  Follow();
  AwaitMetric("annals_follower_refused", "1");
  EXPECT_EQ(FollowerCheckpoint().note(), honest_note_);
}

TEST_F(FollowerRefusalTest, ACheckpointOfFewerEntries) {
  Register(5);
  checkpoint_lie_ = [this](v1::Checkpoint* checkpoint) {
    ledger::Checkpoint smaller = Parsed(checkpoint->note());
    smaller.size = 1;
    checkpoint->set_note(SignedByPrimary(smaller));
  };
  Follow();
  Lie();
  ExpectRefused("LEDGER_ROLLED_BACK");
}

TEST_F(FollowerRefusalTest, ACheckpointOfAnotherKey) {
  checkpoint_lie_ = [](v1::Checkpoint* checkpoint) {
    auto signer = ledger::Ed25519Signer::FromSeed(std::string(32, 'o'));
    auto key = ledger::NoteVerifier::Parse(OtherKey());
    const std::string text =
        checkpoint->note().substr(0, checkpoint->note().find("\n\n") + 1);
    checkpoint->set_note(*ledger::SignNote(text, *key, signer->get()));
  };
  Follow();
  Lie();
  ExpectRefused("LEDGER_KEY_NOT_PINNED");
}

TEST_F(FollowerRefusalTest, AContentThatIsNotTheLeafs) {
  entry_lie_ = [](v1::WatchEntriesResponse* response) {
    if (!response->content().empty()) response->mutable_content()->back() ^= 1;
  };
  Follow();
  Lie();
  AwaitCaughtUp();
  honest_note_ = FollowerCheckpoint().note();
  Submit(0, 2022);
  ExpectRefused("LEDGER_ENTRIES_FALSE");
}

// No lie but what an operator can do to himself: the primary goes on from an
// older copy of its directory.
class RolledBackPrimaryTest : public FollowerFixture {
 protected:
  void SetUp() override {
    StartDaemon();
    Register(0);
    const std::string older = dir_.Path("older");
    EXPECT_EQ(StopDaemon(), 0);
    std::filesystem::copy(data_dir_, older,
                          std::filesystem::copy_options::recursive);
    StartDaemon(
        {ANNALSD_PATH, "--data_dir=" + data_dir_, "--listen=" + server_});
    Register(1);
    Register(2);
    StartFollower();
    honest_note_ = FollowerCheckpoint().note();
    EXPECT_EQ(StopDaemon(), 0);
    StartDaemon({ANNALSD_PATH, "--data_dir=" + older, "--listen=" + server_});
  }

  void ExpectRefused(const std::string& reason) {
    AwaitMetric("annals_follower_refused", "1");
    EXPECT_THAT(Evidence(),
                AllOf(HasSubstr("reason: " + reason), HasSubstr(honest_note_)));
    EXPECT_EQ(FollowerCheckpoint().note(), honest_note_);
    EXPECT_THAT(AtFollower({"audit"}), Succeeded());
    EXPECT_EQ(AtFollower({"health"}).code, 7);
  }

  std::string honest_note_;
};

TEST_F(RolledBackPrimaryTest, IsRefused) {
  ExpectRefused("LEDGER_ROLLED_BACK");
}

// It grows beyond what the follower has before that looks again.
TEST_F(RolledBackPrimaryTest, IsRefusedAlsoOnceItHasGrown) {
  EXPECT_EQ(EndFollower(SIGKILL), -SIGKILL);
  for (int n = 3; n < 8; ++n) Register(n);
  // The one before may have refused it already, for its size.
  for (const auto& file : std::filesystem::directory_iterator(follower_dir_)) {
    if (absl::StartsWith(file.path().filename().string(), "evidence-")) {
      std::filesystem::remove(file.path());
    }
  }
  StartFollower();
  ExpectRefused("LEDGER_FORKED");
  EXPECT_THAT(Evidence(), HasSubstr("consistency proof"));
}

// Nothing was verified yet, so there is nothing to serve.
TEST_F(FollowerRefusalTest, AFirstCopyOfALiarIsNotBegunToBeServed) {
  lying_ = true;
  entry_lie_ = [](v1::WatchEntriesResponse* response) {
    response->mutable_leaf()->back() ^= 1;
  };
  EXPECT_EQ(RunFollower(FollowCommand(liar_->address())), 2);
  EXPECT_THAT(FollowerLog(), AllOf(HasSubstr("Both checkpoints are kept in"),
                                   Not(HasSubstr("serving"))));
  EXPECT_THAT(Evidence(), HasSubstr("LEDGER_ENTRIES_FALSE"));
  // The honest one can still be copied there.
  lying_ = false;
  Follow();
  EXPECT_EQ(FollowerCheckpoint().note(), Checkpoint());
}

TEST_F(FollowerRefusalTest, WhoShowsOnlyWhatIsPublishedIsNotCopied) {
  lying_ = true;
  entry_lie_ = [](v1::WatchEntriesResponse* response) {
    response->set_published_only(true);
  };
  EXPECT_EQ(RunFollower(FollowCommand(liar_->address())), 2);
  EXPECT_THAT(FollowerLog(), HasSubstr("only what is published"));
}

}  // namespace
}  // namespace annals
