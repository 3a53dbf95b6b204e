// Agencies' own signatures in an audit: true, of a key that the register had,
// and there where they must be.

#include <memory>
#include <string>
#include <utility>

#include "client/audit/audit_state.h"
#include "client/audit/signing_facts.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/note_signer.h"
#include "service/report/content_signature.h"
#include "service/report/days.h"
#include "tests/client/audited_log.h"
#include "tests/support/matchers.h"

namespace annals::client {
namespace {

// Entries are recorded on 2025-02-01 in Shanghai.
class AuditSignatureTest : public AuditTest {
 protected:
  void SetUp() override { signer_ = NewSigner(); }

  static std::unique_ptr<ledger::NoteSigner> NewSigner() {
    auto pair = ledger::KeyPair::Generate(ledger::KeyAlgorithm::kSm2);
    EXPECT_OK(pair);
    auto signer = ledger::NoteSigner::Create(AgencyNumber(0), *std::move(pair));
    EXPECT_OK(signer);
    return *std::move(signer);
  }

  // A state of agency 0 with the signer's key.
  v1::Agency* AddKeys(int number, bool is_required = false) {
    ChangeAgency(0, number);
    v1::Agency* const agency =
        entries_.back().leaf.mutable_agency_changed()->mutable_agency();
    agency->add_signing_keys()->set_vkey(signer_->key().ToString());
    agency->set_signature_required(is_required);
    return agency;
  }

  // Revision 3 of the report of agency 0, signed by the key of this entry.
  v1::RevisionRecorded* AddSigned(uint64_t register_entry) {
    AddRevision(0, 3);
    Entry& entry = entries_.back();
    v1::RevisionRecorded* const event = entry.leaf.mutable_revision_recorded();
    event->set_base_etag(EtagOfEntry(2));
    v1::RevisionContent content;
    EXPECT_TRUE(content.ParseFromString(entry.content));
    const std::string report_bytes = content.report().SerializeAsString();
    const std::string salt(report::kSignatureSaltBytes, 't');
    report::SignedStatement statement;
    statement.report = event->report();
    statement.base_etag = event->base_etag();
    statement.reason = entry.leaf.reason();
    statement.salt = salt;
    statement.report_bytes = report_bytes;
    auto signature = report::SignStatement(statement, *signer_);
    EXPECT_OK(signature);
    *event->mutable_signature() = *std::move(signature);
    event->mutable_signature()->clear_salt();
    event->mutable_signature()->set_register_entry(register_entry);
    content.set_signature_salt(salt);
    entry.content = content.SerializeAsString();
    Commit(&entry);
    return event;
  }

  void ExpectKeyFault(uint64_t index) {
    ExpectFault("AUDIT_ORDER", index, "key of the agency's signature");
  }

