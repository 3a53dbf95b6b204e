// The audit of synthetic ledgers: each rule broken once, and the fault named.

#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/audit/audit_state.h"
#include "client/audit/auditor.h"
#include "client/audit/entry_source.h"
#include "client/progress.h"
#include "client/verify.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "ledger/note.h"
#include "ledger/signer.h"
#include "service/report/timestamp.h"
#include "tests/client/audited_log.h"
#include "tests/support/agency_code.h"
#include "tests/support/matchers.h"
#include "tests/support/rfc6962_reference.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;

TEST_F(AuditTest, AcceptsAnHonestLedger) {
  AuditState state;
  ASSERT_OK(Audit(&state));
  std::vector<std::string> leaves;
  for (const Entry& entry : entries_) leaves.push_back(entry.LeafBytes());
  EXPECT_EQ(ledger::HashBytes(state.Root()),
            ledger::HashBytes(ledger::HashFromBytes(
                ledger::Rfc6962Reference(leaves).Mth(0, leaves.size()))));
  EXPECT_EQ(state.size(), 5u);
  EXPECT_EQ(state.agencies().size(), 2u);
  EXPECT_EQ(state.revisions(), 3u);
  ASSERT_NE(state.FindReport(KeyOf(ReportNumber(0))), nullptr);
  const ReportFacts& report =
      state.reports()[*state.FindReport(KeyOf(ReportNumber(0)))];
  EXPECT_EQ(report.revisions, 2);
  EXPECT_EQ(report.last_index, 2u);
  EXPECT_EQ(EtagText(report.last_etag), EtagOfEntry(2));
  EXPECT_EQ(state.FindReport(KeyOf("agencies/x/reports/2024")), nullptr);
}

TEST_F(AuditTest, AChangedContentIsNamed) {
  entries_[2].content[3] ^= 1;
  ExpectFault("AUDIT_CONTENT_MISMATCH", 2,
              absl::StrCat("(revision 2 of ", ReportNumber(0), ")"));
}

TEST_F(AuditTest, AChangedSaltIsNamed) {
  (*entries_[1].salt)[31] ^= 1;
  ExpectFault("AUDIT_CONTENT_MISMATCH", 1, "content hash: expected ");
}

TEST_F(AuditTest, ASaltHas32Bytes) {
  entries_[1].salt->push_back('s');
  ExpectFault("AUDIT_CONTENT_MISMATCH", 1, "content hash");
}

TEST_F(AuditTest, AMissingContentIsNamed) {
  entries_[4].salt.reset();
  ExpectFault("AUDIT_CONTENT_MISSING", 4, "the content is missing");
}

TEST_F(AuditTest, AContentThatNoLeafCommitsToIsNamed) {
  entries_[0].salt = std::string(32, 's');
  entries_[0].content = "more";
  ExpectFault("AUDIT_CONTENT_MISMATCH", 0, "expected -");
}

TEST_F(AuditTest, AChangeOfAnAgencyHasNoContent) {
  ChangeAgency(1, 2);
  entries_[5].salt = std::string(32, 's');
  entries_[5].content = "more";
  Commit(&entries_[5]);
  ExpectFault("AUDIT_ENTRY_INVALID", 5, "content hash: expected -");
}

TEST_F(AuditTest, NoAgencyIsItsOwnSupervisorOrSuccessor) {
  ChangeAgency(1, 2, AgencyNumber(1));
  ExpectFault("AUDIT_ENTRY_INVALID", 5, "another agency");
  v1::Agency* const agency =
      entries_[5].leaf.mutable_agency_changed()->mutable_agency();
  agency->set_supervisor(agency->name());
  agency->clear_successor();
  ExpectFault("AUDIT_ENTRY_INVALID", 5, "another agency");
}

TEST_F(AuditTest, AContentMustBeAReport) {
  entries_[1].content = "\x0a\xff";
  Commit(&entries_[1]);
  ExpectFault("AUDIT_ENTRY_INVALID", 1, "RevisionContent");
}

TEST_F(AuditTest, AContentMustBeOfTheYearAndScope) {
  const Entry honest = entries_[1];
  v1::RevisionContent content;
  ASSERT_TRUE(content.ParseFromString(honest.content));
  content.mutable_report()->set_year(2023);
  entries_[1].content = content.SerializeAsString();
  Commit(&entries_[1]);
  ExpectFault("AUDIT_ENTRY_INVALID", 1, "year of the report: expected 2024");
  content.mutable_report()->set_year(2024);
  content.mutable_report()->set_scope(v1::SCOPE_REGIONAL);
  entries_[1].content = content.SerializeAsString();
  Commit(&entries_[1]);
  ExpectFault("AUDIT_ENTRY_INVALID", 1, "scope of the report");
}

