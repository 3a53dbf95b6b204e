#include "service/identity.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace annals {
namespace {

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

}  // namespace
}  // namespace annals
