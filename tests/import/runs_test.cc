#include "client/import/runs.h"

#include <string>

#include "absl/strings/str_replace.h"
#include "client/import/importer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/report_text.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// A report whose licences print 15731, with that replaced in its text.
ImportResult WithLicences(Layout layout, const std::string& printed,
                          Figures* figures) {
  TextStyle style;
  style.layout = layout;
  *figures = RandomFigures(1, style);
  (*figures)["t2.licences.decisions"] = 15731;
  std::string text = RenderReport(*figures, style);
  const std::string before = layout == Layout::kTabs ? "\t15731" : "\n15731\n";
  EXPECT_NE(text.find(before), std::string::npos);
  text = absl::StrReplaceAll(text, {{before, printed}});
  auto result = ImportFile(text);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : ImportResult();
}

// A cell that is broken over two lines leaves the rest of its figure there.
TEST(RunsTest, AFigureAboveAnotherOneInItsTabbedColumnIsDoubtful) {
  for (const char* printed : {"\t15731\n\t79", "\t15731\n\t\t79", "\t15731\n79",
                              "\t15731\n  79", "\t15731\n\t79\t\t"}) {
    SCOPED_TRACE(printed);
    Figures figures;
    const ImportResult result = WithLicences(Layout::kTabs, printed, &figures);
    EXPECT_THAT(NotCertain(result),
                ElementsAre(StartsWith("t2.licences.decisions")));
  }
  Figures figures;
  EXPECT_THAT(NotCertain(WithLicences(Layout::kTabs, "\t15731", &figures)),
              IsEmpty());
}

// Where each cell has a line, a blank one may be a blank cell, and the number
// after it that of the page.
TEST(RunsTest, AFigureBelowTheOnlyBlankLineIsDoubtful) {
  Figures figures;
  EXPECT_THAT(
      NotCertain(WithLicences(Layout::kCellPerLine, "\n\n4\n", &figures)),
      ElementsAre(StartsWith("t2.licences.decisions")));
  EXPECT_THAT(
      NotCertain(WithLicences(Layout::kCellPerLine, "\n15731\n", &figures)),
      IsEmpty());
  EXPECT_THAT(
      NotCertain(WithLicences(Layout::kBlankSeparated, "\n15731\n", &figures)),
      IsEmpty());
}

}  // namespace
}  // namespace annals::client
