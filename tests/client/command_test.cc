// The real command, run as a person runs it, without a server.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/command_fixture.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kData[] = ANNALS_TEST_DATA;

using Outcome = CommandOutcome;

class CommandTest : public CommandFixture {
 protected:
  static std::string Xigong() { return Sample("xigong-2024.txt"); }

  // The xigong report as JSON, with a text of it replaced.
  std::string JsonWith(const std::string& from, const std::string& to) {
    EXPECT_EQ(Annals(absl::StrCat("import ", Xigong(), " -o ",
                                  dir_.Path("whole.json")))
                  .code,
              0);
    const std::string json = ReadFile(dir_.Path("whole.json"));
    const std::string edited = absl::StrReplaceAll(json, {{from, to}});
    EXPECT_NE(edited, json) << from;
    WriteFile(dir_.Path("edited.json"), edited);
    return dir_.Path("edited.json");
  }
};

TEST_F(CommandTest, ImportsTheXigongReportWithoutDoubt) {
  const Outcome outcome = Annals(
      absl::StrCat("import ", Xigong(), " -o ", dir_.Path("report.json")));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("200 certain"));
  EXPECT_THAT(ReadFile(dir_.Path("report.json")),
              HasSubstr("\"natural_person\": 35"));
  const Outcome piped = Annals(absl::StrCat("import ", Xigong()));
  EXPECT_EQ(piped.out, ReadFile(dir_.Path("report.json")));
}

TEST_F(CommandTest, NamesEachDoubtfulCellAndExits3) {
  const Outcome outcome = Annals(absl::StrCat("import --lang zh ", kData,
                                              "/shanghai-kewei-2024.txt -o ",
                                              dir_.Path("report.json")));
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("t3."));
  EXPECT_THAT(ReadFile(dir_.Path("report.json")), StartsWith("{"));
}

TEST_F(CommandTest, CheckOfASoundReportShowsItsWarning) {
  const Outcome outcome = Annals(absl::StrCat("check ", Xigong()));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("N-REQUESTS"));
  EXPECT_THAT(outcome.out, HasSubstr("30"));
}

TEST_F(CommandTest, CheckOfABrokenSumExits4) {
  const std::string file =
      JsonWith("\"natural_person\": 35", "\"natural_person\": 36");
  const Outcome outcome = Annals(absl::StrCat("check --lang zh ", file));
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.out, HasSubstr("T3-ROW-new_received"));
  EXPECT_THAT(outcome.out, HasSubstr("一、本年新收政府信息公开申请数量"));
  EXPECT_THAT(Annals(absl::StrCat("check --json ", file)).out,
              HasSubstr("\"rule_id\": \"T3-ROW-new_received\""));
}

TEST_F(CommandTest, CheckTakesLastYearsReport) {
  const Outcome outcome =
      Annals(absl::StrCat("check ", kData, "/hongze-2024.txt --previous ",
                          kData, "/hongze-2023.txt"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("last year's report is not at hand")));
}

TEST_F(CommandTest, CellsAreTabSeparated) {
  const Outcome outcome = Annals(absl::StrCat("cells --lang zh ", Xigong()));
  EXPECT_EQ(outcome.code, 0);
  const std::vector<std::string> lines =
      absl::StrSplit(outcome.out, '\n', absl::SkipEmpty());
  EXPECT_THAT(lines, SizeIs(200));
  for (const std::string& line : lines) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    EXPECT_THAT(fields, SizeIs(3)) << line;
  }
  EXPECT_THAT(outcome.out, HasSubstr("t3.denied_third_party.natural_person\t1"
                                     "\t三、本年度办理结果 "));
}

TEST_F(CommandTest, ABlankCellIsEmptyInCells) {
  WriteFile(dir_.Path("blank.json"),
            R"({"year": 2024, "t4": {"edition": "EDITION_2021"}})");
  const Outcome outcome =
      Annals(absl::StrCat("cells ", dir_.Path("blank.json")));
  EXPECT_THAT(outcome.out, HasSubstr("t4.reconsideration.upheld\t\t"));
}

