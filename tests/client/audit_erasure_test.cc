// Erased contents in an audit: explained by a later entry, or a fault.

#include <string>

#include "client/audit/audit_state.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/audited_log.h"
#include "tests/support/matchers.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using AuditErasureTest = AuditTest;

TEST_F(AuditErasureTest, AnErasedContentIsNoFault) {
  Erase(1);
  AuditState state;
  ASSERT_OK(Audit(&state));
  EXPECT_OK(state.RequireExplained());
  EXPECT_THAT(state.erased(), ElementsAre(Pair(1, 5)));
  EXPECT_EQ(state.unknown_entries(), 0u);
  EXPECT_OK(Audit());
}

TEST_F(AuditErasureTest, OneErasureDoesNotExcuseAnotherContent) {
  Erase(1);
  entries_[2].salt.reset();
  ExpectFault("AUDIT_CONTENT_MISSING", 2, "no entry erased it");
}

TEST_F(AuditErasureTest, TheContentHashMustBeThatOfTheEntry) {
  Erase(1);
  entries_[5].leaf.mutable_content_erased()->set_content_hash(
      std::string(32, 'x'));
  ExpectFault("AUDIT_ORDER", 5, "content hash of the entry erased");
}

TEST_F(AuditErasureTest, TheNameMustBeThatOfTheEntry) {
  Erase(1);
  for (const std::string& name :
       {ErasableName(entries_[2].leaf), ErasableName(entries_[4].leaf),
        std::string()}) {
    entries_[5].leaf.mutable_content_erased()->set_name(name);
    ExpectFault("AUDIT_ORDER", 5, "name and content hash of the entry erased");
  }
}

TEST_F(AuditErasureTest, OnlyRevisionsAndDocumentsAreErased) {
  Erase(1);
  v1::ContentErased* const event = entries_[5].leaf.mutable_content_erased();
  event->set_erased_index(0);
  event->set_name(AgencyNumber(0));
  event->set_content_hash(std::string(32, 'x'));
  ExpectFault("AUDIT_ORDER", 5, "a revision or a document");
}

TEST_F(AuditErasureTest, AnErasureIsNotErased) {
  Erase(1);
  Erase(2);
  entries_[6].leaf.mutable_content_erased()->set_erased_index(5);
  ExpectFault("AUDIT_ORDER", 6, "a revision or a document");
}

TEST_F(AuditErasureTest, AnErasureHasAReasonAndALegalBasis) {
  Erase(1);
  const Entry honest = entries_[5];
  entries_[5].leaf.clear_reason();
  ExpectFault("AUDIT_ENTRY_INVALID", 5, "reason and legal basis");
  entries_[5] = honest;
  entries_[5].leaf.mutable_content_erased()->clear_legal_basis();
  ExpectFault("AUDIT_ENTRY_INVALID", 5, "reason and legal basis");
}

// What was read by the audit before is known when the erasure comes.
TEST_F(AuditErasureTest, AResumedAuditKnowsWhatIsErased) {
  AuditState state;
  ASSERT_OK(Audit(&state));
  auto resumed = Parse(Serialize(state));
  ASSERT_OK(resumed);
  Erase(1);
  entries_[5].leaf.mutable_content_erased()->set_content_hash(
      std::string(32, 'x'));
  EXPECT_THAT(Audit(&*resumed),
              StatusHasReason(absl::StatusCode::kDataLoss, "AUDIT_ORDER"));
}

