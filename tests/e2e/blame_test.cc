// `annals blame` and `annals history --cell` against a daemon process.

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/e2e_fixture.h"

namespace annals {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCode[] = "11410303005450123N";
constexpr char kAck[] = "N-REQUESTS=正文仅统计区政府办公室受理件数";
constexpr char kCell[] = "t2.normative_documents.in_force";

class BlameTest : public EndToEndTest {
 protected:
  // Three revisions of 2024: a figure is changed and changed back, a paragraph
  // comes in; and one revision of 2023.
  void SetUp() override {
    StartDaemon();
    ASSERT_THAT(RegisterAgency(kCode), Succeeded());
    ASSERT_THAT(Annals({"import", TestData("xigong-2024.txt"), "-o", json_}),
                Succeeded());
    const std::string report = ReadFile(json_);
    ASSERT_THAT(Submit("2024", report), Succeeded());
    ASSERT_THAT(Correct({{"\"in_force\": 5", "\"in_force\": 6"}},
                        "figure-error", "核对后更正"),
                Succeeded());
    ASSERT_THAT(
        Correct({{"\"in_force\": 6", "\"in_force\": 5"},
                 {"\"s5_problems\": \"", "\"s5_problems\": \"新增一段。\\n"}},
                "text-error", "恢复原值并补充一段"),
        Succeeded());
    ASSERT_THAT(Submit("2023", absl::StrReplaceAll(report, {{"2024", "2023"}})),
                Succeeded());
  }

  Outcome Submit(const std::string& year, const std::string& report) {
    WriteFile(json_, report);
    return Annals({"submit", json_, "--agency", kCode, "--year", year,
                   "--reason", "年度报告", "--ack", kAck});
  }

  using Replacements =
      std::vector<std::pair<absl::string_view, absl::string_view>>;

  // The latest revision, with the replacements made.
  Outcome Correct(const Replacements& replacements, const std::string& code,
                  const std::string& reason) {
    const std::string latest = Annals({"get", name_, "--format", "json"}).out;
    const std::string corrected = absl::StrReplaceAll(latest, replacements);
    EXPECT_NE(corrected, latest);
    WriteFile(json_, corrected);
    return Annals({"correct", json_, "--agency", kCode, "--year", "2024",
                   "--reason-code", code, "--reason", reason, "--ack", kAck});
  }

