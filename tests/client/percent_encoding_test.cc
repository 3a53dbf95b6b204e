#include "client/percent_encoding.h"

#include "annals/v1/ledger_entry.pb.h"
#include "client/enum_words.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;

TEST(PercentEncodingTest, KeepsWhatIsUnreserved) {
  EXPECT_EQ(PercentEncode("zhang-3.wei_~"), "zhang-3.wei_~");
}

TEST(PercentEncodingTest, EncodesEveryOtherByte) {
  EXPECT_EQ(PercentEncode("张三"), "%E5%BC%A0%E4%B8%89");
  EXPECT_EQ(PercentEncode("a b%\n"), "a%20b%25%0A");
  EXPECT_EQ(PercentEncode(std::string("\0", 1)), "%00");
}

TEST(EnumWordsTest, AreDerivedFromTheSchema) {
  const auto* descriptor =
      google::protobuf::GetEnumDescriptor<v1::ReasonCode>();
  EXPECT_THAT(EnumWords(descriptor),
              ElementsAre("figure-error", "omission", "scope", "text-error",
                          "supervisor-request", "other", "republished"));
  EXPECT_EQ(EnumFromWord<v1::ReasonCode>("text-error"),
            v1::REASON_CODE_TEXT_ERROR);
  EXPECT_EQ(EnumFromWord<v1::ReasonCode>("unspecified"),
            v1::REASON_CODE_UNSPECIFIED);
}

}  // namespace
}  // namespace annals::client
