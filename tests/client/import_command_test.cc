// `annals import` and what reads files as it does, as a person runs them.

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/command_fixture.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Outcome = CommandOutcome;

class ImportCommandTest : public CommandFixture {};

TEST_F(ImportCommandTest, APdfIsReviewedAndWritten) {
  const Outcome outcome = Annals(absl::StrCat("import --strict --lang zh ",
                                              Sample("hongze-2023.pdf"), " -o ",
                                              dir_.Path("report.json")));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("格式                PDF\n"));
  EXPECT_THAT(outcome.err, HasSubstr("年度                2023\n"));
  EXPECT_THAT(outcome.err, HasSubstr("机关名称            洪泽区人民政府\n"));
  EXPECT_THAT(outcome.err, HasSubstr("2023-01-01 – 2023-12-31"));
  EXPECT_THAT(outcome.err,
              HasSubstr("主动公开、依申请公开、政府信息管理、政府信息公开平台"
                        "建设、监督保障"));
  EXPECT_THAT(outcome.err, HasSubstr("表三                2019年版，单元格 161 "
                                     "个：确定 161，存疑 0，缺失 0"));
  EXPECT_THAT(ReadFile(dir_.Path("report.json")), HasSubstr("\"year\": 2023"));
}

TEST_F(ImportCommandTest, CellsComeWithPlaceAndCertainty) {
  const Outcome outcome =
      Annals(absl::StrCat("import --cells ", Sample("suqian-2023.txt")));
  EXPECT_EQ(outcome.code, 3);
  const std::vector<std::string> lines =
      absl::StrSplit(outcome.out, '\n', absl::SkipEmpty());
  EXPECT_THAT(lines, SizeIs(200));
  for (const std::string& line : lines) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    EXPECT_THAT(fields, SizeIs(5)) << line;
  }
  EXPECT_THAT(outcome.out, HasSubstr("\tline 217\tdoubtful\n"));
  EXPECT_THAT(outcome.out, HasSubstr("\tcertain\n"));
  // The first three columns are those of `cells`.
  const Outcome cells =
      Annals(absl::StrCat("cells ", Sample("suqian-2023.txt")));
  const std::vector<std::string> plain =
      absl::StrSplit(cells.out, '\n', absl::SkipEmpty());
  ASSERT_THAT(plain, SizeIs(200));
  for (size_t i = 0; i < plain.size(); ++i) {
    EXPECT_EQ(lines[i].substr(0, plain[i].size() + 1), plain[i] + "\t");
  }
}

TEST_F(ImportCommandTest, CellsAsJson) {
  const Outcome outcome =
      Annals(absl::StrCat("import --cells --json ", Sample("hongze-2023.pdf")));
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(
      outcome.out,
      HasSubstr("{\"cell\": \"t2.regulations.issued\",\"value\": \"0\","
                "\"certainty\": \"certain\",\"page\": 2,\"line\": 21,"));
}

TEST_F(ImportCommandTest, StrictWritesNothingIfThereIsADoubt) {
  for (const char* words : {"", "--cells "}) {
    const Outcome outcome = Annals(absl::StrCat("import --strict ", words,
                                                Sample("suqian-2023.txt"),
                                                " -o ", dir_.Path("none")));
    EXPECT_EQ(outcome.code, 3);
    EXPECT_THAT(outcome.err, HasSubstr("DOUBTFUL_IMPORT"));
    EXPECT_THAT(outcome.err, HasSubstr("line 217: The row prints 7 figures"));
    std::error_code error;
    EXPECT_FALSE(std::filesystem::exists(dir_.Path("none"), error));
  }
  const Outcome piped =
      Annals(absl::StrCat("import --strict ", Sample("suqian-2023.txt")));
  EXPECT_EQ(piped.code, 3);
  EXPECT_THAT(piped.out, IsEmpty());
}

