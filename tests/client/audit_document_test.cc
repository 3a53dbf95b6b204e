// The audit of source documents.

#include <string>

#include "absl/strings/str_cat.h"
#include "client/hex.h"
#include "gtest/gtest.h"
#include "ledger/hash.h"
#include "tests/client/audited_log.h"

namespace annals::client {
namespace {

class AuditDocumentTest : public AuditTest {
 protected:
  // A document with the content "page".
  Entry& AddDocument() {
    Entry& entry = Add();
    entry.leaf.mutable_document_recorded()->set_document(name_);
    entry.leaf.mutable_document_recorded()->set_size(4);
    entry.salt = std::string(32, 's');
    entry.content = "page";
    Commit(&entry);
    return entry;
  }

  const std::string name_ =
      absl::StrCat("documents/", HexOf(ledger::Sha256("page")));
};

TEST_F(AuditDocumentTest, HasTheHashAndSizeOfItsLeaf) {
  Entry& entry = AddDocument();
  AuditState state;
  ASSERT_OK(Audit(&state));
  EXPECT_EQ(state.unknown_entries(), 0u);
  entry.content = "Page";
  Commit(&entry);
  ExpectFault("AUDIT_ENTRY_INVALID", 5, "SHA-256");
  entry.content = "page";
  Commit(&entry);
  entry.leaf.mutable_document_recorded()->set_size(5);
  ExpectFault("AUDIT_ENTRY_INVALID", 5, "size");
}

TEST_F(AuditDocumentTest, IsRecordedOnce) {
  AddDocument();
  AddDocument();
  ExpectFault("AUDIT_ORDER", 6, "not recorded before");
}

TEST_F(AuditDocumentTest, StandsBeforeTheReportThatNamesIt) {
  entries_[4].leaf.mutable_revision_recorded()->set_document(name_);
  AddDocument();
  ExpectFault("AUDIT_ORDER", 4, "source document");
  std::swap(entries_[4], entries_[5]);
  for (const size_t index : {4, 5}) {
    entries_[index].leaf.set_index(index);
    *entries_[index].leaf.mutable_recorded_at() =
        report::ToTimestamp(absl::FromUnixSeconds(1'738'339'300 + index));
  }
  EXPECT_OK(Audit());
}

// An audit that goes on from its file knows the documents before.
TEST_F(AuditDocumentTest, IsKeptInTheStateOfAnAudit) {
  AddDocument();
  AuditState first;
  ASSERT_OK(Audit(&first));
  ASSERT_OK_AND_ASSIGN(AuditState again, Parse(Serialize(first)));
  const Entry& second = AddDocument();
  EXPECT_THAT(Apply(second, 6, &again),
              StatusHasReason(absl::StatusCode::kDataLoss, "AUDIT_ORDER"));
}

}  // namespace
}  // namespace annals::client
