#include "client/render/display_width.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::Le;

TEST(DisplayWidthTest, HanCharactersAreTwoColumns) {
  EXPECT_EQ(DisplayWidth("洛阳市西工区人民政府办公室"), 26u);
  EXPECT_EQ(DisplayWidth("上海市科学技术委员会"), 20u);
  EXPECT_EQ(DisplayWidth("西工区 2024 年"), 14u);
  // Extension B.
  EXPECT_EQ(DisplayWidth("𠮷"), 2u);
}

TEST(DisplayWidthTest, ChinesePunctuationIsWide) {
  EXPECT_EQ(DisplayWidth("（三）不予公开"), 14u);
  EXPECT_EQ(DisplayWidth("，。、；：？！《》「」【】　"), 28u);
  EXPECT_EQ(DisplayWidth("１２／－"), 8u);
}

TEST(DisplayWidthTest, CurlyQuotesAreAmbiguous) {
  const char* label = "3.危及“三安全一稳定”";
  EXPECT_EQ(DisplayWidth(label, AmbiguousWidth::kNarrow), 20u);
  EXPECT_EQ(DisplayWidth(label, AmbiguousWidth::kWide), 22u);
}

TEST(DisplayWidthTest, CombiningMarksTakeNoColumn) {
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1u);       // e + U+0301
  EXPECT_EQ(DisplayWidth("か\xE3\x82\x99"), 2u);  // か + U+3099
  EXPECT_EQ(DisplayWidth("a\xE2\x80\x8B"
                         "b"),
            2u);  // U+200B
}

TEST(DisplayWidthTest, NeverFailsOnBytesThatAreNoText) {
  EXPECT_EQ(DisplayWidth("\xFF\xFE"), 2u);
  EXPECT_EQ(DisplayWidth("\xE4\xB8"), 2u);  // A character cut short.
  EXPECT_EQ(DisplayWidth(""), 0u);
}

TEST(DisplayWidthTest, PadsToColumns) {
  EXPECT_EQ(Pad("总计", 6, Align::kLeft), "总计  ");
  EXPECT_EQ(Pad("总计", 6, Align::kRight), "  总计");
  EXPECT_EQ(Pad("总计", 6, Align::kCenter), " 总计 ");
  EXPECT_EQ(Pad("总计", 3, Align::kLeft), "总计");
}

TEST(WrapTest, BreaksChineseAnywhereButBeforeClosingMarks) {
  EXPECT_THAT(Wrap("社会公益组织", 6), ElementsAre("社会公", "益组织"));
  EXPECT_THAT(Wrap("逾期不补正、不再处理", 10),
              ElementsAre("逾期不补", "正、不再处", "理"));
  EXPECT_THAT(Wrap("只计（一）项", 6), ElementsAre("只计", "（一）", "项"));
}

TEST(WrapTest, BreaksEnglishAtSpaces) {
  EXPECT_THAT(Wrap("Legal service organisations", 13),
              ElementsAre("Legal service", "organisations"));
  EXPECT_THAT(Wrap("Public-welfare organisations", 13),
              ElementsAre("Public-", "welfare", "organisations"));
}

TEST(WrapTest, CutsWhatIsTooLong) {
  EXPECT_THAT(Wrap("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
}

TEST(WrapTest, KeepsLineBreaksAndEmptyText) {
  EXPECT_THAT(Wrap("甲\n乙", 10), ElementsAre("甲", "乙"));
  EXPECT_THAT(Wrap("", 10), ElementsAre(""));
}

TEST(WrapTest, NoLineIsWiderThanAsked) {
  const std::string label =
      "2."
      "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请";
  for (size_t width = 4; width < 80; ++width) {
    std::string joined;
    for (const std::string& line : Wrap(label, width)) {
      EXPECT_THAT(DisplayWidth(line), Le(width)) << width;
      joined += line;
    }
    EXPECT_EQ(joined, label);
  }
}

TEST(WrapTest, BalancedLinesAreAboutEqual) {
  EXPECT_THAT(WrapBalanced("商业企业", 6), ElementsAre("商业", "企业"));
  EXPECT_THAT(WrapBalanced("自然人", 6), ElementsAre("自然人"));
}

}  // namespace
}  // namespace annals::client
