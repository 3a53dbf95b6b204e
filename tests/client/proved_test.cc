// Reading commands against a server that says one thing and has recorded
// another, or shows another ledger than before.

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "annals/v1/ledger_service.grpc.pb.h"
#include "annals/v1/report_service.grpc.pb.h"
#include "client/run.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/recorded_ledger.h"
#include "tests/support/temp_dir.h"

namespace annals::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOrigin[] = "test.example/ledger";
constexpr char kReport[] = "agencies/11410303005450123N/reports/2024";

// What a server says of a revision, true or not.
v1::Revision Claim(int number, uint64_t entry_index) {
  v1::Revision revision;
  revision.set_name(absl::StrCat(kReport, "/revisions/", number));
  revision.set_number(number);
  revision.set_entry_index(entry_index);
  revision.set_reason("a lie");
  revision.mutable_content()->mutable_report()->set_title("a lie");
  revision.mutable_content()->mutable_report()->set_year(2024);
  return revision;
}

class Reports final : public v1::ReportService::Service {
 public:
  grpc::Status GetReport(grpc::ServerContext* /*context*/,
                         const v1::GetReportRequest* /*request*/,
                         v1::Revision* response) override {
    *response = revisions.front();
    return grpc::Status::OK;
  }
  grpc::Status ListRevisions(grpc::ServerContext* /*context*/,
                             const v1::ListRevisionsRequest* /*request*/,
                             v1::ListRevisionsResponse* response) override {
    for (const v1::Revision& revision : revisions) {
      *response->add_revisions() = revision;
    }
    return grpc::Status::OK;
  }
  grpc::Status DiffRevisions(grpc::ServerContext* /*context*/,
                             const v1::DiffRevisionsRequest* /*request*/,
                             v1::DiffRevisionsResponse* response) override {
    *response->mutable_to() = revisions[0];
    *response->mutable_from() = revisions[1];
    return grpc::Status::OK;
  }

  std::vector<v1::Revision> revisions;  // Newest first.
};

class Ledgers final : public v1::LedgerService::Service {
 public:
  grpc::Status GetCheckpoint(grpc::ServerContext* /*context*/,
                             const v1::GetCheckpointRequest* /*request*/,
                             v1::Checkpoint* response) override {
    if (from_next_checkpoint != nullptr) ledger = from_next_checkpoint;
    response->set_note(ledger->Note());
    if (after_checkpoint) after_checkpoint();
    return grpc::Status::OK;
  }
  grpc::Status GetEntry(grpc::ServerContext* /*context*/,
                        const v1::GetEntryRequest* request,
                        v1::Entry* response) override {
    if (request->index() >= ledger->size() ||
        request->tree_size() > ledger->size()) {
      return grpc::Status(grpc::StatusCode::OUT_OF_RANGE, "no such entry");
    }
    *response = ledger->Entry(request->index(), request->tree_size());
    if (alter_entry) alter_entry(response);
    return grpc::Status::OK;
  }
  grpc::Status GetConsistencyProof(
      grpc::ServerContext* /*context*/,
      const v1::GetConsistencyProofRequest* request,
      v1::ConsistencyProof* response) override {
    if (refuse_consistency) {
      return grpc::Status(grpc::StatusCode::INTERNAL, "not today");
    }
    *response = ledger->Consistency(request->old_size(), request->new_size());
    return grpc::Status::OK;
  }

  RecordedLedger* ledger = nullptr;
  RecordedLedger* from_next_checkpoint = nullptr;
  bool refuse_consistency = false;
  std::function<void(v1::Entry*)> alter_entry;
  std::function<void()> after_checkpoint;
};

struct Outcome {
  ExitCode code = ExitCode::kInternal;
  std::string out;
  std::string err;
};

MATCHER_P2(EndsWith, code, reason,
           absl::StrCat("ends with the reason ", reason)) {
  *result_listener << "which ended with " << static_cast<int>(arg.code) << ": "
                   << arg.err;
  return arg.code == code &&
         absl::StrContains(arg.err, absl::StrCat("(reason ", reason, ")"));
}

class ProvedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ledger_.AddAgency("agencies/11410303005450123N");
    ledger_.AddRevision(kReport, 1, 2024, "the first title", "");
    ledger_.AddRevision(kReport, 2, 2024, "the second title",
                        ledger_.EtagOf(1));
    ledger_.AddRevision(kReport, 3, 2024, "the third title", ledger_.EtagOf(2));
    ledgers_.ledger = &ledger_;
    reports_.revisions = {Claim(3, 3), Claim(2, 2), Claim(1, 1)};
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(&reports_);
    builder.RegisterService(&ledgers_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    ASSERT_EQ(Annals({"trust", "add", ledger_.key().ToString()}).code,
              ExitCode::kOk);
  }

  void TearDown() override {
    if (server_ != nullptr) server_->Shutdown();
  }

  std::string Server() const { return absl::StrCat("127.0.0.1:", port_); }

  Outcome Annals(std::vector<std::string> words) {
    words.insert(words.end(), {"--lang", "en", "--server", Server(),
                               "--config-dir", dir_.Path("config")});
    std::ostringstream out;
    std::ostringstream err;
    Surroundings surroundings;
    surroundings.environment = [](const std::string&) { return std::string(); };
    surroundings.out = &out;
    surroundings.err = &err;
    const ExitCode code = client::Run(std::move(words), surroundings);
    return {code, out.str(), err.str()};
  }

  std::string RememberedPath() const {
    return dir_.Path(
        absl::StrCat("config/checkpoint-127.0.0.1%3A", port_, ".txt"));
  }

  void ExpectNotTrusted(const std::string& reason) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"get", kReport},
          {"history", kReport},
          {"diff", kReport},
          {"list"},
          {"verify", kReport},
          {"checkpoint"},
          {"watch", "--count", "1"},
          {"cells", kReport},
          {"agency", "list"},
          {"receipt", kReport, "-o", dir_.Path("receipt")}}) {
      const Outcome outcome = Annals(words);
      EXPECT_THAT(outcome, EndsWith(ExitCode::kLedgerNotTrusted, reason))
          << words[0];
      EXPECT_EQ(outcome.out, "") << words[0];
      EXPECT_THAT(outcome.err, HasSubstr("kept as evidence in "));
    }
  }

  TempDir dir_;
  RecordedLedger ledger_{kOrigin};
  Reports reports_;
  Ledgers ledgers_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(ProvedTest, WhatIsShownIsMadeOfTheVerifiedBytes) {
  const auto is_true = Not(HasSubstr("a lie"));
  const Outcome get = Annals({"get", kReport, "--json"});
  EXPECT_EQ(get.code, ExitCode::kOk) << get.err;
  EXPECT_THAT(get.out,
              AllOf(is_true, HasSubstr("the third title"),
                    HasSubstr(ledger_.EtagOf(3)), HasSubstr("年度报告")));
  EXPECT_THAT(get.err, HasSubstr("verified: "));
  const Outcome history = Annals({"history", kReport});
  EXPECT_EQ(history.code, ExitCode::kOk) << history.err;
  EXPECT_THAT(history.out, AllOf(is_true, HasSubstr("年度报告")));
  EXPECT_THAT(history.err, HasSubstr("verified: 3 revisions"));
  const Outcome diff = Annals({"diff", kReport});
  EXPECT_EQ(diff.code, ExitCode::kOk) << diff.err;
  EXPECT_THAT(diff.out, AllOf(is_true, HasSubstr("the second title"),
                              HasSubstr("the third title")));
}

TEST_F(ProvedTest, WithoutVerificationTheUserIsTold) {
  const Outcome unverified = Annals({"get", kReport, "--no-verify"});
  EXPECT_EQ(unverified.code, ExitCode::kOk);
  EXPECT_THAT(unverified.out, HasSubstr("a lie"));
  EXPECT_THAT(unverified.err, HasSubstr("NOT VERIFIED: --no-verify"));
  ASSERT_EQ(Annals({"trust", "remove", Server()}).code, ExitCode::kOk);
  const Outcome unpinned = Annals({"get", kReport});
  EXPECT_EQ(unpinned.code, ExitCode::kOk);
  EXPECT_THAT(unpinned.err, AllOf(HasSubstr("NOT VERIFIED: no key is pinned"),
                                  HasSubstr("annals trust add")));
  const Outcome with_key =
      Annals({"get", kReport, "--key", ledger_.key().ToString()});
  EXPECT_EQ(with_key.code, ExitCode::kOk);
  EXPECT_THAT(with_key.out, HasSubstr("the third title"));
}

