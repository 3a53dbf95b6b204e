// An operator whose server shows something else than the ledger holds: hides,
// invents, changes. Each lie is found and named.

#include "tests/e2e/lying_server.h"

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/e2e/audit_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LyingServerTest : public AuditFixture {
 protected:
  void SetUp() override {
    StartDaemon();
    FillLedger();
    liar_ = std::make_unique<LyingServer>(channel_);
  }
  void TearDown() override { liar_.reset(); }

  Outcome AuditLiar() {
    return Annals({"audit", "--server", liar_->address()});
  }

  void ExpectFound(const std::string& reason, const std::string& named) {
    const Outcome audit = AuditLiar();
    EXPECT_THAT(audit, RefusedWith(8, reason));
    EXPECT_THAT(audit.err, HasSubstr(named));
  }

  // Of the report of agency 0, which has two.
  bool IsOfReport(const v1::Revision& revision) const {
    return absl::StartsWith(revision.name(), revision_report_ + "/");
  }

  // Calls under way may wait for it until the liar has ended.
  absl::Notification released_;
  std::atomic<bool> is_first_ = true;
  std::unique_ptr<LyingServer> liar_;
};

TEST_F(LyingServerTest, PassesWhenItTellsTheTruth) {
  EXPECT_THAT(AuditLiar(), Succeeded());
}

TEST_F(LyingServerTest, HidesTheFirstRevision) {
  liar_->lies().revisions = [this](v1::ListRevisionsResponse* response) {
    if (IsOfReport(response->revisions(1))) {
      response->mutable_revisions()->RemoveLast();
    }
  };
  ExpectFound("AUDIT_INDEX", revision_report_);
  ExpectFound("AUDIT_INDEX", "the entries say revision 1");
}

// Who may see all is told when a server shows less, and an audit does not let
// it.
TEST_F(LyingServerTest, PretendsThatTheRestIsNotPublished) {
  bool says_so = true;
  liar_->lies().revisions = [&](v1::ListRevisionsResponse* response) {
    if (!IsOfReport(response->revisions(0))) return;
    response->mutable_revisions()->RemoveLast();
    response->set_published_only(says_so);
  };
  const Words history = {"history", revision_report_, "--server",
                         liar_->address()};
  const Outcome told = Annals(history);
  EXPECT_THAT(told.err, HasSubstr("this is what is published"));
  // Its life is of all that there is.
  EXPECT_THAT(Annals({"life", revision_report_, "--server", liar_->address()}),
              RefusedWith(8, "ANSWER_MISMATCH"));
  ExpectFound("AUDIT_INDEX", revision_report_);
  says_so = false;
  EXPECT_THAT(Annals(history), RefusedWith(8, "HISTORY_BROKEN"));
  liar_->lies().watched = [](v1::WatchEntriesResponse* response) {
    response->set_published_only(true);
  };
  EXPECT_THAT(AuditLiar(), RefusedWith(6, "PUBLISHED_ONLY"));
}

TEST_F(LyingServerTest, HidesTheLatestRevisionEverywhere) {
  v1::Revision first;
  {
    grpc::ClientContext context;
    v1::GetReportRequest request;
    request.set_name(revision_report_ + "/revisions/1");
    ASSERT_THAT(reports_->GetReport(&context, request, &first), RpcOk());
  }
  Lies& lies = liar_->lies();
  lies.revisions = [this](v1::ListRevisionsResponse* response) {
    if (IsOfReport(response->revisions(0))) {
      response->mutable_revisions()->DeleteSubrange(0, 1);
    }
  };
  lies.report = [this, &first](v1::Revision* response) {
    if (IsOfReport(*response)) *response = first;
  };
  lies.reports = [this, &first](v1::ListReportsResponse* response) {
    for (v1::Revision& revision : *response->mutable_revisions()) {
      if (!IsOfReport(revision)) continue;
      revision = first;
      revision.clear_content();
    }
  };
  ExpectFound("AUDIT_INDEX", revision_report_);
}

TEST_F(LyingServerTest, InventsARevision) {
  liar_->lies().revisions = [this](v1::ListRevisionsResponse* response) {
    if (!IsOfReport(response->revisions(0))) return;
    v1::Revision invented = response->revisions(0);
    invented.set_number(3);
    invented.set_name(revision_report_ + "/revisions/3");
    v1::ListRevisionsResponse longer;
    *longer.add_revisions() = std::move(invented);
    longer.MergeFrom(*response);
    *response = std::move(longer);
  };
  ExpectFound("AUDIT_INDEX", "only 2 revisions");
}

