#include "ledger/utf8.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::ledger {
namespace {

using ::testing::Eq;
using ::testing::Optional;

TEST(Utf8Test, ConsumesCharactersOfEveryLength) {
  absl::string_view text = "a\xC3\xA9\xE5\xB9\xB4\xF0\x9F\x93\x9Cz";
  EXPECT_THAT(ConsumeUtf8(&text), Optional(U'a'));
  EXPECT_THAT(ConsumeUtf8(&text), Optional(U'\u00E9'));
  EXPECT_THAT(ConsumeUtf8(&text), Optional(U'\u5E74'));
  EXPECT_THAT(ConsumeUtf8(&text), Optional(U'\U0001F4DC'));
  EXPECT_THAT(ConsumeUtf8(&text), Optional(U'z'));
  EXPECT_THAT(ConsumeUtf8(&text), Eq(std::nullopt));
}

TEST(Utf8Test, LeavesWhatIsNoCharacter) {
  absl::string_view text = "\xFFz";
  EXPECT_THAT(ConsumeUtf8(&text), Eq(std::nullopt));
  EXPECT_EQ(text, "\xFFz");
}

TEST(Utf8Test, AcceptsTheFirstAndLastOfEachLength) {
  for (const char* text :
       {"", "\x01", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
        "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80",
        "\xF4\x8F\xBF\xBF", "年度报告"}) {
    EXPECT_TRUE(IsValidUtf8(text)) << text;
  }
  EXPECT_TRUE(IsValidUtf8(absl::string_view("\0", 1)));
}

TEST(Utf8Test, RefusesOverlongSurrogateAndBrokenForms) {
  for (const char* text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2z", "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xE5\xB9", "\xE5\xB9z",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF0\x9F\x93",
        "\xF8\x88\x80\x80\x80", "\xFE", "\xFF", "ok\xC3"}) {
    EXPECT_FALSE(IsValidUtf8(text)) << text;
  }
}

}  // namespace
}  // namespace annals::ledger