TEST_F(AuditTest, TheLeafSaysItsIndex) {
  entries_[1].leaf.set_index(7);
  ExpectFault("AUDIT_ENTRY_INVALID", 1, "index in the leaf");
}

TEST_F(AuditTest, SwappedEntriesAreNamed) {
  std::swap(entries_[0], entries_[3]);
  ExpectFault("AUDIT_ENTRY_INVALID", 0, "expected 0, found 3");
}

TEST_F(AuditTest, TimesStrictlyIncrease) {
  *entries_[2].leaf.mutable_recorded_at() = entries_[1].leaf.recorded_at();
  ExpectFault("AUDIT_ORDER", 2, "time of recording");
}

TEST_F(AuditTest, ATimeIsNeeded) {
  entries_[2].leaf.clear_recorded_at();
  ExpectFault("AUDIT_ENTRY_INVALID", 2, "time of recording");
}

TEST_F(AuditTest, ARequestIdIsUsedOnce) {
  entries_[3].leaf.set_request_id(entries_[1].leaf.request_id());
  ExpectFault("AUDIT_ORDER", 3, "request id");
  entries_[3].leaf.mutable_actor()->set_subject("local:li");
  EXPECT_OK(Audit());
}

TEST_F(AuditTest, ARevisionHasTheNextNumber) {
  entries_[2].leaf.mutable_revision_recorded()->set_number(3);
  ExpectFault("AUDIT_ORDER", 2, "revision number: expected 2, found 3");
  entries_[2].leaf.mutable_revision_recorded()->set_number(0);
  ExpectFault("AUDIT_ENTRY_INVALID", 2, "report and revision");
}

TEST_F(AuditTest, ACorrectionIsBasedOnTheOneBefore) {
  entries_[2].leaf.mutable_revision_recorded()->set_base_etag(EtagOfEntry(0));
  ExpectFault(
      "AUDIT_ORDER", 2,
      absl::StrCat("expected ", EtagOfEntry(1), ", found ", EtagOfEntry(0)));
  entries_[2].leaf.mutable_revision_recorded()->clear_base_etag();
  ExpectFault("AUDIT_ENTRY_INVALID", 2, "etag of the revision");
}

TEST_F(AuditTest, AFirstRevisionHasNoBase) {
  entries_[1].leaf.mutable_revision_recorded()->set_base_etag(EtagOfEntry(0));
  ExpectFault("AUDIT_ENTRY_INVALID", 1, "etag of the revision");
}

TEST_F(AuditTest, AnAgencyIsRegisteredBeforeItsReports) {
  entries_[0].leaf.mutable_agency_registered()->mutable_agency()->set_name(
      AgencyNumber(9));
  ExpectFault("AUDIT_ORDER", 1, "registration");
}

TEST_F(AuditTest, ASupervisorIsRegisteredBefore) {
  entries_[3]
      .leaf.mutable_agency_registered()
      ->mutable_agency()
      ->set_supervisor(AgencyNumber(9));
  ExpectFault("AUDIT_ORDER", 3, "registration");
}

TEST_F(AuditTest, AnAgencyIsRegisteredOnce) {
  AddAgency(1, "");
  ExpectFault("AUDIT_ORDER", 5, "not registered before");
}