// What is said to be newer than what was audited is in no newer tree.
TEST_F(LyingServerTest, InventsANewerRevision) {
  liar_->lies().revisions = [this](v1::ListRevisionsResponse* response) {
    if (!IsOfReport(response->revisions(0))) return;
    v1::ListRevisionsResponse longer;
    v1::Revision* const invented = longer.add_revisions();
    *invented = response->revisions(0);
    invented->set_number(3);
    invented->set_name(revision_report_ + "/revisions/3");
    invented->set_entry_index(kEntries);
    longer.MergeFrom(*response);
    *response = std::move(longer);
  };
  ExpectFound("AUDIT_INDEX",
              absl::StrCat(revision_report_,
                           "/revisions/3: the server says it is entry 260, but "
                           "the checkpoint signed since has only 260 entries"));
}

TEST_F(LyingServerTest, InventsANewerReport) {
  const std::string name =
      absl::StrCat("agencies/", MakeAgencyCode(1), "/reports/2031/revisions/1");
  liar_->lies().reports = [&name](v1::ListReportsResponse* response) {
    v1::Revision* const invented = response->add_revisions();
    *invented = response->revisions(0);
    invented->set_number(1);
    invented->set_name(name);
    invented->set_entry_index(uint64_t{1} << 40);
  };
  ExpectFound("AUDIT_INDEX", name);
}

TEST_F(LyingServerTest, InventsANewerAgency) {
  const std::string name = absl::StrCat("agencies/", MakeAgencyCode(999));
  liar_->lies().agencies = [&name](v1::ListAgenciesResponse* response) {
    v1::Agency* const invented = response->add_agencies();
    *invented = response->agencies(0);
    invented->set_name(name);
    invented->set_entry_index(kEntries);
  };
  ExpectFound("AUDIT_INDEX", name);
}

// What is really newer is no fault, and is not said to have been compared.
TEST_F(LyingServerTest, WhatIsRecordedMeanwhileIsCounted) {
  bool is_first = true;
  liar_->lies().watched = [&](v1::WatchEntriesResponse* response) {
    if (response->index() != kEntries - 1 || !is_first) return;
    is_first = false;
    Register(400);
    Submit(400, 2024);
    Submit(1, 2031);
  };
  const Outcome audit = AuditLiar();
  EXPECT_THAT(audit, Succeeded());
  EXPECT_THAT(audit.out, HasSubstr("as far as the first 260 entries go"));
  EXPECT_THAT(audit.out, HasSubstr("3 revisions or agencies recorded since "
                                   "this audit began were not compared"));
  EXPECT_THAT(AuditLiar().out, Not(HasSubstr("not compared")));
}

TEST_F(LyingServerTest, ListsEmptyPagesWithoutEnd) {
  int pages = 0;
  liar_->lies().reports_instead = [&pages](v1::ListReportsResponse* response) {
    response->set_next_page_token(absl::StrCat("page ", ++pages));
  };
  ExpectFound("ANSWER_MISMATCH", "empty pages");
}

// A signal ends the audit, whatever the server does.
TEST_F(LyingServerTest, ASignalEndsTheComparison) {
  absl::Notification asked;
  liar_->lies().reports_instead = [&](v1::ListReportsResponse*) {
    asked.Notify();
    released_.WaitForNotification();
  };
  Process audit({{ANNALS_PATH, "audit", "--server", liar_->address(), "--key",
                  verifier_key_, "--timeout", "600"},
                 {"LANG=C.UTF-8", "ANNALS_CONFIG_DIR=" + dir_.Path("config")},
                 dir_.Path("out"),
                 dir_.Path("err")});
  asked.WaitForNotification();
  audit.Signal(SIGTERM);
  EXPECT_EQ(audit.Wait(), 7);
  released_.Notify();
  EXPECT_THAT(ReadFile(dir_.Path("err")), HasSubstr("interrupted by a signal"));
}

TEST_F(LyingServerTest, ChangesWhoSubmitted) {
  liar_->lies().revisions = [this](v1::ListRevisionsResponse* response) {
    if (!IsOfReport(response->revisions(1))) return;
    response->mutable_revisions(1)->mutable_actor()->set_subject("local:li");
  };
  ExpectFound("AUDIT_INDEX", "revision 1 of " + revision_report_);
  ExpectFound("AUDIT_INDEX", "local:li");
}

TEST_F(LyingServerTest, ServesAnotherContentAsTheLatest) {
  liar_->lies().report = [this](v1::Revision* response) {
    if (!IsOfReport(*response)) return;
    response->mutable_content()->mutable_report()->set_title("另一份");
  };
  ExpectFound("AUDIT_INDEX", revision_report_ + "/revisions/2: content");
}

TEST_F(LyingServerTest, HidesAReport) {
  liar_->lies().reports = [](v1::ListReportsResponse* response) {
    response->mutable_revisions()->DeleteSubrange(2, 1);
  };
  ExpectFound("AUDIT_INDEX",
              absl::StrCat("agencies/", MakeAgencyCode(2), "/reports/2024"));
}

