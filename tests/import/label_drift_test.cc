// Labels and heads in wordings that say what the form's say, and tables with a
// column of units: nothing of them is doubtful. What a report lists in words
// is.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/form_document.h"
#include "tests/import/text_layouts.h"

namespace annals::client {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// What the form prints, and what this report prints instead.
using Words = std::vector<std::pair<std::string, std::string>>;

ImportResult Import(const std::string& file) {
  auto result = ImportFile(file);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : ImportResult();
}

TEST(LabelDriftTest, OtherWordsForTheSameAreSure) {
  const std::vector<Words> cases = {
      {{"行政处罚", "行政处罚（宗）"}, {"行政强制", "行政强制（宗/件）"}},
      {{"行政许可", "行政许可（件）"}, {"规章", "规章（单位：件）"}},
      {{"本年制发件数", "本年制发数"}},
      {{"本年制发件数", "本年制发数量"},
       {"本年废止件数", "本年废止数量"},
       {"现行有效件数", "现行有效数"}},
      {{"本年制发件数", "本年度制发件数"},
       {"本年处理决定数量", "本年度处理决定数量"},
       {"本年收费金额", "本年度收费金额"}},
      {{"本年处理决定数量", "本年处理决定数量（件）"}},
      {{"本年新收", "本年度新收"}, {"上年结转", "上年度结转"}},
      {{"本年新收政府信息公开申请数量", "本年新收政府信息公开申请数量（件）"}},
      {{"结转下年度", "结转下年"}},
      {{"（七）总计", "（七）合计"}},
      // Numbered by a program.
      {{"3.其他", "1.其他"}},
      {{"3.其他", "其他"}},
      {{"3.其他", "（七）其他处理"}},
      {{"（六）其他处理", "（七）其他处理"}, {"（七）总计", "（八）总计"}},
  };
  for (Layout layout : kLayouts) {
    TextStyle style;
    style.layout = layout;
    const Figures figures = RandomFigures(3, style);
    const std::string text = RenderReport(figures, style);
    for (const Words& words : cases) {
      const std::string changed = absl::StrReplaceAll(text, words);
      // In columns, long words are broken over lines.
      ASSERT_TRUE(changed != text || layout == Layout::kColumns);
      const ImportResult result = Import(changed);
      EXPECT_THAT(NotCertain(result), IsEmpty())
          << words[0].second << " in layout " << static_cast<int>(layout);
      EXPECT_THAT(WrongAndUnmarked(result, figures), IsEmpty());
    }
  }
}

TEST(LabelDriftTest, OtherWordsForSomethingElseAreNot) {
  const std::vector<Words> cases = {
      {{"行政处罚", "行政处罚（万件）"}},
      {{"行政许可", "行政许可（项）"}},
      {{"本年制发件数", "本年制发页数"}},
      {{"3.其他", "3.其他不予公开情形"}},
      // The sum of a group.
      {{"（七）总计", "（六）合计"}},
      {{"（七）总计", "4.合计"}},
      {{"（七）总计", "合计"}},
  };
  TextStyle style;
  style.layout = Layout::kBars;
  const std::string text = RenderReport(RandomFigures(3, style), style);
  for (const Words& words : cases) {
    EXPECT_THAT(NotCertain(Import(absl::StrReplaceAll(text, words))),
                Not(IsEmpty()))
        << words[0].second;
  }
}

// A sheet whose column of labels is hidden prints the heads over them alone.
TEST(LabelDriftTest, AHeadOverRowsWithoutLabelsIsNoLabel) {
  TextStyle style;
  style.layout = Layout::kBars;
  const Figures figures = RandomFigures(3, style);
  const ImportResult result = Import(absl::StrReplaceAll(
      RenderReport(figures, style),
      {{"1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", ""},
       {"2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开"
        "申请",
        ""},
       {"3.其他", ""}}));
  EXPECT_EQ(result.report.t3().edition(), v1::EDITION_2019);
  EXPECT_THAT(WrongAndUnmarked(result, figures), IsEmpty());
}

// A report whose table two has a column of units.
std::string WithUnits(const Figures& figures, const std::string& unit_of_sum) {
  std::vector<DocumentBlock> document = OfficialDocument(figures);
  for (DocumentBlock& block : document) {
    if (block.table.empty()) continue;
    for (DocumentRow& row : block.table) {
      const bool is_sum = row[0].text == "行政事业性收费";
      if (row.size() == 1) {
        row[0].columns = 5;
      } else {
        row.insert(row.begin() + 1, {row[0].text == "信息内容" ? "单位"
                                     : is_sum                  ? unit_of_sum
                                                               : "件"});
      }
    }
    break;
  }
  return HtmlOf(document);
}

TEST(LabelDriftTest, AColumnOfUnitsIsRead) {
  const Figures figures = RandomFigures(3, {});
  const ImportResult result = Import(WithUnits(figures, "万元"));
  EXPECT_THAT(NotCertain(result), IsEmpty());
  EXPECT_THAT(WrongAndUnmarked(result, figures), IsEmpty());
  EXPECT_THAT(NotCertain(Import(WithUnits(figures, "元"))),
              Contains(HasSubstr("t2.fees.amount_wan_yuan")));
}

TEST(LabelDriftTest, ARowInWordsIsReadAndDoubtful) {
  const ImportResult result = Import(
      "西工区民政局2024年政府信息公开工作年度报告\n"
      "二、主动公开政府信息情况\n"
      "规章本年制发1件、废止0件，现行有效5件；行政规范性文件：制发2件，"
      "本年废止3件，现行有效14件（其中修订1件，废止0件）。\n"
      "行政许可：833件\n行政处罚为1，024件。\n行政事业性收费：12.5万元\n"
      "行政强制见附表\n"
      "三、收到和处理政府信息公开申请情况\n无。\n");
  const v1::Table2& t2 = result.report.t2();
  EXPECT_EQ(t2.regulations().issued(), 1);
  EXPECT_EQ(t2.regulations().repealed(), 0);
  EXPECT_EQ(t2.regulations().in_force(), 5);
  EXPECT_EQ(t2.normative_documents().issued(), 2);
  EXPECT_EQ(t2.normative_documents().repealed(), 3);
  EXPECT_EQ(t2.normative_documents().in_force(), 14);
  EXPECT_EQ(t2.licences().decisions(), 833);
  EXPECT_EQ(t2.penalties().decisions(), 1024);
  EXPECT_EQ(t2.fees().amount_fen(), 12500000);
  EXPECT_FALSE(t2.coercive_measures().has_decisions());
  EXPECT_EQ(result.Count(Certainty::kCertain), 0);
  EXPECT_EQ(result.Count(Certainty::kDoubtful), 9);
}

}  // namespace
}  // namespace annals::client