TEST_F(AuditTest, TheLatestStateOfAnAgencyCounts) {
  ChangeAgency(0, 2);
  ChangeAgency(0, 3, AgencyNumber(1));
  AuditState state;
  ASSERT_OK(Audit(&state));
  EXPECT_EQ(state.unknown_entries(), 0u);
  const AgencyFacts& facts = state.agencies().at(KeyOf(AgencyNumber(0)));
  EXPECT_EQ(facts.index, 6u);
  EXPECT_EQ(facts.states, 3);
  EXPECT_EQ(facts.registered_at, absl::FromUnixSeconds(1'738'339'200));
  v1::Agency answer = entries_[6].leaf.agency_changed().agency();
  answer.set_entry_index(6);
  answer.set_etag(EtagOfEntry(6));
  answer.set_change_count(2);
  EXPECT_EQ(facts.answer_digest, AgencyDigest(answer));
  answer.set_display_name("另一名称");
  EXPECT_NE(facts.answer_digest, AgencyDigest(answer));
}

TEST_F(AuditTest, StatesOfAnAgencyHaveNoGap) {
  ChangeAgency(0, 3);
  ExpectFault("AUDIT_ORDER", 5, "number of the agency's state");
}

TEST_F(AuditTest, OnlyARegisteredAgencyChanges) {
  ChangeAgency(9, 2);
  ExpectFault("AUDIT_ORDER", 5, "registered");
}

TEST_F(AuditTest, ASuccessorIsRegisteredBefore) {
  ChangeAgency(0, 2, AgencyNumber(9));
  ExpectFault("AUDIT_ORDER", 5, "successor");
}

TEST_F(AuditTest, ALeafMustBeReadable) {
  google::protobuf::Arena arena;
  EXPECT_THAT(
      ReadEntryFacts({3, "\xff\xff"}, {}, &arena).status(),
      StatusHasReason(absl::StatusCode::kDataLoss, "AUDIT_LEAF_UNREADABLE"));
}

TEST_F(AuditTest, EntriesOfAnUnknownKindAreCounted) {
  Add();
  AuditState state;
  ASSERT_OK(Audit(&state));
  EXPECT_EQ(state.unknown_entries(), 1u);
}

std::string KeyNumber(char seed, const std::string& name) {
  auto signer = ledger::Ed25519Signer::FromSeed(std::string(32, seed));
  EXPECT_OK(signer);
  auto key = ledger::NoteVerifier::Create(name, (*signer)->public_key());
  EXPECT_OK(key);
  return key->ToString();
}

TEST_F(AuditTest, AChangeOfKeysIsKept) {
  v1::KeyChanged* event = Add().leaf.mutable_key_changed();
  event->set_old_vkey(KeyNumber('a', "test.local/annals"));
  event->set_new_vkey(KeyNumber('b', "test.local/annals"));
  AuditState state;
  ASSERT_OK(Audit(&state));
  EXPECT_EQ(state.unknown_entries(), 0u);
  ASSERT_OK_AND_ASSIGN(const AuditState again, Parse(Serialize(state)));
  for (const AuditState* one : {&std::as_const(state), &again}) {
    ASSERT_EQ(one->key_changes().size(), 1u);
    EXPECT_EQ(one->key_changes()[0].index, 5u);
    EXPECT_EQ(one->key_changes()[0].old_vkey, event->old_vkey());
    EXPECT_EQ(one->key_changes()[0].new_vkey, event->new_vkey());
  }
}

TEST_F(AuditTest, AChangeOfKeysNamesTwoKeysOfOneLedger) {
  v1::KeyChanged* event = Add().leaf.mutable_key_changed();
  const std::string key = KeyNumber('a', "test.local/annals");
  event->set_old_vkey(key);
  for (const std::string& other :
       {std::string(), key, KeyNumber('b', "other.example/annals")}) {
    event->set_new_vkey(other);
    ExpectFault("AUDIT_ENTRY_INVALID", 5, "change of keys");
  }
}

// An audit that goes on from its file finds what one from the beginning finds.
TEST_F(AuditTest, AStateIsTheSameAfterItsFile) {
  for (size_t cut = 0; cut <= entries_.size(); ++cut) {
    AuditState first;
    for (size_t i = 0; i < cut; ++i) {
      ASSERT_OK(Apply(entries_[i], i, &first));
    }
    ASSERT_OK_AND_ASSIGN(AuditState second, Parse(Serialize(first)));
    ASSERT_OK(Audit(&first));
    ASSERT_OK(Audit(&second));
    EXPECT_EQ(second.Root(), first.Root());
    EXPECT_EQ(second.revisions(), first.revisions());
    ASSERT_EQ(second.reports().size(), first.reports().size());
    for (size_t i = 0; i < first.reports().size(); ++i) {
      EXPECT_EQ(second.reports()[i].chain, first.reports()[i].chain);
      EXPECT_EQ(second.reports()[i].last_etag, first.reports()[i].last_etag);
    }
    AddAgency(1, "");
    EXPECT_FALSE(Audit(&second).ok());
    entries_.pop_back();
  }
}

TEST_F(AuditTest, AStateThatWasCutIsRefused) {
  AuditState state;
  ASSERT_OK(Audit(&state));
  const std::string bytes = Serialize(state);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Parse(bytes.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(Parse(bytes + "x").ok());
}

// Served and recorded, a revision has one digest, and any change of what is
// served has another.
TEST_F(AuditTest, EveryFieldOfARevisionCounts) {
  v1::LedgerEntry& leaf = entries_[2].leaf;
  const Etag etag = EtagBytesOf(ledger::LeafHash(leaf.SerializeAsString()));
  v1::Revision revision;
  revision.set_name(absl::StrCat(ReportNumber(0), "/revisions/2"));
  revision.set_number(2);
  revision.set_etag(EtagText(etag));
  *revision.mutable_recorded_at() = leaf.recorded_at();
  *revision.mutable_actor() = leaf.actor();
  revision.set_reason(leaf.reason());
  revision.set_entry_index(2);
  const ledger::Hash digest = RevisionDigest(leaf, etag);
  EXPECT_EQ(RevisionDigest(revision), digest);
  const std::vector<std::function<void(v1::Revision*)>> changes = {
      [](auto* r) { r->set_name("x"); },
      [](auto* r) { r->set_number(1); },
      [](auto* r) { r->set_etag("x"); },
      [](auto* r) { r->mutable_recorded_at()->set_nanos(1); },
      [](auto* r) { r->mutable_recorded_at()->set_seconds(1); },
      [](auto* r) { r->mutable_actor()->set_subject("local:li"); },
      [](auto* r) {
        r->mutable_actor()->set_assurance(v1::ASSURANCE_CERTIFICATE);
      },
      [](auto* r) { r->set_reason(""); },
      [](auto* r) { r->set_reason_code(v1::REASON_CODE_OMISSION); },
      [](auto* r) { r->set_entry_index(1); },
      [](auto* r) { r->set_rule_set_version("x"); },
      [](auto* r) { r->set_changed_cell_count(1); },
      [](auto* r) { r->set_changed_text_count(1); },
      [](auto* r) { r->set_acknowledged_warning_count(1); }};
  for (const auto& change : changes) {
    v1::Revision changed = revision;
    change(&changed);
    EXPECT_NE(RevisionDigest(changed), digest) << changed.ShortDebugString();
  }
}

// Chunks of one entry each, out of a list; one of them may be at fault.
class ListSource : public EntrySource {
 public:
  ListSource(uint64_t chunks, uint64_t bad) : chunks_(chunks), bad_(bad) {}

  bool Next(FactsChunk* chunk) override {
    chunk->number = next_++;
    if (chunk->number >= chunks_) return false;
    if (chunk->number == bad_) chunk->fault = absl::DataLossError("bad");
    return true;
  }

 private:
  const uint64_t chunks_;
  const uint64_t bad_;
  std::atomic<uint64_t> next_ = 0;
};

TEST(ReadInOrderTest, ChunksComeInOrder) {
  for (const int threads : {1, 2, 5}) {
    ListSource source(500, 500);
    uint64_t next = 0;
    EXPECT_OK(ReadInOrder(&source, threads, [&next](const FactsChunk& chunk) {
      EXPECT_EQ(chunk.number, next++);
      return absl::OkStatus();
    }));
    EXPECT_EQ(next, 500u);
  }
}

TEST(ReadInOrderTest, TheFirstFaultEndsIt) {
  ListSource source(500, 123);
  uint64_t taken = 0;
  EXPECT_TRUE(
      absl::IsDataLoss(ReadInOrder(&source, 3, [&taken](const FactsChunk&) {
        ++taken;
        return absl::OkStatus();
      })));
  EXPECT_EQ(taken, 124u);
  ListSource another(500, 500);
  EXPECT_TRUE(absl::IsCancelled(ReadInOrder(&another, 3, [](const FactsChunk&) {
    return absl::CancelledError("stop");
  })));
}

TEST(ProgressTest, SaysHowFarAndHowFast) {
  EXPECT_EQ(WithThousands(0), "0");
  EXPECT_EQ(WithThousands(999), "999");
  EXPECT_EQ(WithThousands(1234567), "1,234,567");
  EXPECT_EQ(ProgressText({420000, 1000000, 98'700'000}, 0, absl::Seconds(10)),
            " 42 %  420,000 / 1,000,000  42,000/s  9.9 MB/s  0:14");
  EXPECT_EQ(ProgressText({10, 10, 0}, 0, absl::Seconds(1)),
            "100 %  10 / 10  10/s  0.0 MB/s");
  EXPECT_EQ(ProgressText({100, 100000, 0}, 90, absl::Seconds(1)),
            "  0 %  100 / 100,000  10/s  0.0 MB/s  2:46:30");
}

}  // namespace
}  // namespace annals::client