  const std::string name_ = absl::StrCat("agencies/", kCode, "/reports/2024");
  const std::string json_ = dir_.Path("report.json");
};

TEST_F(BlameTest, NamesWhoGaveAFigureItsValueAndWhatItWas) {
  const Outcome figure = Annals({"blame", name_, kCell, "--lang", "zh"});
  EXPECT_THAT(figure, Succeeded());
  EXPECT_THAT(figure.out, AllOf(HasSubstr("行政规范性文件"),
                                HasSubstr("恢复原值并补充一段"),
                                HasSubstr("6（修订 2） ← 5（修订 1）")));
  const Outcome changed = Annals({"blame", name_, "--changed"});
  EXPECT_THAT(changed.out,
              AllOf(HasSubstr("(paragraph 1)"), HasSubstr("新增一段。"),
                    Not(HasSubstr("(paragraph 2)"))));
}

// Both values begin with more than there is room for.
TEST_F(BlameTest, ShowsOfLongTextsWhereTheyDiffer) {
  const std::string corrected =
      absl::StrReplaceAll(Annals({"get", name_, "--format", "json"}).out,
                          {{"信息处理费。", "信息处理费用。"}});
  WriteFile(json_, corrected);
  ASSERT_THAT(Annals({"correct", json_, "--agency", kCode, "--year", "2024",
                      "--reason-code", "text-error", "--reason", "改一字",
                      "--ack", kAck, "--ack", "Y-DOC=x", "--ack", "Y-SAME=x"}),
              Succeeded());
  const Outcome blame = Annals({"blame", name_, "s6_other"});
  EXPECT_THAT(blame.out, AllOf(HasSubstr("“…信息处理费用。”"),
                               HasSubstr("“…信息处理费。”")));
}

TEST_F(BlameTest, AnswersTheSameFromProvedContents) {
  const auto server = FromJson<v1::BlameReportResponse>(
      Annals({"blame", name_, "--json", "--no-verify"}).out);
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  const Outcome proved = Annals({"blame", name_, "--json"});
  EXPECT_THAT(proved, Succeeded());
  EXPECT_THAT(proved.err, HasSubstr("3 revisions"));
  const auto own = FromJson<v1::BlameReportResponse>(proved.out);
  EXPECT_EQ(own.ShortDebugString(), server.ShortDebugString());
  EXPECT_EQ(own.revisions_size(), 3);
  EXPECT_GT(own.fields_size(), 200);
}

TEST_F(BlameTest, FollowsACellOverRevisionsAndYears) {
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  const Words command = {"history", name_, "--cell",
                         "行政规范性文件 现行有效件数", "--json"};
  const Outcome proved = Annals(command);
  EXPECT_THAT(proved, Succeeded());
  std::vector<std::string> values;
  for (absl::string_view line :
       absl::StrSplit(proved.out, '\n', absl::SkipEmpty())) {
    const auto value = FromJson<v1::CellValue>(std::string(line));
    values.push_back(
        absl::StrCat(value.revision().name().substr(36), " ", value.value()));
  }
  EXPECT_THAT(values, ElementsAre("2023/revisions/1 5", "2024/revisions/1 5",
                                  "2024/revisions/2 6", "2024/revisions/3 5"));
  Words unverified = command;
  unverified.push_back("--no-verify");
  EXPECT_EQ(Annals(unverified).out, proved.out);
  const Outcome table = Annals({"history", name_, "--cell", kCell});
  EXPECT_THAT(table.out, AllOf(HasSubstr("2023"), HasSubstr("figure error")));
}

// Also those that left it as it was: each is a revision of the report.
TEST_F(BlameTest, FollowsACellThroughRevisionsThatDidNotChangeIt) {
  const Words command = {"history", name_, "--cell", "t3.new_received.total"};
  const auto rows = [&](Words words) -> std::vector<std::string> {
    const Outcome outcome = Annals(words);
    EXPECT_THAT(outcome, Succeeded());
    return absl::StrSplit(outcome.out, '\n', absl::SkipEmpty());
  };
  const std::vector<std::string> unverified = rows(command);
  std::vector<std::string> marked;
  for (const std::string& row : unverified) {
    if (absl::StrContains(row, "unchanged")) marked.push_back(row);
  }
  ASSERT_EQ(marked.size(), 2u) << absl::StrJoin(unverified, "\n");
  EXPECT_THAT(marked[1], HasSubstr("恢复原值并补充一段"));
  ASSERT_THAT(Annals({"trust", "add", verifier_key_}), Succeeded());
  EXPECT_EQ(rows(command), unverified);
  Words json = command;
  json.push_back("--json");
  EXPECT_EQ(rows(json).size(), 4u);
}

// Whether or not a figure was another one in the erased revision, it is the
// same around it; a paragraph came in between.
TEST_F(BlameTest, ListsOnlyWhatDiffersAroundAnErasedRevision) {
  ASSERT_THAT(Annals({"erase", name_, "--revision", "2", "--reason",
                      "含个人信息", "--legal-basis", "条例第十四条"}),
              Succeeded());
  const Outcome changed = Annals({"blame", name_, "--changed"});
  ASSERT_THAT(changed, Succeeded());
  EXPECT_THAT(changed.out, AllOf(HasSubstr("新增一段。"), HasSubstr("2–3"),
                                 Not(HasSubstr("normative documents"))));
  // The head, a line below it, and the paragraph.
  EXPECT_LE(std::count(changed.out.begin(), changed.out.end(), '\n'), 3)
      << changed.out;
  EXPECT_THAT(changed.err,
              HasSubstr("the content of revision 2 was erased or "
                        "withdrawn: changes within can't be told"));
  EXPECT_THAT(Annals({"blame", name_, "--changed", "--lang", "zh"}).err,
              HasSubstr("修订 2 的内容已删除或撤回，其间的改动无从得知"));
}

TEST_F(BlameTest, WrongUseIsNamed) {
  const Outcome revision = Annals({"blame", name_ + "/revisions/2"});
  EXPECT_EQ(revision.code, 2);
  EXPECT_THAT(revision.err, HasSubstr("--as-of"));
  EXPECT_THAT(Annals({"blame", name_, "没有这一项"}),
              RefusedWith(6, "FIELD_NOT_FOUND"));
  EXPECT_THAT(Annals({"history", name_, "--cell", "自然人"}),
              RefusedWith(6, "FIELD_AMBIGUOUS"));
  EXPECT_THAT(
      Annals({"blame", absl::StrCat("agencies/", kCode, "/reports/2022")}),
      RefusedWith(9, "REPORT_NOT_FOUND"));
  v1::BlameReportRequest request;
  request.set_name(name_);
  request.add_fields("t3.nothing");
  v1::BlameReportResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(ReasonOf(reports_->BlameReport(&context, request, &response)),
            "FIELD_NOT_FOUND");
}

}  // namespace
}  // namespace annals