TEST_F(ImportCommandTest, DoubtsStandByTheRowOfThePrint) {
  const Outcome outcome = Annals(
      absl::StrCat("import --lang zh ", Sample("shanghai-kewei-2024.txt"),
                   " -o ", dir_.Path("report.json")));
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(
      outcome.err,
      HasSubstr("第 163 行：数字与标签分离，仅按位置判断所在行。\n"
                "  存疑  t3.other_no_correction  三、本年度办理结果 "
                "（六）其他处理 1.申请人无正当理由逾期不补正、行政机关不再处理"
                "其政府信息公开申请\n        自然人 8；"
                "法人或其他组织·商业企业 2；"));
}

TEST_F(ImportCommandTest, TheBlankFormHasNoFigure) {
  const Outcome outcome =
      Annals(absl::StrCat("import ", Sample("official-form-2021.docx"), " -o ",
                          dir_.Path("report.json")));
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("200 cells: 0 certain, 0 doubtful, 200 "
                                     "missing"));
  for (const char* table :
       {"table 2: all 10", "table 3: all 175", "table 4: all 15"}) {
    EXPECT_THAT(outcome.err,
                HasSubstr(absl::StrCat(table, " cells are blank\n")));
  }
}

// A blank is neither a zero nor a missing row.
TEST_F(ImportCommandTest, ABlankRowIsToldFromOneThatIsNotThere) {
  WriteFile(dir_.Path("report.md"),
            "二、主动公开政府信息情况\n\n"
            "| 第二十条第（五）项 | |\n|---|---|\n"
            "| 信息内容 | 本年处理决定数量 |\n"
            "| 行政许可 | |\n\n"
            "| 第二十条第（六）项 | |\n|---|---|\n"
            "| 信息内容 | 本年处理决定数量 |\n"
            "| 行政处罚 | 3 |\n");
  const Outcome outcome = Annals(absl::StrCat(
      "import ", dir_.Path("report.md"), " -o ", dir_.Path("report.json")));
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err,
              HasSubstr("line 6: The row is there, but its cells are blank.\n"
                        "  missing  t2.licences.decisions"));
  EXPECT_THAT(outcome.err,
              HasSubstr("table 2: 4 rows are without a figure throughout (8 "
                        "cells)"));
}

TEST_F(ImportCommandTest, TheOptionForALargerFileIsNamed) {
  WriteFile(dir_.Path("large.txt"), std::string((1 << 20) + 1, 'x'));
  for (const char* command :
       {"import --max-file-mib 1 ", "check --max-file-mib 1 "}) {
    const Outcome outcome =
        Annals(absl::StrCat(command, dir_.Path("large.txt")));
    EXPECT_THAT(outcome.err, HasSubstr("FILE_TOO_LARGE"));
    EXPECT_THAT(outcome.err, HasSubstr("large.txt is larger than 1 MiB"));
    EXPECT_THAT(outcome.err, HasSubstr("--max-file-mib"));
  }
}

// Every command that takes a report takes a file of any format.
TEST_F(ImportCommandTest, OtherCommandsReadAnyFormat) {
  EXPECT_EQ(Annals(absl::StrCat("check ", Sample("hongze-2024.pdf"),
                                " --previous ", Sample("hongze-2023.pdf")))
                .out,
            Annals(absl::StrCat("check ", Sample("hongze-2024.txt"),
                                " --previous ", Sample("hongze-2023.pdf")))
                .out);
  EXPECT_EQ(Annals(absl::StrCat("cells ", Sample("huaian-2024.pdf"))).out,
            Annals(absl::StrCat("cells ", Sample("huaian-2024.txt"))).out);
  WriteFile(dir_.Path("a.doc"), "{\\rtf1 x}");
  const Outcome outcome = Annals(absl::StrCat("check ", dir_.Path("a.doc")));
  EXPECT_EQ(outcome.code, 6);
  EXPECT_THAT(outcome.err, HasSubstr("UNSUPPORTED_FORMAT"));
}

}  // namespace
}  // namespace annals::client
