// The pages that Annals makes, looked at in a browser: what a person sees on
// the screen and on paper.

#include "tests/browser/browser.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/render/check_html.h"
#include "client/render/diff_html.h"
#include "client/render/form_html.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "poppler/cpp/poppler-document.h"
#include "poppler/cpp/poppler-page-renderer.h"
#include "poppler/cpp/poppler-page.h"
#include "service/report/check.h"
#include "tests/client/html_document.h"
#include "tests/client/report_samples.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kErrorColor[] = "rgb(255, 214, 214)";
constexpr char kWarningColor[] = "rgb(255, 237, 179)";
constexpr char kInsertedColor[] = "rgb(210, 243, 210)";

// Writes, for each element with an id, what it looks like: a line of id,
// background, style of the border, left, top, width, height, whether a person
// can see it, and whether its text fits.
constexpr char kProbe[] = R"(<pre id="probe"></pre><script>
  let lines = [];
  for (const e of document.querySelectorAll('[id]')) {
    if (e.id === 'probe') continue;
    const s = getComputedStyle(e), b = e.getBoundingClientRect();
    lines.push([e.id, s.backgroundColor, s.borderTopStyle, b.left, b.top,
      b.width, b.height, e.checkVisibility(),
      e.scrollWidth <= e.clientWidth + 1].join('\t'));
  }
  const d = document.documentElement;
  lines.push(['page', '', '', 0, 0, d.scrollWidth, d.clientWidth, true,
    d.scrollWidth <= d.clientWidth].join('\t'));
  document.getElementById('probe').textContent = lines.join('\n');
</script></body>)";

struct Seen {
  std::string background;
  std::string border;
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
  bool visible = false;
  bool fits = false;
};

double Number(const std::string& text) {
  double value = -1;
  EXPECT_TRUE(absl::SimpleAtod(text, &value)) << text;
  return value;
}

std::map<std::string, Seen> SeenIn(const std::string& dom) {
  const HtmlDocument page(dom);
  std::map<std::string, Seen> seen;
  const GumboNode* probe = page.ById("probe");
  if (probe == nullptr) return seen;
  const std::string text = HtmlDocument::Text(probe);
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> parts = absl::StrSplit(line, '\t');
    if (parts.size() != 9) continue;
    seen[parts[0]] = {parts[1],           parts[2],          Number(parts[3]),
                      Number(parts[4]),   Number(parts[5]),  Number(parts[6]),
                      parts[7] == "true", parts[8] == "true"};
  }
  return seen;
}

// The page with the probe in it, and with the policy that would stop it taken
// out.
std::string Probed(const std::string& html) {
  std::string probed = absl::StrReplaceAll(
      html,
      {{"http-equiv=\"Content-Security-Policy\"", ""}, {"</body>", kProbe}});
  EXPECT_NE(probed, html);
  return probed;
}

class BrowserTest : public ::testing::Test {
 protected:
  void SetUp() override { Browser::RequireInstalled(); }

  std::map<std::string, Seen> Look(const std::string& html, int width = 1600) {
    return SeenIn(browser_.DumpDom(Probed(html), width));
  }

  std::unique_ptr<poppler::document> Print(const std::string& html) {
    const std::string pdf = browser_.PrintToPdf(html);
    poppler::byte_array bytes(pdf.begin(), pdf.end());
    std::unique_ptr<poppler::document> document(
        poppler::document::load_from_data(&bytes));
    EXPECT_NE(document, nullptr);
    return document;
  }

  Browser browser_;
};

std::string TextOf(const poppler::document& document, int number) {
  const std::unique_ptr<poppler::page> page(document.create_page(number));
  // In the order of the document, so that the lines of a cell stay together.
  const poppler::byte_array utf8 =
      page->text(poppler::rectf(), poppler::page::raw_order_layout).to_utf8();
  return std::string(utf8.begin(), utf8.end());
}

std::string TextOf(const poppler::document& document) {
  std::string text;
  for (int i = 0; i < document.pages(); ++i) text += TextOf(document, i);
  return text;
}

// Without blanks and line ends: a cell's label may be broken anywhere.
std::string Squeezed(const std::string& text) {
  return absl::StrReplaceAll(text, {{" ", ""}, {"\n", ""}, {"\f", ""}});
}

// How many pixels of the printed pages have the colour.
int PixelsOf(const poppler::document& document, unsigned rgb) {
  poppler::page_renderer renderer;
  int count = 0;
  for (int i = 0; i < document.pages(); ++i) {
    const std::unique_ptr<poppler::page> page(document.create_page(i));
    poppler::image image = renderer.render_page(page.get(), 50, 50);
    for (int y = 0; y < image.height(); ++y) {
      const auto* row = reinterpret_cast<const unsigned*>(
          image.const_data() +
          static_cast<ptrdiff_t>(y) * image.bytes_per_row());
      for (int x = 0; x < image.width(); ++x) {
        if ((row[x] & 0xFFFFFF) == rgb) ++count;
      }
    }
  }
  return count;
}

v1::CheckResult Check(const v1::Report& report) {
  return report::CheckReport(report, report::CheckContext());
}

std::string CheckPage(const v1::Report& report) {
  return RenderCheckHtml(report, Check(report), Language::kZh);
}

