#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/render/check_html.h"
#include "client/render/form_html.h"
#include "client/render/printable.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/check.h"
#include "tests/client/html_document.h"
#include "tests/client/report_samples.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kHostile[] =
    "</title></style></td><script>alert(1)</script>"
    "<img src=x onerror=alert(1)>\"'&amp;\x1b[2J\u202Egnihton\uFFFF";

// Every text that a report can hold, hostile.
v1::Report HostileReport() {
  v1::Report report = SampleReport("xigong-2024");
  report.set_title(kHostile);
  report.set_preface(kHostile);
  report.set_agency_name(kHostile);
  report.mutable_s1_overview()->set_introduction(kHostile);
  report.mutable_s1_overview()->set_s1_2_on_request(kHostile);
  report.set_s5_problems(kHostile);
  report.set_s6_other(kHostile);
  report.clear_printed_headings();
  v1::PrintedHeading* heading = report.add_printed_headings();
  heading->set_section(v1::SECTION_S2_PROACTIVE);
  heading->set_text(kHostile);
  v1::CellNote* note = report.add_cell_notes();
  note->set_cell("t4.reconsideration.upheld");
  note->set_printed(kHostile);
  report.mutable_t4()->mutable_reconsideration()->clear_upheld();
  return report;
}

// Nothing on the page runs, nothing is fetched, and no link leaves it.
void ExpectStandsAlone(const HtmlDocument& page) {
  EXPECT_EQ(page.error_count(), 0u);
  const auto elements =
      HtmlDocument::Find(page.root(), [](const GumboNode*) { return true; });
  for (const GumboNode* element : elements) {
    const auto& children = element->v.element.attributes;
    for (unsigned i = 0; i < children.length; ++i) {
      const auto* attribute =
          static_cast<const GumboAttribute*>(children.data[i]);
      const std::string name = attribute->name;
      EXPECT_FALSE(absl::StartsWith(name, "on")) << name;
      EXPECT_NE(name, "src");
      if (name == "href") {
        EXPECT_EQ(attribute->value[0], '#');
      }
    }
  }
  for (const GumboTag tag :
       {GUMBO_TAG_SCRIPT, GUMBO_TAG_IMG, GUMBO_TAG_LINK, GUMBO_TAG_IFRAME,
        GUMBO_TAG_OBJECT, GUMBO_TAG_FORM, GUMBO_TAG_BASE}) {
    EXPECT_THAT(page.Tags(tag), IsEmpty());
  }
  std::string policy;
  for (const GumboNode* meta : page.Tags(GUMBO_TAG_META)) {
    if (HtmlDocument::Attribute(meta, "http-equiv") ==
        "Content-Security-Policy") {
      policy = HtmlDocument::Attribute(meta, "content");
    }
  }
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("script")));
}

// Each link leads to an element that is there.
void ExpectLinksLead(const HtmlDocument& page) {
  for (const GumboNode* link : page.Tags(GUMBO_TAG_A)) {
    const std::string href = HtmlDocument::Attribute(link, "href");
    EXPECT_NE(page.ById(href.substr(1)), nullptr) << href;
  }
}

void ExpectEveryFigure(const v1::Report& report, const HtmlDocument& page) {
  const report::Schema& schema = report::Schema::Get();
  const report::Cells cells = report::ReadCells(report);
  for (size_t i = 0; i < cells.size(); ++i) {
    const report::CellInfo& info = schema.cells()[i];
    const GumboNode* cell = page.ById(info.id);
    if (!info.In(report::EditionOf(report, info.table_number))) continue;
    ASSERT_NE(cell, nullptr) << info.id;
    EXPECT_EQ(
        HtmlDocument::Text(cell),
        CellAsPrinted(report, cells, static_cast<report::CellIndex>(i)).text)
        << info.id;
  }
}

