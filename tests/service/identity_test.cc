#include "service/identity.h"

#include <initializer_list>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "tests/support/agency_code.h"
#include "tests/support/matchers.h"

namespace annals {
namespace {

using ::testing::HasSubstr;

TEST(IdentityTest, ACallerNamesItself) {
  ASSERT_OK_AND_ASSIGN(const CallerIdentity plain, SelfDeclaredCaller("zhang"));
  EXPECT_EQ(plain.subject, "local:zhang");
  EXPECT_EQ(plain.assurance, v1::ASSURANCE_SELF_DECLARED);
  ASSERT_OK_AND_ASSIGN(const CallerIdentity han,
                       SelfDeclaredCaller("%E5%BC%A0%e4%b8%89 100%25"));
  EXPECT_EQ(han.subject, "local:张三 100%");
  EXPECT_EQ(AnonymousCaller().subject, "local:anonymous");
}

TEST(IdentityTest, CountsCharactersNotBytes) {
  std::string name;
  for (int i = 0; i < 128; ++i) absl::StrAppend(&name, "%E5%BC%A0");
  EXPECT_OK(SelfDeclaredCaller(name));
  EXPECT_THAT(
      SelfDeclaredCaller(name + "a"),
      StatusHasReason(absl::StatusCode::kInvalidArgument, "INVALID_ACTOR"));
}

TEST(IdentityTest, RefusesWhatIsNoName) {
  for (const char* wrong :
       {"", "%", "%4", "%G1", "a%00b", "a%0Ab", "%7F", "%C2%85", "%FF",
        "%E5%BC", "%C0%80", "%20", "%E2%80%8B", "%20%E3%85%A4", "a%E2%80%AEb",
        "a%E2%81%A6b"}) {
    EXPECT_THAT(
        SelfDeclaredCaller(wrong),
        StatusHasReason(absl::StatusCode::kInvalidArgument, "INVALID_ACTOR"))
        << wrong;
  }
}

absl::StatusOr<CallerIdentity> CallerNamed(const std::string& common_name) {
  return CertifiedCaller(
      {absl::StrCat("annals://agency/", MakeAgencyCode(1), "/reviewer")},
      common_name, "");
}

// Who must not take two steps takes none of them under a name that looks the
// same.
TEST(IdentityTest, TwoPersonsNamesDoNotLookTheSame) {
  struct Unfit {
    const char* name;
    const char* en;
    const char* zh;
  };
  for (const Unfit& unfit : std::initializer_list<Unfit>{
           {"张三 ", "a space before or after it", "首尾有空格"},
           {" 张三", "a space before or after it", "首尾有空格"},
           {"Zhang  San", "two in a row", "连续的空格"},
           {"张\u200B三", "U+200B", "U+200B"},
           {"张\u3000三", "U+3000", "U+3000"},
           {"张\u00A0三", "U+00A0", "U+00A0"},
           {"张三\u3000", "U+3000", "U+3000"},
           {"张\u00AD三", "U+00AD", "U+00AD"},
           {"张\u2028三", "U+2028", "U+2028"},
           {"张\u180E三", "U+180E", "U+180E"},
           {"张\u061C三", "U+061C", "U+061C"},
           {"张三\uFE00", "U+FE00", "U+FE00"},
           {"张三\uFEFF", "U+FEFF", "U+FEFF"},
           {"张三\U000E0020", "U+E0020", "U+E0020"},
           {"张三\U000E0100", "U+E0100", "U+E0100"},
           {"张\u202E三", "changes the order", "显示顺序"},
           {"张\t三", "control character", "控制字符"},
           {"张三#李四", "\"#\"", "“#”"},
           {"Rene\u0301", "as \"René\" it would do", "应写作"},
           {"\uF900", "looks like others", "外形相同"},
           {"Ａli", "as \"Ali\" it would do", "应写作"},
           {"\u2F25", "looks like others", "外形相同"},
           {"", "missing, or is there more than once", "不止一个"}}) {
    const absl::Status refused = CallerNamed(unfit.name).status();
    EXPECT_THAT(refused, StatusHasReason(absl::StatusCode::kUnauthenticated,
                                         "CERTIFICATE_UNFIT"))
        << unfit.en;
    EXPECT_THAT(refused.message(), HasSubstr(unfit.en));
    EXPECT_THAT(ErrorTextZh(refused), HasSubstr(unfit.zh));
  }
  for (const char* fit : {"张三", "Zhang San", "阿迪力·买买提", "O'Neil-2 (b)",
                          "José", "\u6717", "\U00020BB7田"}) {
    EXPECT_OK(CallerNamed(fit)) << fit;
  }
}

}  // namespace
}  // namespace annals
