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
