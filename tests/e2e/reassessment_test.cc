// `annals check` of what is recorded, against a daemon process.

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/e2e_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCode[] = "11410303005450123N";
constexpr char kAck[] = "N-REQUESTS=正文仅统计区政府办公室受理件数";

class ReassessmentTest : public EndToEndTest {
 protected:
  void SetUp() override {
    StartDaemon();
    ASSERT_THAT(RegisterAgency(kCode), Succeeded());
    ASSERT_THAT(Annals({"import", TestData("xigong-2024.txt"), "-o", json_}),
                Succeeded());
    // The same report, as of the year before.
    WriteFile(last_year_,
              absl::StrReplaceAll(ReadFile(json_), {{"2024", "2023"}}));
  }

  Outcome Submit(const std::string& file, const std::string& year) {
    return Annals({"submit", file, "--agency", kCode, "--year", year,
                   "--reason", "年度报告", "--ack", kAck});
  }

  static std::string NameOf(const std::string& year) {
    return absl::StrCat("agencies/", kCode, "/reports/", year);
  }

  const std::string json_ = dir_.Path("2024.json");
  const std::string last_year_ = dir_.Path("2023.json");
};

std::set<std::string> FailedIds(
    const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
  std::set<std::string> ids;
  for (const v1::Finding& finding : findings) {
    if (finding.outcome() == v1::OUTCOME_FAIL) ids.insert(finding.rule_id());
  }
  return ids;
}

TEST_F(ReassessmentTest, ShowsWhatIsNewSinceARevisionWasRecorded) {
  ASSERT_THAT(Submit(json_, "2024"), Succeeded());
  const Outcome same = Annals({"check", NameOf("2024")});
  EXPECT_THAT(same, Succeeded());
  EXPECT_THAT(same.out,
              AllOf(HasSubstr("N-REQUESTS"), HasSubstr("/revisions/1"),
                    HasSubstr("the findings are those that were recorded")));
  ASSERT_THAT(Submit(last_year_, "2023"), Succeeded());
  const Outcome changed = Annals({"check", NameOf("2024"), "--lang", "zh"});
  EXPECT_THAT(changed, Succeeded());
  EXPECT_THAT(changed.out,
              AllOf(HasSubstr("记录时没有、现在不符（2 项）"),
                    HasSubstr("\n  Y-DOC\n"), HasSubstr("\n  Y-SAME\n")));
  // Each finding stands there once, the recorded reason beside its warning.
  const std::vector<std::string> around =
      absl::StrSplit(changed.out, "  Y-SAME  ");
  EXPECT_EQ(around.size(), 2u) << changed.out;
  EXPECT_THAT(changed.out, HasSubstr("    已说明：正文"));
  const auto answer = FromJson<v1::Reassessment>(
      Annals({"check", NameOf("2024") + "/revisions/1", "--json"}).out);
  EXPECT_EQ(FailedIds(answer.appeared()),
            (std::set<std::string>{"Y-DOC", "Y-SAME"}));
  // The same rules offline, with the same files.
  const Outcome offline = Annals(
      {"check", json_, "--previous", last_year_, "--year", "2024", "--json"});
  const auto check = FromJson<v1::CheckResult>(offline.out);
  EXPECT_EQ(FailedIds(check.findings()), FailedIds(answer.check().findings()));
}

TEST_F(ReassessmentTest, WrongUseIsNamed) {
  EXPECT_THAT(Annals({"check", NameOf("2024")}),
              RefusedWith(9, "REPORT_NOT_FOUND"));
  EXPECT_THAT(Annals({"check", NameOf("2024"), "--year", "2024"}),
              Not(Succeeded()));
  EXPECT_THAT(Annals({"check", json_, "--division", "1"}).err,
              HasSubstr("INVALID_DIVISION_CODE"));
}

TEST_F(ReassessmentTest, ARegionalFileIsCheckedAgainstItsParts) {
  const std::string region = dir_.Path("region.json");
  WriteFile(region, absl::StrReplaceAll(ReadFile(json_),
                                        {{"SCOPE_ORGAN", "SCOPE_REGIONAL"}}));
  const auto failed = [this, &region](const Words& parts) {
    Words words = {"check", region, "--json"};
    words.insert(words.end(), parts.begin(), parts.end());
    return FailedIds(FromJson<v1::CheckResult>(Annals(words).out).findings());
  };
  EXPECT_EQ(failed({}), (std::set<std::string>{"N-REQUESTS", "P-OTHER-SHARE"}));
  EXPECT_EQ(failed({"--part", json_}),
            (std::set<std::string>{"N-REQUESTS", "P-OTHER-SHARE"}));
  EXPECT_TRUE(failed({"--part", json_, "--part", json_})
                  .contains("R-SUM-t3.new_received.total"));
}

}  // namespace
}  // namespace annals
