#include "client/language.h"

#include <map>

#include "gtest/gtest.h"

namespace annals::client {
namespace {

Language Select(const std::vector<std::string>& arguments,
                std::map<std::string, std::string> variables) {
  return SelectLanguage(
      arguments, [&](const std::string& name) { return variables[name]; });
}

TEST(LanguageTest, TheOptionDecides) {
  EXPECT_EQ(Select({"check", "--lang", "zh"}, {{"LANG", "en_US.UTF-8"}}),
            Language::kZh);
  EXPECT_EQ(Select({"--lang=en", "check"}, {{"LANG", "zh_CN.UTF-8"}}),
            Language::kEn);
  EXPECT_EQ(Select({"--lang=en", "--lang=zh"}, {}), Language::kZh);
}

TEST(LanguageTest, ThenTheLocaleInItsOrder) {
  EXPECT_EQ(Select({}, {{"LANG", "zh_CN.UTF-8"}}), Language::kZh);
  EXPECT_EQ(Select({}, {{"LC_ALL", "C"}, {"LANG", "zh_CN.UTF-8"}}),
            Language::kEn);
  EXPECT_EQ(Select({}, {{"LC_MESSAGES", "zh_TW"}, {"LANG", "en_GB"}}),
            Language::kZh);
}

TEST(LanguageTest, ElseEnglish) {
  EXPECT_EQ(Select({}, {}), Language::kEn);
  EXPECT_EQ(Select({"--", "--lang=zh"}, {}), Language::kEn);
  EXPECT_EQ(Select({"--lang"}, {}), Language::kEn);
}

}  // namespace
}  // namespace annals::client