TEST_F(ProvedTest, AlteredBytesAreRefused) {
  ledgers_.alter_entry = [](v1::Entry* entry) {
    (*entry->mutable_content())[3] ^= 1;
  };
  EXPECT_THAT(Annals({"get", kReport}),
              EndsWith(ExitCode::kVerificationFailed, "CONTENT_MISMATCH"));
  EXPECT_THAT(Annals({"history", kReport}),
              EndsWith(ExitCode::kVerificationFailed, "CONTENT_MISMATCH"));
  EXPECT_THAT(Annals({"diff", kReport}),
              EndsWith(ExitCode::kVerificationFailed, "CONTENT_MISMATCH"));
  ledgers_.alter_entry = [](v1::Entry* entry) {
    v1::LedgerEntry leaf;
    ASSERT_TRUE(leaf.ParseFromString(entry->leaf()));
    leaf.set_reason("another reason");
    entry->set_leaf(leaf.SerializeAsString());
  };
  EXPECT_THAT(Annals({"get", kReport}),
              EndsWith(ExitCode::kVerificationFailed, "INCLUSION_NOT_PROVED"));
}

TEST_F(ProvedTest, AnotherEntryIsRefused) {
  reports_.revisions[0].set_entry_index(0);
  EXPECT_THAT(Annals({"get", kReport}),
              EndsWith(ExitCode::kVerificationFailed, "LEAF_MISMATCH"));
  reports_.revisions[0].set_entry_index(2);
  EXPECT_THAT(Annals({"get", kReport}),
              EndsWith(ExitCode::kVerificationFailed, "LEAF_MISMATCH"));
}

TEST_F(ProvedTest, AHiddenRevisionBreaksTheHistory) {
  const std::vector<v1::Revision> all = reports_.revisions;
  for (size_t hidden : {1u, 2u}) {
    reports_.revisions = all;
    reports_.revisions.erase(reports_.revisions.begin() +
                             static_cast<int>(hidden));
    EXPECT_THAT(Annals({"history", kReport}),
                EndsWith(ExitCode::kVerificationFailed, "HISTORY_BROKEN"));
  }
  reports_.revisions = {all[2], all[1], all[0]};
  EXPECT_THAT(Annals({"history", kReport}),
              EndsWith(ExitCode::kVerificationFailed, "HISTORY_BROKEN"));
  reports_.revisions = {all[0], all[0], all[1], all[2]};
  EXPECT_THAT(Annals({"history", kReport}),
              EndsWith(ExitCode::kVerificationFailed, "HISTORY_BROKEN"));
  reports_.revisions = all;
  EXPECT_EQ(Annals({"history", kReport, "--limit", "2"}).code, ExitCode::kOk);
}

TEST_F(ProvedTest, ARevisionOfAnotherBaseBreaksTheHistory) {
  ledger_.AddRevision(kReport, 4, 2024, "the fourth title", ledger_.EtagOf(2));
  reports_.revisions.insert(reports_.revisions.begin(), Claim(4, 4));
  EXPECT_THAT(Annals({"history", kReport}),
              EndsWith(ExitCode::kVerificationFailed, "HISTORY_BROKEN"));
  EXPECT_THAT(Annals({"diff", kReport}),
              EndsWith(ExitCode::kVerificationFailed, "HISTORY_BROKEN"));
}

