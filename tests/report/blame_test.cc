#include "service/report/blame.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"
#include "tests/support/matchers.h"

namespace annals::report {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kCell[] = "t3.new_received.natural_person";

v1::Report WithFigure(std::optional<int64_t> value) {
  v1::Report report;
  SetCell(*Schema::Get().Find(kCell), value, &report);
  return report;
}

v1::Report WithProblems(const std::string& text) {
  v1::Report report;
  report.set_s5_problems(text);
  return report;
}

// A value as `revision:value`; `revision:` for a blank or no text.
std::string Shown(const v1::FieldValue& value) {
  std::string shown = std::to_string(value.revision()) + ":";
  if (value.has_value()) shown += std::to_string(value.value());
  if (value.has_text()) shown += value.text();
  return shown;
}

// A row as `field 2:new 1:old`.
std::vector<std::string> Rows(const BlameBuilder& blame) {
  std::vector<std::string> rows;
  for (const v1::FieldBlame& field : blame.Build()) {
    std::string row = field.field();
    for (const v1::FieldValue& value : field.values()) {
      row += " " + Shown(value);
    }
    rows.push_back(row);
  }
  return rows;
}

std::vector<std::string> BlameProblems(const std::vector<std::string>& texts) {
  BlameBuilder blame({"s5_problems"});
  int revision = 0;
  for (const std::string& text : texts) {
    blame.Add(++revision, WithProblems(text));
  }
  return Rows(blame);
}

TEST(BlameTest, AFigureIsBlamedOnTheRevisionThatGaveIt) {
  BlameBuilder blame({kCell});
  blame.Add(1, WithFigure(5));
  blame.Add(2, WithFigure(5));
  blame.Add(3, WithFigure(std::nullopt));
  blame.Add(4, WithFigure(0));
  blame.Add(5, WithFigure(0));
  EXPECT_THAT(Rows(blame), ElementsAre(std::string(kCell) + " 4:0 3: 1:5"));
}

TEST(BlameTest, AFigureThatComesBackIsBlamedOnItsReturn) {
  BlameBuilder blame({kCell});
  blame.Add(1, WithFigure(5));
  blame.Add(2, WithFigure(6));
  blame.Add(3, WithFigure(5));
  EXPECT_THAT(Rows(blame), ElementsAre(std::string(kCell) + " 3:5 2:6 1:5"));
}

TEST(BlameTest, ARevisionThatIsLeftOutShowsWithTheNext) {
  BlameBuilder blame({kCell});
  blame.Add(1, WithFigure(5));
  blame.Add(3, WithFigure(6));
  EXPECT_THAT(Rows(blame), ElementsAre(std::string(kCell) + " 3:6 1:5"));
}

TEST(BlameTest, NobodyCanTellWhatAnErasedLastRevisionSays) {
  BlameBuilder blame({kCell, "s5_problems", "s6_other"});
  v1::Report report = WithFigure(5);
  report.set_s5_problems("甲\n乙");
  blame.Add(1, report);
  blame.AddErased(2);
  blame.AddErased(3);
  EXPECT_THAT(Rows(blame), ElementsAre(std::string(kCell) + " 3: 1:5",
                                       "s5_problems#1 3: 1:甲",
                                       "s5_problems#2 3: 1:乙", "s6_other 3:"));
  blame.Add(4, WithFigure(6));
  EXPECT_EQ(Rows(blame).front(), std::string(kCell) + " 4:6 1:5");
}

// It may have been another one in between.
TEST(BlameTest, AfterAGapTheSameValueBeginsAnew) {
  BlameBuilder blame({kCell, "s5_problems"});
  v1::Report report = WithFigure(5);
  report.set_s5_problems("甲\n乙");
  blame.Add(1, report);
  blame.AddErased(2);
  report.set_s5_problems("甲\n丙");
  blame.Add(3, report);
  blame.Add(4, report);
  EXPECT_THAT(Rows(blame), ElementsAre(std::string(kCell) + " 3:5 1:5",
                                       "s5_problems#1 3:甲 1:甲",
                                       "s5_problems#2 3:丙 1:乙"));
}

TEST(BlameTest, NothingCanBeToldIfAllIsErased) {
  BlameBuilder blame({kCell});
  blame.AddErased(1);
  EXPECT_THAT(Rows(blame), ElementsAre(std::string(kCell) + " 1:"));
}

TEST(BlameTest, EveryCellOfTheFormHasARowIfNoneIsChosen) {
  BlameBuilder blame({});
  blame.Add(1, WithFigure(5));
  EXPECT_EQ(blame.Build().size(), Schema::Get().cells().size());
}

TEST(BlameTest, EditionsAndPublicationAreFollowedToo) {
  v1::Report report;
  report.mutable_publication()->set_url("https://a.example/1");
  BlameBuilder blame({});
  blame.Add(1, report);
  report.mutable_publication()->set_url("https://a.example/2");
  blame.Add(2, report);
  EXPECT_EQ(Rows(blame).back(),
            "publication.url 2:https://a.example/2 1:https://a.example/1");
}

TEST(BlameTest, ATextOfOneParagraphHasItsPathForAName) {
  EXPECT_THAT(BlameProblems({"甲", "乙"}),
              ElementsAre("s5_problems 2:乙 1:甲"));
}

TEST(BlameTest, ParagraphsKeepTheirHistoryWhenOthersComeBeforeThem) {
  EXPECT_THAT(BlameProblems({"甲\n乙", "新\n甲\n乙", "新\n甲\n乙二"}),
              ElementsAre("s5_problems#1 2:新", "s5_problems#2 1:甲",
                          "s5_problems#3 3:乙二 1:乙"));
}

// An inserted paragraph does not take the history of the one behind it.
TEST(BlameTest, AParagraphThatIsChangedKeepsItsHistoryBehindAnInsertedOne) {
  EXPECT_THAT(
      BlameProblems(
          {"首段\n受理申请十二件。", "首段\n另有说明\n受理申请十三件。"}),
      ElementsAre("s5_problems#1 1:首段", "s5_problems#2 2:另有说明",
                  "s5_problems#3 2:受理申请十三件。 1:受理申请十二件。"));
  EXPECT_THAT(BlameProblems(
                  {"一、公开不及时。\n二、培训不足。", "二、培训仍不足。\n新"}),
              ElementsAre("s5_problems#1 2:二、培训仍不足。 1:二、培训不足。",
                          "s5_problems#2 2:新",
                          "s5_problems#-1 2: 1:一、公开不及时。"));
}

TEST(BlameTest, ParagraphsThatAreNotAlikeFollowEachOtherInOrder) {
  EXPECT_THAT(BlameProblems({"甲\n乙", "丙\n丁\n戊"}),
              ElementsAre("s5_problems#1 2:丙 1:甲", "s5_problems#2 2:丁 1:乙",
                          "s5_problems#3 2:戊"));
}

TEST(BlameTest, ARemovedParagraphIsListedWithWhoRemovedIt) {
  EXPECT_THAT(BlameProblems({"甲\n乙\n丙", "甲\n丙"}),
              ElementsAre("s5_problems#1 1:甲", "s5_problems#2 1:丙",
                          "s5_problems#-1 2: 1:乙"));
}

TEST(BlameTest, ATextThatIsTakenAwayAndComesBack) {
  BlameBuilder blame({"s5_problems"});
  blame.Add(1, WithProblems("甲"));
  blame.Add(2, v1::Report());
  EXPECT_THAT(Rows(blame), ElementsAre("s5_problems 2: 1:甲"));
  blame.Add(3, WithProblems("甲"));
  EXPECT_THAT(Rows(blame),
              ElementsAre("s5_problems#1 3:甲", "s5_problems#-1 2: 1:甲"));
}

// Whatever the texts: the present paragraphs are those of the last text, and
// each was in the text of the revision that it is blamed on, and of every
// later one.
TEST(BlameTest, PresentParagraphsAreTheLastTextAndStoodInEverySinceText) {
  uint32_t state = 1;
  const auto next = [&state](uint32_t bound) {
    state = state * 1664525 + 1013904223;
    return (state >> 16) % bound;
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::vector<std::string>> texts;
    BlameBuilder blame({"s5_problems"});
    for (int revision = 1; revision <= 5; ++revision) {
      std::vector<std::string> paragraphs(1 + next(6));
      std::string text;
      for (std::string& paragraph : paragraphs) {
        paragraph = std::string(1, static_cast<char>('a' + next(4)));
        text += (text.empty() ? "" : "\n") + paragraph;
      }
      texts.push_back(paragraphs);
      blame.Add(revision, WithProblems(text));
    }
    std::vector<std::string> present;
    for (const v1::FieldBlame& field : blame.Build()) {
      if (field.field().find("#-") != std::string::npos) {
        EXPECT_FALSE(field.values(0).has_text());
        continue;
      }
      const v1::FieldValue& value = field.values(0);
      present.push_back(value.text());
      for (size_t i = value.revision() - 1; i < texts.size(); ++i) {
        EXPECT_THAT(texts[i], ::testing::Contains(value.text()));
      }
      for (int i = 1; i < field.values_size(); ++i) {
        EXPECT_LT(field.values(i).revision(), field.values(i - 1).revision());
        EXPECT_NE(field.values(i).text(), field.values(i - 1).text());
      }
    }
    EXPECT_EQ(present, texts.back());
  }
}

TEST(BlameTest, ATextOfManyShortLinesIsFollowedInBoundedTime) {
  std::string older;
  std::string newer;
  for (int i = 0; i < 20'000; ++i) {
    older += "甲\n";
    newer += "乙\n";
  }
  const std::vector<std::string> rows = BlameProblems({older, newer});
  EXPECT_EQ(rows.size(), 20'001u);
  EXPECT_EQ(rows.front(), "s5_problems#1 2:乙 1:甲");
}

TEST(BlameTest, FieldsMustBeOfTheForm) {
  EXPECT_TRUE(RequireFields({kCell, "s5_problems", "title"}).ok());
  EXPECT_THAT(
      RequireFields({kCell, "t3.nothing"}),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "FIELD_NOT_FOUND"));
  EXPECT_THAT(BlameBuilder({kCell}).Build(), IsEmpty());
}

}  // namespace
}  // namespace annals::report
