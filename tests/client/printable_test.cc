#include "client/render/printable.h"

#include "client/render/changes.h"
#include "client/render/findings.h"
#include "client/render/grid.h"
#include "client/render/report_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/report_samples.h"

namespace annals::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kClear[] = "\x1b[2J";

// What `kClear` must turn into, and the escape character nowhere.
auto IsTamed() { return AllOf(HasSubstr("\\x1b[2J"), Not(HasSubstr("\x1b"))); }

TEST(PrintableTest, EscapesControlCharacters) {
  EXPECT_EQ(PrintableText("a\x1b[2Jb\x07\r\x7f"), "a\\x1b[2Jb\\x07\\x0d\\x7f");
  EXPECT_EQ(PrintableText(absl::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(PrintableText("\u009b"), "\\u009b");
  EXPECT_EQ(PrintableText("\u0080\u009f\u00a0"), "\\u0080\\u009f\u00a0");
}

TEST(PrintableTest, EscapesBidirectionalControls) {
  EXPECT_EQ(PrintableText("\u202a\u202e"), "\\u202a\\u202e");
  EXPECT_EQ(PrintableText("\u2066\u2069"), "\\u2066\\u2069");
  EXPECT_EQ(PrintableText("\u2029\u202f\u2065\u206a"),
            "\u2029\u202f\u2065\u206a");
}

TEST(PrintableTest, EscapesBytesThatAreNoUtf8) {
  EXPECT_EQ(PrintableText("a\x9b"
                          "2J"),
            "a\\x9b2J");
  EXPECT_EQ(PrintableText("\xe4\xb8"), "\\xe4\\xb8");
}

TEST(PrintableTest, LeavesOtherTextAsItIs) {
  const std::string text = "政府信息公开“年报”\tA\\x1b\n😀";
  EXPECT_EQ(PrintableText(text), text);
}

TEST(PrintableTest, KeepsOneLineAndOneColumn) {
  EXPECT_EQ(PrintableLine("a\tb\nc\u2028"), "a\\tb\\nc\\u2028");
}

TEST(PrintableTest, ReportTableIsTamed) {
  v1::Report report;
  report.set_title(kClear);
  EXPECT_THAT(RenderReport(report, Language::kEn, AmbiguousWidth::kNarrow),
              IsTamed());
  report.set_title("t");
  report.set_s5_problems(kClear);
  EXPECT_THAT(RenderReport(report, Language::kEn, AmbiguousWidth::kNarrow),
              IsTamed());
  report.clear_s5_problems();
  report.mutable_publication()->set_url(kClear);
  EXPECT_THAT(RenderReport(report, Language::kEn, AmbiguousWidth::kNarrow),
              IsTamed());
}

TEST(PrintableTest, ListIsTamedAndKeepsItsColumns) {
  const std::string list =
      RenderList({{"a", "b"}, {}, {{kClear, "1"}, {"x\ny", "2"}}},
                 AmbiguousWidth::kNarrow);
  EXPECT_EQ(list,
            "a        b\n"
            "\\x1b[2J  1\n"
            "x\\ny     2\n");
}

TEST(PrintableTest, ChangesAreTamed) {
  v1::DiffRevisionsResponse diff;
  v1::TextChange* text = diff.add_texts();
  text->set_field("title");
  text->set_old_text(kClear);
  EXPECT_THAT(RenderChanges(diff.cells(), diff.texts(), Language::kEn, false),
              IsTamed());
  diff.clear_texts();
  diff.add_cells()->set_cell(kClear);
  EXPECT_THAT(RenderChanges(diff.cells(), diff.texts(), Language::kEn, false),
              IsTamed());
}

TEST(PrintableTest, FindingsAreTamed) {
  v1::CheckResult check;
  v1::Finding* finding = check.add_findings();
  finding->set_outcome(v1::OUTCOME_FAIL);
  finding->mutable_message()->set_en(kClear);
  EXPECT_THAT(RenderFindings(check, Listing::kAll, Language::kEn, false),
              IsTamed());
}

}  // namespace
}  // namespace annals::client
