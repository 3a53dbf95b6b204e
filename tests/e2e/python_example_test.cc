// A client in another language, made from the published schema.

#include <string>

#include "tests/e2e/e2e_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kCode[] = "11410303005450123N";

class PythonExampleTest : public EndToEndTest {
 protected:
  void SetUp() override {
    StartDaemon();
    ASSERT_THAT(RegisterAgency(kCode), Succeeded());
    ASSERT_THAT(Annals({"import", TestData("xigong-2024.txt"), "-o", json_}),
                Succeeded());
  }

  Outcome Example(const Words& more) {
    Words command = {
        PYTHON_EXAMPLE_PATH, json_,     "--agency", kCode, "--year", "2024",
        "--reason",          "年度报告"};
    command.insert(command.end(), more.begin(), more.end());
    return Run(command, {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "USER=wang",
                         "ANNALS_SERVER=" + server_});
  }

  const std::string json_ = dir_.Path("report.json");
};

TEST_F(PythonExampleTest, SubmitsAReportAndReadsItBack) {
  const Words acknowledged = {"--ack", "N-REQUESTS=正文仅统计办公室受理件数",
                              "--request-id",
                              "9c0f4c8a-6a55-4d0e-8a3e-3f2a8f6f2d11"};
  const Outcome outcome = Example(acknowledged);
  ASSERT_THAT(outcome, Succeeded());
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("/reports/2024/revisions/1, ledger entry 1"),
                    HasSubstr("new applications: 35, processed: 35")));
  const std::string before = Checkpoint();
  const Outcome again = Example(acknowledged);
  EXPECT_THAT(again, Succeeded());
  EXPECT_EQ(again.out, outcome.out);
  EXPECT_EQ(Checkpoint(), before);
  EXPECT_THAT(
      Annals({"history", "agencies/11410303005450123N/reports/2024"}).out,
      HasSubstr("local:wang"));
}

TEST_F(PythonExampleTest, ShowsTheStableReasonOfARefusal) {
  const std::string before = Checkpoint();
  const Outcome outcome = Example({});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("reason: WARNINGS_NOT_ACKNOWLEDGED"));
  EXPECT_EQ(Checkpoint(), before);
}

TEST_F(PythonExampleTest, SaysHowToRepeatWhenTheServerIsAway) {
  EXPECT_EQ(StopDaemon(), 0);
  const Outcome outcome = Example({});
  EXPECT_EQ(outcome.code, 7);
  EXPECT_THAT(outcome.err, HasSubstr("--request-id"));
}

}  // namespace
}  // namespace annals
