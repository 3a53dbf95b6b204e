// A small ledger in memory with entries as the daemon records them, that can
// prove what it holds, and be made to lie.

#ifndef ANNALS_TESTS_SUPPORT_RECORDED_LEDGER_H_
#define ANNALS_TESTS_SUPPORT_RECORDED_LEDGER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "annals/v1/ledger_entry.pb.h"
#include "annals/v1/ledger_service.pb.h"
#include "gtest/gtest.h"
#include "ledger/checkpoint.h"
#include "ledger/hash.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/signer.h"
#include "ledger/tlog_proof.h"
#include "tests/support/matchers.h"
#include "tests/support/memory_hash_reader.h"

namespace annals {

inline std::unique_ptr<ledger::Ed25519Signer> SignerFromSeed(char seed) {
  auto signer = ledger::Ed25519Signer::FromSeed(std::string(32, seed));
  EXPECT_OK(signer);
  return *std::move(signer);
}

inline ledger::NoteVerifier VerifierOf(const std::string& origin,
                                       const ledger::Ed25519Signer& signer) {
  auto key = ledger::NoteVerifier::Create(origin, signer.public_key());
  EXPECT_OK(key);
  return *std::move(key);
}

// Not thread-safe.
class RecordedLedger {
 public:
  struct Stored {
    std::string leaf;
    std::string salt;
    std::string content;
  };

  explicit RecordedLedger(std::string origin, char seed = 'k')
      : signer_(SignerFromSeed(seed)),
        key_(VerifierOf(origin, *signer_)),
        origin_(std::move(origin)) {}

  const ledger::NoteVerifier& key() const { return key_; }
  uint64_t size() const { return stored_.size(); }
  const Stored& stored(uint64_t index) const { return stored_[index]; }

  void AddAgency(const std::string& agency) {
    v1::LedgerEntry entry = NewEntry();
    entry.mutable_agency_registered()->mutable_agency()->set_name(agency);
    Add({entry.SerializeAsString(), "", ""});
  }

  // A revision of `report` with `title`; the number and the base may be false.
  void AddRevision(const std::string& report, int number, int year,
                   const std::string& title, const std::string& base_etag) {
    v1::RevisionContent content;
    content.mutable_report()->set_title(title);
    content.mutable_report()->set_year(year);
    content.mutable_report()->set_scope(v1::SCOPE_ORGAN);
    Stored stored;
    stored.salt = std::string(ledger::kSaltBytes, 's');
    stored.content = content.SerializeAsString();
    v1::LedgerEntry entry = NewEntry();
    entry.set_content_hash(ledger::HashBytes(ledger::ContentHash(
        ledger::HashFromBytes(stored.salt), stored.content)));
    v1::RevisionRecorded* event = entry.mutable_revision_recorded();
    event->set_report(report);
    event->set_number(number);
    event->set_base_etag(base_etag);
    stored.leaf = entry.SerializeAsString();
    Add(std::move(stored));
  }

  void Add(Stored stored) {
    tree_.Append(ledger::LeafHash(stored.leaf));
    stored_.push_back(std::move(stored));
  }

  std::string EtagOf(uint64_t index) const {
    return absl::BytesToHexString(
               ledger::HashBytes(ledger::LeafHash(stored_[index].leaf)))
        .substr(0, 32);
  }

  std::string Note() {
    auto root = ledger::ReadRoot(size(), &tree_);
    EXPECT_OK(root);
    auto note = ledger::SignNote(
        ledger::CheckpointText(
            {origin_, size(), size() == 0 ? ledger::EmptyRoot() : *root}),
        key_, signer_.get());
    EXPECT_OK(note);
    return *note;
  }

  std::string ReceiptProof(uint64_t index) {
    auto hashes = ledger::ProveInclusion({index, size()}, &tree_);
    EXPECT_OK(hashes);
    auto text = ledger::FormatTlogProof({"", index, *hashes, Note()});
    EXPECT_OK(text);
    return *text;
  }

  v1::Entry Entry(uint64_t index, uint64_t tree_size) {
    v1::Entry entry;
    entry.set_index(index);
    entry.set_leaf(stored_[index].leaf);
    entry.set_salt(stored_[index].salt);
    entry.set_content(stored_[index].content);
    entry.mutable_proof()->set_index(index);
    entry.mutable_proof()->set_tree_size(tree_size);
    auto hashes = ledger::ProveInclusion({index, tree_size}, &tree_);
    EXPECT_OK(hashes);
    for (const ledger::Hash& hash : *hashes) {
      entry.mutable_proof()->add_hashes(ledger::HashBytes(hash));
    }
    return entry;
  }

  v1::ConsistencyProof Consistency(uint64_t old_size, uint64_t new_size) {
    v1::ConsistencyProof proof;
    auto hashes = ledger::ProveConsistency({old_size, new_size}, &tree_);
    EXPECT_OK(hashes);
    for (const ledger::Hash& hash : *hashes) {
      proof.add_hashes(ledger::HashBytes(hash));
    }
    return proof;
  }

 private:
  // Recorded a second after the one before it.
  v1::LedgerEntry NewEntry() const {
    v1::LedgerEntry entry;
    entry.set_index(size());
    entry.mutable_recorded_at()->set_seconds(1740000000 +
                                             static_cast<int64_t>(size()));
    entry.mutable_actor()->set_subject("local:zhang");
    entry.mutable_actor()->set_assurance(v1::ASSURANCE_SELF_DECLARED);
    entry.set_reason("年度报告");
    return entry;
  }

  std::unique_ptr<ledger::Ed25519Signer> signer_;
  ledger::NoteVerifier key_;
  const std::string origin_;
  ledger::MemoryHashReader tree_;
  std::vector<Stored> stored_;
};

}  // namespace annals

#endif  // ANNALS_TESTS_SUPPORT_RECORDED_LEDGER_H_
