// What was acknowledged is there, and proves, however the daemon ended.

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "tests/e2e/e2e_fixture.h"
#include "tests/e2e/submitter.h"

namespace annals {
namespace {

constexpr int kSubmitters = 8;
constexpr int kRounds = 5;

template <typename Strings>
std::vector<ledger::Hash> ToHashes(const Strings& strings) {
  std::vector<ledger::Hash> hashes;
  for (const std::string& bytes : strings) {
    EXPECT_EQ(bytes.size(), ledger::kHashBytes);
    if (bytes.size() != ledger::kHashBytes) return {};
    hashes.push_back(ledger::HashFromBytes(bytes));
  }
  return hashes;
}

class CrashTest : public EndToEndTest {
 protected:
  void SetUp() override {
    StartDaemon();
    for (int i = 0; i < kSubmitters; ++i) {
      const std::string code = MakeAgencyCode(i);
      ASSERT_THAT(RegisterAgency(code), Succeeded());
      submitters_.emplace_back(i, code);
    }
  }

  // All submit at once; after `count` acknowledgements the daemon gets the
  // signal. Its end is returned.
  int SubmitUntil(int count, int signal) {
    AcknowledgementCounter counter;
    std::vector<std::thread> threads;
    for (Submitter& submitter : submitters_) {
      threads.emplace_back([this, &submitter, &counter] {
        submitter.Run(reports_.get(), &counter);
      });
    }
    EXPECT_TRUE(counter.WaitFor(count)) << DaemonLog();
    daemon_->Signal(signal);
    for (std::thread& thread : threads) thread.join();
    Disconnect();
    return daemon_->Wait();
  }

  std::vector<AcknowledgedSubmission> Acknowledged() const {
    std::vector<AcknowledgedSubmission> all;
    for (const Submitter& submitter : submitters_) {
      const auto& some = submitter.acknowledged();
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  ledger::Checkpoint Open(const std::string& note) {
    const auto key = ledger::NoteVerifier::Parse(verifier_key_);
    EXPECT_THAT(key, IsOk());
    if (!key.ok()) return {};
    const auto checkpoint = ledger::OpenCheckpoint(note, *key);
    EXPECT_THAT(checkpoint, IsOk()) << note;
    return checkpoint.ok() ? *checkpoint : ledger::Checkpoint();
  }

  ledger::Checkpoint Latest() {
    grpc::ClientContext context;
    v1::Checkpoint checkpoint;
    EXPECT_THAT(ledger_->GetCheckpoint(&context, {}, &checkpoint), RpcOk());
    return Open(checkpoint.note());
  }

  void ExpectConsistent(const ledger::Checkpoint& older,
                        const ledger::Checkpoint& newer) {
    ASSERT_LE(older.size, newer.size);
    v1::GetConsistencyProofRequest request;
    request.set_old_size(older.size);
    request.set_new_size(newer.size);
    grpc::ClientContext context;
    v1::ConsistencyProof proof;
    ASSERT_THAT(ledger_->GetConsistencyProof(&context, request, &proof),
                RpcOk());
    EXPECT_OK(ledger::VerifyConsistency({older.size, newer.size}, older.root,
                                        newer.root, ToHashes(proof.hashes())));
  }

  // The entry that the acknowledgement names is what was submitted, and is in
  // the tree.
  void ExpectRecorded(const AcknowledgedSubmission& one,
                      const ledger::Checkpoint& checkpoint) {
    const v1::Revision& revision = one.response.revision();
    v1::GetEntryRequest request;
    request.set_index(revision.entry_index());
    request.set_tree_size(checkpoint.size);
    request.set_include_content(true);
    grpc::ClientContext context;
    v1::Entry entry;
    ASSERT_THAT(ledger_->GetEntry(&context, request, &entry), RpcOk());
    const ledger::Hash leaf_hash = ledger::LeafHash(entry.leaf());
    EXPECT_OK(ledger::VerifyInclusion(
        {revision.entry_index(), checkpoint.size}, leaf_hash,
        ToHashes(entry.proof().hashes()), checkpoint.root));
    EXPECT_EQ(absl::BytesToHexString(ledger::AsStringView(leaf_hash))
                  .substr(0, revision.etag().size()),
              revision.etag());
    v1::LedgerEntry leaf;
    ASSERT_TRUE(leaf.ParseFromString(entry.leaf()));
    ASSERT_EQ(entry.salt().size(), ledger::kSaltBytes);
    EXPECT_EQ(leaf.content_hash(),
              ledger::HashBytes(ledger::ContentHash(
                  ledger::HashFromBytes(entry.salt()), entry.content())));
    v1::RevisionContent content;
    ASSERT_TRUE(content.ParseFromString(entry.content()));
    v1::Report sent = one.request.report();
    sent.clear_etag();
    EXPECT_EQ(content.report().SerializeAsString(), sent.SerializeAsString());
  }

  void ExpectAllThere() {
    const ledger::Checkpoint after_start = Latest();
    std::vector<AcknowledgedSubmission> all = Acknowledged();
    for (const AcknowledgedSubmission& one : all) {
      ExpectRecorded(one, after_start);
    }
    ledger::Checkpoint last;
    for (const AcknowledgedSubmission& one : all) {
      const ledger::Checkpoint checkpoint = Open(one.response.checkpoint());
      EXPECT_GT(checkpoint.size, one.response.revision().entry_index());
      if (checkpoint.size > last.size) last = checkpoint;
    }
    ExpectConsistent(last, after_start);
    for (Submitter& submitter : submitters_) {
      submitter.RepeatAll(reports_.get());
    }
    const ledger::Checkpoint repeated = Latest();
    ExpectConsistent(after_start, repeated);
    // Nothing twice: the agencies, and one entry per request.
    EXPECT_EQ(repeated.size, submitters_.size() + Acknowledged().size());
    EXPECT_LE(repeated.size - after_start.size, submitters_.size());
  }

  std::vector<Submitter> submitters_;
};

TEST_F(CrashTest, NothingAcknowledgedIsLostWhenTheDaemonIsKilled) {
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    EXPECT_EQ(SubmitUntil(25 + 13 * round, SIGKILL), -SIGKILL);
    StartDaemon();
    ExpectAllThere();
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
}

TEST_F(CrashTest, ADrainAnswersWhatItRecords) {
  EXPECT_EQ(SubmitUntil(40, SIGTERM), 0) << DaemonLog();
  const size_t answered = Acknowledged().size();
  StartDaemon();
  EXPECT_EQ(Latest().size, submitters_.size() + answered);
  ExpectAllThere();
}

}  // namespace
}  // namespace annals
