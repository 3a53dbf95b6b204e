// Matchers for absl::Status and absl::StatusOr; Debian 12's Abseil has none.
//
//   ASSERT_OK_AND_ASSIGN(const Hash root, ReadRoot(size, &reader));
//   EXPECT_THAT(Save(path), IsOk());
//   EXPECT_THAT(ParseSize(text), IsOkAndHolds(Gt(3)));
//   EXPECT_THAT(Load(path), StatusIs(absl::StatusCode::kNotFound));
//   EXPECT_THAT(Load(path), StatusHasReason(absl::StatusCode::kNotFound,
//                                           "KEY_FILE_MISSING"));
//
// They stand in namespace annals: an annals::testing would hide ::testing.

#ifndef ANNALS_TESTS_SUPPORT_MATCHERS_H_
#define ANNALS_TESTS_SUPPORT_MATCHERS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/error.h"
#include "ledger/status_macros.h"

namespace annals {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}

template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// A Status or StatusOr that is OK.
MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  *result_listener << "which is " << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

// A StatusOr that is OK and whose value `inner` matches.
MATCHER_P(IsOkAndHolds, inner, "is OK and holds a matching value") {
  if (!arg.ok()) {
    *result_listener << "which is " << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(inner, *arg, result_listener);
}

// A Status or StatusOr with `code`, an absl::StatusCode.
MATCHER_P(StatusIs, code,
          "has the status code " + absl::StatusCodeToString(code)) {
  *result_listener << "which is " << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code;
}

// An error made by MakeError with `code` and `reason`, with a text in both
// languages.
MATCHER_P2(StatusHasReason, code, reason,
           "has the status code " + absl::StatusCodeToString(code) +
               ", the reason " + std::string(reason) +
               " and a text in English and Chinese") {
  const absl::Status& status = StatusOf(arg);
  *result_listener << "which is " << status.ToString();
  return status.code() == code && ErrorReason(status) == reason &&
         !status.message().empty() && !ErrorTextZh(status).empty();
}

}  // namespace annals

#define EXPECT_OK(expr) EXPECT_THAT((expr), ::annals::IsOk())
#define ASSERT_OK(expr) ASSERT_THAT((expr), ::annals::IsOk())

// Assigns the value of `expr`, an absl::StatusOr, to `lhs`, or fails the test.
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  ANNALS_ASSERT_OK_AND_ASSIGN(ANNALS_CONCAT(annals_or_, __LINE__), lhs, expr)
#define ANNALS_ASSERT_OK_AND_ASSIGN(tmp, lhs, expr) \
  auto tmp = (expr);                                \
  ASSERT_THAT(tmp, ::annals::IsOk());               \
  lhs = *std::move(tmp)

#endif  // ANNALS_TESTS_SUPPORT_MATCHERS_H_
