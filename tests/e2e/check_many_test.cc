// `annals check` of many files.

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/e2e_fixture.h"

namespace annals {
namespace {

using ::testing::HasSubstr;

// Needs no daemon.
class CheckManyTest : public EndToEndTest {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(dir_.Path("reports/more"));
    ASSERT_THAT(Annals({"import", TestData("xigong-2024.txt"), "-o",
                        dir_.Path("reports/good.json")}),
                Succeeded());
    const std::string good = ReadFile(dir_.Path("reports/good.json"));
    const std::string wrong =
        absl::StrReplaceAll(good, {{"\"total\": 35", "\"total\": 36"}});
    ASSERT_NE(wrong, good);
    std::ofstream(dir_.Path("reports/more/wrong.json")) << wrong;
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_.Path(name)) << text;
  }
};

TEST_F(CheckManyTest, PrintsALineForEach) {
  const Outcome outcome = Annals({"check", dir_.Path("reports")});
  EXPECT_EQ(outcome.code, 4) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr("good.json  errors 0, warnings 1, information 1\n"));
  EXPECT_THAT(outcome.out, HasSubstr("more/wrong.json  errors "));
  EXPECT_THAT(outcome.err, HasSubstr("checked 2 reports; 1 of them"));
}

TEST_F(CheckManyTest, AFileThatCannotBeReadHoldsUpNoOther) {
  Write("reports/broken.json", "{\"title\": ");
  Write("reports/notes.txt", "备忘");
  const Outcome outcome = Annals({"check", dir_.Path("reports"), "--json"});
  EXPECT_EQ(outcome.code, 6);
  EXPECT_THAT(outcome.out, HasSubstr("INVALID_JSON"));
  EXPECT_THAT(outcome.out, HasSubstr("NOT_A_REPORT"));
  EXPECT_THAT(outcome.out, HasSubstr("good.json"));
  EXPECT_THAT(outcome.err, HasSubstr("checked 4 reports; 3 of them"));
}

TEST_F(CheckManyTest, ReadsPublishedFilesAsWell) {
  const Outcome outcome =
      Annals({"check", dir_.Path("reports/good.json"),
              TestData("huaian-2024.pdf"), TestData("xigong-2024.txt")});
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("huaian-2024.pdf  errors 0"));
}

TEST_F(CheckManyTest, RefusesWhatGoesWithOneReport) {
  EXPECT_EQ(Annals({"check", dir_.Path("reports"), "--format", "html"}).code,
            2);
  EXPECT_EQ(Annals({"check", dir_.Path("reports"), "--year", "2024"}).code, 2);
}

}  // namespace
}  // namespace annals