TEST_F(BrowserTest, CellsAtFaultAreSeenInTheirColours) {
  auto seen = Look(CheckPage(SampleReport("hongze-2023")));
  const Seen& total = seen["t4.reconsideration.total"];
  EXPECT_EQ(total.background, kErrorColor);
  EXPECT_EQ(total.border, "solid");
  EXPECT_TRUE(total.visible);
  EXPECT_TRUE(total.fits);
  EXPECT_GT(total.width, 15);
  EXPECT_GT(total.height, 15);
  EXPECT_NE(seen["t4.litigation_direct.total"].background, kErrorColor);
  // The finding stands beside the table, not below it.
  const Seen& finding = seen["finding-1"];
  EXPECT_TRUE(finding.visible);
  EXPECT_EQ(finding.background, kErrorColor);
  EXPECT_GT(finding.left, seen["t4"].left + seen["t4"].width);
  EXPECT_LT(finding.top, seen["t4"].top + seen["t4"].height);
  EXPECT_TRUE(seen["page"].fits);
}

TEST_F(BrowserTest, AParagraphAtFaultHasItsFindingBesideIt) {
  auto seen = Look(CheckPage(SampleReport("xigong-2024")));
  const Seen& prose = seen["s1_overview.s1_2_on_request"];
  EXPECT_EQ(prose.background, kWarningColor);
  EXPECT_GT(seen["finding-1"].left, prose.left + prose.width);
  EXPECT_LT(seen["finding-1"].top, prose.top + prose.height);
  EXPECT_EQ(seen["t3.new_received.total"].border, "dashed");
}

TEST_F(BrowserTest, ANarrowWindowShowsFindingsBelow) {
  auto seen = Look(CheckPage(SampleReport("xigong-2024")), 600);
  const Seen& prose = seen["s1_overview.s1_2_on_request"];
  EXPECT_GE(seen["finding-1"].top, prose.top + prose.height - 1);
}

TEST_F(BrowserTest, FindingsArePrintedInColourAndInWords) {
  const auto document = Print(CheckPage(SampleReport("hongze-2023")));
  ASSERT_NE(document, nullptr);
  EXPECT_GT(PixelsOf(*document, 0xFFD6D6), 200);
  const std::string text = Squeezed(TextOf(*document));
  EXPECT_THAT(text, HasSubstr("×1错误"));
  EXPECT_THAT(text, HasSubstr("T4-SUM-A"));
}

TEST_F(BrowserTest, ThePublishedReportIsPrintedWhole) {
  const v1::Report report = SampleReport("huaian-2024");
  const auto document = Print(RenderReportHtml(report));
  ASSERT_NE(document, nullptr);
  const std::string text = Squeezed(TextOf(*document));
  EXPECT_THAT(text, HasSubstr(Squeezed(report.title())));
  for (const FormBlock& block :
       LayOutForm(report, Language::kZh, Absent::kLeftOut)) {
    for (const std::string& paragraph : ParagraphsOf(block.text)) {
      // A page may end within it.
      EXPECT_THAT(text, HasSubstr(Squeezed(paragraph.substr(0, 30))));
    }
    for (const FormTableRow& row : block.table.rows) {
      for (const FormCell& cell : row.cells) {
        if (cell.text.size() < 2) continue;
        EXPECT_THAT(text, HasSubstr(Squeezed(cell.text)));
      }
    }
  }
}

TEST_F(BrowserTest, HeadsAreRepeatedWhereATableGoesOnAndRowsStayWhole) {
  v1::Report report = SampleReport("xigong-2024");
  // Without text before it, table three begins low on the first page.
  report.clear_preface();
  report.clear_s1_overview();
  const auto document = Print(RenderReportHtml(report));
  ASSERT_NE(document, nullptr);
  ASSERT_GE(document->pages(), 2);
  const std::string first = Squeezed(TextOf(*document, 0));
  const std::string second = Squeezed(TextOf(*document, 1));
  EXPECT_THAT(first, HasSubstr("一、本年新收政府信息公开申请数量"));
  EXPECT_THAT(second, HasSubstr("四、结转下年度继续办理"));
  for (const std::string& text : {first, second}) {
    EXPECT_THAT(text, HasSubstr("申请人情况"));
    EXPECT_THAT(text, HasSubstr("社会公益组织"));
  }
}

TEST_F(BrowserTest, RevisionsStandSideBySide) {
  const v1::Report older = SampleReport("xigong-2024");
  v1::Report newer = older;
  newer.mutable_t4()->mutable_reconsideration()->set_upheld(0);
  newer.set_s6_other("无其他事项。");
  auto seen =
      Look(RenderDiffHtml({older, "修订 1"}, {newer, "修订 2"}, Language::kZh));
  const Seen& before = seen["old-t4.reconsideration.upheld"];
  const Seen& after = seen["new-t4.reconsideration.upheld"];
  EXPECT_EQ(before.background, kErrorColor);
  EXPECT_EQ(after.background, kInsertedColor);
  EXPECT_LT(before.left + before.width, after.left);
  EXPECT_NEAR(before.top, after.top, 2);
  EXPECT_TRUE(before.visible && after.visible);
  EXPECT_NEAR(seen["old-s6_other"].top, seen["new-s6_other"].top, 2);
  EXPECT_TRUE(seen["page"].fits);
}

// The page's own policy, as it is: what would run in another page does not.
TEST_F(BrowserTest, NoScriptRunsInAPage) {
  const std::string html = RenderReportHtml(SampleReport("xigong-2024"));
  const std::string with_script = absl::StrReplaceAll(
      html, {{"</body>",
              "<script>document.title='ran'</script>"
              "<img src=x onerror=\"document.title='ran'\"></body>"}});
  EXPECT_THAT(browser_.DumpDom(with_script),
              Not(HasSubstr("<title>ran</title>")));
  // The same without the policy runs: the test can fail.
  EXPECT_THAT(
      browser_.DumpDom(absl::StrReplaceAll(
          with_script, {{"http-equiv=\"Content-Security-Policy\"", ""}})),
      HasSubstr("<title>ran</title>"));
}

}  // namespace
}  // namespace annals::client
