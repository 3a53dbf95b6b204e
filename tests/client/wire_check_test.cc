#include "client/audit/wire_check.h"

#include <random>
#include <string>

#include "absl/strings/escaping.h"
#include "annals/v1/ledger_entry.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/report/check.h"
#include "tests/support/report_maker.h"

namespace annals::client {
namespace {

// A content with everything in it: text, figures, findings.
std::string Content() {
  v1::RevisionContent content;
  *content.mutable_report() = MakeReport(1);
  *content.mutable_check() = report::CheckReport(content.report(), {});
  v1::Acknowledgement* acknowledgement = content.add_acknowledgements();
  acknowledgement->set_reason("已核对，属实");
  return content.SerializeAsString();
}

const WireCheck& Check() {
  static const auto* const check =
      new WireCheck(v1::RevisionContent::descriptor());
  return *check;
}

bool Parses(const std::string& bytes) {
  v1::RevisionContent content;
  return content.ParseFromString(bytes);
}

TEST(WireCheckTest, AcceptsAContent) {
  EXPECT_TRUE(Check().IsMessage(""));
  EXPECT_TRUE(Check().IsMessage(Content()));
}

// The verdict is protobuf's own, whatever is changed.
TEST(WireCheckTest, AgreesWithTheParserOnChangedBytes) {
  const std::string whole = Content();
  std::mt19937_64 random(7);
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = whole;
    const size_t edits = 1 + random() % 3;
    for (size_t i = 0; i < edits; ++i) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const bool parses = Parses(bytes);
    ASSERT_EQ(Check().IsMessage(bytes), parses) << "round " << round;
    refused += parses ? 0 : 1;
  }
  EXPECT_GT(refused, 1000);
  EXPECT_LT(refused, 20000);
}

TEST(WireCheckTest, AgreesWithTheParserOnCutBytes) {
  const std::string whole = Content();
  for (size_t size = 0; size < whole.size(); size += 7) {
    const std::string bytes = whole.substr(0, size);
    ASSERT_EQ(Check().IsMessage(bytes), Parses(bytes)) << size;
  }
}

TEST(WireCheckTest, AgreesWithTheParserOnShortBytes) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 200000; ++round) {
    std::string bytes(random() % 12, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    ASSERT_EQ(Check().IsMessage(bytes), Parses(bytes))
        << absl::CHexEscape(bytes);
  }
}

TEST(WireCheckTest, AgreesWithTheParserOnOddForms) {
  const std::string forms[] = {
      std::string("\x0a\x80\x80\x80\x80\x00", 6),          // a long length
      std::string("\x8a\x80\x80\x80\x80\x80\x00\x00", 8),  // a long tag
      std::string("\x00\x00", 2),                          // field 0
      std::string("\xfb\x01\xfc\x01", 4),                  // a group
      std::string("\xfb\x01\x08\x05\xfc\x01", 6),
      std::string("\xfb\x01\x08\x05", 4),  // a group without an end
      std::string("\xfb\x01\xfc\x02", 4),  // a group with another end
      std::string("\xfc\x01", 2),          // an end alone
      std::string("\xf9\x01\1\2\3\4\5\6\7\10", 10),
      std::string("\xfd\x01\1\2\3", 5),
      std::string("\x0e", 1),
      std::string("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12)};
  for (const std::string& form : forms) {
    EXPECT_EQ(Check().IsMessage(form), Parses(form))
        << testing::PrintToString(form);
  }
}

// Unicode 15, table 3-7: the first and last of each range, and what lies
// outside.
TEST(WireCheckTest, KnowsUtf8) {
  for (const std::string good :
       {"", "a", "公开", "公开年度报告a公开年度报告", "\xC2\x80", "\xDF\xBF",
        "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsValidUtf8(good)) << testing::PrintToString(good);
    EXPECT_TRUE(IsValidUtf8(good + "公开年度"));
    EXPECT_TRUE(IsValidUtf8("公开年度" + good));
  }
  for (const std::string bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xE4\xB8", "\xE4\xB8\x41", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(IsValidUtf8(bad)) << testing::PrintToString(bad);
    EXPECT_FALSE(IsValidUtf8(bad + "公开年度"));
    EXPECT_FALSE(IsValidUtf8("公开年度" + bad));
  }
}

}  // namespace
}  // namespace annals::client
