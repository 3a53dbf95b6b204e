// A ledger whose signing key is replaced.

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/checkpoint.h"
#include "ledger/ledger.h"
#include "ledger/note.h"
#include "tests/support/ledger_harness.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_store.h"

namespace annals::ledger {
namespace {

using ::testing::SizeIs;

class LedgerKeyChangeTest : public ::testing::Test {
 protected:
  static NoteVerifier VerifierOf(const Signer& signer) {
    return *NoteVerifier::Create(kTestOrigin, signer.public_key());
  }

  // Opens anew with these keys; `next` and `former` may be null.
  absl::Status Open(Signer* signer, Signer* next, const Signer* former) {
    if (harness_ == nullptr) {
      harness_ = std::make_unique<LedgerHarness>(&store_, &mark_);
    }
    harness_->UseSigner(signer);
    harness_->UseNextSigner(next);
    harness_->options().former_keys.clear();
    if (former != nullptr) {
      harness_->options().former_keys = {VerifierOf(*former)};
    }
    return harness_->Open();
  }

  std::string Note() { return harness_->ledger().checkpoint()->note; }

  void ExpectSignedBy(const std::vector<const Signer*>& signers) {
    ASSERT_OK_AND_ASSIGN(const ParsedNote note, ParseNote(Note()));
    EXPECT_THAT(note.signatures, SizeIs(signers.size()));
    for (const Signer* signer : signers) {
      EXPECT_THAT(OpenCheckpoint(Note(), VerifierOf(*signer)), IsOk());
    }
    ASSERT_OK_AND_ASSIGN(const auto mark, mark_.Read());
    EXPECT_EQ(mark, Note());
  }

  MemoryStore store_;
  MemoryMark mark_;
  const std::unique_ptr<Ed25519Signer> old_ = TestSigner('o');
  const std::unique_ptr<Ed25519Signer> new_ = TestSigner('n');
  const std::unique_ptr<Ed25519Signer> stranger_ = TestSigner('x');
  std::unique_ptr<LedgerHarness> harness_;
};

TEST_F(LedgerKeyChangeTest, OldThenBothThenNew) {
  ASSERT_OK(Open(old_.get(), nullptr, nullptr));
  harness_->AppendSeeds(0, 5, 5);
  ExpectSignedBy({old_.get()});

  // At once, before anything is appended.
  ASSERT_OK(Open(old_.get(), new_.get(), nullptr));
  ExpectSignedBy({old_.get(), new_.get()});
  harness_->AppendSeeds(5, 9, 2);
  ExpectSignedBy({old_.get(), new_.get()});

  ASSERT_OK(Open(new_.get(), nullptr, old_.get()));
  ExpectSignedBy({new_.get()});
  harness_->AppendSeeds(9, 12, 3);
  ExpectSignedBy({new_.get()});
  EXPECT_EQ(harness_->ledger().checkpoint()->checkpoint.size, 12u);
  // The former key need not be named for ever.
  EXPECT_OK(Open(new_.get(), nullptr, nullptr));
}

TEST_F(LedgerKeyChangeTest, TheNewKeyAloneNeedsTheFormerNamed) {
  const auto foreign =
      StatusHasReason(absl::StatusCode::kFailedPrecondition, "MARK_FOREIGN");
  ASSERT_OK(Open(old_.get(), nullptr, nullptr));
  harness_->AppendSeeds(0, 3, 3);
  const std::string before = Note();
  EXPECT_THAT(Open(new_.get(), nullptr, nullptr), foreign);
  EXPECT_THAT(Open(new_.get(), nullptr, stranger_.get()), foreign);
  EXPECT_THAT(Open(stranger_.get(), new_.get(), nullptr), foreign);
  // What was refused stays as it was.
  EXPECT_THAT(mark_.Read(), IsOkAndHolds(before));
  EXPECT_OK(Open(new_.get(), nullptr, old_.get()));
}

TEST_F(LedgerKeyChangeTest, ACheckpointOfBothOpensUnderEither) {
  ASSERT_OK(Open(old_.get(), new_.get(), nullptr));
  harness_->AppendSeeds(0, 3, 3);
  harness_->Close();
  // Back, as if the change had been called off; and on.
  ASSERT_OK(Open(old_.get(), nullptr, nullptr));
  harness_->Close();
  ASSERT_OK(Open(old_.get(), new_.get(), nullptr));
  harness_->Close();
  EXPECT_OK(Open(new_.get(), nullptr, nullptr));
}

TEST_F(LedgerKeyChangeTest, ATailBehindTheMarkIsSignedByTheNewKey) {
  ASSERT_OK(Open(old_.get(), nullptr, nullptr));
  harness_->AppendSeeds(0, 3, 3);
  ASSERT_OK_AND_ASSIGN(const auto mark, mark_.Read());
  harness_->AppendSeeds(3, 4, 1);
  harness_->Close();
  ASSERT_OK(mark_.Write(*mark));
  ASSERT_OK(Open(new_.get(), nullptr, old_.get()));
  ExpectSignedBy({new_.get()});
  EXPECT_EQ(harness_->ledger().checkpoint()->checkpoint.size, 4u);
}

}  // namespace
}  // namespace annals::ledger
