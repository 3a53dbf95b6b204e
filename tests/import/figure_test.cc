#include "client/import/figure.h"

#include <string>

#include "gtest/gtest.h"

namespace annals::client {
namespace {

TEST(FigureTest, ReadsWhatReportsPrint) {
  Figure figure;
  ASSERT_TRUE(ParseFigure("59237.2449", &figure));
  EXPECT_EQ(figure.Decimal(), "59237.2449");
  EXPECT_FALSE(figure.HasRemark());
  ASSERT_TRUE(ParseFigure("１２，３４５", &figure));
  EXPECT_EQ(figure.Decimal(), "12345");
  ASSERT_TRUE(ParseFigure("1,234,567", &figure));
  EXPECT_EQ(figure.Decimal(), "1234567");
  ASSERT_TRUE(ParseFigure("-8", &figure));
  EXPECT_EQ(figure.Decimal(), "-8");
  ASSERT_TRUE(ParseFigure("22（其中修订16件）", &figure));
  EXPECT_EQ(figure.Decimal(), "22");
  EXPECT_EQ(figure.note, "(其中修订16件)");
  ASSERT_TRUE(ParseFigure("251000元", &figure));
  EXPECT_EQ(figure.unit, "元");
}

TEST(FigureTest, WhatStandsRoundItSaysNothing) {
  for (absl::string_view text :
       {"共12件", "共计 12 件", "12。", "12件；", "'12", "\u201912", "１２起",
        "12件，其中修订3件", "12其中修订3件"}) {
    Figure figure;
    ASSERT_TRUE(ParseFigure(text, &figure)) << text;
    EXPECT_EQ(figure.Decimal(), "12") << text;
  }
  Figure figure;
  ASSERT_TRUE(ParseFigure("12件，其中修订3件", &figure));
  EXPECT_EQ(figure.note, "(其中修订3件)");
  for (absl::string_view text :
       {"共12", "共件", "12.", "'", "约12", "12余件", "12件，共15件", "''12"}) {
    EXPECT_FALSE(ParseFigure(text, &figure)) << text;
  }
}

TEST(FigureTest, VagueCountsAreMeantForFigures) {
  for (absl::string_view text :
       {"约12", "12余", "近12件", "100多件", "O", "零"}) {
    EXPECT_TRUE(IsUnreadableFigure(text)) << text;
  }
  for (absl::string_view text : {"近年", "约谈", "12年", "余", "件"}) {
    EXPECT_FALSE(IsUnreadableFigure(text)) << text;
  }
}

TEST(FigureTest, ChangesInWordsHaveASign) {
  Figure figure;
  for (absl::string_view text : {"减8", "减 8", "减少8", "－８", "减8项"}) {
    ASSERT_TRUE(ParseFigure(text, &figure)) << text;
    EXPECT_EQ(figure.Decimal(), "-8") << text;
  }
  for (absl::string_view text : {"增8", "增加 8", "+8", "＋８"}) {
    ASSERT_TRUE(ParseFigure(text, &figure)) << text;
    EXPECT_EQ(figure.Decimal(), "8") << text;
  }
  EXPECT_FALSE(ParseFigure("增/减", &figure));
  EXPECT_FALSE(ParseFigure("增长8%", &figure));
}

TEST(FigureTest, PlaceholdersAreNoFigures) {
  for (absl::string_view text :
       {"/", "-", "—", "——", "———", "／", "－", "无", "N/A"}) {
    Figure figure;
    ASSERT_TRUE(ParseFigure(text, &figure)) << text;
    EXPECT_TRUE(figure.placeholder) << text;
    EXPECT_TRUE(figure.HasRemark());
  }
}

TEST(FigureTest, RefusesWhatIsNoFigure) {
  for (absl::string_view text :
       {"", "1.", "1.2.3", "1,23", "1234,567", "12 34", "2024年", "22（其中",
        "3-5", "1,", "０．", "abc", "1a", "-", "－－－"}) {
    Figure figure;
    const bool read = ParseFigure(text, &figure);
    EXPECT_TRUE(!read || figure.placeholder) << text;
  }
}

TEST(FigureTest, ARemarkThatIsANumberMakesTwoFigures) {
  Figure figure;
  for (const char* text : {"12 (13)", "12（13）", "12(1.5)", "12()"}) {
    ASSERT_TRUE(ParseFigure(text, &figure)) << text;
    EXPECT_TRUE(figure.IsTwoFigures()) << text;
  }
  for (const char* text : {"12", "22（其中修订16件）", "12(a)"}) {
    ASSERT_TRUE(ParseFigure(text, &figure)) << text;
    EXPECT_FALSE(figure.IsTwoFigures()) << text;
  }
}

TEST(FigureTest, TellsWhatWasMeantForAFigure) {
  for (const char* text : {"35*", "12-13", "<5", "12①", "3 5", "12/13", "20%",
                           "一百", "二十三", "\u202e123\u202c", "1\u200e2"}) {
    Figure figure;
    EXPECT_FALSE(ParseFigure(text, &figure)) << text;
    EXPECT_TRUE(IsUnreadableFigure(text)) << text;
  }
  Figure figure;
  const std::string long_number(1000, '9');
  EXPECT_FALSE(ParseFigure(long_number, &figure));
  EXPECT_TRUE(IsUnreadableFigure(long_number));
  for (const char* text :
       {"1.", "1、", "(1)", "1)", "2024-01-20", "2024年", "第20条", "a1", "",
        "一", "一百件", "\u202e", "十二月"}) {
    EXPECT_FALSE(IsUnreadableFigure(text)) << text;
  }
}

}  // namespace
}  // namespace annals::client