TEST_F(LyingServerTest, ListsAReportTwice) {
  liar_->lies().reports = [](v1::ListReportsResponse* response) {
    *response->add_revisions() = response->revisions(0);
  };
  ExpectFound("AUDIT_INDEX", "once");
}

TEST_F(LyingServerTest, HidesAnAgency) {
  liar_->lies().agencies = [](v1::ListAgenciesResponse* response) {
    response->mutable_agencies()->DeleteSubrange(3, 1);
  };
  ExpectFound("AUDIT_INDEX", absl::StrCat("agencies/", MakeAgencyCode(3)));
}

TEST_F(LyingServerTest, ChangesAnAgency) {
  liar_->lies().agencies = [](v1::ListAgenciesResponse* response) {
    response->mutable_agencies(3)->set_display_name("另一机关");
  };
  ExpectFound("AUDIT_INDEX", absl::StrCat("agencies/", MakeAgencyCode(3)));
}

// The entries in order and in themselves consistent, but not those that were
// signed: proofs tell which one was changed, and what it was.
TEST_F(LyingServerTest, ChangesAnEntry) {
  for (const uint64_t index :
       {uint64_t{0}, kRevisionEntry, uint64_t{130}, uint64_t{kEntries - 1}}) {
    SCOPED_TRACE(index);
    std::string expected;
    std::string actual;
    liar_->lies().watched = [&](v1::WatchEntriesResponse* response) {
      if (response->index() != index) return;
      expected = HexOfLeaf(response->leaf());
      v1::LedgerEntry entry;
      ASSERT_TRUE(entry.ParseFromString(response->leaf()));
      // A later revision would be based on the entry that it replaces.
      entry.set_reason("没有改动");
      response->set_leaf(entry.SerializeAsString());
      actual = HexOfLeaf(response->leaf());
    };
    const Outcome audit = AuditLiar();
    if (index == kRevisionEntry) {
      EXPECT_THAT(audit, RefusedWith(8, "AUDIT_ORDER"));
      EXPECT_THAT(audit.err, HasSubstr("revision 2 of " + revision_report_));
      continue;
    }
    EXPECT_THAT(audit, RefusedWith(8, "AUDIT_LEAF_MISMATCH"));
    EXPECT_THAT(audit.err, HasSubstr(absl::StrCat("entry ", index)));
    EXPECT_THAT(audit.err,
                HasSubstr(absl::StrCat("leaf hash: expected ", expected,
                                       ", found ", actual)));
  }
}

grpc::Status Damaged(const std::string& reason, const std::string& what) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  google::rpc::Status rpc;
  rpc.set_code(static_cast<int>(grpc::StatusCode::DATA_LOSS));
  rpc.add_details()->PackFrom(info);
  return {grpc::StatusCode::DATA_LOSS,
          what + " is damaged in the store: x; restore the store from a backup",
          rpc.SerializeAsString()};
}

// An honest server on a store that was tampered with answers so. That is no
// fault of the program, and the auditor is not the one to mend it.
TEST_F(LyingServerTest, CannotReadWhatItRecorded) {
  v1::GetEntryRequest request;
  request.set_index(kRevisionEntry);
  v1::Entry honest;
  {
    grpc::ClientContext context;
    ASSERT_THAT(ledger_->GetEntry(&context, request, &honest), RpcOk());
  }
  v1::LedgerEntry leaf;
  ASSERT_TRUE(leaf.ParseFromString(honest.leaf()));
  const auto expect_evidence = [](const Outcome& outcome) {
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("is damaged in the store: x"),
                                   HasSubstr("Keep this output as evidence"),
                                   Not(HasSubstr("restore"))));
  };
  // The leaf can be read still: all that it says is named.
  bool is_leaf_damaged = false;
  liar_->lies().damage = [&](uint64_t index, bool with_content) {
    return index == kRevisionEntry && (with_content || is_leaf_damaged)
               ? Damaged("ENTRY_DAMAGED", absl::StrCat("entry ", index))
               : grpc::Status::OK;
  };
  ExpectFound("AUDIT_ENTRY_DAMAGED",
              absl::StrCat("entry ", kRevisionEntry, " (revision 1 of ",
                           revision_report_, "): content hash: expected ",
                           absl::BytesToHexString(leaf.content_hash())));
  expect_evidence(AuditLiar());
  const Outcome verify = Annals({"verify", revision_report_, "--revision", "1",
                                 "--server", liar_->address()});
  EXPECT_THAT(verify, RefusedWith(8, "ENTRY_DAMAGED"));
  expect_evidence(verify);
  is_leaf_damaged = true;
  ExpectFound("AUDIT_ENTRY_DAMAGED",
              absl::StrCat("entry ", kRevisionEntry, ": leaf hash: expected ",
                           HexOfLeaf(honest.leaf())));
  liar_->lies().damage = nullptr;
  liar_->lies().report_instead = [] {
    return Damaged("INDEX_DAMAGED", "the index");
  };
  ExpectFound("AUDIT_INDEX_DAMAGED", "agencies/");
  expect_evidence(AuditLiar());
}