  std::unique_ptr<ledger::NoteSigner> signer_;
};

TEST_F(AuditSignatureTest, ASignedRevisionIsNoFault) {
  AddKeys(2, true);
  AddSigned(5);
  AuditState state;
  EXPECT_OK(Audit(&state));
  // It is kept for an audit that resumes this one.
  entries_.pop_back();
  AuditState first;
  ASSERT_OK(Audit(&first));
  auto resumed = Parse(Serialize(first));
  ASSERT_OK(resumed);
  AddSigned(5);
  EXPECT_OK(Audit(&*resumed));
}

TEST_F(AuditSignatureTest, AFalseSignatureIsNamed) {
  AddKeys(2);
  v1::RevisionRecorded* const event = AddSigned(5);
  event->mutable_signature()->mutable_signature()->back() ^= 1;
  ExpectFault("AUDIT_SIGNATURE_FALSE", 6, "the agency's signature");
}

TEST_F(AuditSignatureTest, AnotherContentThanTheSignedOneIsNamed) {
  AddKeys(2);
  AddSigned(5);
  Entry& entry = entries_.back();
  v1::RevisionContent content;
  ASSERT_TRUE(content.ParseFromString(entry.content));
  content.mutable_report()->set_title("运行方的报告");
  entry.content = content.SerializeAsString();
  Commit(&entry);
  ExpectFault("AUDIT_SIGNATURE_FALSE", 6, "the agency's signature");
}

TEST_F(AuditSignatureTest, TheRegisterMustHaveHadTheKey) {
  AddSigned(0);
  ExpectKeyFault(5);
}

TEST_F(AuditSignatureTest, TheEntryNamedMustBeTheOneInForce) {
  AddKeys(2);
  AddSigned(0);
  ExpectKeyFault(6);
}

TEST_F(AuditSignatureTest, AKeyThatWasTakenAwayDoesNotSign) {
  AddKeys(2);
  ChangeAgency(0, 3);
  AddSigned(5);
  ExpectKeyFault(7);
}

TEST_F(AuditSignatureTest, AKeySignsInItsDays) {
  v1::Agency* const agency = AddKeys(2);
  v1::SigningKey* const key = agency->mutable_signing_keys(0);
  *key->mutable_valid_from() = report::DateOf(absl::CivilDay(2025, 2, 1));
  *key->mutable_expires_on() = report::DateOf(absl::CivilDay(2025, 2, 2));
  AddSigned(5);
  AuditState state;
  EXPECT_OK(Audit(&state));
  entries_.pop_back();
  *entries_.back()
       .leaf.mutable_agency_changed()
       ->mutable_agency()
       ->mutable_signing_keys(0)
       ->mutable_valid_from() = report::DateOf(absl::CivilDay(2025, 2, 2));
  AddSigned(5);
  ExpectKeyFault(6);
}

TEST_F(AuditSignatureTest, AStateOfTheFutureDoesNotHoldYet) {
  *AddKeys(2)->mutable_valid_from() =
      report::DateOf(absl::CivilDay(2025, 2, 2));
  AddSigned(5);
  ExpectKeyFault(6);
}

TEST_F(AuditSignatureTest, WhoMustSignMustHaveSigned) {
  AddKeys(2, true);
  AddRevision(0, 3);
  entries_.back().leaf.mutable_revision_recorded()->set_base_etag(
      EtagOfEntry(2));
  ExpectKeyFault(6);
  entries_.back().leaf.mutable_revision_recorded()->set_as_published(true);
  AuditState state;
  EXPECT_OK(Audit(&state));
}

TEST_F(AuditSignatureTest, APinnedKeyMustHaveSigned) {
  AddKeys(2);
  AddSigned(5);
  const v1::LedgerEntry& entry = entries_.back().leaf;
  EXPECT_OK(RequirePinnedAgencyKey(entry, {}));
  EXPECT_OK(RequirePinnedAgencyKey(entry, {{signer_->key(), std::nullopt}}));
  const auto kOther =
      StatusHasReason(absl::StatusCode::kDataLoss, kAgencyKeyNotPinnedReason);
  const ledger::NoteKey other = NewSigner()->key();
  EXPECT_THAT(RequirePinnedAgencyKey(entry, {{other, std::nullopt}}), kOther);
  // A false key is false on any day.
  EXPECT_THAT(RequirePinnedAgencyKey(entry, {{other, absl::CivilDay(2099)}}),
              kOther);
  EXPECT_OK(RequirePinnedAgencyKey(
      entry, {{other, std::nullopt}, {signer_->key(), std::nullopt}}));
  // Of another agency, and of one that was not signed.
  EXPECT_OK(RequirePinnedAgencyKey(entries_[4].leaf, {{other, std::nullopt}}));
  const v1::LedgerEntry& unsigned_one = entries_[1].leaf;
  EXPECT_THAT(RequirePinnedAgencyKey(unsigned_one, {{other, std::nullopt}}),
              kOther);
  EXPECT_OK(RequirePinnedAgencyKey(unsigned_one,
                                   {{other, absl::CivilDay(2025, 2, 2)}}));
  EXPECT_THAT(RequirePinnedAgencyKey(unsigned_one,
                                     {{other, absl::CivilDay(2025, 2, 1)}}),
              kOther);
}

}  // namespace
}  // namespace annals::client
