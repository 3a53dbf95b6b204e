#include "service/report/text_repetition.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/strings/str_cat.h"

namespace annals::report {
namespace {

constexpr char kSentence[] = "全市各级机关坚持公开为常态不公开为例外";  // 18.

// A text of random characters, which repeats nothing.
std::string RandomText(uint64_t seed, size_t characters) {
  std::mt19937_64 random(seed);
  std::string text;
  for (size_t i = 0; i < characters; ++i) {
    const uint32_t c = 0x4E00 + static_cast<uint32_t>(random() % 0x5000);
    text += static_cast<char>(0xE0 | (c >> 12));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  }
  return text;
}

TEST(RepeatedInTest, CountsWhatStandsInRunsOfEight) {
  const std::string mine = RandomText(1, 100);
  const std::string other = RandomText(2, 100);
  EXPECT_EQ(RepeatedIn({mine}, {other}).repeated, 0u);
  EXPECT_EQ(RepeatedIn({mine}, {mine}).repeated, 100u);
  EXPECT_EQ(RepeatedIn({mine}, {mine}).Percent(), 100u);
  for (size_t run = 1; run <= 20; ++run) {
    const std::string shared = RandomText(3, run);
    const Repetition repetition = RepeatedIn(
        {absl::StrCat(mine, shared)}, {absl::StrCat(other, shared, other)});
    EXPECT_EQ(repetition.characters, 100 + run);
    EXPECT_EQ(repetition.repeated, run < kRepeatedRunCharacters ? 0 : run)
        << run;
  }
}

TEST(RepeatedInTest, LooksAtLettersOnly) {
  const std::string printed =
      "全市各级机关\n 坚持公开为常态，\u3000不公开为例外。";
  const Repetition repetition = RepeatedIn({printed}, {kSentence});
  EXPECT_EQ(repetition.characters, 19u);
  EXPECT_EQ(repetition.repeated, 19u);
  // Other figures in an old sentence do not make it new.
  EXPECT_EQ(RepeatedIn({"全年共公开政府信息1136条，比上年多３条"},
                       {"全年共公开政府信息2428条，比上年多９８条"})
                .Percent(),
            100u);
}

TEST(RepeatedInTest, NeedsMoreThanHalf) {
  const std::string half = RandomText(4, 50);
  const std::string rest = RandomText(5, 50);
  EXPECT_FALSE(RepeatedIn({half, rest}, {half}).IsMoreThanHalf());
  EXPECT_TRUE(RepeatedIn({half, rest}, {absl::StrCat(half, rest.substr(0, 3))})
                  .IsMoreThanHalf());
  EXPECT_FALSE(RepeatedIn({}, {half}).IsMoreThanHalf());
  EXPECT_FALSE(RepeatedIn({""}, {}).IsMoreThanHalf());
  EXPECT_EQ(RepeatedIn({}, {}).Percent(), 0u);
  // Broken bytes end a text and are no part of it.
  EXPECT_EQ(RepeatedIn({"公开\xFF公开"}, {half}).characters, 2u);
}

TEST(RepeatedInTest, ManagesHugeTexts) {
  const std::string text = RandomText(6, 350000);  // 1 MiB.
  const Repetition repetition = RepeatedIn(
      {text},
      {absl::StrCat(text.substr(0, 3 * 200000), RandomText(7, 150000))});
  EXPECT_EQ(repetition.repeated, 200000u);
  std::string monotonous;
  for (int i = 0; i < 350000; ++i) monotonous += "公";
  EXPECT_EQ(RepeatedIn({monotonous}, {monotonous}).repeated, 350000u);
}

}  // namespace
}  // namespace annals::report
