#include "ledger/base64.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::ledger {
namespace {

using ::testing::Eq;
using ::testing::Optional;

struct Example {
  const char* bytes;
  const char* text;
};

// RFC 4648, section 10.
constexpr Example kExamples[] = {{"", ""},
                                 {"f", "Zg=="},
                                 {"fo", "Zm8="},
                                 {"foo", "Zm9v"},
                                 {"foob", "Zm9vYg=="},
                                 {"fooba", "Zm9vYmE="},
                                 {"foobar", "Zm9vYmFy"}};

TEST(Base64Test, GivesTheExamplesOfTheRfc) {
  for (const Example& example : kExamples) {
    EXPECT_EQ(EncodeBase64(example.bytes), example.text);
    EXPECT_THAT(DecodeBase64(example.text),
                Optional(std::string(example.bytes)));
  }
}

TEST(Base64Test, UsesPlusAndSlash) {
  EXPECT_EQ(EncodeBase64("\xFB\xFF"), "+/8=");
  EXPECT_THAT(DecodeBase64("+/8="), Optional(std::string("\xFB\xFF")));
}

TEST(Base64Test, RefusesEveryOtherForm) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Z", "=", "====", "Zh==",
                           "Zm9=", " Zg==", "Zg==\n", "Zm 9v", "Zm9v\t", "Zg..",
                           "-_8=", "Zm9v=", "Zg==Zg==", "Zm9\xE4"}) {
    EXPECT_THAT(DecodeBase64(text), Eq(std::nullopt)) << text;
  }
}

}  // namespace
}  // namespace annals::ledger
