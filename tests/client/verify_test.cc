#include "client/verify.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "ledger/signer.h"
#include "ledger/tree.h"
#include "tests/support/matchers.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;

constexpr char kOrigin[] = "test.example/ledger";
constexpr uint64_t kIndex = 1;

// A ledger of three entries, of which the second is the revision.
class VerifyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    signer_ = Signer('k');
    key_ = std::make_unique<ledger::NoteVerifier>(Key(*signer_));
    expected_.report = {"11410303005450123N", 2024, v1::SCOPE_ORGAN};
    expected_.number = 2;
    MakeContent();
    MakeLeaf();
    Seal();
  }

  static std::unique_ptr<ledger::Ed25519Signer> Signer(char seed) {
    auto signer = ledger::Ed25519Signer::FromSeed(std::string(32, seed));
    EXPECT_OK(signer);
    return *std::move(signer);
  }

  static ledger::NoteVerifier Key(const ledger::Ed25519Signer& signer) {
    auto key = ledger::NoteVerifier::Create(kOrigin, signer.public_key());
    EXPECT_OK(key);
    return *std::move(key);
  }

  void MakeContent() {
    v1::RevisionContent content;
    content.mutable_report()->set_title("年度报告");
    content.mutable_report()->set_year(2024);
    content.mutable_report()->set_scope(v1::SCOPE_ORGAN);
    entry_.set_content(content.SerializeAsString());
    entry_.set_salt(std::string(ledger::kSaltBytes, 's'));
  }

  void MakeLeaf() {
    v1::LedgerEntry leaf;
    leaf.set_index(kIndex);
    leaf.mutable_actor()->set_subject("local:zhang");
    leaf.set_reason("更正");
    leaf.set_content_hash(ledger::HashBytes(ledger::ContentHash(
        ledger::HashFromBytes(entry_.salt()), entry_.content())));
    leaf.mutable_revision_recorded()->set_report(expected_.report.ToString());
    leaf.mutable_revision_recorded()->set_number(expected_.number);
    entry_.set_index(kIndex);
    entry_.set_leaf(leaf.SerializeAsString());
  }

  // The tree of three leaves by hand: node(node(0, 1), 2).
  void Seal() {
    const ledger::Hash first = ledger::LeafHash("first");
    const ledger::Hash third = ledger::LeafHash("third");
    const ledger::Hash root = ledger::NodeHash(
        ledger::NodeHash(first, ledger::LeafHash(entry_.leaf())), third);
    entry_.mutable_proof()->set_index(kIndex);
    entry_.mutable_proof()->set_tree_size(3);
    entry_.mutable_proof()->clear_hashes();
    entry_.mutable_proof()->add_hashes(ledger::HashBytes(first));
    entry_.mutable_proof()->add_hashes(ledger::HashBytes(third));
    SignCheckpoint({kOrigin, 3, root}, signer_.get());
  }

  void SignCheckpoint(const ledger::Checkpoint& checkpoint,
                      ledger::Signer* signer) {
    auto note =
        ledger::SignNote(ledger::CheckpointText(checkpoint), *key_, signer);
    ASSERT_OK(note);
    entry_.mutable_checkpoint()->set_note(*note);
  }

  void EditLeaf(const std::function<void(v1::LedgerEntry*)>& edit) {
    v1::LedgerEntry leaf;
    ASSERT_TRUE(leaf.ParseFromString(entry_.leaf()));
    edit(&leaf);
    entry_.set_leaf(leaf.SerializeAsString());
  }

  absl::StatusOr<VerifiedRevision> Verify() const {
    ASSIGN_OR_RETURN(const OpenedCheckpoint opened,
                     OpenSignedCheckpoint(entry_.checkpoint().note(),
                                          {{*key_}, std::nullopt}));
    return VerifyRevision(entry_, expected_, opened.checkpoint);
  }

  void ExpectFailure(const std::string& reason) {
    const absl::Status status = Verify().status();
    EXPECT_THAT(status, StatusHasReason(absl::StatusCode::kDataLoss, reason));
    EXPECT_TRUE(IsVerificationFailure(status));
    EXPECT_THAT(ErrorTextZh(status), HasSubstr("步"));
  }

  std::unique_ptr<ledger::Ed25519Signer> signer_;
  std::unique_ptr<ledger::NoteVerifier> key_;
  report::RevisionName expected_;
  v1::Entry entry_;
};

TEST_F(VerifyTest, AcceptsWhatIsTrue) {
  ASSERT_OK_AND_ASSIGN(const VerifiedRevision verified, Verify());
  EXPECT_EQ(verified.checkpoint.size, 3u);
  EXPECT_EQ(verified.entry.actor().subject(), "local:zhang");
  EXPECT_EQ(verified.content.report().title(), "年度报告");
  const v1::Revision revision = RevisionOf(verified);
  EXPECT_EQ(revision.name(), expected_.ToString());
  EXPECT_EQ(revision.number(), 2);
  EXPECT_EQ(revision.entry_index(), kIndex);
  EXPECT_EQ(revision.reason(), "更正");
  EXPECT_EQ(revision.content().report().title(), "年度报告");
  EXPECT_EQ(
      revision.etag(),
      absl::BytesToHexString(ledger::HashBytes(ledger::LeafHash(entry_.leaf())))
          .substr(0, 32));
}

