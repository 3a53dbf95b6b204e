#include "service/request.h"

#include <string>

#include "annals/v1/agency.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace annals {
namespace {

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

TEST(RequestTest, ARequestIdIsAUuid) {
  EXPECT_THAT(
      NormalizeRequestId("123E4567-e89b-12d3-a456-42661417400F"),
      IsOkAndHolds(std::string("123e4567-e89b-12d3-a456-42661417400f")));
  for (const char* wrong : {"", "1", "123e4567e89b12d3a456426614174000",
                            "123e4567-e89b-12d3-a456-42661417400",
                            "{23e4567-e89b-12d3-a456-42661417400}",
                            "123e4567-e89b-12d3-a456-4266141740000",
                            "123e4567-e89b-12d3-a456-42661417400g",
                            "123e4567-e89b-12d3-a4560426614174000"}) {
    EXPECT_THAT(NormalizeRequestId(wrong),
                StatusHasReason(kInvalid, "INVALID_REQUEST_ID"))
        << wrong;
  }
}

TEST(RequestTest, ADigestIsOfMethodAndRequest) {
  v1::Agency agency;
  agency.set_display_name("局");
  const ledger::Hash digest = RequestDigest("m", agency);
  EXPECT_EQ(RequestDigest("m", agency), digest);
  EXPECT_NE(RequestDigest("n", agency), digest);
  agency.set_division_code("410303");
  EXPECT_NE(RequestDigest("m", agency), digest);
}

TEST(RequestTest, RefusesFieldsItDoesNotKnow) {
  v1::Agency agency;
  EXPECT_OK(RequireKnownFields("agency", agency));
  agency.GetReflection()->MutableUnknownFields(&agency)->AddVarint(77, 1);
  EXPECT_THAT(RequireKnownFields("agency", agency),
              StatusHasReason(kInvalid, "UNKNOWN_FIELD"));
}

TEST(RequestTest, AStatementHasNoControlCharacters) {
  EXPECT_OK(ValidateStatement("reason", "一行\n二行\t末", 10));
  EXPECT_THAT(ValidateStatement("reason", "", 10),
              StatusHasReason(kInvalid, "MISSING_FIELD"));
  EXPECT_THAT(ValidateStatement("reason", std::string(11, 'a'), 10),
              StatusHasReason(kInvalid, "TEXT_TOO_LONG"));
  EXPECT_THAT(ValidateStatement("reason", "\xFF", 10),
              StatusHasReason(kInvalid, "INVALID_UTF8"));
  for (const std::string& text :
       {std::string("a\0b", 3), std::string("\x1B[1m"), std::string("\xC2\x9B"),
        std::string("a\rb"), std::string("a\u202Eb"),
        std::string("a\u2066b")}) {
    EXPECT_THAT(ValidateStatement("reason", text, 10),
                StatusHasReason(kInvalid, "INVALID_VALUE"));
  }
}

}  // namespace
}  // namespace annals
