// The life of a report with the real programs: steps, policies, what is in
// effect; and what an audit says of it.

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "annals/v1/lifecycle_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/audit_fixture.h"
#include "tests/e2e/lying_server.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LifeTest : public AuditFixture {
 protected:
  // An office, and below it an agency with a report.
  void SetUp() override {
    StartDaemon();
    ASSERT_THAT(RegisterAgency(office_), Succeeded());
    ASSERT_THAT(RegisterAgency(agency_, {"--supervisor", office_}),
                Succeeded());
    etag_ = Submit(1, 2024);
  }

  Outcome Step(const std::string& step, const std::string& acting_for,
               const std::string& actor, const Words& more = {}) {
    Words words = {"step",         report_,    step,      "--reason", "已核",
                   "--acting-for", acting_for, "--actor", actor};
    words.insert(words.end(), more.begin(), more.end());
    return Annals(words);
  }

  void SetEffectiveAfter(const std::string& step) {
    const Outcome policy =
        Annals({"policy", "show", office_, "--format", "json"});
    ASSERT_THAT(policy, Succeeded());
    std::string json = policy.out;
    json.replace(json.find('{'), 1,
                 absl::StrCat("{\"effective_after\": \"", step, "\","));
    const std::string path = dir_.Path("policy.json");
    WriteFile(path, json);
    const Outcome set = Annals(
        {"policy", "set", office_, "--file", path, "--reason", "市政办规程"});
    ASSERT_THAT(set, Succeeded());
    EXPECT_THAT(set.err, HasSubstr("verified: the ledger recorded"));
  }

  const std::string office_ = MakeAgencyCode(0);
  const std::string agency_ = MakeAgencyCode(1);
  const std::string report_ =
      absl::StrCat("agencies/", agency_, "/reports/2024");
  std::string etag_;
};

TEST_F(LifeTest, FromCompilationToPublication) {
  EXPECT_THAT(Annals({"step", report_}).out,
              AllOf(HasSubstr("latest revision 1, in effect 1"),
                    HasSubstr("compiled: by the reporting agency"),
                    Not(HasSubstr("published"))));
  const Outcome compiled = Step("编制", agency_, "张三");
  ASSERT_THAT(compiled, Succeeded());
  EXPECT_THAT(compiled.out, AllOf(HasSubstr("recorded as entry 3"),
                                  HasSubstr("revision 1: compiled")));
  EXPECT_THAT(compiled.err, HasSubstr("inclusion proof of the step"));
  EXPECT_THAT(Annals({"step", report_}).out,
              HasSubstr("by another person than: compiled (local:张三)"));
  EXPECT_THAT(Step("signed-off", agency_, "张三"),
              RefusedWith(6, "SAME_PERSON"));
  EXPECT_THAT(Step("signed-off", office_, "李四"),
              RefusedWith(6, "WRONG_PARTY"));
  const Outcome illegal =
      Step("published", agency_, "李四", {"--published-on", "2025-01-20"});
  EXPECT_THAT(illegal, RefusedWith(6, "ILLEGAL_STEP"));
  EXPECT_THAT(illegal.err, HasSubstr("signed off, returned"));
  EXPECT_EQ(Step("forgotten", agency_, "李四").code, 2);
  EXPECT_EQ(Step("published", agency_, "李四").code, 2);
  EXPECT_EQ(Annals({"step", report_, "--revision", "1"}).code, 2);
  EXPECT_EQ(Annals({"life", report_ + "/revisions/1"}).code, 2);
  for (const char* step : {"signed off", "保密审查", "publication-reviewed"}) {
    ASSERT_THAT(Step(step, agency_, "李四"), Succeeded());
  }
  ASSERT_THAT(Step("发布", agency_, "李四",
                   {"--published-on", "2025-01-20", "--address",
                    "https://example.gov.cn/1"}),
              Succeeded());
  const Outcome life = Annals({"life", report_});
  ASSERT_THAT(life, Succeeded());
  EXPECT_THAT(life.out, AllOf(HasSubstr("latest revision 1 (published)"),
                              HasSubstr("review policy: the default"),
                              HasSubstr("2025-01-20  https://example.gov.cn/1"),
                              HasSubstr("local:李四")));
  EXPECT_THAT(life.err, HasSubstr("proof of 1 revision and 5 steps"));
  const auto message =
      FromJson<v1::Lifecycle>(Annals({"life", report_, "--json"}).out);
  EXPECT_EQ(message.state(), v1::STEP_PUBLISHED);
  EXPECT_EQ(message.steps_size(), 5);
  EXPECT_THAT(Annals({"--lang", "zh", "life", report_}).out,
              AllOf(HasSubstr("最新修订 1（发布），生效的修订 1"),
                    HasSubstr("接下来可办理")));
}