// Far more than anybody erases one by one.
TEST_F(AuditErasureTest, ContentsOfAnyNumberMayBeErasedLater) {
  constexpr uint64_t kContents = 100'000;
  const auto no_visit = [](const ledger::NodeId&, const ledger::Hash&) {};
  AuditState state;
  for (uint64_t i = 0; i < 2 * kContents; ++i) {
    EntryFacts facts;
    facts.index = i;
    facts.recorded_at = absl::FromUnixSeconds(1'738'339'200 + i);
    facts.request = KeyOf(absl::StrCat("request ", i));
    const uint64_t content = i % kContents;
    const std::string hash(32, static_cast<char>('a' + content % 7));
    const std::string name = absl::StrCat("name ", content);
    if (i < kContents) {
      facts.erasable = ErasableKeyOf(name, hash);
      facts.missing_content =
          MissingContent{ledger::HashFromBytes(hash), std::nullopt,
                         ContentMissing({i}, "hash")};
    } else {
      facts.kind = EventKind::kErasure;
      facts.erasure = ErasureFacts{content, name, ledger::HashFromBytes(hash),
                                   ErasableKeyOf(name, hash)};
    }
    ASSERT_OK(state.Apply(facts, "", no_visit));
    if (i + 2 == 2 * kContents) {
      EXPECT_THAT(state.RequireExplained(),
                  StatusHasReason(absl::StatusCode::kDataLoss,
                                  "AUDIT_CONTENT_MISSING"));
    }
  }
  EXPECT_OK(state.RequireExplained());
  EXPECT_EQ(state.erased().size(), kContents);
}

TEST_F(AuditErasureTest, AFalseClaimIsNamed) {
  entries_[1].salt.reset();
  AuditState state;
  ASSERT_OK(Apply(entries_[0], 0, &state));
  google::protobuf::Arena arena;
  const std::string leaf = entries_[1].LeafBytes();
  EntryBytes claimed = entries_[1].Bytes(1, leaf);
  claimed.erased_by = 1'000'000'000;
  auto facts = ReadEntryFacts(claimed, {}, &arena);
  ASSERT_OK(facts);
  ASSERT_OK(state.Apply(*facts, leaf,
                        [](const ledger::NodeId&, const ledger::Hash&) {}));
  auto resumed = Parse(Serialize(state));
  ASSERT_OK(resumed);
  for (const AuditState* of : {&state, &*resumed}) {
    EXPECT_THAT(of->RequireExplained().message(),
                testing::AllOf(testing::HasSubstr("entry 1"),
                               testing::HasSubstr("1000000000 erased it")));
  }
}

TEST_F(AuditErasureTest, NothingIsErasedTwice) {
  Erase(1);
  Erase(1);
  ExpectFault("AUDIT_ORDER", 6, "erased by entry 5");
}

TEST_F(AuditErasureTest, AnErasureNamesAnEarlierEntry) {
  Erase(1);
  entries_[5].leaf.mutable_content_erased()->set_erased_index(5);
  ExpectFault("AUDIT_ENTRY_INVALID", 5, "entry erased");
}

TEST_F(AuditErasureTest, AnErasureHasNoContent) {
  Erase(1);
  entries_[5].salt = std::string(32, 's');
  entries_[5].content = "more";
  Commit(&entries_[5]);
  ExpectFault("AUDIT_ENTRY_INVALID", 5, "content hash");
}

TEST_F(AuditErasureTest, AContentThatIsStillAtHandIsChecked) {
  const Entry before = entries_[1];
  Erase(1);
  entries_[1] = before;
  EXPECT_OK(Audit());
  entries_[1].content[3] ^= 1;
  ExpectFault("AUDIT_CONTENT_MISMATCH", 1, "content hash");
}

TEST_F(AuditErasureTest, AnAuditGoesOnBetweenTheTwo) {
  entries_[1].salt.reset();
  AuditState state;
  ASSERT_OK(Audit(&state));
  EXPECT_THAT(
      state.RequireExplained(),
      StatusHasReason(absl::StatusCode::kDataLoss, "AUDIT_CONTENT_MISSING"));
  auto resumed = Parse(Serialize(state));
  ASSERT_OK(resumed);
  EXPECT_THAT(
      resumed->RequireExplained(),
      StatusHasReason(absl::StatusCode::kDataLoss, "AUDIT_CONTENT_MISSING"));
  Erase(1);
  ASSERT_OK(Audit(&*resumed));
  EXPECT_OK(resumed->RequireExplained());
  EXPECT_THAT(resumed->erased(), ElementsAre(Pair(1, 5)));
  auto again = Parse(Serialize(*resumed));
  ASSERT_OK(again);
  EXPECT_THAT(again->erased(), ElementsAre(Pair(1, 5)));
  EXPECT_THAT(again->missing(), IsEmpty());
}

}  // namespace
}  // namespace annals::client
