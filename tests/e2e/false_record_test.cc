// A server that says that it recorded something, and did not, or did something
// else.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/e2e/audit_fixture.h"
#include "tests/e2e/lying_server.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class FalseRecordTest : public AuditFixture {
 protected:
  void SetUp() override {
    StartDaemon();
    Register(0);
    Submit(0, 2024);  // Entry 1.
    liar_ = std::make_unique<LyingServer>(channel_);
  }
  void TearDown() override { liar_.reset(); }

  Outcome AskLiar(Words words) {
    words.insert(words.end(), {"--server", liar_->address()});
    return Annals(words);
  }
  Outcome Erase() {
    return AskLiar({"erase", Report(), "--revision", "1", "--reason",
                    "含个人信息", "--legal-basis", "条例第十五条"});
  }
  Outcome RegisterSecond() {
    return AskLiar({"agency", "register", MakeAgencyCode(1), "--name", "乙局",
                    "--division", "410303", "--supervisor", MakeAgencyCode(0)});
  }
  Outcome Rename() {
    return AskLiar({"agency", "update", MakeAgencyCode(0), "--name", "甲局",
                    "--reason", "改名"});
  }

  static std::string Report() {
    return absl::StrCat("agencies/", MakeAgencyCode(0), "/reports/2024");
  }

  // What the register says of agency 0.
  v1::Agency First() {
    v1::GetAgencyRequest request;
    request.set_name(absl::StrCat("agencies/", MakeAgencyCode(0)));
    v1::Agency agency;
    grpc::ClientContext context;
    EXPECT_THAT(agencies_->GetAgency(&context, request, &agency), RpcOk());
    return agency;
  }

  std::unique_ptr<LyingServer> liar_;
};

TEST_F(FalseRecordTest, TheTruthIsProved) {
  const Outcome registered = RegisterSecond();
  EXPECT_THAT(registered, Succeeded());
  EXPECT_THAT(registered.err, HasSubstr("verified: the ledger recorded"));
  const Outcome renamed = Rename();
  EXPECT_THAT(renamed, Succeeded());
  EXPECT_THAT(renamed.err, HasSubstr("verified: the ledger recorded"));
  // Not before the change above.
  EXPECT_THAT(AskLiar({"agency", "update", MakeAgencyCode(0), "--dissolved",
                       "2099-06-30", "--successor", MakeAgencyCode(1),
                       "--reason", "撤销"}),
              Succeeded());
  const Outcome erased = Erase();
  EXPECT_THAT(erased, Succeeded());
  EXPECT_THAT(erased.err, HasSubstr("verified: the record of the erasure"));
}

TEST_F(FalseRecordTest, AnErasureThatNobodyRecordedIsNoSuccess) {
  for (const uint64_t index : {uint64_t{0}, uint64_t{1}, uint64_t{99}}) {
    liar_->lies().erasure_instead = [index](v1::EraseContentResponse* answer) {
      answer->mutable_erasure()->set_entry_index(index);
      answer->mutable_erasure()->set_erased_index(1);
      answer->mutable_erasure()->set_name(Report() + "/revisions/1");
      answer->set_compacted(true);
    };
    const Outcome erased = Erase();
    EXPECT_THAT(erased, RefusedWith(8, "ANSWER_MISMATCH"));
    EXPECT_THAT(erased.err, HasSubstr(absl::StrCat("entry ", index)));
    EXPECT_THAT(erased.out, Not(HasSubstr("removed")));
  }
}

TEST_F(FalseRecordTest, ARegistrationThatNobodyRecordedIsNoSuccess) {
  v1::Agency answer = First();
  answer.set_name(absl::StrCat("agencies/", MakeAgencyCode(1)));
  answer.set_display_name("乙局");
  liar_->lies().agency_instead = [&answer](v1::Agency* agency) {
    *agency = answer;
  };
  for (const uint64_t index : {uint64_t{0}, uint64_t{99}}) {
    answer.set_entry_index(index);
    const Outcome registered = RegisterSecond();
    EXPECT_THAT(registered, RefusedWith(8, "ANSWER_MISMATCH"));
    EXPECT_THAT(registered.out, Not(HasSubstr("乙局")));
  }
}

TEST_F(FalseRecordTest, AChangeThatNobodyRecordedIsNoSuccess) {
  const v1::Agency before = First();
  liar_->lies().agency_instead = [&before](v1::Agency* agency) {
    *agency = before;
    agency->set_display_name("甲局");
  };
  EXPECT_THAT(Rename(), RefusedWith(8, "ANSWER_MISMATCH"));
  EXPECT_EQ(First().change_count(), 0);
}

// Of the register's history, which only an audit compares.
TEST_F(FalseRecordTest, AHiddenStateOfAnAgencyIsFoundByTheAudit) {
  ASSERT_THAT(Rename(), Succeeded());
  ASSERT_THAT(AskLiar({"audit"}), Succeeded());
  liar_->lies().agency_changes = [](v1::ListAgencyChangesResponse* answer) {
    answer->mutable_changes()->RemoveLast();
  };
  const Outcome hidden = AskLiar({"audit"});
  EXPECT_THAT(hidden, RefusedWith(8, "AUDIT_INDEX"));
  EXPECT_THAT(hidden.err, AllOf(HasSubstr(MakeAgencyCode(0)),
                                HasSubstr("2 states"), HasSubstr("1 states")));
  liar_->lies().agency_changes = [](v1::ListAgencyChangesResponse* answer) {
    answer->mutable_changes(1)->set_reason("另一理由");
  };
  EXPECT_THAT(AskLiar({"audit"}), RefusedWith(8, "AUDIT_INDEX"));
  liar_->lies() = {};
  liar_->lies().agency = [](v1::Agency* agency) {
    agency->set_display_name("乙局");
  };
  const Outcome renamed = AskLiar({"audit"});
  EXPECT_THAT(renamed, RefusedWith(8, "AUDIT_INDEX"));
  EXPECT_THAT(renamed.err, HasSubstr("乙局"));
}

// Without a key nothing is verified, which is said.
TEST_F(FalseRecordTest, WithoutAKeyNothingIsProved) {
  verifier_key_.clear();
  const Outcome erased = Erase();
  EXPECT_THAT(erased, Succeeded());
  EXPECT_THAT(erased.err, AllOf(HasSubstr("NOT VERIFIED"),
                                Not(HasSubstr("verified: the record"))));
}

}  // namespace
}  // namespace annals