TEST(ReportHtmlTest, EveryFigureOfEveryEditionStandsInItsCell) {
  for (const char* name :
       {"xigong-2024", "hongze-2023", "hongze-2024", "huaian-2024",
        "suqian-2023", "suqian-2024", "shanghai-kewei-2024"}) {
    SCOPED_TRACE(name);
    const v1::Report report = SampleReport(name);
    const HtmlDocument page(RenderReportHtml(report));
    ExpectEveryFigure(report, page);
    ExpectStandsAlone(page);
    EXPECT_THAT(page.Tags(GUMBO_TAG_H2), SizeIs(6));
    EXPECT_EQ(
        HtmlDocument::Attribute(page.Tags(GUMBO_TAG_HTML).front(), "lang"),
        "zh-CN");
  }
}

TEST(ReportHtmlTest, EveryWordOfTheProseIsThere) {
  const v1::Report report = SampleReport("huaian-2024");
  const std::string text =
      HtmlDocument::Text(HtmlDocument(RenderReportHtml(report)).root());
  for (const report::TextInfo& info : report::Schema::Get().texts()) {
    const std::string* prose = report::FindText(report, info);
    if (prose == nullptr || info.path == "agency_name") continue;
    for (const std::string& paragraph : ParagraphsOf(*prose)) {
      EXPECT_THAT(text, HasSubstr(paragraph)) << info.path;
    }
  }
}

TEST(ReportHtmlTest, HostileTextIsShownAndDoesNothing) {
  const v1::Report report = HostileReport();
  const std::string html = RenderReportHtml(report);
  const HtmlDocument page(html);
  ExpectStandsAlone(page);
  for (const char* hidden : {"\x1b", "\u202E", "\uFFFF"}) {
    EXPECT_THAT(html, Not(HasSubstr(hidden)));
  }
  const std::string shown =
      "</title></style></td><script>alert(1)</script>"
      "<img src=x onerror=alert(1)>\"'&amp;\\x1b[2J\\u202egnihton\uFFFD";
  EXPECT_EQ(HtmlDocument::Text(page.Tags(GUMBO_TAG_H1).front()), shown);
  EXPECT_EQ(HtmlDocument::Text(page.ById("t4.reconsideration.upheld")), shown);
  EXPECT_EQ(HtmlDocument::Text(page.Tags(GUMBO_TAG_H2)[1]), shown);
}

TEST(ReportHtmlTest, HeadsOfTablesThreeAndFourAreRepeatedOnPages) {
  const HtmlDocument page(RenderReportHtml(SampleReport("xigong-2024")));
  EXPECT_THAT(page.Tags(GUMBO_TAG_THEAD), SizeIs(2));
}

v1::CheckResult Check(const v1::Report& report) {
  return report::CheckReport(report, report::CheckContext());
}

TEST(CheckHtmlTest, CellsAtFaultAreMarkedAndLinkedBothWays) {
  const v1::Report report = SampleReport("hongze-2023");
  for (const Language language : {Language::kZh, Language::kEn}) {
    const HtmlDocument page(RenderCheckHtml(report, Check(report), language));
    ExpectStandsAlone(page);
    ExpectLinksLead(page);
    const GumboNode* total = page.ById("t4.reconsideration.total");
    ASSERT_NE(total, nullptr);
    EXPECT_EQ(HtmlDocument::Attribute(total, "class"), "error");
    EXPECT_EQ(HtmlDocument::Text(total), "0×1");
    EXPECT_THAT(HtmlDocument::Attribute(total, "title"),
                HasSubstr(language == Language::kZh ? "错误" : "error"));
    const GumboNode* finding = page.ById("finding-1");
    ASSERT_NE(finding, nullptr);
    EXPECT_THAT(HtmlDocument::Text(finding), HasSubstr("T4-SUM-A"));
    EXPECT_EQ(HtmlDocument::Attribute(page.ById("t4.litigation_direct.total"),
                                      "class"),
              "");
  }
}

TEST(CheckHtmlTest, AFindingAboutProseStandsAtItsParagraph) {
  const v1::Report report = SampleReport("xigong-2024");
  const HtmlDocument page(
      RenderCheckHtml(report, Check(report), Language::kZh));
  const GumboNode* prose = page.ById("s1_overview.s1_2_on_request");
  ASSERT_NE(prose, nullptr);
  EXPECT_EQ(HtmlDocument::Attribute(prose, "class"), "prose warning");
  const auto beside = page.WithClass("beside");
  // Beside the paragraph, and beside the table the share of other outcomes.
  ASSERT_THAT(beside, SizeIs(2));
  EXPECT_THAT(HtmlDocument::Text(beside.front()), HasSubstr("N-REQUESTS"));
  EXPECT_EQ(
      HtmlDocument::Attribute(page.ById("t3.new_received.total"), "class"),
      "warning");
}

