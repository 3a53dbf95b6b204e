// A text cut anywhere never crashes the importer and never gives it a wrong
// figure that it does not mark.

#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/import/expected_figures.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::IsEmpty;

bool BeginsCharacter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

void ExpectCutsAreSafe(const std::string& text, const Figures& truth,
                       size_t step) {
  for (size_t cut = 1; cut < text.size(); cut += step) {
    while (cut < text.size() && !BeginsCharacter(text[cut])) ++cut;
    // Copied, so that a read past the end is caught.
    const std::string head = text.substr(0, cut);
    const auto result = ImportText(head);
    if (!result.ok()) {
      EXPECT_THAT(ErrorReason(result.status()),
                  testing::AnyOf("NOT_A_REPORT", "EMPTY_FILE"));
      continue;
    }
    ASSERT_THAT(WrongAndUnmarked(*result, truth), IsEmpty())
        << "cut at " << cut;
  }
}

class TruncationTest : public testing::TestWithParam<const char*> {};

TEST_P(TruncationTest, SampleCutAnywhere) {
  ExpectCutsAreSafe(SampleText(GetParam()), ExpectedFigures(GetParam()), 29);
}

INSTANTIATE_TEST_SUITE_P(Samples, TruncationTest,
                         testing::Values("xigong-2024", "hongze-2023",
                                         "huaian-2024", "suqian-2023",
                                         "shanghai-kewei-2024"));

TEST(TruncatedLayoutsTest, CutAnywhere) {
  for (Layout layout :
       {Layout::kTabs, Layout::kBars, Layout::kOpenBars, Layout::kCellPerLine,
        Layout::kBlankSeparated, Layout::kColumns, Layout::kSpaced}) {
    TextStyle style;
    style.layout = layout;
    const Figures truth = RandomFigures(11, style);
    ExpectCutsAreSafe(RenderReport(truth, style), truth, 7);
  }
}

TEST(TruncatedLayoutsTest, TextWithoutItsEndNamesWhatIsMissing) {
  TextStyle style;
  const Figures truth = RandomFigures(2, style);
  const std::string text = RenderReport(truth, style);
  const auto result = ImportText(text.substr(0, text.find("（四）无法提供")));
  ASSERT_TRUE(result.ok());
  EXPECT_GT(result->Count(Certainty::kMissing), 90);
  EXPECT_TRUE(result->HasDoubts());
  std::vector<std::string> codes;
  for (const Remark& remark : result->remarks) codes.push_back(remark.code);
  EXPECT_THAT(codes, testing::Contains("HEADING_NOT_FOUND"));
}

}  // namespace
}  // namespace annals::client
