// A daemon that is killed under load, and what must hold when it is there
// again: all that was acknowledged is recorded, once, and proves.

#ifndef ANNALS_TESTS_E2E_CRASH_FIXTURE_H_
#define ANNALS_TESTS_E2E_CRASH_FIXTURE_H_

#include <signal.h>

#include <array>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "tests/e2e/e2e_fixture.h"
#include "tests/e2e/ledger_auditor.h"
#include "tests/e2e/resuming_watcher.h"
#include "tests/e2e/submitter.h"

namespace annals {

class CrashFixture : public EndToEndTest {
 protected:
  static constexpr int kSubmitters = 8;
  static constexpr int kWatchers = 2;

  void SetUp() override {
    StartDaemon();
    for (int i = 0; i < kSubmitters; ++i) {
      const std::string code = MakeAgencyCode(i);
      ASSERT_THAT(RegisterAgency(code), Succeeded());
      submitters_.emplace_back(i, code);
    }
  }

  // All submit and watch at once, until the daemon is gone.
  void StartLoad() {
    counter_ = std::make_unique<AcknowledgementCounter>();
    for (Submitter& submitter : submitters_) {
      threads_.emplace_back([this, &submitter] {
        submitter.Run(reports_.get(), counter_.get());
      });
    }
    for (ResumingWatcher& watcher : watchers_) {
      threads_.emplace_back([this, &watcher] { watcher.Run(ledger_.get()); });
    }
  }

  // Waits for the daemon, which was sent a signal or dies by itself, and for
  // those who called it. How it ended.
  int AwaitEnd() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    Disconnect();
    return daemon_->Wait();
  }

  // REQUIRES: a daemon serves. Repeats what was submitted since the last check,
  // which is then forgotten.
  void ExpectAllThere() {
    const ledger::Checkpoint after_start = Latest();
    auditor_.ReadUpTo(after_start, ledger_.get());
    for (const ResumingWatcher& watcher : watchers_) {
      auditor_.ExpectSeen(watcher.leaf_hashes());
    }
    ExpectAcknowledged(after_start);
    for (Submitter& submitter : submitters_) {
      submitter.RepeatAll(reports_.get());
    }
    const ledger::Checkpoint repeated = Latest();
    ExpectConsistent(after_start, repeated);
    auditor_.ReadUpTo(repeated, ledger_.get());
    // Nothing twice: the agencies, and one entry per request.
    EXPECT_EQ(repeated.size, submitters_.size() + Made());
    EXPECT_LE(repeated.size - after_start.size, submitters_.size());
    for (Submitter& submitter : submitters_) submitter.Forget();
  }

  ledger::Checkpoint Latest() {
    grpc::ClientContext context;
    v1::Checkpoint checkpoint;
    EXPECT_THAT(ledger_->GetCheckpoint(&context, {}, &checkpoint), RpcOk());
    return Open(checkpoint.note());
  }

  // How many submissions were ever acknowledged.
  uint64_t Made() const {
    uint64_t made = 0;
    for (const Submitter& submitter : submitters_) {
      made += static_cast<uint64_t>(submitter.made());
    }
    return made;
  }

  std::vector<Submitter> submitters_;
  std::array<ResumingWatcher, kWatchers> watchers_;
  LedgerAuditor auditor_;
  std::unique_ptr<AcknowledgementCounter> counter_;

 private:
  template <typename Strings>
  static std::vector<ledger::Hash> ToHashes(const Strings& strings) {
    std::vector<ledger::Hash> hashes;
    for (const std::string& bytes : strings) {
      EXPECT_EQ(bytes.size(), ledger::kHashBytes);
      if (bytes.size() != ledger::kHashBytes) return {};
      hashes.push_back(ledger::HashFromBytes(bytes));
    }
    return hashes;
  }

  ledger::Checkpoint Open(const std::string& note) {
    const auto key = ledger::NoteVerifier::Parse(verifier_key_);
    EXPECT_THAT(key, IsOk());
    if (!key.ok()) return {};
    const auto checkpoint = ledger::OpenCheckpoint(note, *key);
    EXPECT_THAT(checkpoint, IsOk()) << note;
    return checkpoint.ok() ? *checkpoint : ledger::Checkpoint();
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

  void ExpectAcknowledged(const ledger::Checkpoint& latest) {
    ledger::Checkpoint last;
    for (const Submitter& submitter : submitters_) {
      for (const AcknowledgedSubmission& one : submitter.acknowledged()) {
        ExpectRecorded(one, latest);
        const ledger::Checkpoint checkpoint = Open(one.response.checkpoint());
        EXPECT_GT(checkpoint.size, one.response.revision().entry_index());
        if (checkpoint.size > last.size) last = checkpoint;
      }
    }
    if (last.size > 0) ExpectConsistent(last, latest);
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

  std::vector<std::thread> threads_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_E2E_CRASH_FIXTURE_H_
