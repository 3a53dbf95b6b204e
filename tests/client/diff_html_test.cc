#include "client/render/diff_html.h"

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/html_document.h"
#include "tests/client/report_samples.h"

namespace annals::client {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string Page(const v1::Report& older, const v1::Report& newer,
                 Language language = Language::kZh) {
  return RenderDiffHtml({older, "修订 1"}, {newer, "修订 2"}, language);
}

v1::Report Corrected(v1::Report report) {
  report.mutable_t4()->mutable_reconsideration()->set_upheld(0);
  report.mutable_t4()->mutable_reconsideration()->clear_pending();
  std::string* prose = report.mutable_s1_overview()->mutable_s1_2_on_request();
  *prose = absl::StrReplaceAll(*prose, {{"30件", "35件"}, {"30 件", "35 件"}});
  report.set_s6_other("<b>无</b>其他事项。");
  report.mutable_publication()->set_url("https://example.test/?a=1&b=<2>");
  return report;
}

TEST(DiffHtmlTest, BothSidesAreShownAndChangesMarked) {
  const v1::Report older = SampleReport("xigong-2024");
  const v1::Report newer = Corrected(older);
  const HtmlDocument page(Page(older, newer));
  EXPECT_EQ(page.error_count(), 0u);
  const GumboNode* before = page.ById("old-t4.reconsideration.upheld");
  const GumboNode* after = page.ById("new-t4.reconsideration.upheld");
  ASSERT_NE(before, nullptr);
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(HtmlDocument::Attribute(before, "class"), "old");
  EXPECT_EQ(HtmlDocument::Text(before), "1−");
  EXPECT_EQ(HtmlDocument::Attribute(after, "class"), "new");
  EXPECT_EQ(HtmlDocument::Text(after), "0+");
  EXPECT_EQ(HtmlDocument::Attribute(after, "title"), "1 → 0");
  // A figure that went is a blank, not a zero.
  EXPECT_EQ(HtmlDocument::Text(page.ById("new-t4.reconsideration.pending")),
            "+");
  EXPECT_EQ(HtmlDocument::Attribute(page.ById("new-t4.reconsideration.total"),
                                    "class"),
            "");
}

std::vector<std::string> TextsOf(const GumboNode* node, GumboTag tag) {
  std::vector<std::string> texts;
  for (const GumboNode* element : HtmlDocument::Find(
           node,
           [tag](const GumboNode* e) { return e->v.element.tag == tag; })) {
    texts.push_back(HtmlDocument::Text(element));
  }
  return texts;
}

TEST(DiffHtmlTest, ProseIsComparedWordByWord) {
  const v1::Report older = SampleReport("xigong-2024");
  const v1::Report newer = Corrected(older);
  ASSERT_NE(older.s1_overview().s1_2_on_request(),
            newer.s1_overview().s1_2_on_request());
  const HtmlDocument page(Page(older, newer));
  EXPECT_THAT(
      TextsOf(page.ById("old-s1_overview.s1_2_on_request"), GUMBO_TAG_DEL),
      testing::ElementsAre("30"));
  EXPECT_THAT(
      TextsOf(page.ById("new-s1_overview.s1_2_on_request"), GUMBO_TAG_INS),
      testing::ElementsAre("35"));
  EXPECT_THAT(TextsOf(page.ById("new-s5_problems"), GUMBO_TAG_INS), IsEmpty());
  EXPECT_EQ(HtmlDocument::Text(page.ById("new-s6_other")),
            newer.s6_other() + "\n");
}

TEST(DiffHtmlTest, EachSideReadsAsItsText) {
  const v1::Report older = SampleReport("huaian-2024");
  v1::Report newer = older;
  newer.set_s5_problems(
      SampleReport("suqian-2024").s1_overview().s1_1_proactive());
  const HtmlDocument page(Page(older, newer));
  const auto joined = [&](const std::string& id) {
    std::string text;
    for (const std::string& line : TextsOf(page.ById(id), GUMBO_TAG_P)) {
      text += (text.empty() ? "" : "\n") + line;
    }
    return text;
  };
  EXPECT_EQ(joined("old-s5_problems"), older.s5_problems());
  EXPECT_EQ(joined("new-s5_problems"), newer.s5_problems());
}

TEST(DiffHtmlTest, WhatTheFormDoesNotShowIsListed) {
  const v1::Report older = SampleReport("xigong-2024");
  const HtmlDocument page(Page(older, Corrected(older), Language::kEn));
  const std::string lead = HtmlDocument::Text(page.WithClass("lead").front());
  EXPECT_THAT(lead, HasSubstr("https://example.test/?a=1&b=<2>"));
  EXPECT_THAT(lead, HasSubstr("changed: 2 cells, 3 texts"));
  for (const GumboNode* link : page.Tags(GUMBO_TAG_A)) {
    const std::string href = HtmlDocument::Attribute(link, "href");
    EXPECT_NE(page.ById(href.substr(1)), nullptr) << href;
  }
}

TEST(DiffHtmlTest, AChangedRemarkMarksItsCell) {
  v1::Report older = SampleReport("xigong-2024");
  v1::CellNote* note = older.add_cell_notes();
  note->set_cell("t4.reconsideration.upheld");
  note->set_printed("1（含上年1件）");
  v1::Report newer = older;
  newer.mutable_cell_notes(0)->set_printed("1（见说明）");
  const HtmlDocument page(Page(older, newer));
  EXPECT_EQ(page.error_count(), 0u);
  const GumboNode* cell = page.ById("new-t4.reconsideration.upheld");
  EXPECT_EQ(HtmlDocument::Attribute(cell, "class"), "new");
  EXPECT_EQ(HtmlDocument::Attribute(cell, "title"),
            "附注：1（含上年1件） → 1（见说明）");
  const std::string lead = HtmlDocument::Text(page.WithClass("lead").front());
  EXPECT_THAT(lead, HasSubstr("单元格附注 · "));
  EXPECT_THAT(lead, HasSubstr("结果维持"));
  EXPECT_THAT(lead, HasSubstr("1（含上年1件） → 1（见说明）"));
  EXPECT_THAT(lead, Not(HasSubstr("printed")));
  // The figure's own change comes first.
  newer.mutable_t4()->mutable_reconsideration()->set_upheld(2);
  const HtmlDocument both(Page(older, newer, Language::kEn));
  EXPECT_EQ(HtmlDocument::Attribute(both.ById("old-t4.reconsideration.upheld"),
                                    "title"),
            "1 → 2; remark: 1（含上年1件） → 1（见说明）");
}

TEST(DiffHtmlTest, WithoutChangesNothingIsMarked) {
  const v1::Report report = SampleReport("suqian-2023");
  const HtmlDocument page(Page(report, report));
  EXPECT_THAT(page.Tags(GUMBO_TAG_INS), IsEmpty());
  EXPECT_THAT(page.Tags(GUMBO_TAG_DEL), IsEmpty());
  EXPECT_THAT(page.WithClass("new"), IsEmpty());
}

TEST(DiffHtmlTest, TablesOfTwoEditionsStandSideBySide) {
  v1::Report older = SampleReport("xigong-2024");
  older.mutable_t2()->set_edition(v1::EDITION_2019);
  const v1::Report newer = SampleReport("xigong-2024");
  const HtmlDocument page(Page(older, newer));
  EXPECT_NE(page.ById("old-t2.procurement.projects"), nullptr);
  EXPECT_EQ(page.ById("new-t2.procurement.projects"), nullptr);
  EXPECT_THAT(page.WithClass("t2"), SizeIs(2));
}

TEST(DiffHtmlTest, HostileTextsAreShownAndDoNothing) {
  const v1::Report older = SampleReport("xigong-2024");
  v1::Report newer = older;
  newer.set_title("<script>alert(1)</script>");
  newer.set_s5_problems("</p></div><img src=x onerror=alert(1)>\u202E");
  const HtmlDocument page(RenderDiffHtml(
      {older, "<script>"}, {newer, "\"><script>"}, Language::kEn));
  EXPECT_EQ(page.error_count(), 0u);
  EXPECT_THAT(page.Tags(GUMBO_TAG_SCRIPT), IsEmpty());
  EXPECT_THAT(page.Tags(GUMBO_TAG_IMG), IsEmpty());
}

}  // namespace
}  // namespace annals::client