TEST_F(VerifyTest, AnotherKeyDidNotSign) {
  const auto other = Signer('x');
  *key_ = Key(*other);
  ExpectFailure("CHECKPOINT_NOT_SIGNED");
}

TEST_F(VerifyTest, ASignatureMustBeOfTheseBytes) {
  std::string* note = entry_.mutable_checkpoint()->mutable_note();
  const size_t size = note->find("\n3\n");
  ASSERT_NE(size, std::string::npos);
  (*note)[size + 1] = '4';
  ExpectFailure("CHECKPOINT_NOT_SIGNED");
}

TEST_F(VerifyTest, ACheckpointIsNeeded) {
  entry_.clear_checkpoint();
  ExpectFailure("CHECKPOINT_MISMATCH");
}

TEST_F(VerifyTest, TheProofMustBeForTheCheckpointsTree) {
  entry_.mutable_proof()->set_tree_size(2);
  ExpectFailure("CHECKPOINT_MISMATCH");
}

TEST_F(VerifyTest, EveryChangedByteOfTheLeafIsNoticed) {
  const std::string leaf = entry_.leaf();
  for (size_t i = 0; i < leaf.size(); ++i) {
    std::string changed = leaf;
    changed[i] ^= 1;
    entry_.set_leaf(changed);
    const absl::Status status = Verify().status();
    EXPECT_TRUE(IsVerificationFailure(status)) << i << status;
  }
}

TEST_F(VerifyTest, TheLeafMustRecordWhatWasAskedFor) {
  expected_.number = 1;
  ExpectFailure("LEAF_MISMATCH");
  expected_.number = 2;
  expected_.report.year = 2023;
  ExpectFailure("LEAF_MISMATCH");
}

TEST_F(VerifyTest, TheLeafMustStandAtItsIndex) {
  entry_.set_index(0);
  ExpectFailure("LEAF_MISMATCH");
}

TEST_F(VerifyTest, AnEntryOfAnotherKindIsNoRevision) {
  EditLeaf([](v1::LedgerEntry* leaf) { leaf->mutable_agency_registered(); });
  Seal();
  ExpectFailure("LEAF_MISMATCH");
}

TEST_F(VerifyTest, AChangedActorBreaksTheProof) {
  EditLeaf([](v1::LedgerEntry* leaf) {
    leaf->mutable_actor()->set_subject("local:wang");
  });
  ExpectFailure("INCLUSION_NOT_PROVED");
}

TEST_F(VerifyTest, EveryHashOfTheProofCounts) {
  for (int i = 0; i < 2; ++i) {
    SetUp();
    (*entry_.mutable_proof()->mutable_hashes(i))[7] ^= 1;
    ExpectFailure("INCLUSION_NOT_PROVED");
  }
  SetUp();
  entry_.mutable_proof()->mutable_hashes()->RemoveLast();
  ExpectFailure("INCLUSION_NOT_PROVED");
  SetUp();
  entry_.mutable_proof()->add_hashes(std::string(32, 'h'));
  ExpectFailure("INCLUSION_NOT_PROVED");
  SetUp();
  entry_.mutable_proof()->set_hashes(0, "short");
  ExpectFailure("INCLUSION_NOT_PROVED");
  SetUp();
  for (int i = 0; i < 100; ++i) {
    entry_.mutable_proof()->add_hashes(std::string(32, 'h'));
  }
  ExpectFailure("INCLUSION_NOT_PROVED");
}

TEST_F(VerifyTest, ChangedContentOrSaltIsNoticed) {
  entry_.mutable_content()->push_back('\0');
  ExpectFailure("CONTENT_MISMATCH");
  SetUp();
  (*entry_.mutable_salt())[0] ^= 1;
  ExpectFailure("CONTENT_MISMATCH");
  SetUp();
  entry_.clear_salt();
  ExpectFailure("CONTENT_MISMATCH");
}

TEST_F(VerifyTest, TheContentMustBeOfTheReport) {
  v1::RevisionContent content;
  content.mutable_report()->set_year(2022);
  entry_.set_content(content.SerializeAsString());
  MakeLeaf();
  Seal();
  ExpectFailure("CONTENT_MISMATCH");
  content.mutable_report()->set_year(2024);
  content.mutable_report()->set_scope(v1::SCOPE_REGIONAL);
  entry_.set_content(content.SerializeAsString());
  MakeLeaf();
  Seal();
  ExpectFailure("CONTENT_MISMATCH");
}

}  // namespace
}  // namespace annals::client
