#include "client/render/field_text.h"

#include "annals/v1/report.pb.h"
#include "gtest/gtest.h"
#include "service/report/schema.h"

namespace annals::client {
namespace {

TEST(FieldTextTest, ANameOfTheSchemaIsShownByItsLabel) {
  EXPECT_EQ(TextValueText("t2.edition", "EDITION_2021", Language::kZh),
            report::EnumLabel(v1::EDITION_2021, Language::kZh));
  EXPECT_EQ(TextValueText("scope", "SCOPE_REGIONAL", Language::kEn),
            report::EnumLabel(v1::SCOPE_REGIONAL, Language::kEn));
  EXPECT_EQ(TextValueText("printed_headings[0].section", "SECTION_S1_OVERVIEW",
                          Language::kZh),
            report::EnumLabel(v1::SECTION_S1_OVERVIEW, Language::kZh));
}

TEST(FieldTextTest, EveryOtherTextIsShownAsItIs) {
  for (const char* field :
       {"s5_problems", "scope", "t2.edition", "t9.edition", "scope.x", ""}) {
    EXPECT_EQ(TextValueText(field, "存在问题", Language::kZh), "存在问题");
  }
}

}  // namespace
}  // namespace annals::client