TEST_F(CommandTest, BadFilesHaveReasonsAndExitCodes) {
  WriteFile(dir_.Path("binary"), std::string("\x7F"
                                             "ELF\0\0\0",
                                             7));
  WriteFile(dir_.Path("latin"), "caf\xE9 \xE4\xF6\xFC 2024");
  WriteFile(dir_.Path("unknown.json"), R"({"yaer": 2024})");
  WriteFile(dir_.Path("broken.json"), R"({"year": )");
  WriteFile(dir_.Path("negative.json"),
            R"({"year": 2024, "t3": {"granted": {"total": -1}}})");
  WriteFile(dir_.Path("empty"), "");
  const auto expect = [this](const std::string& file, int code,
                             const std::string& reason) {
    const Outcome outcome = Annals(absl::StrCat("check ", dir_.Path(file)));
    EXPECT_EQ(outcome.code, code) << file << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(reason)) << file;
    EXPECT_THAT(outcome.out, IsEmpty()) << file;
  };
  expect("absent", 9, "FILE_NOT_FOUND");
  expect("binary", 6, "BINARY_FILE");
  expect("latin", 6, "INVALID_UTF8");
  expect("unknown.json", 6, "UNKNOWN_FIELD");
  expect("broken.json", 6, "INVALID_JSON");
  expect("negative.json", 6, "NEGATIVE_COUNT");
  expect("empty", 6, "EMPTY_FILE");
  EXPECT_EQ(Annals(absl::StrCat("check ", kData)).code, 6);
  EXPECT_THAT(
      Annals(absl::StrCat("import ", Xigong(), " -o /no/such/directory/x.json"))
          .err,
      HasSubstr("FILE_NOT_WRITABLE"));
}

TEST_F(CommandTest, SubmitRefusesADoubtfulTextBeforeAnythingElse) {
  const Outcome outcome = Annals(absl::StrCat(
      "submit ", kData,
      "/shanghai-kewei-2024.txt --agency "
      "11410303005450123N --year 2024 --reason x --server 127.0.0.1:1"));
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("DOUBTFUL_IMPORT"));
}

TEST_F(CommandTest, AWrongAgencyCodeIsNamed) {
  const Outcome outcome = Annals(
      absl::StrCat("submit ", Xigong(),
                   " --agency 11410303005450123M --year 2024 --reason x"));
  EXPECT_EQ(outcome.code, 6);
  EXPECT_THAT(outcome.err, HasSubstr("INVALID_AGENCY_CODE"));
}

TEST_F(CommandTest, AFullDiskIsNoSuccess) {
  const int status =
      std::system(absl::StrCat(ANNALS_COMMAND, " cells ", Xigong(),
                               " >/dev/full 2>/dev/null")
                      .c_str());
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST_F(CommandTest, CompletionScriptsAreValidBash) {
  const int status = std::system(
      absl::StrCat(ANNALS_COMMAND, " completion bash | bash -n").c_str());
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(CommandTest, BashCompletesCommandsAndOptions) {
  const std::string script = absl::StrCat(
      "source <(", ANNALS_COMMAND, " completion bash); ",
      "COMP_WORDS=(annals agency reg); COMP_CWORD=2; _annals; ",
      "echo \"${COMPREPLY[*]}\"; ",
      "COMP_WORDS=(annals get x --format t); COMP_CWORD=4; _annals; ",
      "echo \"${COMPREPLY[*]}\"; ",
      "COMP_WORDS=(annals --lang zh correct --reason-c); COMP_CWORD=4; ",
      "_annals; echo \"${COMPREPLY[*]}\"");
  WriteFile(dir_.Path("complete.sh"), script);
  const int status = std::system(
      absl::StrCat("cd ", dir_.Path("."), "; bash complete.sh >out").c_str());
  EXPECT_EQ(status, 0);
  EXPECT_EQ(ReadFile(dir_.Path("out")),
            "register\ntext table\n--reason-code\n");
}

}  // namespace
}  // namespace annals::client