TEST_F(LifeTest, StatusShowsWhatWasReturned) {
  const Outcome returned = Step("退回", office_, "王五");
  ASSERT_THAT(returned, Succeeded());
  EXPECT_THAT(returned.err, HasSubstr("annals correct FILE"));
  const Words ask = {"status", "--year",  "2024",    "--under",
                     office_,  "--state", "returned"};
  EXPECT_THAT(Annals(ask).out,
              AllOf(HasSubstr(agency_), HasSubstr("returned")));
  Correct(1, etag_);
  EXPECT_THAT(Annals(ask).out, Not(HasSubstr(agency_)));
}

TEST_F(LifeTest, TheEffectiveVersionStaysUntilACorrectionHasPassed) {
  SetEffectiveAfter("STEP_SIGNED_OFF");
  EXPECT_THAT(Annals({"policy", "show", agency_}).out,
              AllOf(HasSubstr("the policy of agencies/" + office_),
                    HasSubstr("takes effect when it is signed off")));
  const Words get = {"get", report_, "--in-effect", "--json"};
  Correct(1, etag_);
  EXPECT_EQ(FromJson<v1::Revision>(Annals(get).out).number(), 1);
  const Outcome none = Annals({"life", report_, "--correction-statement", "-"});
  EXPECT_THAT(none, RefusedWith(9, "NO_CORRECTION_STATEMENT"));
  EXPECT_THAT(
      none.err,
      HasSubstr("revision 1, in effect, is the first that took effect"));
  EXPECT_THAT(Annals({"history", report_}).out,
              HasSubstr("latest revision 2, in effect 1"));
  ASSERT_THAT(Step("编制", agency_, "张三"), Succeeded());
  const std::string size = "6";
  ASSERT_THAT(Step("审签", agency_, "李四"), Succeeded());
  EXPECT_EQ(FromJson<v1::Revision>(Annals(get).out).number(), 2);
  EXPECT_EQ(FromJson<v1::Revision>(Annals({"get", report_, "--in-effect",
                                           "--json", "--as-of-size", size})
                                       .out)
                .number(),
            1);
  const Outcome statement =
      Annals({"life", report_, "--correction-statement", "-"});
  ASSERT_THAT(statement, Succeeded());
  EXPECT_THAT(statement.out, AllOf(HasSubstr("更正说明"), HasSubstr("数据错误"),
                                   HasSubstr(" 更正为 ")));
  ASSERT_THAT(Step("withdrawn", office_, "王五"), Succeeded());
  EXPECT_THAT(Annals(get), RefusedWith(9, "NOT_IN_EFFECT"));
  EXPECT_THAT(Annals({"life", report_, "--correction-statement", "-"}).err,
              HasSubstr("no revision is in effect"));
  ASSERT_THAT(Step("恢复", agency_, "张三", {"--published-on", "2025-03-01"}),
              Succeeded());
  EXPECT_EQ(FromJson<v1::Revision>(Annals(get).out).number(), 2);
  ASSERT_THAT(Annals({"policy", "remove", office_, "--reason", "统一执行"}),
              Succeeded());
  EXPECT_THAT(Annals({"policy", "show", agency_}).out,
              HasSubstr("the default"));
  EXPECT_THAT(Annals({"policy", "remove", office_, "--reason", "再次"}),
              RefusedWith(9, "POLICY_NOT_FOUND"));
}

// What is withdrawn or restored need not be the latest, on which the other
// steps are taken.
TEST_F(LifeTest, TellsWhatMayBeDoneOnTheEffectiveAndTheWithdrawnRevision) {
  SetEffectiveAfter("STEP_SIGNED_OFF");
  Correct(1, etag_);
  for (const char* command : {"step", "life"}) {
    EXPECT_THAT(Annals({command, report_}).out,
                HasSubstr("may be done on revision 1, which is in effect:\n"
                          "  withdrawn"));
  }
  ASSERT_THAT(Step("withdrawn", office_, "王五"), Succeeded());
  for (const char* command : {"step", "life"}) {
    EXPECT_THAT(
        Annals({command, report_}).out,
        AllOf(HasSubstr("none in effect (revision 1 was withdrawn)"),
              HasSubstr("may be done on revision 1, which was withdrawn:\n"
                        "  restored"),
              HasSubstr("may be done next on revision 2:\n  compiled")));
    EXPECT_THAT(Annals({"--lang", "zh", command, report_}).out,
                AllOf(HasSubstr("没有生效的修订（修订 1 已撤回）"),
                      HasSubstr("已撤回的修订 1 可办理：\n  恢复")));
  }
  const std::string path = dir_.Path("short.json");
  WriteFile(path, R"({"steps": [{"step": "STEP_COMPILED"}]})");
  ASSERT_THAT(
      Annals({"policy", "set", office_, "--file", path, "--reason", "x"}),
      Succeeded());
  EXPECT_THAT(Annals({"step", report_}).out,
              HasSubstr("on revision 1, which was withdrawn: the policy has no "
                        "step \"restored\""));
}

