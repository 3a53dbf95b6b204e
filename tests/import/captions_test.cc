// What stands around a table and says that its figures are not the form's.

#include "client/import/captions.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/import/importer.h"
#include "client/import/other_meaning.h"
#include "client/import/stated_unit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"
#include "tests/import/form_document.h"
#include "tests/import/report_text.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_dir.h"

namespace annals::client {
namespace {

constexpr char kHeading2[] = "二、主动公开政府信息情况";
constexpr char kHeading3[] = "三、收到和处理政府信息公开申请情况";

std::string Sample() {
  return ReadFile(absl::StrCat(ANNALS_TEST_DATA, "/xigong-2024.txt"));
}

// The certain cells whose id begins so, in the sample after the replacement.
int Certain(absl::string_view from, absl::string_view to,
            absl::string_view cells) {
  const std::string text = Sample();
  const std::string other = absl::StrReplaceAll(text, {{from, to}});
  EXPECT_TRUE(from == to || other != text) << from;
  const auto result = ImportText(other);
  if (!result.ok()) return -1;
  int certain = 0;
  for (const CellReading& reading : result->cells) {
    const auto& id = report::Schema::Get().cells()[reading.cell].id;
    if (absl::StartsWith(id, cells) &&
        reading.certainty == Certainty::kCertain) {
      ++certain;
    }
  }
  return certain;
}

int CertainUnder(absl::string_view heading, absl::string_view text,
                 absl::string_view cells) {
  return Certain(heading, absl::StrCat(heading, "\n", text), cells);
}

class OtherPeriodTest : public ::testing::TestWithParam<const char*> {};

TEST_P(OtherPeriodTest, AboveATableMakesItsFiguresDoubtful) {
  EXPECT_EQ(CertainUnder(kHeading2, GetParam(), "t2."), 0);
  EXPECT_EQ(CertainUnder(kHeading3, GetParam(), "t3."), 0);
  EXPECT_GT(CertainUnder(kHeading3, GetParam(), "t4."), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Captions, OtherPeriodTest,
    ::testing::Values("2023年收到和处理政府信息公开申请情况表",
                      "二〇二三年度统计表", "上一年度数据", "去年情况",
                      "统计表（2023）", "2024年上半年统计表",
                      "下表为2023年的统计数据。", "2023—2024年统计表", "上期",
                      "23年", "历史数据", "申请情况对照表", "比较表"));

class OwnPeriodTest : public ::testing::TestWithParam<const char*> {};

TEST_P(OwnPeriodTest, AboveATableIsNoDoubt) {
  EXPECT_EQ(CertainUnder(kHeading2, GetParam(), "t2."), Certain("", "", "t2."));
  EXPECT_EQ(CertainUnder(kHeading3, GetParam(), "t3."), Certain("", "", "t3."));
}

INSTANTIATE_TEST_SUITE_P(
    Captions, OwnPeriodTest,
    ::testing::Values(
        "2024年收到和处理政府信息公开申请情况表",
        "2024年，我办收到申请30件，较2023年增加5件。",
        "统计期限：2024年1月1日至2024年12月31日", "填报日期：2025年1月10日",
        "单位：件", "24年", "近10年来", "10年以上档案", "上期结转件数",
        "本表按国办公开办函〔2021〕30号文件填写，2021年起施行。"));

TEST(CaptionsTest, AHeadingOrAHeadOfAnotherYearMakesItsTableDoubtful) {
  EXPECT_EQ(Certain("三、收到", "三、2023年收到", "t3."), 0);
  EXPECT_EQ(Certain("申请人情况", "申请人情况（2023年度）", "t3."), 0);
  EXPECT_EQ(Certain("信息内容", "信息内容（2023年）", "t2."), 0);
  EXPECT_GT(Certain("三、收到", "三、2024年度收到", "t3."), 0);
}

TEST(CaptionsTest, AnotherUnitAtATableMakesItsFiguresDoubtful) {
  for (const char* unit :
       {"单位：万件", "计量单位：百件", "（单位：千件、万元）",
        "数据均以百件为单位。", "（万件）"}) {
    EXPECT_EQ(CertainUnder(kHeading3, unit, "t3."), 0) << unit;
    EXPECT_EQ(CertainUnder(kHeading2, unit, "t2.licences"), 0) << unit;
    EXPECT_EQ(CertainUnder(kHeading2, unit, "t2.fees"), 1) << unit;
  }
  for (const char* unit : {"单位：元", "金额单位：人民币元", "单位：件、千元",
                           "收费金额按元计。"}) {
    EXPECT_EQ(CertainUnder(kHeading2, unit, "t2.fees"), 0) << unit;
    EXPECT_EQ(CertainUnder(kHeading2, unit, "t2.licences"), 1) << unit;
  }
}

TEST(CaptionsTest, ANoteBelowATableIsReadToo) {
  const auto certain = [](absl::string_view note, absl::string_view cells) {
    return Certain(kHeading3, absl::StrCat(note, "\n", kHeading3), cells);
  };
  EXPECT_EQ(certain("注：收费金额单位为元。", "t2.fees"), 0);
  for (const char* unit :
       {"仟元", "美元", "万美元", "港元", "日元", "英镑", "圆", "角", "百万",
        "亿", "RMB", "人民币", "万圆、角", "卢布", "万卢布"}) {
    EXPECT_EQ(certain(absl::StrCat("注：行政事业性收费金额单位为", unit, "。"),
                      "t2.fees"),
              0)
        << unit;
    EXPECT_EQ(certain(absl::StrCat("单位：件、", unit), "t2.fees"),
              absl::EndsWith(unit, "卢布") ? 1 : 0)
        << unit;
  }
  for (const char* unit : {"万元", "人民币万元", "人民币（万元）", "RMB万元",
                           "万元人民币", "万元/年", "人民币、万元", "万圆"}) {
    EXPECT_EQ(certain(absl::StrCat("注：收费金额单位为", unit, "。"), "t2."),
              Certain("", "", "t2."))
        << unit;
  }
  EXPECT_EQ(certain("以上为上年数据", "t2.licences"), 0);
  EXPECT_EQ(certain("注：单位为件，收费金额单位为万元。", "t2.fees"), 1);
  EXPECT_EQ(certain("我办持续规范收费，2023年以来未发生投诉。", "t2.fees"), 1);
}

// In a table whose head says 万元.
TEST(CaptionsTest, AUnitInALabelMakesItsSumDoubtful) {
  const std::string page =
      HtmlOf(OfficialDocument(RandomFigures(1, TextStyle())));
  const auto doubtful = [&page](const char* label, const std::string& unit) {
    const auto result = ImportFile(absl::StrReplaceAll(
        page, {{absl::StrCat(">", label, "<"),
                absl::StrCat(">", label, "（", unit, "）<")}}));
    EXPECT_THAT(result.status(), IsOk());
    std::string cells;
    for (const CellReading& reading : result->cells) {
      if (reading.certainty == Certainty::kCertain) continue;
      absl::StrAppend(&cells, report::Schema::Get().cells()[reading.cell].id);
    }
    return cells;
  };
  for (const char* unit : {"亿", "百万", "圆", "角", "件", "美元", "千元"}) {
    EXPECT_EQ(doubtful("行政事业性收费", unit), "t2.fees.amount_wan_yuan")
        << unit;
  }
  EXPECT_EQ(doubtful("行政许可", "件"), "");
}

TEST(StatedUnitTest, NeedsAUnitAndNotItsLetters) {
  EXPECT_TRUE(UnitStatedIn(U"单位:万件", false).scaled_counts);
  EXPECT_TRUE(UnitStatedIn(U"(单位:件、万元)", false).wan_yuan);
  EXPECT_FALSE(UnitStatedIn(U"(单位:件、万元)", false).scaled_counts);
  EXPECT_TRUE(UnitStatedIn(U"注:收费金额单位为元。", true).yuan);
  EXPECT_TRUE(UnitStatedIn(U"单位:百万元", false).other_money);
  for (const char32_t* text :
       {U"各单位人员", U"本单位个别同志", U"第二十条第(一)项", U"共12万件",
        U"多元化解", U"第十项", U"单位名称", U"多视角", U"团圆", U"(十)",
        U"金额单位"}) {
    const StatedUnit unit = UnitStatedIn(text, false);
    EXPECT_FALSE(unit.scaled_counts || unit.IsOfMoney());
  }
}

// A note on the table may be about any of its figures.
TEST(DisputedTableTest, ANoteThatAFigureIsWrongMakesAllDoubtful) {
  for (const char* note :
       {"注：以上数据有误，以附件为准。", "更正：行政许可应为123件。",
        "更正说明：表二行政许可数据误填，现更正为123件。", "以上数据有误",
        "数据有误"}) {
    EXPECT_EQ(Certain(kHeading3, absl::StrCat(note, "\n", kHeading3), "t2."), 0)
        << note;
    EXPECT_EQ(Certain(kHeading3, absl::StrCat(note, "\n", kHeading3), "t3."),
              Certain("", "", "t3."))
        << note;
  }
}

// In its row, it is about that one.
TEST(DisputedTableTest, ATextBesideAFigureMakesItsRowDoubtful) {
  for (const char* text : {"应为15", "此数据有误，已更正为15件", "（应为15）",
                           "（15）", "(15件)"}) {
    std::vector<DocumentBlock> document =
        OfficialDocument(RandomFigures(1, TextStyle()));
    for (DocumentBlock& block : document) {
      for (DocumentRow& row : block.table) {
        if (row[0].text != "行政许可") continue;
        row[1].columns = 2;
        row.push_back({text});
      }
    }
    const auto result = ImportFile(HtmlOf(document));
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_THAT(
        NotCertain(*result),
        ::testing::ElementsAre(::testing::StartsWith("t2.licences.decisions")));
  }
}

}  // namespace
}  // namespace annals::client
