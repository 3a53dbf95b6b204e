#include "service/page_token.h"

#include <string>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace annals {
namespace {

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

TEST(PageTokenTest, ATokenGivesItsKeyBack) {
  const std::string key(
      "R\0code\0"
      "2024",
      11);
  for (const std::string& last : {key, std::string("1"), std::string("\xFF")}) {
    EXPECT_THAT(DecodePageToken("q", EncodePageToken("q", last)),
                IsOkAndHolds(last));
  }
  EXPECT_THAT(DecodePageToken("q", ""), IsOkAndHolds(std::string()));
}

TEST(PageTokenTest, ATokenIsForItsQuery) {
  EXPECT_THAT(DecodePageToken("other", EncodePageToken("q", "key")),
              StatusHasReason(kInvalid, "INVALID_PAGE_TOKEN"));
}

TEST(PageTokenTest, AnyChangedBitIsSeen) {
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(EncodePageToken("q", "key"), &bytes));
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THAT(DecodePageToken("q", absl::WebSafeBase64Escape(changed)),
                StatusHasReason(kInvalid, "INVALID_PAGE_TOKEN"))
        << bit;
  }
}

TEST(PageTokenTest, WhatIsNoTokenIsRefused) {
  const std::string token = EncodePageToken("q", "key");
  for (const std::string& wrong :
       {std::string("x"), std::string("!!!!"), token.substr(1), token + "AAAA",
        std::string(5000, 'A'), std::string("\0\0", 2)}) {
    EXPECT_THAT(DecodePageToken("q", wrong),
                StatusHasReason(kInvalid, "INVALID_PAGE_TOKEN"));
  }
}

TEST(PageTokenTest, PageSizesHaveLimits) {
  EXPECT_THAT(PageLimit().SizeFor(0), IsOkAndHolds(100u));
  EXPECT_THAT(PageLimit().SizeFor(1), IsOkAndHolds(1u));
  EXPECT_THAT(PageLimit().SizeFor(1000), IsOkAndHolds(1000u));
  EXPECT_THAT(PageLimit().SizeFor(1001), IsOkAndHolds(1000u));
  EXPECT_THAT(PageLimit().SizeFor(INT32_MAX), IsOkAndHolds(1000u));
  EXPECT_THAT(PageLimit(10).SizeFor(0), IsOkAndHolds(10u));
  EXPECT_THAT(PageLimit(10).SizeFor(11), IsOkAndHolds(10u));
  EXPECT_THAT(PageLimit().SizeFor(-1),
              StatusHasReason(kInvalid, "INVALID_PAGE_SIZE"));
}

}  // namespace
}  // namespace annals
