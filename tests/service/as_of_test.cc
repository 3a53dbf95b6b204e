#include "service/as_of.h"

#include <optional>
#include <string>

#include "annals/v1/supervision_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/agency_code.h"
#include "tests/support/entry_ledger.h"

namespace annals {
namespace {

using ::absl::StatusCode;

class AsOfTest : public ::testing::Test {
 protected:
  // `count` agencies, registered a second apart from `start_` on.
  void RegisterFrom(int first, int count) {
    for (int n = first; n < first + count; ++n) {
      entries_.clock().Set(start_ + absl::Seconds(n));
      v1::Agency agency;
      agency.set_name("agencies/" + MakeAgencyCode(n));
      entries_.AppendAgency(agency);
    }
  }

  absl::StatusOr<uint64_t> SizeAt(absl::Time time) {
    v1::ListFilingsRequest request;
    *request.mutable_as_of() = ToTimestamp(time);
    return as_of_.SizeFor(request);
  }

  absl::StatusOr<uint64_t> SizeOf(uint64_t size) {
    v1::ListFilingsRequest request;
    request.set_as_of_size(size);
    return as_of_.SizeFor(request);
  }

  EntryLedger entries_;
  const AsOf as_of_{&entries_.ledger(), &entries_.clock()};
  const absl::Time start_ = EntryLedger::Shanghai("2025-02-01 00:00:00");
};

TEST_F(AsOfTest, NothingIsTheLatestCheckpoint) {
  EXPECT_THAT(SizeOf(0), IsOkAndHolds(0u));
  RegisterFrom(0, 3);
  EXPECT_THAT(SizeOf(0), IsOkAndHolds(3u));
}

TEST_F(AsOfTest, ASizeIsItselfUpToTheLatest) {
  RegisterFrom(0, 3);
  EXPECT_THAT(SizeOf(1), IsOkAndHolds(1u));
  EXPECT_THAT(SizeOf(3), IsOkAndHolds(3u));
  EXPECT_THAT(SizeOf(4), StatusHasReason(StatusCode::kOutOfRange,
                                         "TREE_SIZE_NOT_REACHED"));
}

TEST_F(AsOfTest, ATimeCountsWhatWasRecordedUntilThen) {
  RegisterFrom(0, 20);
  EXPECT_THAT(SizeAt(start_ - absl::Nanoseconds(1)), IsOkAndHolds(0u));
  for (int n = 0; n < 20; ++n) {
    const absl::Time recorded = start_ + absl::Seconds(n);
    const auto size = static_cast<uint64_t>(n);
    EXPECT_THAT(SizeAt(recorded - absl::Nanoseconds(1)), IsOkAndHolds(size));
    EXPECT_THAT(SizeAt(recorded), IsOkAndHolds(size + 1));
    EXPECT_THAT(as_of_.RecordedAt(size + 1), IsOkAndHolds(recorded));
  }
  EXPECT_THAT(as_of_.RecordedAt(0), IsOkAndHolds(absl::InfinitePast()));
}

TEST_F(AsOfTest, ATimeGivesTheSameSizeForGood) {
  RegisterFrom(0, 5);
  const absl::Time asked = start_ + absl::Milliseconds(2500);
  EXPECT_THAT(SizeAt(asked), IsOkAndHolds(3u));
  RegisterFrom(5, 30);
  EXPECT_THAT(SizeAt(asked), IsOkAndHolds(3u));
}

TEST_F(AsOfTest, RefusesWhatCanNotStayTrue) {
  RegisterFrom(0, 2);
  const absl::Time now = entries_.clock().Now();
  EXPECT_THAT(SizeAt(now), IsOkAndHolds(2u));
  EXPECT_THAT(SizeAt(now + absl::Nanoseconds(1)),
              StatusHasReason(StatusCode::kInvalidArgument, "AS_OF_IN_FUTURE"));
  v1::ListFilingsRequest both;
  *both.mutable_as_of() = ToTimestamp(now);
  both.set_as_of_size(1);
  EXPECT_THAT(as_of_.SizeFor(both),
              StatusHasReason(StatusCode::kInvalidArgument, "AS_OF_TWICE"));
  v1::ListFilingsRequest broken;
  broken.mutable_as_of()->set_nanos(-1);
  EXPECT_THAT(
      as_of_.SizeFor(broken),
      StatusHasReason(StatusCode::kInvalidArgument, "INVALID_TIMESTAMP"));
}

// The stream of an agency that has been changed at every other entry.
TEST_F(AsOfTest, AStreamsEndAsOfASizeStaysAsItWas) {
  v1::Agency agency;
  agency.set_name("agencies/" + MakeAgencyCode(7));
  for (int n = 0; n < 12; ++n) {
    entries_.AppendAgency(agency);
    RegisterFrom(100 + n, 1);
  }
  ledger::Ledger& ledger = entries_.ledger();
  for (uint64_t size = 0; size <= 24; ++size) {
    const auto end = ledger.FindStreamEndAsOf(agency.name(), size);
    if (size == 0) {
      EXPECT_THAT(end, IsOkAndHolds(std::nullopt));
      continue;
    }
    const ledger::StreamEnd expected{(size + 1) / 2, (size - 1) / 2 * 2};
    EXPECT_THAT(end, IsOkAndHolds(std::make_optional(expected))) << size;
  }
  EXPECT_THAT(ledger.FindStreamEndAsOf("no stream", 24),
              IsOkAndHolds(std::nullopt));
  EXPECT_THAT(
      ledger.FindStreamEndAsOf(agency.name(), 25),
      StatusHasReason(StatusCode::kOutOfRange, "TREE_SIZE_NOT_REACHED"));
}

}  // namespace
}  // namespace annals
