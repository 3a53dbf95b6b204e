// A server that records something else than it was given, in the submitter's
// name. The client notices with the submission itself.

#include <memory>
#include <string>

#include "tests/e2e/e2e_fixture.h"
#include "tests/e2e/lying_server.h"

namespace annals {
namespace {

using ::testing::HasSubstr;

constexpr char kAgency[] = "11410303005450123N";

class AlteredSubmissionTest : public EndToEndTest {
 protected:
  void SetUp() override {
    StartDaemon();
    ASSERT_THAT(RegisterAgency(kAgency), Succeeded());
    liar_ = std::make_unique<LyingServer>(channel_);
  }
  void TearDown() override { liar_.reset(); }

  Outcome SubmitThroughLiar() {
    return Annals({"submit", TestData("xigong-2024.txt"), "--agency", kAgency,
                   "--year", "2024", "--reason", "年度报告", "--ack",
                   "N-REQUESTS=口径不同", "--lang", "en", "--server",
                   liar_->address()});
  }

  void ExpectNoticed(const std::string& what) {
    const Outcome outcome = SubmitThroughLiar();
    EXPECT_THAT(outcome, RefusedWith(8, "ANSWER_MISMATCH"));
    EXPECT_THAT(outcome.err, HasSubstr(what));
  }

  std::unique_ptr<LyingServer> liar_;
};

TEST_F(AlteredSubmissionTest, TheTruthIsConfirmed) {
  const Outcome outcome = SubmitThroughLiar();
  EXPECT_THAT(outcome, Succeeded());
  EXPECT_THAT(outcome.err, HasSubstr("recorded what was submitted"));
}

TEST_F(AlteredSubmissionTest, AnotherReport) {
  liar_->lies().submission = [](v1::SubmitRevisionRequest* request,
                                std::string*) {
    request->mutable_report()->set_s6_other("未收取信息处理费，另有说法。");
  };
  ExpectNoticed("the report");
}

TEST_F(AlteredSubmissionTest, AnotherReason) {
  liar_->lies().submission = [](v1::SubmitRevisionRequest* request,
                                std::string*) {
    request->set_reason("上级要求");
  };
  ExpectNoticed("the reason");
}

TEST_F(AlteredSubmissionTest, AnotherAcknowledgement) {
  liar_->lies().submission = [](v1::SubmitRevisionRequest* request,
                                std::string*) {
    request->mutable_acknowledgements(0)->set_reason("无异议");
  };
  ExpectNoticed("the acknowledgements");
}

TEST_F(AlteredSubmissionTest, AnotherActor) {
  liar_->lies().submission = [](v1::SubmitRevisionRequest*,
                                std::string* actor) { *actor = "li"; };
  ExpectNoticed("the actor");
}

}  // namespace
}  // namespace annals