TEST_F(LifeTest, APolicyThatCanNotBeFollowedIsRefusedHere) {
  const std::string path = dir_.Path("policy.json");
  WriteFile(path,
            "{\"steps\": [{\"step\": \"STEP_COMPILED\", \"after\": "
            "[\"STEP_SIGNED_OFF\"]}]}");
  EXPECT_THAT(
      Annals({"policy", "set", office_, "--file", path, "--reason", "x"}),
      RefusedWith(6, "INVALID_POLICY"));
  WriteFile(path, "{\"steps\": [{\"step\": \"STEP_X\"}]}");
  EXPECT_THAT(
      Annals({"policy", "set", office_, "--file", path, "--reason", "x"}),
      RefusedWith(6, "INVALID_JSON"));
}

TEST_F(LifeTest, AnOfficeCanSetItsDeadlinesAlone) {
  const std::string path = dir_.Path("policy.json");
  WriteFile(path, "{\"deadlines\": [{\"month\": 1, \"day\": 20}]}");
  EXPECT_THAT(
      Annals({"policy", "set", office_, "--file", path, "--reason", "x"}),
      Succeeded());
  const Outcome shown = Annals({"policy", "show", office_});
  EXPECT_THAT(shown.out, HasSubstr("due by 01-20"));
  EXPECT_THAT(shown.out, HasSubstr("signed off"));
}

// A ledger with everything: followed, audited, exported, rebuilt, checked.
TEST_F(LifeTest, AuditsAndChecksPass) {
  const std::string state = dir_.Path("state");
  ASSERT_THAT(Annals({"audit", "--state", state}), Succeeded());
  SetEffectiveAfter("STEP_COMPILED");
  ASSERT_THAT(Step("编制", agency_, "张三"), Succeeded());
  ASSERT_THAT(Annals({"audit", "--state", state}), Succeeded());
  Correct(1, etag_);
  ASSERT_THAT(Step("编制", agency_, "张三"), Succeeded());
  ASSERT_THAT(Annals({"policy", "remove", office_, "--reason", "统一执行"}),
              Succeeded());
  EXPECT_THAT(Annals({"audit", "--state", state}), Succeeded());
  const Outcome audit = Annals({"audit"});
  ASSERT_THAT(audit, Succeeded());
  EXPECT_THAT(audit.out, HasSubstr("Audit passed."));
  const Outcome watch = Annals({"watch", "--from", "3", "--count", "5"});
  EXPECT_THAT(watch.out, AllOf(HasSubstr("agencies/" + office_ + ", policy 1"),
                               HasSubstr(report_ + " revision 1: compiled"),
                               HasSubstr("policy 2: removed")));
  export_dir_ = dir_.Path("export");
  Export();
  EXPECT_THAT(AuditOffline(), Succeeded());
  ASSERT_EQ(StopDaemon(), 0);
  StartDaemon(DaemonCommand({"--rebuild_indexes"}));
  EXPECT_THAT(Annals({"audit"}), Succeeded());
  EXPECT_THAT(Annals({"life", report_}), Succeeded());
  ASSERT_EQ(StopDaemon(), 0);
  const Outcome fsck =
      Run({ANNALSD_PATH, "--data_dir=" + data_dir_, "--fsck"}, {});
  EXPECT_THAT(fsck, Succeeded());
  EXPECT_THAT(fsck.out, HasSubstr("0 faults"));
}

