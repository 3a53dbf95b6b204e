#include "client/import/normalise.h"

#include "client/import/unicode.h"
#include "gtest/gtest.h"

namespace annals::client {
namespace {

TEST(NormaliseTest, NumberingStylesAreOne) {
  for (absl::string_view text :
       {"1.属于国家秘密", "1、属于国家秘密", "1．属于国家秘密",
        "1. 属于 国家秘密", "１．属于国家秘密", "1 属于国家秘密"}) {
    const std::vector<Segment> segments = SegmentsOf(text);
    ASSERT_EQ(segments.size(), 1) << text;
    EXPECT_EQ(segments[0].style, NumberStyle::kDigit) << text;
    EXPECT_EQ(segments[0].number, 1) << text;
    EXPECT_EQ(segments[0].core, U"属于国家秘密") << text;
  }
  for (absl::string_view text : {"（七）总计", "(七) 总计", "( 七 )总 计"}) {
    const std::vector<Segment> segments = SegmentsOf(text);
    ASSERT_EQ(segments.size(), 1) << text;
    EXPECT_EQ(segments[0].style, NumberStyle::kBracket);
    EXPECT_EQ(segments[0].number, 7);
  }
}

TEST(NormaliseTest, NumbersInsideOpenSegments) {
  const std::vector<Segment> segments =
      SegmentsOf("三、本年度办理结果（三）不予公开 1.属于国家秘密");
  ASSERT_EQ(segments.size(), 3);
  EXPECT_EQ(segments[0].style, NumberStyle::kHan);
  EXPECT_EQ(segments[1].core, U"不予公开");
  EXPECT_EQ(segments[2].number, 1);
}

TEST(NormaliseTest, OtherNumbersDoNot) {
  for (absl::string_view text :
       {"国令第 711 号", "增长1.05%", "2024年1月1日", "（居）务公开"}) {
    EXPECT_EQ(SegmentsOf(text).size(), 1) << text;
    EXPECT_EQ(SegmentsOf(text)[0].style, NumberStyle::kNone) << text;
  }
}

TEST(NormaliseTest, TrailingBracketIsCutOnlyAtTheEnd) {
  EXPECT_EQ(WithoutTrailingBracket("本年收费金额（单位：万元）"),
            "本年收费金额");
  EXPECT_EQ(WithoutTrailingBracket("（六）其他"), "（六）其他");
  EXPECT_EQ(WithoutTrailingBracket("（六）"), "（六）");
}

TEST(NormaliseTest, KangxiRadicalsAreHan) {
  EXPECT_EQ(CoreOf("\xE2\xBE\x8F政"), U"行政");
}

}  // namespace
}  // namespace annals::client