TEST_F(ProvedTest, AnEntryRecordedAfterTheCheckpointIsProvedByANewerOne) {
  ledgers_.after_checkpoint = [this] {
    ledgers_.after_checkpoint = nullptr;
    ledger_.AddRevision(kReport, 4, 2024, "the fourth title",
                        ledger_.EtagOf(3));
    reports_.revisions.insert(reports_.revisions.begin(), Claim(4, 4));
  };
  const Outcome outcome = Annals({"get", kReport, "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("the fourth title"));
  EXPECT_THAT(ReadFile(RememberedPath()), HasSubstr("\n5\n"));
}

TEST_F(ProvedTest, RollbackIsNoticedByEveryRead) {
  ASSERT_EQ(Annals({"checkpoint"}).code, ExitCode::kOk);
  const std::string remembered = ReadFile(RememberedPath());
  RecordedLedger older(kOrigin);
  for (uint64_t i = 0; i < 3; ++i) older.Add(ledger_.stored(i));
  ledgers_.ledger = &older;
  ExpectNotTrusted("LEDGER_ROLLED_BACK");
  RecordedLedger empty(kOrigin);
  ledgers_.ledger = &empty;
  ExpectNotTrusted("LEDGER_ROLLED_BACK");
  EXPECT_EQ(ReadFile(RememberedPath()), remembered);
  ledgers_.ledger = &ledger_;
  EXPECT_EQ(Annals({"get", kReport}).code, ExitCode::kOk);
}

TEST_F(ProvedTest, AForkIsNoticedAtTheSameAndAtALargerSize) {
  ASSERT_EQ(Annals({"checkpoint"}).code, ExitCode::kOk);
  RecordedLedger fork(kOrigin);
  for (uint64_t i = 0; i < 3; ++i) fork.Add(ledger_.stored(i));
  fork.AddRevision(kReport, 3, 2024, "another title", fork.EtagOf(2));
  ledgers_.ledger = &fork;
  ExpectNotTrusted("LEDGER_FORKED");
  fork.AddAgency("agencies/x");
  ExpectNotTrusted("LEDGER_FORKED");
}

TEST_F(ProvedTest, GrowthMustBeProved) {
  ASSERT_EQ(Annals({"checkpoint"}).code, ExitCode::kOk);
  ledger_.AddAgency("agencies/x");
  ledgers_.refuse_consistency = true;
  ExpectNotTrusted("LEDGER_GROWTH_NOT_PROVED");
  ledgers_.refuse_consistency = false;
  EXPECT_EQ(Annals({"checkpoint"}).code, ExitCode::kOk);
  EXPECT_THAT(ReadFile(RememberedPath()), HasSubstr("\n5\n"));
}

TEST_F(ProvedTest, AnotherKeyIsNotTrusted) {
  RecordedLedger foreign(kOrigin, 'x');
  for (uint64_t i = 0; i < 4; ++i) foreign.Add(ledger_.stored(i));
  ledgers_.ledger = &foreign;
  ExpectNotTrusted("LEDGER_KEY_NOT_PINNED");
  // The same entries, signed by a second key: trusted once that is pinned.
  ASSERT_EQ(Annals({"trust", "add", foreign.key().ToString()}).code,
            ExitCode::kOk);
  EXPECT_EQ(Annals({"get", kReport}).code, ExitCode::kOk);
  EXPECT_EQ(
      Annals({"trust", "add", RecordedLedger("other.example").key().ToString()})
          .code,
      ExitCode::kConflict);
  EXPECT_EQ(Annals({"get", kReport, "--key",
                    RecordedLedger("other.example").key().ToString()})
                .code,
            ExitCode::kUsage);
}

TEST_F(ProvedTest, APinnedPolicyMustBeSatisfied) {
  WriteFile(dir_.Path("policy.txt"),
            "witness w remora.n621.de+da77ade7+"
            "BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2\nquorum w\n");
  ASSERT_EQ(Annals({"trust", "add", ledger_.key().ToString(), "--policy",
                    dir_.Path("policy.txt")})
                .code,
            ExitCode::kOk);
  ExpectNotTrusted("LEDGER_NOT_WITNESSED");
}

TEST_F(ProvedTest, AnotherProcessMayRememberMoreMeanwhile) {
  ASSERT_EQ(Annals({"checkpoint"}).code, ExitCode::kOk);
  ledger_.AddAgency("agencies/x");
  int calls = 0;
  // The server has answered with five entries, the ledger grows, and another
  // client remembers six before this one can.
  ledgers_.after_checkpoint = [&] {
    if (++calls > 1) return;
    ledger_.AddAgency("agencies/y");
    WriteFile(RememberedPath(), ledger_.Note());
  };
  const Outcome outcome = Annals({"checkpoint"});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
  EXPECT_EQ(calls, 2);
  EXPECT_THAT(outcome.out, HasSubstr("\n6\n"));
  EXPECT_THAT(ReadFile(RememberedPath()), HasSubstr("\n6\n"));
}

TEST_F(ProvedTest, ARaceThatNeverEndsIsDecidedUnderTheLock) {
  ASSERT_EQ(Annals({"checkpoint"}).code, ExitCode::kOk);
  ledger_.AddAgency("agencies/w");
  int calls = 0;
  ledgers_.after_checkpoint = [&] {
    if (++calls > 4) return;
    ledger_.AddAgency("agencies/x");
    WriteFile(RememberedPath(), ledger_.Note());
    ledger_.AddAgency("agencies/y");
  };
  EXPECT_EQ(Annals({"checkpoint"}).code, ExitCode::kOk);
  EXPECT_EQ(calls, 5);
  EXPECT_EQ(ReadFile(RememberedPath()), ledger_.Note());
}

TEST_F(ProvedTest, ARollbackSeenUnderTheLockIsAccusedAsWell) {
  ASSERT_EQ(Annals({"checkpoint"}).code, ExitCode::kOk);
  RecordedLedger older(kOrigin);
  for (uint64_t i = 0; i < 3; ++i) older.Add(ledger_.stored(i));
  ledger_.AddAgency("agencies/w");
  int calls = 0;
  ledgers_.after_checkpoint = [&] {
    if (++calls > 4) return;
    ledger_.AddAgency("agencies/x");
    WriteFile(RememberedPath(), ledger_.Note());
    ledger_.AddAgency("agencies/y");
    if (calls == 4) ledgers_.from_next_checkpoint = &older;
  };
  EXPECT_THAT(Annals({"checkpoint"}),
              EndsWith(ExitCode::kLedgerNotTrusted, "LEDGER_ROLLED_BACK"));
  EXPECT_EQ(calls, 5);
}

TEST_F(ProvedTest, KeysAreRotatedByAnOverlap) {
  ASSERT_EQ(Annals({"checkpoint"}).code, ExitCode::kOk);
  RecordedLedger renewed(kOrigin, 'n');
  for (uint64_t i = 0; i < 4; ++i) renewed.Add(ledger_.stored(i));
  const std::string old_key = ledger_.key().ToString();
  ASSERT_EQ(Annals({"trust", "add", renewed.key().ToString()}).code,
            ExitCode::kOk);
  EXPECT_THAT(Annals({"trust", "remove", Server(), old_key}),
              EndsWith(ExitCode::kBadInput, "KEY_STILL_NEEDED"));
  renewed.AddAgency("agencies/x");
  ledgers_.ledger = &renewed;
  EXPECT_EQ(Annals({"get", kReport}).code, ExitCode::kOk);
  EXPECT_EQ(Annals({"trust", "remove", Server(), old_key}).code, ExitCode::kOk);
  EXPECT_EQ(Annals({"get", kReport}).code, ExitCode::kOk);
  ledgers_.ledger = &ledger_;
  EXPECT_THAT(Annals({"get", kReport}),
              EndsWith(ExitCode::kLedgerNotTrusted, "LEDGER_KEY_NOT_PINNED"));
}

TEST_F(ProvedTest, ADamagedMemoryIsNeverReplacedSilently) {
  ASSERT_EQ(Annals({"checkpoint"}).code, ExitCode::kOk);
  const std::string note = ReadFile(RememberedPath());
  for (size_t i = 0; i < note.size(); i += 7) {
    std::string damaged = note;
    damaged[i] ^= 1;
    WriteFile(RememberedPath(), damaged);
    const Outcome outcome = Annals({"checkpoint"});
    EXPECT_THAT(outcome,
                EndsWith(ExitCode::kBadInput, "CHECKPOINT_FILE_DAMAGED"))
        << i;
    EXPECT_THAT(outcome.err, HasSubstr(RememberedPath()));
    EXPECT_EQ(ReadFile(RememberedPath()), damaged);
  }
  WriteFile(RememberedPath(), "");
  EXPECT_THAT(Annals({"checkpoint"}),
              EndsWith(ExitCode::kBadInput, "CHECKPOINT_FILE_DAMAGED"));
}

}  // namespace
}  // namespace annals::client
