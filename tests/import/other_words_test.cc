// Heads and labels that differ from the form's in a word: what stands under or
// beside them is never certain.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/import/report_grid.h"
#include "tests/import/text_layouts.h"

namespace annals::client {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

// What the form prints, and what this report prints instead.
using Words = std::vector<std::pair<std::string, std::string>>;

// The ids of the certain cells that begin and end so.
std::vector<std::string> CertainCells(const std::string& text,
                                      absl::string_view begin,
                                      absl::string_view end) {
  std::vector<std::string> certain;
  const auto result = ImportText(text);
  EXPECT_TRUE(result.ok()) << result.status();
  if (!result.ok()) return certain;
  for (const CellReading& reading : result->cells) {
    const auto& id = report::Schema::Get().cells()[reading.cell].id;
    if (reading.certainty == Certainty::kCertain &&
        absl::StartsWith(id, begin) && absl::EndsWith(id, end)) {
      certain.push_back(id);
    }
  }
  return certain;
}

struct Case {
  Words words;
  // The cells that are no longer known, by how their ids begin and end.
  const char* begin;
  const char* end;
};

void ExpectNoneCertain(const std::vector<Case>& cases) {
  for (Layout layout : kLayouts) {
    TextStyle style;
    style.layout = layout;
    const std::string text = RenderReport(RandomFigures(11, style), style);
    for (const Case& one : cases) {
      const std::string changed = absl::StrReplaceAll(text, one.words);
      ASSERT_NE(changed, text) << one.words[0].first;
      EXPECT_THAT(CertainCells(text, one.begin, one.end), Not(IsEmpty()));
      EXPECT_THAT(CertainCells(changed, one.begin, one.end), IsEmpty())
          << one.words[0].second << " in layout " << static_cast<int>(layout);
    }
  }
}

TEST(OtherWordsTest, ApplicantsNamedOtherwise) {
  ExpectNoneCertain({
      {{{"法律服务机构", "中介机构"}}, "t3.", ".legal_service_org"},
      {{{"法律服务机构", "服务机构"}}, "t3.", ".legal_service_org"},
      {{{"商业企业", "企业"}}, "t3.", ".commercial_enterprise"},
      {{{"商业企业", "工业企业"}}, "t3.", ".commercial_enterprise"},
      {{{"社会公益组织", "社会团体"}}, "t3.", ".public_welfare_org"},
      {{{"社会公益组织", "非社会公益组织"}}, "t3.", ".public_welfare_org"},
      {{{"自然人", "个人"}}, "t3.", ".natural_person"},
      {{{"自然人", "自然人以外"}}, "t3.", ".natural_person"},
      {{{"商业企业", "科研企业"}, {"科研机构", "商业机构"}},
       "t3.",
       ".research_institution"},
  });
}

TEST(OtherWordsTest, ApplicantsInAnotherOrderUnderOtherNames) {
  ExpectNoneCertain({
      {{{"社会公益组织", "法律服务机构"}, {"法律服务机构", "公益组织"}},
       "t3.",
       "_org"},
      {{{"商业企业", "科研机构"}, {"科研机构", "企业"}}, "t3.", ".total"},
  });
}

// A grid of table three or four, with the text of its cells changed, in a
// report of nothing else.
std::string TableAlone(int table, const Words& words, GridLayout layout) {
  const Wording wording = [&words](const std::string& text) {
    for (const auto& [official, printed] : words) {
      if (text == official) return printed;
    }
    return text;
  };
  const Print print = [](const std::string&) { return std::string("0"); };
  const Grid grid = table == 3 ? Table3Grid(v1::EDITION_2021, wording, print)
                               : Table4Grid(wording, print);
  GridStyle style;
  style.layout = layout;
  return absl::StrCat("2024年政府信息公开工作年度报告\n\n",
                      table == 3 ? "三、收到和处理政府信息公开申请情况"
                                 : "四、政府信息公开行政复议、行政诉讼情况",
                      "\n\n", RenderGrid(grid, style),
                      "\n\n五、存在的主要问题及改进情况\n\n无。\n");
}

void ExpectNoneCertainAlone(int table, const std::vector<Words>& cases,
                            const char* end) {
  const std::string begin = absl::StrCat("t", table, ".");
  for (GridLayout layout :
       {GridLayout::kBars, GridLayout::kMarkdown, GridLayout::kTabs,
        GridLayout::kCellPerLine, GridLayout::kColumns, GridLayout::kSpaced}) {
    EXPECT_THAT(CertainCells(TableAlone(table, {}, layout), begin, end),
                Not(IsEmpty()));
    for (const Words& words : cases) {
      EXPECT_THAT(CertainCells(TableAlone(table, words, layout), begin, end),
                  IsEmpty())
          << words[0].second << " in layout " << static_cast<int>(layout);
    }
  }
}

TEST(OtherWordsTest, NoTotalOfApplicants) {
  ExpectNoneCertainAlone(3,
                         {{{"总计", "备注"}},
                          {{"总计", "占比"}},
                          {{"总计", "总计增减"}},
                          {{"总计", "序号"}}},
                         ".total");
}

TEST(OtherWordsTest, OtherOutcomesOfDisputes) {
  ExpectNoneCertainAlone(
      4,
      {{{"结果维持", "结果支持"}},
       {{"结果纠正", "结果变更"}},
       {{"其他结果", "调解结果"}},
       {{"尚未审结", "尚未受理"}},
       {{"尚未审结", "已经审结"}},
       {{"其他结果", "未审结"}, {"尚未审结", "其他结果"}},
       {{"总计", "结果维持"}, {"结果维持", "总数"}},
       {{"未经复议直接起诉", "复议后诉讼"}, {"复议后起诉", "未经复议直接起诉"}},
       {{"复议后起诉", "复议后上诉"}}},
      "");
}

// The outcomes of one kind only are named otherwise.
TEST(OtherWordsTest, OneOutcomeTwice) {
  std::string text = TableAlone(4, {}, GridLayout::kTabs);
  text.replace(text.rfind("结果维持"), std::string("结果维持").size(),
               "结果纠正");
  EXPECT_THAT(CertainCells(text, "t4.", ""), IsEmpty());
}

TEST(OtherWordsTest, DocumentsCountedOtherwise) {
  ExpectNoneCertain({
      {{{"现行有效件数", "现行无效件数"}}, "t2.", ".in_force"},
      {{{"现行有效件数", "现行失效件数"}}, "t2.", ".in_force"},
      {{{"本年制发件数", "本月制发件数"}}, "t2.", ".issued"},
      {{{"本年制发件数", "本年拟制发件数"}}, "t2.", ".issued"},
      {{{"本年制发件数", "计划本年制发件数"}}, "t2.", ".issued"},
      {{{"本年废止件数", "本年废止页数"}}, "t2.", ".repealed"},
      {{{"本年废止件数", "本年废止件数比"}}, "t2.", ".repealed"},
      {{{"本年处理决定数量", "本月处理决定数量"}}, "t2.", ".decisions"},
      {{{"本年处理决定数量", "撤销本年处理决定数量"}}, "t2.", ".decisions"},
  });
}

TEST(OtherWordsTest, OtherRowsOfTableTwo) {
  ExpectNoneCertain({
      {{{"行政处罚", "撤销行政处罚"}}, "t2.penalties", ""},
      {{{"行政许可", "涉企行政许可"}}, "t2.licences", ""},
      {{{"行政许可", "行政许可注销"}}, "t2.licences", ""},
      {{{"行政规范性文件", "党委规范性文件"}}, "t2.normative", ""},
      {{{"行政规范性文件", "拟制规范性文件"}}, "t2.normative", ""},
      {{{"行政规范性文件", "其他规范性文件"}}, "t2.normative", ""},
  });
}

TEST(OtherWordsTest, OtherRowsOfTableThree) {
  ExpectNoneCertain({
      {{{"4.无正当理由", "4.有正当理由"}}, "t3.refused_excessive", ""},
      {{{"4.无正当理由", "4.正当理由"}}, "t3.refused_excessive", ""},
      {{{"法规禁止公开", "法规允许公开"}}, "t3.denied_other_law", ""},
      {{{"补正后申请", "补正前申请"}}, "t3.unable_still_unclear", ""},
      {{{"没有现成信息", "已有现成信息"}}, "t3.unable_needs", ""},
      {{{"结转下年度", "结转本年度"}}, "t3.carried_over_out", ""},
      {{{"本年新收", "本月新收"}}, "t3.new_received", ""},
      {{{"本年新收", "本年网上新收"}}, "t3.new_received", ""},
      {{{"2.重复申请", "上年2.重复申请"}}, "t3.refused_duplicate", ""},
      {{{"2.重复申请", "其中：2.重复申请"}}, "t3.refused_duplicate", ""},
      {{{"属于国家秘密", "属于工作秘密"}}, "t3.denied_state_secret", ""},
  });
}

// Typography and known wordings.
TEST(OtherWordsTest, TheSameWordsPrintedOtherwise) {
  for (Layout layout : kLayouts) {
    TextStyle style;
    style.layout = layout;
    std::string text = RenderReport(RandomFigures(11, style), style);
    text = absl::StrReplaceAll(text, {{"1.属于国家秘密", "1、属於国家秘密"},
                                      {"2.重复申请", "（2）重复申清"},
                                      {"3.其他", "3．其它"},
                                      {"“三安全一稳定”", "三安全一稳定"},
                                      {"继续办理", "继续办理数量"},
                                      {"行政规范性文件", "规范性文件"},
                                      {"本年废止件数", "本年度废止件数"}});
    EXPECT_EQ(CertainCells(text, "", "").size(), 200)
        << static_cast<int>(layout);
  }
}

// A row of cells that was broken within its last figure, or an earlier one.
TEST(OtherWordsTest, RowsOfCellsBrokenWithinAFigure) {
  TextStyle style;
  style.layout = Layout::kBars;
  style.change_row = [](const std::string& id,
                        std::vector<std::string>* cells) {
    if (id == "t2.regulations") *cells = {"10", "20", "5\n5"};
    if (id == "t2.normative_documents") *cells = {"10", "2\n0", "55"};
    if (id == "t3.granted") *cells = {"11", "0", "0", "0", "0", "0", "1\n1"};
  };
  for (Layout layout : {Layout::kBars, Layout::kOpenBars, Layout::kTabs}) {
    style.layout = layout;
    const std::string text = RenderReport(RandomFigures(11, style), style);
    EXPECT_THAT(CertainCells(text, "t2.regulations", ""), IsEmpty()) << text;
    EXPECT_THAT(CertainCells(text, "t2.normative", ""), IsEmpty()) << text;
    EXPECT_THAT(CertainCells(text, "t3.granted", ""), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace annals::client