TEST(CheckHtmlTest, EveryFindingIsOnThePageOnce) {
  v1::Report report = SampleReport("suqian-2024");
  report.mutable_t3()->mutable_total_processed()->set_total(1);
  report.mutable_t2()->mutable_licences()->clear_decisions();
  const v1::CheckResult check = Check(report);
  const HtmlDocument page(RenderCheckHtml(report, check, Language::kEn));
  ExpectLinksLead(page);
  EXPECT_THAT(page.WithClass("finding"), SizeIs(check.failed_count()));
  EXPECT_GT(check.failed_count(), 1);
  // Listed at the top, with a link to where it stands.
  EXPECT_THAT(page.Tags(GUMBO_TAG_LI),
              SizeIs(check.failed_count() + check.not_assessable_count()));
  const GumboNode* first = page.Tags(GUMBO_TAG_LI).front();
  EXPECT_EQ(HtmlDocument::Attribute(first, "class"), "error");
  EXPECT_THAT(HtmlDocument::Text(first),
              HasSubstr(check.findings(0).message().en()));
}

TEST(CheckHtmlTest, AnAcknowledgementStandsBesideItsFinding) {
  const v1::Report report = SampleReport("xigong-2024");
  const v1::CheckResult check = Check(report);
  Acknowledgements acknowledgements;
  v1::Acknowledgement* acknowledgement = acknowledgements.Add();
  acknowledgement->set_rule_id("N-REQUESTS");
  acknowledgement->set_reason("口径 <b>不同</b>");
  const HtmlDocument page(
      RenderCheckHtml(report, check, Language::kEn, acknowledgements));
  int shown = 0;
  for (const GumboNode* finding : page.WithClass("finding")) {
    const std::string text = HtmlDocument::Text(finding);
    const bool is_acknowledged = absl::StrContains(text, "N-REQUESTS");
    EXPECT_EQ(absl::StrContains(text, "acknowledged: 口径 <b>不同</b>"),
              is_acknowledged);
    if (is_acknowledged) ++shown;
  }
  EXPECT_EQ(shown, 1);
}

TEST(ReportHtmlTest, WhereItWasPublishedStandsAboveTheTitle) {
  v1::Report report = SampleReport("xigong-2024");
  EXPECT_THAT(HtmlDocument(RenderReportHtml(report)).WithClass("publication"),
              IsEmpty());
  v1::Publication* publication = report.mutable_publication();
  publication->mutable_date()->set_year(2025);
  publication->mutable_date()->set_month(1);
  publication->mutable_date()->set_day(20);
  publication->set_url("https://www.example.gov.cn/?a=<1>");
  publication->set_index_number("000014349/2025-00012");
  const HtmlDocument page(RenderReportHtml(report));
  ASSERT_THAT(page.WithClass("publication"), SizeIs(1));
  const std::string text =
      HtmlDocument::Text(page.WithClass("publication").front());
  EXPECT_THAT(text, HasSubstr("索引号：000014349/2025-00012"));
  EXPECT_THAT(text, HasSubstr("发布日期：2025年1月20日"));
  EXPECT_THAT(text, HasSubstr("https://www.example.gov.cn/?a=<1>"));
}

TEST(CheckHtmlTest, HostileTextIsShownAndDoesNothing) {
  const v1::Report report = HostileReport();
  v1::CheckResult check = Check(report);
  // A check that came from elsewhere.
  v1::Finding* finding = check.add_findings();
  finding->set_outcome(v1::OUTCOME_FAIL);
  finding->set_rule_id(kHostile);
  finding->mutable_message()->set_zh(kHostile);
  finding->mutable_left()->add_terms()->set_cell("t4.reconsideration.total");
  check.set_rule_set_version(kHostile);
  const HtmlDocument page(RenderCheckHtml(report, check, Language::kZh));
  ExpectStandsAlone(page);
}

}  // namespace
}  // namespace annals::client