TEST_F(LyingServerTest, ChangesAContent) {
  liar_->lies().watched = [](v1::WatchEntriesResponse* response) {
    if (response->index() == kRevisionEntry) {
      (*response->mutable_content())[20] ^= 1;
    }
  };
  ExpectFound("AUDIT_CONTENT_MISMATCH", "revision 1 of " + revision_report_);
}

TEST_F(LyingServerTest, WithholdsAContent) {
  liar_->lies().watched = [](v1::WatchEntriesResponse* response) {
    if (response->index() == kRevisionEntry) {
      response->clear_content();
      response->clear_salt();
    }
  };
  ExpectFound("AUDIT_CONTENT_MISSING", "revision 1 of " + revision_report_);
}

TEST_F(LyingServerTest, LeavesAnEntryOut) {
  liar_->lies().is_sent = [](const v1::WatchEntriesResponse& response) {
    return response.index() != 7;
  };
  ExpectFound("ANSWER_MISMATCH", "expected entry 7");
}

TEST_F(LyingServerTest, EndsTooEarly) {
  liar_->lies().is_sent = [](const v1::WatchEntriesResponse& response) {
    return response.index() < 100;
  };
  ExpectFound("ANSWER_MISMATCH", "expected entry 100");
}

// Falls silent in the middle of a stream, for good.
TEST_F(LyingServerTest, FallsSilent) {
  liar_->lies().watched = [this](v1::WatchEntriesResponse* response) {
    if (response->index() == 100) released_.WaitForNotification();
  };
  const std::string state = dir_.Path("state");
  for (const Words& words :
       {Words{"audit", "--state", state}, Words{"export", export_dir_}}) {
    Words command = words;
    command.insert(command.end(),
                   {"--server", liar_->address(), "--timeout", "1"});
    const Outcome outcome = Annals(command);
    EXPECT_THAT(outcome, RefusedWith(7, "SERVER_SILENT"));
    EXPECT_THAT(outcome.err, HasSubstr("did not send entry 100 within 1s"));
  }
  released_.Notify();
  // What was done was kept.
  EXPECT_THAT(
      Annals({"audit", "--state", state, "--server", liar_->address()}).err,
      HasSubstr("at entry 100"));
}

TEST_F(LyingServerTest, IsAskedAgainAfterASilence) {
  liar_->lies().watched = [&](v1::WatchEntriesResponse* response) {
    if (response->index() == 100 && is_first_.exchange(false)) {
      released_.WaitForNotification();
    }
  };
  EXPECT_THAT(Annals({"audit", "--server", liar_->address(), "--timeout", "1"}),
              Succeeded());
  released_.Notify();
}

TEST_F(LyingServerTest, ReplaysAnEntry) {
  std::string replayed;
  liar_->lies().watched = [&replayed](v1::WatchEntriesResponse* response) {
    if (response->index() == 20) replayed = response->leaf();
    if (response->index() == 21) response->set_leaf(replayed);
  };
  ExpectFound("AUDIT_ENTRY_INVALID", "entry 21");
}

TEST_F(LyingServerTest, ChangesTheCheckpoint) {
  liar_->lies().checkpoint = [](v1::Checkpoint* response) {
    (*response->mutable_note())[response->note().find("\n2") + 2] ^= 1;
  };
  ExpectFound("CHECKPOINT_NOT_SIGNED", "signature");
}

// An export from such a server does not become one.
TEST_F(LyingServerTest, NothingFalseIsExported) {
  liar_->lies().watched = [](v1::WatchEntriesResponse* response) {
    if (response->index() == 200) response->set_leaf("another");
  };
  const Words words = {"export", export_dir_, "--server", liar_->address(),
                       "--without-contents"};
  EXPECT_THAT(Annals(words), RefusedWith(8, "CHECKPOINT_DIVERGED"));
  EXPECT_FALSE(std::filesystem::exists(InExport("checkpoint")));
  liar_->lies().watched = [](v1::WatchEntriesResponse* response) {
    if (response->index() == kRevisionEntry) response->set_content("another");
  };
  EXPECT_THAT(Annals({"export", export_dir_, "--server", liar_->address()}),
              RefusedWith(8, "AUDIT_CONTENT_MISMATCH"));
  // What they left is replaced when the truth is told.
  liar_->lies() = {};
  EXPECT_THAT(Annals({"export", export_dir_, "--server", liar_->address()}),
              Succeeded());
  EXPECT_THAT(AuditOffline(), Succeeded());
}

}  // namespace
}  // namespace annals