TEST_F(LifeTest, WhatAServerHidesOrInventsIsFound) {
  SetEffectiveAfter("STEP_SIGNED_OFF");
  ASSERT_THAT(Step("编制", agency_, "张三"), Succeeded());
  ASSERT_THAT(Step("审签", agency_, "李四"), Succeeded());
  ASSERT_THAT(Step("withdrawn", agency_, "李四"), Succeeded());
  LyingServer liar(channel_);
  const auto ask = [this, &liar](Words words) {
    words.insert(words.end(), {"--server", liar.address()});
    return Annals(words);
  };
  ASSERT_THAT(ask({"audit"}), Succeeded());
  ASSERT_THAT(ask({"life", report_}), Succeeded());
  // The last step is hidden: only an audit sees that.
  liar.lies().life = [](v1::Lifecycle* life) {
    life->mutable_steps()->RemoveLast();
  };
  const Outcome hidden = ask({"audit"});
  EXPECT_THAT(hidden, RefusedWith(8, "AUDIT_INDEX"));
  EXPECT_THAT(hidden.err, AllOf(HasSubstr(report_), HasSubstr("3 steps")));
  // One in the middle, or another text: so does whoever looks at it.
  liar.lies().life = [](v1::Lifecycle* life) {
    life->mutable_steps()->DeleteSubrange(0, 1);
  };
  EXPECT_THAT(ask({"audit"}), RefusedWith(8, "AUDIT_INDEX"));
  EXPECT_THAT(ask({"life", report_}), RefusedWith(8, "HISTORY_BROKEN"));
  liar.lies().life = [](v1::Lifecycle* life) {
    life->mutable_steps(1)->mutable_actor()->set_subject("local:王五");
  };
  EXPECT_THAT(ask({"audit"}), RefusedWith(8, "AUDIT_INDEX"));
  const Outcome life = ask({"life", report_});
  ASSERT_THAT(life, Succeeded());
  EXPECT_THAT(life.out, AllOf(HasSubstr("local:李四"), Not(HasSubstr("王五"))));
  // What they come to is computed anew.
  liar.lies().life = [](v1::Lifecycle* life) {
    life->set_effective_revision(1);
  };
  EXPECT_THAT(ask({"life", report_}), RefusedWith(8, "ANSWER_MISMATCH"));
  EXPECT_THAT(ask({"get", report_, "--in-effect"}),
              RefusedWith(8, "ANSWER_MISMATCH"));
  liar.lies().life = nullptr;
  // Policies.
  liar.lies().policy = [](v1::Policy* policy) {
    policy->mutable_policy()->set_effective_after(v1::STEP_COMPILED);
  };
  EXPECT_THAT(ask({"audit"}), RefusedWith(8, "AUDIT_INDEX"));
  EXPECT_THAT(ask({"policy", "show", agency_}).out,
              HasSubstr("takes effect when it is signed off"));
  liar.lies().policy = [](v1::Policy* policy) { policy->Clear(); };
  const Outcome policy = ask({"audit"});
  EXPECT_THAT(policy, RefusedWith(8, "AUDIT_INDEX"));
  EXPECT_THAT(policy.err, HasSubstr("agencies/" + office_));
}

TEST_F(LifeTest, AnErasedRevisionKeepsItsLife) {
  Correct(1, etag_);
  ASSERT_THAT(Step("编制", agency_, "张三"), Succeeded());
  ASSERT_THAT(Annals({"life", report_, "--correction-statement", "-"}),
              Succeeded());
  ASSERT_THAT(Annals({"erase", report_, "--revision", "1", "--reason",
                      "含个人信息", "--legal-basis", "条例第十五条"}),
              Succeeded());
  const Outcome life = Annals({"life", report_});
  ASSERT_THAT(life, Succeeded());
  EXPECT_THAT(life.out, HasSubstr("latest revision 2 (compiled), in effect 2"));
  const Outcome none = Annals({"life", report_, "--correction-statement", "-"});
  EXPECT_THAT(none, RefusedWith(9, "NO_CORRECTION_STATEMENT"));
  EXPECT_THAT(none.err, HasSubstr("content of revision 1 was erased"));
  ASSERT_THAT(Step("审签", agency_, "李四"), Succeeded());
  EXPECT_THAT(Annals({"audit"}), Succeeded());
}

TEST_F(LifeTest, AReceiptOfAStepSaysWhatItIs) {
  ASSERT_THAT(Step("编制", agency_, "张三"), Succeeded());
  const std::string path = dir_.Path("step.receipt");
  const Outcome receipt = Annals({"receipt", "--entry", "3", "-o", path});
  ASSERT_THAT(receipt, Succeeded());
  const Outcome verified = Annals({"verify-receipt", path});
  ASSERT_THAT(verified, Succeeded());
  EXPECT_THAT(verified.out, HasSubstr("entry 3 is a step of a report"));
  EXPECT_THAT(verified.out, HasSubstr("revision 1: compiled"));
}

}  // namespace
}  // namespace annals
