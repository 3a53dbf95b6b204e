#include "client/retry.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace annals::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Time that passes only by sleeping.
class FakeTime : public ledger::Clock, public Sleeper {
 public:
  absl::Time Now() override { return now_; }
  void Sleep(absl::Duration duration) override {
    now_ += duration;
    slept_.push_back(duration);
  }
  const std::vector<absl::Duration>& slept() const { return slept_; }

 private:
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  std::vector<absl::Duration> slept_;
};

Attempt Unavailable(std::optional<absl::Duration> delay = std::nullopt) {
  return {absl::UnavailableError("down"), true, delay};
}

TEST(RetryTest, ASuccessIsFinal) {
  FakeTime time;
  EXPECT_OK(CallWithRetry({}, &time, &time, [](absl::Duration) {
    return Attempt{absl::OkStatus()};
  }));
  EXPECT_THAT(time.slept(), IsEmpty());
}

TEST(RetryTest, AnAnswerIsNeverRepeated) {
  FakeTime time;
  int calls = 0;
  EXPECT_THAT(CallWithRetry({}, &time, &time,
                            [&](absl::Duration) {
                              ++calls;
                              return Attempt{absl::AbortedError("etag")};
                            }),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(calls, 1);
}

TEST(RetryTest, BacksOffExponentially) {
  FakeTime time;
  EXPECT_THAT(CallWithRetry({}, &time, &time,
                            [](absl::Duration) { return Unavailable(); }),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(time.slept(),
              ElementsAre(absl::Milliseconds(200), absl::Milliseconds(400),
                          absl::Milliseconds(800), absl::Milliseconds(1600)));
}

TEST(RetryTest, WaitsAsLongAsTheServerAsks) {
  FakeTime time;
  int calls = 0;
  EXPECT_OK(CallWithRetry({}, &time, &time, [&](absl::Duration) {
    return ++calls == 1 ? Unavailable(absl::Seconds(3))
                        : Attempt{absl::OkStatus()};
  }));
  EXPECT_THAT(time.slept(), ElementsAre(absl::Seconds(3)));
}

TEST(RetryTest, TheBudgetBindsWaitsAndAttempts) {
  FakeTime time;
  RetryPolicy policy;
  policy.budget = absl::Seconds(1);
  std::vector<absl::Duration> left;
  EXPECT_THAT(CallWithRetry(policy, &time, &time,
                            [&](absl::Duration time_left) {
                              left.push_back(time_left);
                              return Unavailable();
                            }),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(left,
              ElementsAre(absl::Milliseconds(1000), absl::Milliseconds(800),
                          absl::Milliseconds(400)));
}

TEST(RetryTest, GivesUpIfTheServerAsksForTooLong) {
  FakeTime time;
  EXPECT_THAT(CallWithRetry({}, &time, &time,
                            [](absl::Duration) {
                              return Unavailable(absl::Minutes(10));
                            }),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(time.slept(), IsEmpty());
}

TEST(RetryTest, BackoffHasAMaximum) {
  EXPECT_EQ(Backoff({}, 1000), absl::Seconds(5));
}

}  // namespace
}  // namespace annals::client
