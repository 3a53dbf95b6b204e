#include "client/field_choice.h"

#include "client/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"
#include "tests/support/matchers.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(FieldChoiceTest, AnIdIsOneField) {
  EXPECT_THAT(*FindFields("t3.new_received.total"),
              ElementsAre("t3.new_received.total"));
  EXPECT_THAT(*FindFields("s5_problems"), ElementsAre("s5_problems"));
}

TEST(FieldChoiceTest, TheBeginningOfIdsIsAllOfThem) {
  const auto row = FindFields("t3.new_received");
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(row->size(), 7u);
  EXPECT_EQ(row->front(), "t3.new_received.natural_person");
}

// What the schema prints is found, in both languages and editions.
TEST(FieldChoiceTest, EveryOfficialLabelMeansItsCell) {
  const report::Schema& schema = report::Schema::Get();
  for (size_t i = 0; i < schema.cells().size(); ++i) {
    for (const Language language : {Language::kZh, Language::kEn}) {
      const std::string label = schema.CellLabel(
          static_cast<report::CellIndex>(i), v1::EDITION_UNSPECIFIED, language);
      const auto found = FindFields(label);
      ASSERT_TRUE(found.ok()) << label << found.status();
      EXPECT_THAT(*found, ::testing::Contains(schema.cells()[i].id)) << label;
    }
  }
}

TEST(FieldChoiceTest, WordsOfALabelWithOtherWidthAndCase) {
  EXPECT_EQ(*FindCell("不予公开 国家秘密 自然人"),
            "t3.denied_state_secret.natural_person");
  EXPECT_EQ(*FindCell("(三)不予公开 1.属于国家秘密 自然人"),
            "t3.denied_state_secret.natural_person");
}

TEST(FieldChoiceTest, ABeginningOfANameIsNoWordOfALabel) {
  for (const char* const words : {"s1", "s5", "t4.litigation", "t4"}) {
    const auto found = FindFields(words);
    ASSERT_OK(found) << words;
    EXPECT_THAT(*found, ::testing::Each(::testing::StartsWith(words)));
  }
}

TEST(FieldChoiceTest, ATextIsNoFigure) {
  const absl::Status status = FindCell("s5_problems").status();
  EXPECT_THAT(status.message(), HasSubstr("annals blame"));
}

TEST(FieldChoiceTest, SeveralCellsAreNamed) {
  const auto several = FindCell("自然人");
  EXPECT_THAT(
      several.status(),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "FIELD_AMBIGUOUS"));
  EXPECT_THAT(std::string(several.status().message()),
              HasSubstr("t3.new_received.natural_person"));
}

TEST(FieldChoiceTest, NothingIsFoundForOtherWords) {
  for (const char* words :
       {"", " ", "·", "没有这一项", "t9", "t3.", "s5_problems"}) {
    EXPECT_THAT(
        FindCell(words).status(),
        StatusHasReason(absl::StatusCode::kInvalidArgument, "FIELD_NOT_FOUND"))
        << words;
  }
  EXPECT_THAT(FindCell("zzz").status().message(),
              HasSubstr("`annals cells FILE|REPORT` lists the cells"));
}

}  // namespace
}  // namespace annals::client
